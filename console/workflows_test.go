package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// What the fields say becomes a query, and the query fills the same fields.
func TestTheBarAndTheQuerySayTheSame(t *testing.T) {
	b := newBench(t).signIn()
	for fields, want := range map[string]string{
		"":                "",
		"status=TimedOut": `ExecutionStatus = "TimedOut"`,
		"type=a%22b%5C":   `WorkflowType = "a\"b\\"`,
		"id=+x+&after=2026-01-02T03:04&before=2026-01-02T03:04:05": `WorkflowId STARTS_WITH "x" AND StartTime >= "2026-01-02T03:04:00Z" AND StartTime < "2026-01-02T03:04:05Z"`,
		"after=yesterday": `StartTime >= "yesterday"`,
	} {
		w := b.get("/t/default/ns/default/workflows?bar=1&" + fields)
		if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || to != view.WorkflowsURL(in("default"), want, "") {
			t.Errorf("%s: %d to %s", fields, w.Code, to)
		}
		sent, err := url.ParseQuery(fields)
		must(t, err)
		shown := barShowing(want)
		if fits := sent.Get("after") != "yesterday"; shown.Fits != fits {
			t.Errorf("%s: fits %v", want, shown.Fits)
		} else if again := shown.Query(); fits && again != want {
			t.Errorf("%s is shown as %s", want, again)
		}
	}
}

// A query that says more than fields can is shown by none of them.
func TestQueriesBeyondTheBar(t *testing.T) {
	for _, query := range []string{
		`ExecutionStatus = "Running" OR WorkflowType = "x"`, `ExecutionStatus = "Running" AND ExecutionStatus = "Failed"`, `ExecutionStatus != "Running"`, `Color = "red"`,
		`StartTime >= "2026-01-02T03:04:05.5Z"`, `WorkflowType = ""`, `WorkflowType = "x`,
	} {
		if got := barShowing(query); got != (view.FilterBar{}) {
			t.Errorf("%s: %+v", query, got)
		}
	}
	if got := barShowing(`StartTime < "2026-01-02T03:04:05+02:00"`); got.Before != "2026-01-02T01:04:05" || !got.Fits {
		t.Errorf("%+v", got)
	}
}

func TestFindLeadsToWhatHasTheID(t *testing.T) {
	b := newBench(t).signIn()
	found := runInfo("transfer-1", enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING)
	run := found.GetExecution().GetRunId()
	for _, c := range []struct {
		id, asked, to string
		list          []*workflowpb.WorkflowExecutionInfo
	}{
		{"transfer-1", `WorkflowId = "transfer-1"`, view.RunURL(in("default"), "transfer-1", ""), []*workflowpb.WorkflowExecutionInfo{found}},
		{run, `WorkflowId = "` + run + `" OR RunId = "` + run + `"`, view.RunURL(in("default"), "transfer-1", run), []*workflowpb.WorkflowExecutionInfo{found}},
		{`tra"ns`, `WorkflowId = "tra\"ns"`, view.WorkflowsURL(in("default"), `WorkflowId STARTS_WITH "tra\"ns"`, ""), nil},
	} {
		b.engine.list = engine.ListPage{Executions: c.list}
		w := b.get("/t/default/ns/default/workflows?find=" + url.QueryEscape(" "+c.id+" "))
		if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || to != c.to || b.engine.listed.Query != c.asked {
			t.Errorf("%s: %d to %s, asked %s", c.id, w.Code, to, b.engine.listed.Query)
		}
	}
}

// Counts are of all statuses whatever the filter's own, unless the filter is one that no status can be taken from.
func TestCountsAskForEachStatus(t *testing.T) {
	b := newBench(t).signIn()
	b.engine.groups = engine.RunCount{Groups: []engine.RunGroup{{Value: "Running", Count: 3}, {Value: "TimedOut", Count: 1200}}}
	for query, want := range map[string]struct{ asked, shown string }{
		"": {" GROUP BY ExecutionStatus", "All 1,203"},
		`ExecutionStatus = "Running" AND WorkflowType = "T"`: {`WorkflowType = "T" GROUP BY ExecutionStatus`, "Timed out 1,200</a>"},
		`WorkflowType = "T" OR WorkflowType = "U"`:           {`WorkflowType = "T" OR WorkflowType = "U" GROUP BY ExecutionStatus`, "Timed out 1,200</span>"},
	} {
		w := b.get(view.CountsURL(in("default"), query))
		if w.Code != http.StatusOK || b.engine.listed.Query != want.asked || !strings.Contains(w.Body.String(), want.shown) {
			t.Errorf("%s: %d, asked %s\n%s", query, w.Code, b.engine.listed.Query, w.Body)
		}
	}
}
