package visibility

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"pgregory.net/rapid"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/store/sqlite"
	"github.com/tenuto-io/tenuto/platform/database"
)

// Few values, near each other, so that random filters hit random rows.
var (
	texts   = []string{"", "a", "ab", "aB", "abc", "b", "a'b", `a"b`, "a\\b", "é", "e\u0301", "\U0001f3b5", "\U0010ffff", "a\U0010ffff", "\ud7ff", "%", "_"}
	epoch   = time.Date(2024, 2, 29, 23, 59, 59, 0, time.UTC)
	lengths = []int64{0, 1, 2, 10}
)

func someRun(ns orchestration.NamespaceID, i int) orchestration.RunID {
	id := orchestration.RunID(ns)
	id[15] = byte(i)
	return id
}

func someTime(t *rapid.T, label string) time.Time {
	return epoch.Add(time.Duration(rapid.IntRange(-3, 3).Draw(t, label)) * time.Microsecond)
}

func randomRow(t *rapid.T, ns orchestration.NamespaceID, i int) *store.Visibility {
	v := &store.Visibility{
		Namespace: ns, RunID: someRun(ns, i), WorkflowID: rapid.SampledFrom(texts).Draw(t, "workflow id"),
		Type: rapid.SampledFrom(texts).Draw(t, "type"), TaskQueue: rapid.SampledFrom(texts).Draw(t, "queue"),
		Status: rapid.Int32Range(1, 7).Draw(t, "status"), StartTime: someTime(t, "start"), ExecutionTime: someTime(t, "execution"),
		HistoryLength: rapid.SampledFrom(lengths).Draw(t, "length"),
	}
	if v.Status != int32(enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING) {
		v.CloseTime = someTime(t, "close")
	}
	return v
}

// randomFilter writes a filter as a user would.
func randomFilter(t *rapid.T, ns orchestration.NamespaceID, depth int) string {
	shape := 3
	if depth > 0 {
		shape = rapid.IntRange(0, 6).Draw(t, "shape")
	}
	switch shape {
	case 0:
		return "(" + randomFilter(t, ns, depth-1) + " and " + randomFilter(t, ns, depth-1) + ")"
	case 1:
		return randomFilter(t, ns, depth-1) + " OR " + randomFilter(t, ns, depth-1)
	case 2:
		return "NOT (" + randomFilter(t, ns, depth-1) + ")"
	}
	return randomCondition(t, ns)
}

func randomCondition(t *rapid.T, ns orchestration.NamespaceID) string {
	a := rapid.SampledFrom(system).Draw(t, "attribute")
	literal := func() string { return randomLiteral(t, ns, a.kind) }
	forms := []string{"=", "!=", "in", "not in", "is null", "is not null"}
	if a.kind.refuses(less) == "" {
		forms = append(forms, "<", "<=", ">", ">=", "between", "not between")
	}
	if a.kind == keyword {
		forms = append(forms, "starts_with", "not starts_with")
	}
	switch form := rapid.SampledFrom(forms).Draw(t, "operator"); form {
	case "is null", "is not null":
		return a.name + " " + form
	case "between", "not between":
		return a.name + " " + form + " " + literal() + " and " + literal()
	case "in", "not in":
		list := []string{literal()}
		for range rapid.IntRange(0, 3).Draw(t, "more") {
			list = append(list, literal())
		}
		return a.name + " " + form + " (" + strings.Join(list, ", ") + ")"
	default:
		return a.name + " " + form + " " + literal()
	}
}

func randomLiteral(t *rapid.T, ns orchestration.NamespaceID, k kind) string {
	switch k {
	case keyword:
		return quote(rapid.SampledFrom(texts).Draw(t, "text"))
	case runID:
		return quote(rapid.SampledFrom([]string{someRun(ns, 0).String(), someRun(ns, 1).String(), someRun(ns, 99).String(), "nonsense"}).Draw(t, "run"))
	case status:
		s := enumspb.WorkflowExecutionStatus(rapid.Int32Range(1, 8).Draw(t, "status"))
		return rapid.SampledFrom([]string{quote(s.String()), fmt.Sprint(int32(s))}).Draw(t, "form")
	case moment:
		at := someTime(t, "time").Add(time.Duration(rapid.IntRange(0, 999).Draw(t, "ns")))
		return rapid.SampledFrom([]string{quote(at.Format(time.RFC3339Nano)), fmt.Sprint(at.UnixNano())}).Draw(t, "form")
	default:
		return fmt.Sprint(rapid.SampledFrom(lengths).Draw(t, "length"))
	}
}

