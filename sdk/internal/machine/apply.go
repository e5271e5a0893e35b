package machine

import (
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
)

// applyAll applies events in order, skipping those that were applied before.
func (r *Run) applyAll(events []*historypb.HistoryEvent) error {
	r.applying = true
	defer func() { r.applying = false }()
	for _, event := range events {
		if event.GetEventId() <= r.applied {
			continue
		}
		if err := r.apply(event); err != nil {
			return err
		}
		r.applied = event.GetEventId()
	}
	return nil
}

func (r *Run) apply(event *historypb.HistoryEvent) error {
	if IsAnswer(event) {
		return r.match(event)
	}
	switch event.GetEventType() {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
		r.started(event)
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
		e := event.GetWorkflowExecutionSignaledEventAttributes()
		r.hold(e.GetInput())
		r.signaled(e.GetSignalName(), e.GetInput())
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
		r.requestCancel()
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
		return r.activityCompleted(event)
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_FAILED:
		return r.activityFailed(event)
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
		return r.activityTimedOut(event)
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCELED:
		return r.activityCanceled(event)
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED:
		return r.childStarted(event)
	case enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED:
		return r.childNotStarted(event)
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED, enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED,
		enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED, enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT,
		enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED:
		return r.childClosed(event)
	case enumspb.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED, enumspb.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED,
		enumspb.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED, enumspb.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
		r.externalAnswer(event)
	case enumspb.EVENT_TYPE_TIMER_FIRED:
		return r.timerFired(event)
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED:
		r.taskFailed(event)
	default:
		return ignore(event)
	}
	return nil
}

func (r *Run) started(event *historypb.HistoryEvent) {
	r.Start = event.GetWorkflowExecutionStartedEventAttributes()
	r.StartTime = event.GetEventTime().AsTime()
	r.memo = r.Start.GetMemo().GetFields()
	r.searchAttributes = r.Start.GetSearchAttributes().GetIndexedFields()
	r.logger = r.logger.With("workflow_type", r.Start.GetWorkflowType().GetName())
	if original := r.Start.GetOriginalExecutionRunId(); original != "" {
		r.seed(original)
	}
	r.hold(r.Start.GetInput())
	r.begin(r.Start.GetInput())
}

// hold counts values that workflow code gets, and may keep.
func (r *Run) hold(values *commonpb.Payloads) {
	for _, payload := range values.GetPayloads() {
		r.held += len(payload.GetData())
	}
}

// taskFailed notices a reset, which gives the run a new id from here on.
func (r *Run) taskFailed(event *historypb.HistoryEvent) {
	e := event.GetWorkflowTaskFailedEventAttributes()
	if e.GetCause() == enumspb.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW && e.GetNewRunId() != "" {
		r.seed(e.GetNewRunId())
	}
}

// ignored are the events that tell workflow code nothing.
var ignored = map[enumspb.EventType]bool{
	enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED:                       true,
	enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED:                         true,
	enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:                       true,
	enumspb.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:                       true,
	enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED:                         true,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:                 true,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:                  true,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED:            true,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED:            true,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_PAUSED:                     true,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UNPAUSED:                   true,
	enumspb.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED_EXTERNALLY:       true,
	enumspb.EVENT_TYPE_ACTIVITY_PROPERTIES_MODIFIED_EXTERNALLY:       true,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED: true,
}

// ignore rejects events that this version does not understand: the protocol demands it, unless the server marked them.
func ignore(event *historypb.HistoryEvent) error {
	if ignored[event.GetEventType()] || event.GetWorkerMayIgnore() {
		return nil
	}
	return fmt.Errorf("event %d: this SDK does not understand events of type %s", event.GetEventId(), event.GetEventType())
}
