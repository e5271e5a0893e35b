package trace

import (
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// ended is what a closing event says of its step.
type ended struct {
	opened, started orchestration.EventID // started 0: no worker had it
	outcome         string
	failed          bool
	failure         *failurepb.Failure // nil: the outcome says it
	retry           enumspb.RetryState
}

// closes reads an event that closes an activity, a timer, a child, an update, or what was asked of another run; ok is false for any other.
func closes(ev *historypb.HistoryEvent) (e ended, ok bool) {
	for _, read := range []func(*historypb.HistoryEvent) (ended, bool){closesActivity, closesChild, closesRest} {
		if e, ok := read(ev); ok {
			return e, true
		}
	}
	return e, false
}

func closesActivity(ev *historypb.HistoryEvent) (e ended, ok bool) {
	switch a := ev.Attributes.(type) {
	case *historypb.HistoryEvent_ActivityTaskCompletedEventAttributes:
		t := a.ActivityTaskCompletedEventAttributes
		return ended{opened: t.ScheduledEventId, started: t.StartedEventId, outcome: outcomeCompleted}, true
	case *historypb.HistoryEvent_ActivityTaskFailedEventAttributes:
		t := a.ActivityTaskFailedEventAttributes
		return ended{opened: t.ScheduledEventId, started: t.StartedEventId, outcome: outcomeFailed, failed: true, failure: t.Failure, retry: t.RetryState}, true
	case *historypb.HistoryEvent_ActivityTaskTimedOutEventAttributes:
		t := a.ActivityTaskTimedOutEventAttributes
		return ended{opened: t.ScheduledEventId, started: t.StartedEventId, outcome: outcomeTimedOut, failed: true, failure: t.Failure, retry: t.RetryState}, true
	case *historypb.HistoryEvent_ActivityTaskCanceledEventAttributes:
		t := a.ActivityTaskCanceledEventAttributes
		return ended{opened: t.ScheduledEventId, started: t.StartedEventId, outcome: outcomeCanceled}, true
	}
	return e, false
}

func closesChild(ev *historypb.HistoryEvent) (e ended, ok bool) {
	switch a := ev.Attributes.(type) {
	case *historypb.HistoryEvent_StartChildWorkflowExecutionFailedEventAttributes:
		t := a.StartChildWorkflowExecutionFailedEventAttributes
		return ended{opened: t.InitiatedEventId, outcome: word(t.Cause), failed: true}, true
	case *historypb.HistoryEvent_ChildWorkflowExecutionCompletedEventAttributes:
		return ended{opened: a.ChildWorkflowExecutionCompletedEventAttributes.InitiatedEventId, outcome: outcomeCompleted}, true
	case *historypb.HistoryEvent_ChildWorkflowExecutionFailedEventAttributes:
		t := a.ChildWorkflowExecutionFailedEventAttributes
		return ended{opened: t.InitiatedEventId, outcome: outcomeFailed, failed: true, failure: t.Failure, retry: t.RetryState}, true
	case *historypb.HistoryEvent_ChildWorkflowExecutionCanceledEventAttributes:
		return ended{opened: a.ChildWorkflowExecutionCanceledEventAttributes.InitiatedEventId, outcome: outcomeCanceled}, true
	case *historypb.HistoryEvent_ChildWorkflowExecutionTimedOutEventAttributes:
		t := a.ChildWorkflowExecutionTimedOutEventAttributes
		return ended{opened: t.InitiatedEventId, outcome: outcomeTimedOut, failed: true, retry: t.RetryState}, true
	case *historypb.HistoryEvent_ChildWorkflowExecutionTerminatedEventAttributes:
		return ended{opened: a.ChildWorkflowExecutionTerminatedEventAttributes.InitiatedEventId, outcome: outcomeTerminated, failed: true}, true
	}
	return e, false
}

func closesRest(ev *historypb.HistoryEvent) (e ended, ok bool) {
	switch a := ev.Attributes.(type) {
	case *historypb.HistoryEvent_TimerFiredEventAttributes:
		return ended{opened: a.TimerFiredEventAttributes.StartedEventId, outcome: outcomeFired}, true
	case *historypb.HistoryEvent_TimerCanceledEventAttributes:
		return ended{opened: a.TimerCanceledEventAttributes.StartedEventId, outcome: outcomeCanceled}, true
	case *historypb.HistoryEvent_ExternalWorkflowExecutionSignaledEventAttributes:
		return ended{opened: a.ExternalWorkflowExecutionSignaledEventAttributes.InitiatedEventId, outcome: outcomeCompleted}, true
	case *historypb.HistoryEvent_ExternalWorkflowExecutionCancelRequestedEventAttributes:
		return ended{opened: a.ExternalWorkflowExecutionCancelRequestedEventAttributes.InitiatedEventId, outcome: outcomeCompleted}, true
	case *historypb.HistoryEvent_SignalExternalWorkflowExecutionFailedEventAttributes:
		t := a.SignalExternalWorkflowExecutionFailedEventAttributes
		return ended{opened: t.InitiatedEventId, outcome: word(t.Cause), failed: true}, true
	case *historypb.HistoryEvent_RequestCancelExternalWorkflowExecutionFailedEventAttributes:
		t := a.RequestCancelExternalWorkflowExecutionFailedEventAttributes
		return ended{opened: t.InitiatedEventId, outcome: word(t.Cause), failed: true}, true
	case *historypb.HistoryEvent_WorkflowExecutionUpdateCompletedEventAttributes:
		t := a.WorkflowExecutionUpdateCompletedEventAttributes
		if f := t.Outcome.GetFailure(); f != nil {
			return ended{opened: t.AcceptedEventId, outcome: outcomeFailed, failed: true, failure: f}, true
		}
		return ended{opened: t.AcceptedEventId, outcome: outcomeCompleted}, true
	}
	return e, false
}
