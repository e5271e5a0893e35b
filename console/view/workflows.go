package view

import workflowpb "go.temporal.io/api/workflow/v1"

// WorkflowList is the page of a namespace's runs.
type WorkflowList struct {
	Frame
	Query      string // as typed
	Fields     FilterBar
	Layout     Layout
	Attributes []string // search attributes of the namespace, each of which can be a column
	Refused    string   // why the query was refused; then Runs is empty
	Runs       []*workflowpb.WorkflowExecutionInfo
	FirstPage  bool   // this is the first page
	Next       string // the next page's token; empty: this is the last
	Server     string // address that SDKs connect to
	MayWrite   bool
	Views      []SavedView // that the namespace keeps
	Polled     []string    // task queues that workers poll, where nothing has run yet
}

// shortID is the part of a run id that tells runs apart at a glance: a UUIDv7 begins with its time, so the end is the random part.
func shortID(runID string) string {
	const keep = 8
	if len(runID) <= keep {
		return runID
	}
	return "…" + runID[len(runID)-keep:]
}
