package sqlite

import (
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/search"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/store/listing"
	"github.com/tenuto-io/tenuto/orchestration/visibility"
	"github.com/tenuto-io/tenuto/platform/database"
)

func memory(t *testing.T) (*database.SQLite, *Store) {
	t.Helper()
	db, err := database.OpenSQLite(t.Context(), database.Memory, database.Migrations{Room: "engine", Files: Migrations()})
	if err != nil {
		t.Fatal(err)
	}
	s := New(db.Write, db.Read)
	t.Cleanup(func() { _ = s.Close(); _ = db.Close() })
	return db, s
}

// plan is how SQLite runs a statement.
func plan(t *testing.T, db *database.SQLite, text string, args ...any) string {
	t.Helper()
	rows, err := db.Read.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, detail)
	}
	return strings.Join(steps, "; ")
}

// custom are the attributes of the tests' namespace.
var custom = search.Attributes{"K": search.Keyword, "I": search.Int, "L": search.KeywordList}

// TestListPlans: the lists that users ask for are read in order from an index, never sorted and never a scan of all namespaces.
func TestListPlans(t *testing.T) {
	db, _ := memory(t)
	for _, c := range []struct{ query, uses string }{
		{"", "PRIMARY KEY (namespace=?"},
		{"ORDER BY StartTime", "PRIMARY KEY (namespace=?"},
		{"ExecutionStatus = 'Running'", "visibility_open (namespace=?"},
		{"CloseTime IS NULL", "visibility_open (namespace=?"},
		{"ExecutionStatus = 'Failed'", "visibility_unsuccessful (namespace=? AND status=?"},
		{"WorkflowId = 'a'", "visibility_workflow_id (namespace=? AND workflow_id=?"},
		{"RunId = '018df0c0-0000-7000-8000-000000000001'", "visibility_workflow_id (namespace=? AND workflow_id=?"},
		{"WorkflowType = 'a'", "visibility_type (namespace=? AND workflow_type=?"},
		{"WorkflowType = 'a' AND ExecutionStatus = 'Completed'", "visibility_type (namespace=? AND workflow_type=?"},
		{"StartTime > '2024-02-29T00:00:00Z'", "PRIMARY KEY (namespace=? AND start_time>?"},
		{"ParentWorkflowId = 'a'", "visibility_parent (namespace=? AND parent_workflow_id=?"},
		{"ParentRunId = '018df0c0-0000-7000-8000-000000000001'", "visibility_parent_run (namespace=? AND parent_run_id=?"},
		{"ORDER BY CloseTime DESC", "visibility_closed (namespace=?"},
		{"CloseTime > '2024-02-29T00:00:00Z' ORDER BY CloseTime", "visibility_closed (namespace=? AND close_time>?"},
		{"ORDER BY WorkflowId", "visibility_workflow_id (namespace=?"},
		{"ORDER BY WorkflowType DESC", "visibility_type (namespace=?"},
		{"ORDER BY I", "visibility_term USING PRIMARY KEY (ns=? AND term>? AND term<?); SEARCH visibility USING PRIMARY KEY (namespace=? AND start_time=? AND run_id=?)"},
		{"WorkflowId = 'a' AND K = 'a'", "visibility_term_run (run=? AND term=?)"},
		{"WorkflowType = 'a' AND I > 5", "visibility_term_run (run=? AND term>? AND term<?)"},
	} {
		q, err := visibility.Compile(c.query, custom, store.SQLite)
		if err != nil {
			t.Fatal(err)
		}
		for _, after := range []time.Time{{}, time.Now()} {
			list := store.ListQuery{Namespace: orchestration.NamespaceID{1}, Where: q.Parts[0].Where, Order: q.Parts[0].Order, AfterStart: after, AfterKey: "a", Limit: 10}
			lead := listing.Lead{}
			if list.Order.By == store.ByTerm {
				lead = listing.Lead{Terms: []store.TermRange{list.Order.Terms}, Walks: true}
			}
			text, args := listing.Page(store.SQLite, list, lead, visibilityColumns)
			got := plan(t, db, text, args...)
			if sorts := strings.Contains(got, "TEMP B-TREE"); !strings.Contains(got, c.uses) || strings.Contains(got, "SCAN") || sorts && !strings.HasPrefix(c.query, "RunId") {
				t.Errorf("%q after %v: %s, want %s and no sorting", c.query, after, got, c.uses)
			}
		}
	}
}

