package history

import (
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// applyReach is the effect of an event about a child or another run; false: the event is about something else.
func (r *Run) applyReach(ev *historypb.HistoryEvent) bool {
	switch ev.EventType {
	case enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
		r.applyChildInitiated(ev)
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED:
		c := r.children[childOf(ev)]
		c.StartedEventID = ev.EventId
		c.RunID = runOf(ev.GetChildWorkflowExecutionStartedEventAttributes().WorkflowExecution.GetRunId())
		r.touchChild(c.InitiatedEventID)
	case enumspb.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
		a := ev.GetSignalExternalWorkflowExecutionInitiatedEventAttributes()
		r.addExternal(&external{
			InitiatedEventID: ev.EventId, CompletedEventID: a.WorkflowTaskCompletedEventId, Namespace: a.Namespace, NamespaceID: namespaceOf(a.NamespaceId),
			WorkflowID: a.WorkflowExecution.GetWorkflowId(), RunID: a.WorkflowExecution.GetRunId(), Control: a.Control,
		})
	case enumspb.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
		a := ev.GetRequestCancelExternalWorkflowExecutionInitiatedEventAttributes()
		r.addExternal(&external{
			InitiatedEventID: ev.EventId, CompletedEventID: a.WorkflowTaskCompletedEventId, Namespace: a.Namespace, NamespaceID: namespaceOf(a.NamespaceId), Cancel: true,
			WorkflowID: a.WorkflowExecution.GetWorkflowId(), RunID: a.WorkflowExecution.GetRunId(), Control: a.Control,
		})
	case enumspb.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED:
		r.removeExternal(ev.GetExternalWorkflowExecutionSignaledEventAttributes().InitiatedEventId)
	case enumspb.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
		r.removeExternal(ev.GetSignalExternalWorkflowExecutionFailedEventAttributes().InitiatedEventId)
	case enumspb.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
		r.removeExternal(ev.GetExternalWorkflowExecutionCancelRequestedEventAttributes().InitiatedEventId)
	case enumspb.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
		r.removeExternal(ev.GetRequestCancelExternalWorkflowExecutionFailedEventAttributes().InitiatedEventId)
	default:
		if !endsChild(ev.EventType) {
			return false
		}
		r.removeChild(childOf(ev))
	}
	return true
}

func (r *Run) applyChildInitiated(ev *historypb.HistoryEvent) {
	a := ev.GetStartChildWorkflowExecutionInitiatedEventAttributes()
	r.children[ev.EventId] = &child{
		InitiatedEventID: ev.EventId,
		CompletedEventID: a.WorkflowTaskCompletedEventId,
		Namespace:        a.Namespace,
		NamespaceID:      namespaceOf(a.NamespaceId),
		WorkflowID:       a.WorkflowId,
		Type:             a.WorkflowType.GetName(),
		Policy:           a.ParentClosePolicy,
		Control:          a.Control,
	}
	r.touchChild(ev.EventId)
}

// removeChild forgets a child that has ended, or whose parent has.
func (r *Run) removeChild(id orchestration.EventID) {
	if r.children[id] == nil {
		panic("the event ends a child that is not pending")
	}
	delete(r.children, id)
	r.touchChild(id)
}

// namespaceOf reads a namespace id of an event; none for another text.
func namespaceOf(text string) orchestration.NamespaceID {
	id, err := orchestration.ParseNamespaceID(text)
	if err != nil {
		return orchestration.NamespaceID{}
	}
	return id
}

// runOf reads a run id of an event; none for another text.
func runOf(text string) orchestration.RunID {
	id, err := orchestration.ParseRunID(text)
	if err != nil {
		return orchestration.RunID{}
	}
	return id
}
