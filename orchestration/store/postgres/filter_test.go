//go:build unix

package postgres_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/search"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/store/sqlite"
	"github.com/tenuto-io/tenuto/orchestration/visibility"
	"github.com/tenuto-io/tenuto/platform/database"
)

var filterEpoch = time.Date(2024, 2, 29, 23, 59, 59, 0, time.UTC)

// filterRows are runs with texts that a locale would order otherwise, and times a microsecond apart.
func filterRows() (batch []store.Write) {
	texts := []string{"", "a", "ab", "aB", "B", "b", "a'b", `a"b`, `a\b`, "é", "e\u0301", "\U0001f3b5", "\U0010ffff", "%", "_", "Z", "z"}
	for i := range 60 {
		key := orchestration.WorkflowKey{Namespace: orchestration.NamespaceID{9}, WorkflowID: texts[i%len(texts)]}.Run(orchestration.RunID{15: byte(i + 1)})
		v := &store.Visibility{
			Namespace: key.Namespace, RunID: key.RunID, WorkflowID: key.WorkflowID, Type: texts[(i*7)%len(texts)], TaskQueue: texts[(i*5)%len(texts)],
			Status: int32(1 + i%7), StartTime: filterEpoch.Add(time.Duration(i%5) * time.Microsecond),
			ExecutionTime: filterEpoch.Add(time.Duration(i%3) * time.Second), HistoryLength: int64(i % 4),
		}
		if v.Status != 1 {
			v.CloseTime = filterEpoch.Add(time.Duration(i) * time.Microsecond)
		}
		if i%4 == 0 {
			v.Parent, v.ParentID, v.Transitions = orchestration.RunID{15: 7}, texts[i%5], int64(i)
		}
		batch = append(batch, store.Write{
			Workflow: key.WorkflowKey, Runs: []store.RunWrite{{RunID: key.RunID, Version: 1, State: []byte{1}, Visibility: v, Terms: filterTerms(v, texts, i)}},
		})
	}
	return batch
}

var filterAttributes = search.Attributes{
	"K": search.Keyword, "L": search.KeywordList, "X": search.Text, "I": search.Int, "D": search.Double, "B": search.Bool, "T": search.Datetime,
}

// filterTerms gives two runs of three search attributes.
func filterTerms(v *store.Visibility, texts []string, i int) (terms [][]byte) {
	if i%3 == 0 {
		return nil
	}
	fields := map[string]*commonpb.Payload{}
	for name, value := range map[string]any{
		"K": texts[i%len(texts)], "L": []string{texts[i%3], texts[i%len(texts)]}, "X": "red " + texts[i%5], "I": i - 30, "D": float64(i-30) / 4, "B": i%2 == 0,
		"T": v.StartTime,
	} {
		data, err := json.Marshal(value)
		if err != nil {
			panic(err)
		}
		fields[name] = &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: data}
	}
	a := filterAttributes.Typed(&commonpb.SearchAttributes{IndexedFields: fields})
	v.Search, _ = proto.Marshal(a)
	for _, t := range search.Terms(a) {
		terms = append(terms, t)
	}
	return terms
}

