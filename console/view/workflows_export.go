package view

import (
	"net/url"
	"strconv"
	"time"

	workflowpb "go.temporal.io/api/workflow/v1"
)

// What a list of runs can be taken away as, below a namespace.
const (
	RunsCSVPath   = "/workflows.csv"
	RunsLinesPath = "/workflows.jsonl"
)

// ExportURL is what a filter finds as a file.
func ExportURL(p Place, path, query string) string {
	if query == "" {
		return p.path() + path
	}
	return withQuery(p.path()+path, url.Values{"query": {query}})
}

// RunColumns are the columns of exported runs. Times are UTC.
var RunColumns = []string{
	"status", "workflow_id", "run_id", "type", "task_queue", "started", "closed", "history_events", "history_bytes", "parent_workflow_id", "parent_run_id",
}

// RunLine is a run as a line of them.
func RunLine(run *workflowpb.WorkflowExecutionInfo) []string {
	line := []string{
		run.GetStatus().String(), run.GetExecution().GetWorkflowId(), run.GetExecution().GetRunId(), run.GetType().GetName(), run.GetTaskQueue(),
		instant(at(run.GetStartTime())), instant(at(run.GetCloseTime())), strconv.FormatInt(run.GetHistoryLength(), 10), strconv.FormatInt(run.GetHistorySizeBytes(), 10),
		run.GetParentExecution().GetWorkflowId(), run.GetParentExecution().GetRunId(),
	}
	for i, cell := range line {
		line[i] = inert(cell)
	}
	return line
}

// instant is a time in a file; "": none.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}
