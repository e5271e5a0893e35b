package visibility

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/store/sqlite"
	"github.com/tenuto-io/tenuto/platform/database"
)

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
func fill(t *rapid.T, s *sqlite.Store, rows []row) {
	fence, err := s.AcquireLane(context.Background(), 1)
	if err != nil {
		t.Fatal(err)
	}
	var batch []store.Write
	for _, v := range rows {
		batch = append(batch, v.write())
	}
	if err := s.Commit(context.Background(), fence, batch); err != nil {
		t.Fatal(err)
	}
}

// TestMeaning compares what SQLite selects with what the operators mean, for random filters over random rows, in random orders.
func TestMeaning(t *testing.T) {
	s := memory(t)
	var worlds uint64
	rapid.Check(t, func(t *rapid.T) {
		worlds++ // each check has a namespace of its own, and run ids that no other has
		var ns orchestration.NamespaceID
		binary.BigEndian.PutUint64(ns[:], worlds)
		var rows []row
		for i := range 12 {
			rows = append(rows, randomRow(t, ns, i))
		}
		fill(t, s, rows)
		for range 10 {
			query, m := randomFilter(t, ns, 3)
			by := rapid.SampledFrom([]string{"", "StartTime", "CloseTime", "WorkflowId", "WorkflowType", "K", "I", "D", "B", "T"}).Draw(t, "order")
			ascending := rapid.Bool().Draw(t, "ascending")
			var want []string
			for _, v := range sorted(rows, by, ascending) {
				if m(v) == yes {
					want = append(want, v.RunID.String())
				}
			}
			if by != "" {
				query += " ORDER BY " + by + map[bool]string{true: "", false: " desc"}[ascending]
			}
			if got := selected(t, s, ns, query); !slices.Equal(got, want) {
				t.Fatalf("%s\n got %v\nwant %v", query, got, want)
			}
		}
	})
}

// sorted are the rows in the order of a list. Those without a value come last, newest start first.
func sorted(rows []row, by string, ascending bool) []row {
	byStart := func(a, b row) int {
		return cmp.Or(micro(a.StartTime).Compare(micro(b.StartTime)), strings.Compare(a.RunID.String(), b.RunID.String()))
	}
	return slices.SortedFunc(slices.Values(rows), func(a, b row) int {
		if by == "" {
			return -byStart(a, b)
		}
		av, aSet := a.field(by)
		bv, bSet := b.field(by)
		if !aSet || !bSet {
			return cmp.Or(when2(bSet)-when2(aSet), -byStart(a, b))
		}
		c := cmp.Or(compareValues(av, bv), byStart(a, b))
		if !ascending {
			c = -c
		}
		return c
	})
}

// selected are the run ids that a query lists, read in pages of five, in their order; they are counted too.
func selected(t *rapid.T, s *sqlite.Store, ns orchestration.NamespaceID, query string) (ids []string) {
	q, err := Compile(query, custom, s.Dialect())
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	var token []byte
	for {
		page, err := ReadPage(token, ns, query, q)
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		part := q.Parts[page.Part]
		rows, err := s.List(context.Background(), store.ListQuery{
			Namespace: ns, Where: part.Where, Order: part.Order, AfterStart: page.Start, AfterRun: page.Run, AfterKey: page.Key, Limit: 5,
		})
		if err != nil {
			t.Fatalf("%s: %s: %v", query, part.Where.SQL, err)
		}
		for _, v := range rows {
			ids = append(ids, v.RunID.String())
		}
		switch {
		case len(rows) > 0:
			token = NextPage(ns, query, q, page.Part, &rows[len(rows)-1])
		case page.Part+1 < len(q.Parts):
			q.Parts = append(q.Parts[:0:0], q.Parts[page.Part+1]) // what is left
			token = nil
		default:
			counted(t, s, ns, query, len(ids))
			return ids
		}
	}
}