// filters use every attribute with every operator that it takes.
func filters() (all []string) {
	all = []string{
		"", "ExecutionStatus = 'Running'", "ExecutionStatus != 'Running'", "ExecutionStatus = 3", "ExecutionStatus IN ('Failed', 'Completed')",
		"ExecutionStatus NOT IN ('Failed', 'TimedOut')", "CloseTime IS NULL", "CloseTime IS NOT NULL", "NOT (CloseTime > '2024-02-29T23:59:59.00002Z')",
		"RunId = '00000000-0000-0000-0000-000000000007'", "RunId != '00000000-0000-0000-0000-000000000007'", "RunId = 'nonsense'",
		"RunId IN ('00000000-0000-0000-0000-000000000007', '00000000-0000-0000-0000-000000000008', 'x')",
		"(WorkflowId = 'a' OR WorkflowType = 'b') AND NOT ExecutionStatus = 'Running'", "HistoryLength BETWEEN 1 AND 2", "HistoryLength NOT IN (1, 2)",
		"HistoryLength = 99999999999", "StartTime > 0 AND StartTime < 9223372036854775807", "WorkflowId STARTS_WITH '' AND HistoryLength > 2",
	}
	all = append(all,
		"ParentRunId IS NULL", "ParentRunId != '07000000-0000-0000-0000-000000000000'", "ExecutionDuration >= 0", "ExecutionDuration < '30us'", "StateTransitionCount > 8",
		"L = 'a'", "L != 'a'", "L IN ('b', 'é')", "L NOT IN ('a', 'b')", "L IS NULL", "X = 'RED'", "X = 'a b'", "X != 'ab'", "X IS NOT NULL", "B = true", "B != true",
		"I > -3", "NOT (I <= 5 OR K = 'b')", "I BETWEEN -5 AND 5 AND D > 0.5", "D IN (0, 1.25)", "D < -1e0", "K = 'a' AND L = 'a'", "K = 'a' OR WorkflowId = 'b'",
		"T > '2024-02-29T23:59:59.000002Z'", "ORDER BY StartTime", "ORDER BY CloseTime", "ORDER BY CloseTime DESC", "ORDER BY WorkflowId", "ORDER BY WorkflowType DESC",
		"ORDER BY K", "ORDER BY I DESC", "ORDER BY D", "ORDER BY B DESC", "K > 'a' ORDER BY T", "ExecutionStatus = 'Failed' OR I > 0 ORDER BY K DESC",
	)
	for _, a := range []string{"WorkflowId", "WorkflowType", "TaskQueue", "ParentWorkflowId", "RootWorkflowId", "K"} {
		for _, form := range []string{
			"= 'a'", "!= 'a'", "< 'a'", "<= 'aB'", "> 'Z'", ">= 'é'", "IN ('a', '%', '_')", "NOT IN ('a', 'b')", "BETWEEN 'B' AND 'a'",
			"STARTS_WITH 'a'", "NOT STARTS_WITH 'a'", "STARTS_WITH '\U0010ffff'", "STARTS_WITH '%'", "IS NULL", `= 'a\\b'`, `= 'a\'b'`,
		} {
			all = append(all, a+" "+form)
		}
	}
	for _, a := range []string{"StartTime", "ExecutionTime", "CloseTime"} {
		for _, form := range []string{
			"= '2024-02-29T23:59:59.000001Z'", "> '2024-02-29T23:59:59.000002Z'", "<= '2024-03-01T00:59:59.0000029+01:00'", "!= '2024-02-29T23:59:59Z'",
			"BETWEEN '2024-02-29T23:59:59Z' AND '2024-02-29T23:59:59.000002Z'", "< 1709251199000002000",
		} {
			all = append(all, a+" "+form)
		}
	}
	return all
}

// TestFiltersMeanTheSame: every filter selects on PostgreSQL what it selects on SQLite, which another test holds against the meaning.
func TestFiltersMeanTheSame(t *testing.T) {
	r := newRig(t)
	lite := openSQLite(t)
	batch := filterRows()
	r.commit(batch...)
	fence, err := lite.AcquireLane(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := lite.Commit(t.Context(), fence, batch); err != nil {
		t.Fatal(err)
	}
	some := 0
	for _, filter := range filters() {
		want, got := selected(t, lite, filter), selected(t, r.Store, filter)
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n  postgres %s\n  sqlite   %s", filter, strings.Join(got, " "), strings.Join(want, " "))
		}
		if len(want) > 1 && len(want) < len(batch) {
			some++
		}
	}
	if some < 40 {
		t.Errorf("only %d filters select some rows and not others", some)
	}
}

// selected are the runs that a query selects, in order, over pages of 7, and their count.
func selected(t *testing.T, s store.Reader, query string) (runs []string) {
	t.Helper()
	q, err := visibility.Compile(query, filterAttributes, s.Dialect())
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	ns := orchestration.NamespaceID{9}
	for part := range q.Parts {
		runs = append(runs, pages(t, s, store.ListQuery{Namespace: ns, Where: q.Parts[part].Where, Order: q.Parts[part].Order, Limit: 7}, func(last *store.Visibility) visibility.Page {
			next, err := visibility.ReadPage(visibility.NextPage(ns, query, q, part, last), ns, query, q)
			if err != nil {
				t.Fatalf("%s: %v", query, err)
			}
			return next
		})...)
	}
	n, err := s.Count(context.Background(), store.ListQuery{Namespace: ns, Where: q.Where})
	if err != nil || int(n) != len(runs) {
		t.Fatalf("%s: %d listed, %d counted, %v", query, len(runs), n, err)
	}
	groups, err := s.CountGroups(context.Background(), store.ListQuery{Namespace: ns, Where: q.Where, Limit: 5}, store.GroupByWorkflowType)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return append(runs, fmt.Sprint(groups))
}

func pages(t *testing.T, s store.Reader, q store.ListQuery, next func(*store.Visibility) visibility.Page) (runs []string) {
	t.Helper()
	for {
		page, err := s.List(context.Background(), q)
		if err != nil {
			t.Fatalf("%s: %v", q.Where.SQL, err)
		}
		if len(page) == 0 {
			return runs
		}
		for _, v := range page {
			runs = append(runs, v.RunID.String())
		}
		at := next(&page[len(page)-1])
		q.AfterStart, q.AfterRun, q.AfterKey = at.Start, at.Run, at.Key
	}
}

func openSQLite(t *testing.T) *sqlite.Store {
	t.Helper()
	db, err := database.OpenSQLite(t.Context(), database.Memory, database.Migrations{Room: "engine", Files: sqlite.Migrations()})
	if err != nil {
		t.Fatal(err)
	}
	s := sqlite.New(db.Write, db.Read)
	t.Cleanup(func() { _ = s.Close(); _ = db.Close() })
	return s
}
