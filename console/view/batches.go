package view

import (
	"net/url"
	"strconv"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
)

// Batch is a job: one operation on many runs.
type Batch struct {
	ID                       string
	What                     string // the operation, in words: "Terminate"
	State                    enumspb.BatchOperationState
	Started, Closed          time.Time // Closed is zero while it goes on
	Total, Succeeded, Failed int64     // runs
	By, Reason               string    // who began it; why, or why it ended early
	Query                    string    // which runs; "": those of Runs
	Runs                     []BatchRun
	Failures                 []BatchFailure // the first of those that failed
}

// BatchFailure is a run that an operation was refused for.
type BatchFailure struct {
	BatchRun
	Why string
}

// BatchRun is a run that a job names; without run id, the workflow's current one.
type BatchRun struct{ WorkflowID, RunID string }

// BatchList is the page of a namespace's jobs, newest first.
type BatchList struct {
	Frame
	Batches   []Batch
	Address   string // of this page
	FirstPage bool
	Next      string // address of the next page; "": this is the last
}

// BatchPage is the page of one job.
type BatchPage struct {
	Frame
	Batch
	MayWrite bool
	Reason   string // for a stop, as typed
	Refused  string // why the stop was refused; "": it was not
}

// BatchesURL is the list of a namespace's jobs: those that began before another one, or, with the zero time, the newest.
func BatchesURL(p Place, before time.Time, beforeID string) string {
	q := url.Values{}
	if !before.IsZero() {
		q.Set("before", strconv.FormatInt(before.UnixMicro(), 10))
		q.Set("job", beforeID)
	}
	return withQuery(p.path()+"/batches", q)
}

// BatchURL is the page of one job.
func BatchURL(p Place, id string) string { return p.path() + "/batches/" + escapeSegment(id) }

// Open tells whether the job goes on.
func (b Batch) Open() bool { return b.Closed.IsZero() }

// left is how many runs it has not come to.
func (b Batch) left() int64 { return max(0, b.Total-b.Succeeded-b.Failed) }

// lookOfBatch is how a job's state is told apart.
func lookOfBatch(b Batch) look {
	switch {
	case b.Open():
		return look{"Running", "running", pathClock}
	case b.State != enumspb.BATCH_OPERATION_STATE_COMPLETED:
		return look{"Ended early", "terminated", pathSquare}
	case b.Failed > 0:
		return look{"Done, some failed", "failed", pathCross}
	}
	return look{"Done", "completed", pathTick}
}
