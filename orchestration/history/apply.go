package history

import (
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
)

// apply is the effect of one event on the state: of a new one and, in Fold, of a stored one. It reads nothing live, so that both agree.
func (r *Run) apply(ev *historypb.HistoryEvent) {
	h := &r.Header
	h.NextEventID = ev.EventId + 1
	if t := ev.EventTime.AsTime(); t.After(h.LastEventTime) {
		h.LastEventTime = t
	}
	switch ev.EventType {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
		r.applyStarted(ev)
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED:
		r.applyTaskScheduled(ev)
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED:
		h.Task.StartedEventID = ev.EventId
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
		a := ev.GetWorkflowTaskCompletedEventAttributes()
		h.PreviousStarted, h.WorkerStamp, h.Task = a.StartedEventId, versionStamp{a.WorkerVersion}, nil
		r.applyResetPoint(ev)
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED, enumspb.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
		h.Task = nil
		if ev.GetWorkflowTaskFailedEventAttributes().GetCause() == enumspb.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW {
			r.applyReset(ev)
		}
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
		r.applyActivityScheduled(ev)
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED:
		r.activities[ev.GetActivityTaskStartedEventAttributes().ScheduledEventId].startedEventID = ev.EventId
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED:
		r.applyActivityCancelRequested(ev)
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, enumspb.EVENT_TYPE_ACTIVITY_TASK_FAILED,
		enumspb.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT, enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCELED:
		r.removeActivity(closedActivity(ev))
	case enumspb.EVENT_TYPE_TIMER_STARTED:
		r.applyTimerStarted(ev)
	case enumspb.EVENT_TYPE_TIMER_FIRED:
		r.removeTimer(ev.GetTimerFiredEventAttributes().StartedEventId)
	case enumspb.EVENT_TYPE_TIMER_CANCELED:
		r.removeTimer(ev.GetTimerCanceledEventAttributes().StartedEventId)
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
		h.Signals++
		a := ev.GetWorkflowExecutionSignaledEventAttributes()
		r.remember(a.RequestId, a.ExternalWorkflowExecution != nil)
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
		h.CancelRequested = true
	case enumspb.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
		r.mergeSearch(ev.GetUpsertWorkflowSearchAttributesEventAttributes().SearchAttributes)
	case enumspb.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED:
		r.mergeMemo(ev.GetWorkflowPropertiesModifiedEventAttributes().UpsertedMemo)
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED:
		r.applyUpdateAdmitted(ev)
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
		r.applyUpdateAccepted(ev)
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:
		r.applyUpdateCompleted(ev)
	default:
		if r.applyReach(ev) {
			return
		}
		if status, closing := closingEvents[ev.EventType]; closing {
			r.applyClosed(ev, status)
		}
	}
}

// closingEvents end a run, each with the status that it leaves.
var closingEvents = map[enumspb.EventType]enumspb.WorkflowExecutionStatus{
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:  enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:     enumspb.WORKFLOW_EXECUTION_STATUS_FAILED,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:   enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED: enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:  enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT,

	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW: enumspb.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW,
}
