package view

import (
	"fmt"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
)

// NewestFirst is the value of the address's "order" that turns the history round.
const NewestFirst = "newest"

// RunPage is the page of one run.
type RunPage struct {
	Frame
	Info         *workflowpb.WorkflowExecutionInfo
	Activities   []*workflowpb.PendingActivityInfo
	WorkflowTask *workflowpb.PendingWorkflowTaskInfo // nil: none is pending
	Events       []*historypb.HistoryEvent
	Hidden       bool   // payloads, from a reader who may not see them
	Newest       bool   // Events are newest first
	FirstPage    bool   // Events begin the history, or end it with Newest
	Next         string // the next page's token; empty: this is the last
}

func (p RunPage) id() string    { return p.Info.GetExecution().GetWorkflowId() }
func (p RunPage) runID() string { return p.Info.GetExecution().GetRunId() }

func (p RunPage) order() string {
	if p.Newest {
		return NewestFirst
	}
	return ""
}

// page is the address of another page of this history in the same order.
func (p RunPage) page(token string) string {
	return HistoryURL(p.Place, p.id(), p.runID(), p.order(), token)
}

// sinceStart is how long after the run's start an event came.
func (p RunPage) sinceStart(e *historypb.HistoryEvent) string {
	start, t := at(p.Info.GetStartTime()), at(e.GetEventTime())
	if start.IsZero() || t.IsZero() {
		return ""
	}
	return "+" + span(max(0, t.Sub(start)))
}

// kind is the class of an event's row: bad things stand out.
func kind(t enumspb.EventType) string {
	word := t.String()
	switch {
	case strings.HasSuffix(word, "Failed"), strings.HasSuffix(word, "TimedOut"):
		return "event-bad"
	case strings.HasPrefix(word, "WorkflowTask"):
		return "event-plumbing"
	}
	return "event"
}

// attempt says which attempt it is, of how many; no limit is not shown.
func attempt(a *workflowpb.PendingActivityInfo) string {
	if a.GetMaximumAttempts() > 0 {
		return fmt.Sprintf("%d of %d", a.GetAttempt(), a.GetMaximumAttempts())
	}
	return fmt.Sprint(a.GetAttempt())
}
