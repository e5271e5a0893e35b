package view

import (
	"net/url"
	"strings"
	"time"
)

// BulkPath is where something is done to many runs, below a namespace.
const BulkPath = "/bulk"

// BulkPage asks what is to be done to many runs: to those that are ticked, or to all that a filter finds.
type BulkPage struct {
	Frame
	Filled   Filled
	Runs     []BulkRun // ticked; none: the filter counts
	Query    string
	Until    time.Time // runs that start later are not meant
	Refused  string    // why the filter cannot be used
	Matching int64     // what the filter finds now
	Running  int64     // of these
}

// BulkRun is a run that is ticked.
type BulkRun struct{ WorkflowID, RunID string }

// tickOf is a run as its tick is sent: its id, a colon, and the workflow's id, escaped.
func tickOf(workflowID, runID string) string { return runID + ":" + url.PathEscape(workflowID) }

// Ticked reads that. ok is false for what no page sends.
func Ticked(tick string) (r BulkRun, ok bool) {
	run, workflow, ok := strings.Cut(tick, ":")
	workflow, err := url.PathUnescape(workflow)
	return BulkRun{workflow, run}, ok && err == nil && workflow != "" && run != ""
}

// BulkURL asks what is to be done to all that a filter finds.
func BulkURL(p Place, query string) string {
	if query == "" {
		return p.path() + BulkPath
	}
	return withQuery(p.path()+BulkPath, url.Values{"query": {query}})
}

// StartedBy is a filter that finds, of what a filter finds, what had started at a time: runs that start while somebody reads a page are none that are meant by it.
func StartedBy(query string, until time.Time) string {
	started := `StartTime <= "` + until.UTC().Format(time.RFC3339Nano) + `"`
	if strings.TrimSpace(query) == "" {
		return started
	}
	return "(" + query + ") AND " + started
}

// bulkChoices are what can be done to many runs at once.
var bulkChoices = []Choice{
	{"", "choose"},
	{"signal", "Signal – send each a signal"},
	{"cancel", "Cancel – ask each to cancel itself"},
	{"terminate", "Terminate – end each at once"},
	{"reset-last", "Reset – to the last workflow task"},
	{"reset-first", "Reset – to the first workflow task"},
}

// concerned says how many runs are meant.
func (p BulkPage) concerned() string {
	switch n := len(p.Runs); {
	case n == 1:
		return "One run that is ticked"
	case n > 1:
		return grouped(int64(n)) + " runs that are ticked"
	case p.Matching == 1:
		return "The one run that matches now"
	}
	return "All " + grouped(p.Matching) + " runs that match now, " + grouped(p.Running) + " of them running"
}