func counted(t *rapid.T, s *sqlite.Store, ns orchestration.NamespaceID, query string, want int) {
	q, err := Compile(query, custom, s.Dialect())
	if err != nil {
		t.Fatal(err)
	}
	all := store.ListQuery{Namespace: ns, Where: q.Where, Limit: 100}
	if n, err := s.Count(context.Background(), all); err != nil || n != int64(want) {
		t.Fatalf("%s: listed %d, counted %d, %v", query, want, n, err)
	}
	for _, by := range groupKeys {
		groups, err := s.CountGroups(context.Background(), all, by)
		for _, g := range groups {
			want -= int(g.Count)
		}
		if err != nil || want != 0 {
			t.Fatalf("%s: grouped, %d more were listed, %v", query, want, err)
		}
		for _, g := range groups {
			want += int(g.Count)
		}
	}
}

// fromTables is all the SQL that this package can write.
var fromTables = regexp.MustCompile(`^(?:\(|\)|, | = | <> | < | <= | > | >= | AND | OR |NOT | IN | IN \(| BETWEEN | IS NULL| IS NOT NULL|FALSE|close_time|status > 2|` +
	`workflow_id|run_id|workflow_type|task_queue|status|start_time|execution_time|history_length|history_bytes|transitions|` +
	`parent_workflow_id|parent_run_id|root_workflow_id|root_run_id|CASE WHEN close_time <= execution_time THEN 0 ELSE \(close_time - execution_time\) \* 1000 END|` +
	`EXISTS \(SELECT 1 FROM visibility_term WHERE run = run_id AND \(|term|SELECT r.workflow_id FROM run AS r WHERE r.run_id|\?[0-9]+)*$`)

// FuzzCompile: whatever the text, the answer is a refusal that says where, or SQL made of this package's own words, with an argument per placeholder, which
// SQLite runs.
func FuzzCompile(f *testing.F) {
	for _, seed := range []string{
		"", "WorkflowId = 'a'", `ExecutionStatus IN ("Running", 2) OR NOT CloseTime IS NULL`, "StartTime BETWEEN 0 AND '2024-02-29T12:00:00Z'",
		"WorkflowId STARTS_WITH 'a' AND (HistoryLength > 1)", "RunId = '018df0c0-0000-7000-8000-000000000001'", "WorkflowId = 'a'; DROP TABLE run",
		"WorkflowId = 'a' OR 1 = 1", "((((", "'\\", "/*", "`", "WorkflowId = 'a' -- x", "WorkflowId = 'a' # x", "WorkflowId = _utf8 'a'",
		"WorkflowId = 'a' union select 1", "WorkflowId = :a", "NOT NOT NOT WorkflowId = ''", "WorkflowId in ::list", "x'zz'", "\xff", "a=1;b",
		"K = 'a' and not (L in ('a', 'b') or X = 'two words') order by I", "I between -1 and 5 and D > 1.5e3 and B = true or T is null", "K = 'a' group by ExecutionStatus",
		"ParentWorkflowId != 'a' and ExecutionDuration > '1d2h' order by CloseTime desc", "`K` starts_with 'é'", "K not starts_with ''",
	} {
		f.Add(seed)
	}
	s := memory(f)
	f.Fuzz(func(t *testing.T, query string) {
		for _, d := range []store.Dialect{store.SQLite, store.Postgres} {
			q, err := Compile(query, custom, d)
			if err != nil {
				if orchestration.CodeOf(err) != orchestration.InvalidArgument || q.Where.SQL != "" {
					t.Fatalf("%q: %v", query, err)
				}
				continue
			}
			if d == store.Postgres {
				continue
			}
			for i, part := range append(q.Parts, Part{Where: q.Where}) {
				if !fromTables.MatchString(part.Where.SQL) || strings.Count(part.Where.SQL, "?") != len(part.Where.Args) {
					t.Fatalf("%q: %s with %d arguments", query, part.Where.SQL, len(part.Where.Args))
				}
				if _, err := s.List(t.Context(), store.ListQuery{Where: part.Where, Order: part.Order, Limit: 1}); err != nil {
					t.Fatalf("%q: part %d: %s: %v", query, i, part.Where.SQL, err)
				}
			}
		}
	})
}
