package view

import (
	"fmt"

	workflowpb "go.temporal.io/api/workflow/v1"
)

// WorkflowList is the page of a namespace's runs.
type WorkflowList struct {
	Frame
	Query     string // as typed
	Refused   string // why the query was refused; then Runs is empty
	Runs      []*workflowpb.WorkflowExecutionInfo
	Total     int64  // runs that match, on all pages
	FirstPage bool   // this is the first page
	Next      string // the next page's token; empty: this is the last
	Server    string // address that SDKs connect to
}

// shortcut is a filter that one click sets.
type shortcut struct{ word, query string }

var shortcuts = []shortcut{
	{"All", ""},
	{"Running", `ExecutionStatus = "Running"`},
	{"Completed", `ExecutionStatus = "Completed"`},
	{"Failed", `ExecutionStatus = "Failed"`},
	{"Timed out", `ExecutionStatus = "TimedOut"`},
	{"Canceled", `ExecutionStatus = "Canceled"`},
	{"Terminated", `ExecutionStatus = "Terminated"`},
}

// counted says how many runs match.
func (l WorkflowList) counted() string {
	if l.Total == 1 {
		return "1 run"
	}
	return fmt.Sprintf("%d runs", l.Total)
}

// shortID is the part of a run id that tells runs apart at a glance: a UUIDv7 begins with its time, so the end is the random part.
func shortID(runID string) string {
	const keep = 8
	if len(runID) <= keep {
		return runID
	}
	return "…" + runID[len(runID)-keep:]
}