// TestTermPlans: a list that begins with the terms of a range reads these and the rows of their runs, in order if they are walked.
func TestTermPlans(t *testing.T) {
	db, _ := memory(t)
	q, err := visibility.Compile("K = 'a' AND ExecutionStatus = 'Completed' AND L IS NOT NULL AND K IN ('a', 'b')", custom, store.SQLite)
	if err != nil {
		t.Fatal(err)
	}
	const row = "SEARCH visibility USING PRIMARY KEY (namespace=? AND start_time=? AND run_id=?)"
	for uses, lead := range map[string]listing.Lead{
		"SEARCH visibility_term USING PRIMARY KEY (ns=? AND term=?); " + row:                           {Terms: q.Where.Leads[0], Walks: true},
		"SEARCH visibility_term USING PRIMARY KEY (ns=? AND term=?); SCAN (subquery":                   {Terms: q.Where.Leads[0]},
		"visibility_term USING PRIMARY KEY (ns=? AND term>? AND term<?); USE TEMP B-TREE FOR DISTINCT": {Terms: q.Where.Leads[1]},
		"MERGE (UNION); LEFT; SEARCH visibility_term USING PRIMARY KEY (ns=? AND term=?)":              {Terms: q.Where.Leads[2]},
	} {
		list := store.ListQuery{Namespace: orchestration.NamespaceID{1}, Where: q.Where, Limit: 10}
		text, args := listing.Page(store.SQLite, list, lead, visibilityColumns)
		if got := plan(t, db, text, args...); !strings.Contains(got, uses) || !strings.Contains(got, row) || lead.Walks && strings.Contains(got, "TEMP B-TREE") {
			t.Errorf("%s:\n%s, want %s", text, got, uses)
		}
	}
}

// TestPlans: every other read is a search by key.
func TestPlans(t *testing.T) {
	db, _ := memory(t)
	for text, uses := range map[string]string{
		loadRuns:           "SEARCH i USING PRIMARY KEY (run_id=?)",
		loadVersions:       "SEARCH r USING INDEX sqlite_autoindex_run_1 (run_id=?)",
		loadCurrent:        "PRIMARY KEY (namespace=? AND workflow_id=?)",
		loadWakes:          "INDEX run_wake ((wake_at,run_id)>(?,?)",
		loadBacklog:        "PRIMARY KEY (namespace=? AND queue=? AND kind=?",
		loadHistory:        "(run_id=? AND first>? AND first<?)",
		loadHistoryReverse: "(run_id=? AND first>? AND first<?)",
	} {
		got := plan(t, db, text, make([]any, strings.Count(text, "?"))...)
		if !strings.Contains(got, uses) || strings.Contains(got, "TEMP B-TREE") || strings.Contains(strings.ReplaceAll(got, "SCAN k VIRTUAL TABLE", ""), "SCAN") {
			t.Errorf("%s\n%s, want %s and no sorting", text, got, uses)
		}
	}
}

// TestDeletePlans: what finds and removes old runs reads as many rows as it removes. Runs that closed in one microsecond are sorted among themselves.
func TestDeletePlans(t *testing.T) {
	db, _ := memory(t)
	for text, uses := range map[string]string{
		loadClosed:                       "visibility_closed (namespace=? AND close_time>? AND close_time<?)",
		statementText[deleteHistory]:     "SEARCH history USING INDEX sqlite_autoindex_history_1 (run_id=?)",
		statementText[deleteItems]:       "PRIMARY KEY (run_id=?)",
		statementText[sweepHistory]:      "(run_id=? AND first=?)",
		statementText[sweepItems]:        "PRIMARY KEY (run_id=?",
		statementText[countOpenJobs]:     "job_open (namespace=?)",
		statementText[dropJobs]:          "job_created (namespace=? AND ",
		jobColumns + jobsOfNamespace:     "job_created (namespace=? AND ",
		jobColumns + jobsOpen + ofShards: "INDEX job_open",
	} {
		got := plan(t, db, text, make([]any, strings.Count(text, "?"))...)
		whole := strings.Contains(strings.ReplaceAll(got, "TEMP B-TREE FOR LAST TERM", ""), "TEMP B-TREE")
		if !strings.Contains(got, uses) || whole || strings.Contains(got, "SCAN history") || strings.Contains(got, "SCAN visibility") {
			t.Errorf("%s\n%s, want %s and no sorting", text, got, uses)
		}
	}
}
