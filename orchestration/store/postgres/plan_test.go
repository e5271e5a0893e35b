//go:build unix

package postgres

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/search"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/store/listing"
	"github.com/tenuto-io/tenuto/orchestration/visibility"
	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/platform/database/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func openStore(t *testing.T) *Store {
	t.Helper()
	room := database.Migrations{Room: "engine", Files: Migrations()}
	db, err := database.OpenPostgres(t.Context(), pgtest.Database(t, room), room)
	if err != nil {
		t.Fatal(err)
	}
	s := New(db.Pool)
	t.Cleanup(func() { _ = s.Close(); db.Close() })
	return s
}

type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// plan is how PostgreSQL runs a statement.
func plan(t *testing.T, q querier, text string, args ...any) string {
	t.Helper()
	rows, err := q.Query(t.Context(), "EXPLAIN "+text, args...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	steps, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return strings.Join(steps, "\n")
}

// fill makes a namespace of 20,000 runs among others, of which a tenth is open.
func fill(t *testing.T, s *Store) {
	t.Helper()
	_, err := s.pool.Exec(t.Context(), `INSERT INTO visibility (`+visibilityColumns+`)
		SELECT CASE WHEN i % 5 = 0 THEN '02000000-0000-0000-0000-000000000000'::uuid ELSE '01000000-0000-0000-0000-000000000000' END,
			'2024-02-29'::timestamptz + i * interval '1 second', gen_random_uuid(), CASE WHEN i % 10 = 1 THEN 1 WHEN i % 20 = 2 THEN 3 ELSE 2 END,
			'2024-02-29', CASE WHEN i % 10 <> 1 THEN '2024-03-30'::timestamptz + i * interval '1 second' END, 10, 1000, 'queue', '', NULL, '', NULL, NULL, NULL, NULL,
			'workflow-' || i / 2, 'type-' || i % 50 FROM generate_series(1, 25000) AS i`)
	if err == nil {
		_, err = s.pool.Exec(t.Context(), "ANALYZE")
	}
	if err != nil {
		t.Fatal(err)
	}
}

// fillTerms gives the runs search attributes: K is one of 50, R almost always "common", I counts.
func fillTerms(t *testing.T, s *Store) {
	t.Helper()
	_, err := s.pool.Exec(t.Context(), `INSERT INTO visibility_term (ns, term, started, run)
		SELECT namespace, convert_to('K', 'UTF8') || '\x0002'::bytea || convert_to(workflow_type, 'UTF8'), start_time, run_id FROM visibility
		UNION ALL SELECT namespace, convert_to('R', 'UTF8') || '\x0002'::bytea || convert_to('common', 'UTF8'), start_time, run_id FROM visibility
		UNION ALL SELECT namespace, convert_to('I', 'UTF8') || '\x0003'::bytea || int8send(row_number() OVER () # (1::bigint << 63)), start_time, run_id FROM visibility`)
	if err == nil {
		_, err = s.pool.Exec(t.Context(), "ANALYZE")
	}
	if err != nil {
		t.Fatal(err)
	}
}

var custom = search.Attributes{"K": search.Keyword, "R": search.Keyword, "I": search.Int}

// TestListPlans: the lists that users ask for are read in order from an index, never sorted as a whole and never a scan of all namespaces.
func TestListPlans(t *testing.T) {
	s := openStore(t)
	fill(t, s)
	fillTerms(t, s)
	for _, c := range []struct {
		query, uses string
		few         bool // so few rows that sorting them is as good
	}{
		{"", "visibility_pkey", false},
		{"ORDER BY StartTime", "visibility_pkey", false},
		{"ExecutionStatus = 'Running'", "visibility_open", false},
		{"CloseTime IS NULL", "visibility_open", false},
		{"ExecutionStatus = 'Failed'", "visibility_unsuccessful", false},
		{"WorkflowId = 'workflow-7'", "visibility_workflow_id", true},
		{"RunId = '018df0c0-0000-7000-8000-000000000001'", "visibility_workflow_id", true},
		{"WorkflowType = 'type-7'", "visibility_type", false},
		{"WorkflowType = 'type-7' AND ExecutionStatus = 'Completed'", "visibility_type", false},
		{"StartTime > '2024-02-29T05:00:00Z'", "visibility_pkey", false},
		{"StartTime BETWEEN '2024-02-29T05:00:00Z' AND '2024-02-29T05:01:00Z'", "visibility_pkey", false},
		{"ParentWorkflowId = 'a'", "visibility_parent", true},
		{"ParentRunId = '018df0c0-0000-7000-8000-000000000001'", "visibility_parent_run", true},
		{"ORDER BY CloseTime DESC", "visibility_closed", false},
		{"CloseTime > '2024-03-30T05:00:00Z' ORDER BY CloseTime", "visibility_closed", true},
		{"ORDER BY WorkflowId", "visibility_workflow_id", false},
		{"ORDER BY WorkflowType DESC", "visibility_type", false},
		{"ORDER BY I", "visibility_term_pkey", false},
		{"K = 'type-7'", "visibility_term_pkey", true},
		{"R = 'common'", "visibility_term_pkey", false},
		{"R = 'common' AND ExecutionStatus != 'Failed'", "visibility_term_pkey", false},
		{"R = 'common' AND ExecutionStatus = 'Failed'", "visibility_unsuccessful", false},
		{"I > 5", "visibility_term", false},
		{"I > 24990", "visibility_term_pkey", true},
	} {
		q, err := visibility.Compile(c.query, custom, store.Postgres)
		if err != nil {
			t.Fatal(err)
		}
		for _, after := range []time.Time{{}, time.Date(2024, 2, 29, 6, 0, 0, 0, time.UTC)} {
			list := store.ListQuery{Namespace: orchestration.NamespaceID{1}, Where: q.Parts[0].Where, Order: q.Parts[0].Order, AfterStart: after, AfterKey: afterKey(q, after), Limit: 10}
			lead, err := listing.Decide(store.Postgres, list, s.counter(t.Context()))
			if err != nil {
				t.Fatal(err)
			}
			text, args := listing.Page(store.Postgres, list, lead, visibilityColumns)
			got := plan(t, s.pool, text, planned(args)...)
			sorts := strings.Contains(got, "Sort") && !strings.Contains(got, "Incremental Sort")
			if !strings.Contains(got, c.uses) || !strings.Contains(got, "namespace =") || sorts && !c.few || strings.Contains(got, "Seq Scan") {
				t.Errorf("%q after %v:\n%s\nwant %s, within the namespace and not sorted", c.query, after, got, c.uses)
			}
		}
	}
}

// afterKey is a value of what the query is ordered by.
func afterKey(q visibility.Query, at time.Time) any {
	switch q.Parts[0].Order.By {
	case store.ByCloseTime:
		return at
	case store.ByTerm:
		return []byte("I")
	}
	return "w"
}

// TestPlans: every other read is a search by key, also on empty tables, which is when plans are made.
func TestPlans(t *testing.T) {
	s := openStore(t)
	runs := [][16]byte{{1}, {2}}
	zero := [16]byte{}
	for _, c := range []struct {
		text string
		args []any
		uses []string
	}{
		{loadRuns, []any{runs}, []string{"run_pkey", "item_pkey", "wake_pkey"}},
		{loadVersions, []any{runs}, []string{"run_pkey"}},
		{loadCurrents, []any{runs, []string{"a", "b"}}, []string{"current_run_pkey"}},
		{loadWakes, []any{time.Now(), beforeAll, zero, 10, bitmap(nil)}, []string{"wake_at", "run_pkey"}},
		{loadBacklog, []any{zero, "q", 1, 0, 0, 0, 0, 10, bitmap(nil)}, []string{"backlog_pkey"}},
		{loadBacklogCounts, []any{bitmap(nil)}, []string{"backlog_pkey"}},
		{leave, []any{1}, []string{"node_pkey"}},
		{acquireShards, []any{1, []int16{1, 2}}, []string{"node_pkey", "shard_pkey"}},
		{deleteLanes, []any{64, 127}, []string{"lane_pkey"}},
		{lockNode, []any{1}, []string{"node_pkey"}},
		{loadClosed, []any{zero, time.Now(), beforeAll, zero, 10}, []string{"visibility_closed"}},
		{sweepHistory, []any{zero, 10}, []string{"history_pkey"}},
		{sweepItems, []any{zero, 10}, []string{"item_pkey"}},
		{jobColumns + jobsOfNamespace, []any{zero, afterAll, "", 10}, []string{"job_created"}},
		{dropJobs, []any{zero, time.Now(), 10}, []string{"job_created"}},
		{loadHistory, []any{zero, 1, 9, zero, "", 9, true, 10}, []string{"history_pkey", "run_pkey"}},
		{loadHistoryReverse, []any{zero, 1, 9, zero, "", 9, true, 10}, []string{"history_pkey", "run_pkey"}},
	} {
		got := plan(t, s.pool, c.text, c.args...)
		for _, uses := range c.uses {
			if !strings.Contains(got, uses) {
				t.Errorf("%s\n%s\nwant %s", c.text, got, uses)
			}
		}
		if strings.Contains(got, "Seq Scan") {
			t.Errorf("%s\n%s\nreads a whole table", c.text, got)
		}
	}
}

// TestCommitPlans: the generic plans of a lane, made while the tables were empty, search by key.
func TestCommitPlans(t *testing.T) {
	s := openStore(t)
	if _, err := s.AcquireLane(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	conn := s.lane(1).conn
	for _, p := range preparedStatements {
		nulls := strings.TrimSuffix(strings.Repeat("NULL, ", len(p.elements)), ", ")
		rows, err := conn.Query(t.Context(), fmt.Sprintf("EXPLAIN EXECUTE %s (%s)", p.name, nulls), pgx.QueryExecModeSimpleProtocol)
		if err != nil {
			t.Fatal(err)
		}
		steps, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if got := strings.Join(steps, "\n"); err != nil || strings.Contains(got, "Seq Scan") || strings.Contains(got, "Hash") || strings.Contains(got, "Merge") {
			t.Errorf("%s\n%s, %v", p.text, got, err)
		}
	}
}
