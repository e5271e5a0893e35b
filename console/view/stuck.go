package view

import (
	"net/url"
	"strconv"
	"time"

	workflowpb "go.temporal.io/api/workflow/v1"
)

// StuckList is the page of the runs that do not go on.
type StuckList struct {
	Frame
	Query     string // which running workflows to look at; as typed
	Attempts  int    // activities count from so many attempts on
	Refused   string // why the query was refused; "": it was not
	Runs      []StuckRun
	Looked    int    // runs that were looked at for this page
	Unseen    int    // of them, those of servers that could not be asked
	Running   int64  // workflows that run and match
	Page      string // token of this page
	FirstPage bool
	MayWrite  bool
	Next      string // token of the page that goes on looking; "": all were looked at
}

// StuckRun is a run that does not go on, and why.
type StuckRun struct {
	Info  *workflowpb.WorkflowExecutionInfo
	Kind  string // of the cause, in two words
	Why   string // one sentence
	Since time.Time
}

// StuckURL looks for runs that do not go on, among those that a query finds.
func StuckURL(p Place, query string, attempts int, page string) string {
	q := url.Values{}
	if query != "" {
		q.Set("query", query)
	}
	if attempts != DefaultAttempts {
		q.Set("attempts", strconv.Itoa(attempts))
	}
	if page != "" {
		q.Set("page", page)
	}
	return withQuery(p.path()+"/stuck", q)
}

// DefaultAttempts is from how many attempts on an activity counts, if nobody says otherwise.
const DefaultAttempts = 3

// looked says how far the search has come.
func (l StuckList) looked() string {
	return "looked at " + whole(int64(l.Looked)) + " of " + whole(l.Running) + " running, oldest first"
}