func quote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// memory is a store in memory.
func memory(t testing.TB) *sqlite.Store {
	db, err := database.OpenSQLite(context.Background(), database.Memory, database.Migrations{Room: "engine", Files: sqlite.Migrations()})
	if err != nil {
		t.Fatal(err)
	}
	s := sqlite.New(db.Write, db.Read)
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// fill commits the rows.
func fill(t *rapid.T, s *sqlite.Store, rows []*store.Visibility) {
	fence, err := s.AcquireLane(context.Background(), 1)
	if err != nil {
		t.Fatal(err)
	}
	var batch []store.Write
	for _, v := range rows {
		key := orchestration.WorkflowKey{Namespace: v.Namespace, WorkflowID: v.WorkflowID}
		batch = append(batch, store.Write{Workflow: key, Runs: []store.RunWrite{{RunID: v.RunID, Version: 1, State: []byte{1}, Visibility: v}}})
	}
	if err := s.Commit(context.Background(), fence, batch); err != nil {
		t.Fatal(err)
	}
}

// TestMeaning compares what SQLite selects with what the operators mean, for random filters over random rows.
func TestMeaning(t *testing.T) {
	s := memory(t)
	var worlds uint64
	rapid.Check(t, func(t *rapid.T) {
		worlds++ // each check has a namespace of its own, and run ids that no other has
		var ns orchestration.NamespaceID
		binary.BigEndian.PutUint64(ns[:], worlds)
		var rows []*store.Visibility
		for i := range 12 {
			rows = append(rows, randomRow(t, ns, i))
		}
		fill(t, s, rows)
		for range 10 {
			query := randomFilter(t, ns, 3)
			tree, err := parse(query)
			if err != nil {
				t.Fatalf("%s: %v", query, err)
			}
			var want []string
			for _, v := range rows {
				if truthOf(tree, v) == yes {
					want = append(want, v.RunID.String())
				}
			}
			if got := selected(t, s, ns, query); !slices.Equal(got, want) {
				t.Fatalf("%s\n got %v\nwant %v", query, got, want)
			}
		}
	})
}

// selected are the run ids that a filter selects, sorted.
func selected(t *rapid.T, s *sqlite.Store, ns orchestration.NamespaceID, query string) []string {
	where, err := Compile(query, s.Dialect(), store.FirstArg)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	q := store.ListQuery{Namespace: ns, Where: where, Limit: 100}
	list, err := s.List(context.Background(), q)
	if err != nil {
		t.Fatalf("%s: %s: %v", query, where.SQL, err)
	}
	n, err := s.Count(context.Background(), q)
	if err != nil || n != int64(len(list)) {
		t.Fatalf("%s: listed %d, counted %d, %v", query, len(list), n, err)
	}
	var ids []string
	for _, v := range list {
		ids = append(ids, v.RunID.String())
	}
	slices.Sort(ids)
	return ids
}

// fromTables is all the SQL that this package can write.
var fromTables = regexp.MustCompile(`^(?:\(|\)|, | = | <> | < | <= | > | >= | AND | OR |NOT | IN | BETWEEN | IS NULL|FALSE|close_time|status > 2|` +
	`workflow_id|run_id|workflow_type|task_queue|status|start_time|execution_time|history_length|\?)*$`)

// FuzzCompile: whatever the text, the answer is a refusal or SQL made of this package's own words, with an argument per placeholder,
// which SQLite runs.
func FuzzCompile(f *testing.F) {
	for _, seed := range []string{
		"", "WorkflowId = 'a'", `ExecutionStatus IN ("Running", 2) OR NOT CloseTime IS NULL`, "StartTime BETWEEN 0 AND '2024-02-29T12:00:00Z'",
		"WorkflowId STARTS_WITH 'a' AND (HistoryLength > 1)", "RunId = '018df0c0-0000-7000-8000-000000000001'", "WorkflowId = 'a'; DROP TABLE run",
		"WorkflowId = 'a' OR 1 = 1", "((((", "'\\", "/*", "`", "WorkflowId = 'a' -- x", "WorkflowId = 'a' # x", "WorkflowId = _utf8 'a'",
		"WorkflowId = 'a' union select 1", "WorkflowId = :a", "NOT NOT NOT WorkflowId = ''", "WorkflowId in ::list", "x'zz'", "\xff", "a=1;b",
	} {
		f.Add(seed)
	}
	s := memory(f)
	f.Fuzz(func(t *testing.T, query string) {
		for _, d := range []store.Dialect{store.SQLite, store.Postgres} {
			where, err := Compile(query, d, store.FirstArg)
			if err != nil {
				if orchestration.CodeOf(err) != orchestration.InvalidArgument || where.SQL != "" {
					t.Fatalf("%q: %v", query, err)
				}
				continue
			}
			if d == store.SQLite {
				if !fromTables.MatchString(where.SQL) || strings.Count(where.SQL, "?") != len(where.Args) {
					t.Fatalf("%q: %s with %d arguments", query, where.SQL, len(where.Args))
				}
				if _, err := s.Count(t.Context(), store.ListQuery{Where: where}); err != nil {
					t.Fatalf("%q: %s: %v", query, where.SQL, err)
				}
			}
		}
	})
}
