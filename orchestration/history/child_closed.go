package history

import (
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// closedEvent is how the parent records a child's closing event, without the Started id.
func (c *child) closedEvent(in ChildClosed) *historypb.HistoryEvent {
	namespace, id, ended, kind := c.Namespace, namespaceText(c.NamespaceID), execution(c.WorkflowID, in.RunID), c.workflowType()
	switch in.Close.EventType {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED,
			Attributes: &historypb.HistoryEvent_ChildWorkflowExecutionCompletedEventAttributes{
				ChildWorkflowExecutionCompletedEventAttributes: &historypb.ChildWorkflowExecutionCompletedEventAttributes{
					Result:    in.Close.GetWorkflowExecutionCompletedEventAttributes().GetResult(),
					Namespace: namespace, NamespaceId: id, WorkflowExecution: ended, WorkflowType: kind, InitiatedEventId: c.InitiatedEventID,
				},
			},
		}
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
		a := in.Close.GetWorkflowExecutionFailedEventAttributes()
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED,
			Attributes: &historypb.HistoryEvent_ChildWorkflowExecutionFailedEventAttributes{
				ChildWorkflowExecutionFailedEventAttributes: &historypb.ChildWorkflowExecutionFailedEventAttributes{
					Failure: a.GetFailure(), RetryState: a.GetRetryState(),
					Namespace: namespace, NamespaceId: id, WorkflowExecution: ended, WorkflowType: kind, InitiatedEventId: c.InitiatedEventID,
				},
			},
		}
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED,
			Attributes: &historypb.HistoryEvent_ChildWorkflowExecutionCanceledEventAttributes{
				ChildWorkflowExecutionCanceledEventAttributes: &historypb.ChildWorkflowExecutionCanceledEventAttributes{
					Details:   in.Close.GetWorkflowExecutionCanceledEventAttributes().GetDetails(),
					Namespace: namespace, NamespaceId: id, WorkflowExecution: ended, WorkflowType: kind, InitiatedEventId: c.InitiatedEventID,
				},
			},
		}
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT,
			Attributes: &historypb.HistoryEvent_ChildWorkflowExecutionTimedOutEventAttributes{
				ChildWorkflowExecutionTimedOutEventAttributes: &historypb.ChildWorkflowExecutionTimedOutEventAttributes{
					RetryState: in.Close.GetWorkflowExecutionTimedOutEventAttributes().GetRetryState(),
					Namespace:  namespace, NamespaceId: id, WorkflowExecution: ended, WorkflowType: kind, InitiatedEventId: c.InitiatedEventID,
				},
			},
		}
	}
	return &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED,
		Attributes: &historypb.HistoryEvent_ChildWorkflowExecutionTerminatedEventAttributes{
			ChildWorkflowExecutionTerminatedEventAttributes: &historypb.ChildWorkflowExecutionTerminatedEventAttributes{
				Namespace: namespace, NamespaceId: id, WorkflowExecution: ended, WorkflowType: kind, InitiatedEventId: c.InitiatedEventID,
			},
		},
	}
}

// closesChild tells the events that record the end of a child that has started.
func closesChild(t enumspb.EventType) bool {
	switch t {
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED, enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED,
		enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED, enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT,
		enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED:
		return true
	}
	return false
}

// endsChild tells the events after which a child is not pending any more.
func endsChild(t enumspb.EventType) bool {
	return closesChild(t) || t == enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED
}

// childOf is the Initiated event's id of the child that an event is about; 0: the event is about none.
func childOf(ev *historypb.HistoryEvent) orchestration.EventID {
	switch ev.EventType {
	case enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED:
		return ev.GetStartChildWorkflowExecutionFailedEventAttributes().InitiatedEventId
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED:
		return ev.GetChildWorkflowExecutionStartedEventAttributes().InitiatedEventId
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED:
		return ev.GetChildWorkflowExecutionCompletedEventAttributes().InitiatedEventId
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED:
		return ev.GetChildWorkflowExecutionFailedEventAttributes().InitiatedEventId
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED:
		return ev.GetChildWorkflowExecutionCanceledEventAttributes().InitiatedEventId
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT:
		return ev.GetChildWorkflowExecutionTimedOutEventAttributes().InitiatedEventId
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED:
		return ev.GetChildWorkflowExecutionTerminatedEventAttributes().InitiatedEventId
	}
	return 0
}

// setChildStarted completes the event of a child's end, now that the start is in history.
func (r *Run) setChildStarted(ev *historypb.HistoryEvent) {
	id := r.children[childOf(ev)].StartedEventID
	switch ev.EventType {
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED:
		ev.GetChildWorkflowExecutionCompletedEventAttributes().StartedEventId = id
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED:
		ev.GetChildWorkflowExecutionFailedEventAttributes().StartedEventId = id
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED:
		ev.GetChildWorkflowExecutionCanceledEventAttributes().StartedEventId = id
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT:
		ev.GetChildWorkflowExecutionTimedOutEventAttributes().StartedEventId = id
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED:
		ev.GetChildWorkflowExecutionTerminatedEventAttributes().StartedEventId = id
	}
}
