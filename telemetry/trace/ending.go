package trace

import (
	historypb "go.temporal.io/api/history/v1"

	failurepb "go.temporal.io/api/failure/v1"
)

// Outcomes: values of the attribute tenuto.outcome. Of what could not be asked of another run, the outcome is the protocol's cause.
const (
	outcomeCompleted  = "completed"
	outcomeFailed     = "failed"
	outcomeTimedOut   = "timed_out"
	outcomeCanceled   = "canceled"
	outcomeTerminated = "terminated"
	outcomeContinued  = "continued_as_new"
	outcomeFired      = "fired"
	outcomeLeft       = "left" // the run closed before the step did
)

// conclusion is how a run closed.
type conclusion struct {
	outcome string
	failed  bool
	failure *failurepb.Failure
	message string // instead of a failure
	next    string // run id; "": none
}

// ending reads an event that closes a run; ok is false for any other.
func ending(ev *historypb.HistoryEvent) (c conclusion, ok bool) {
	switch a := ev.Attributes.(type) {
	case *historypb.HistoryEvent_WorkflowExecutionCompletedEventAttributes:
		return conclusion{outcome: outcomeCompleted, next: a.WorkflowExecutionCompletedEventAttributes.NewExecutionRunId}, true
	case *historypb.HistoryEvent_WorkflowExecutionFailedEventAttributes:
		t := a.WorkflowExecutionFailedEventAttributes
		return conclusion{outcome: outcomeFailed, failed: true, failure: t.Failure, next: t.NewExecutionRunId}, true
	case *historypb.HistoryEvent_WorkflowExecutionTimedOutEventAttributes:
		return conclusion{outcome: outcomeTimedOut, failed: true, next: a.WorkflowExecutionTimedOutEventAttributes.NewExecutionRunId}, true
	case *historypb.HistoryEvent_WorkflowExecutionCanceledEventAttributes:
		return conclusion{outcome: outcomeCanceled}, true
	case *historypb.HistoryEvent_WorkflowExecutionTerminatedEventAttributes:
		return conclusion{outcome: outcomeTerminated, failed: true, message: a.WorkflowExecutionTerminatedEventAttributes.Reason}, true
	case *historypb.HistoryEvent_WorkflowExecutionContinuedAsNewEventAttributes:
		return conclusion{outcome: outcomeContinued, next: a.WorkflowExecutionContinuedAsNewEventAttributes.NewExecutionRunId}, true
	}
	return c, false
}
