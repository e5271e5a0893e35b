package rehearsal

import (
	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
)

// External is a signal or a cancellation on its way to another workflow.
type External struct {
	// InitiatedID is the id of its event.
	InitiatedID int64
	// Target names the other workflow, and Signal the signal; it is empty for a cancellation.
	Target *commonpb.WorkflowExecution
	Signal string
}

// Requests returns the signals and cancellations that are on their way, oldest first.
func (s *Server) Requests() []*External { return s.requests }

// Deliver says that a request arrived.
func (s *Server) Deliver(e *External) {
	event := &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED,
		Attributes: &historypb.HistoryEvent_ExternalWorkflowExecutionSignaledEventAttributes{
			ExternalWorkflowExecutionSignaledEventAttributes: &historypb.ExternalWorkflowExecutionSignaledEventAttributes{
				InitiatedEventId: e.InitiatedID, Namespace: Namespace, WorkflowExecution: e.Target,
			},
		},
	}
	if e.Signal == "" {
		event = &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED,
			Attributes: &historypb.HistoryEvent_ExternalWorkflowExecutionCancelRequestedEventAttributes{
				ExternalWorkflowExecutionCancelRequestedEventAttributes: &historypb.ExternalWorkflowExecutionCancelRequestedEventAttributes{
					InitiatedEventId: e.InitiatedID, Namespace: Namespace, WorkflowExecution: e.Target,
				},
			},
		}
	}
	s.answer(e, event)
}

// Reject says that a request found no workflow.
func (s *Server) Reject(e *External) {
	event := &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED,
		Attributes: &historypb.HistoryEvent_SignalExternalWorkflowExecutionFailedEventAttributes{
			SignalExternalWorkflowExecutionFailedEventAttributes: &historypb.SignalExternalWorkflowExecutionFailedEventAttributes{
				InitiatedEventId: e.InitiatedID, Namespace: Namespace, WorkflowExecution: e.Target,
				Cause: enumspb.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND,
			},
		},
	}
	if e.Signal == "" {
		event = &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED,
			Attributes: &historypb.HistoryEvent_RequestCancelExternalWorkflowExecutionFailedEventAttributes{
				RequestCancelExternalWorkflowExecutionFailedEventAttributes: &historypb.RequestCancelExternalWorkflowExecutionFailedEventAttributes{
					InitiatedEventId: e.InitiatedID, Namespace: Namespace, WorkflowExecution: e.Target,
					Cause: enumspb.CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND,
				},
			},
		}
	}
	s.answer(e, event)
}

func (s *Server) answer(e *External, event *historypb.HistoryEvent) {
	for i, request := range s.requests {
		if request == e {
			s.requests = append(s.requests[:i:i], s.requests[i+1:]...)
			s.happen(event)
			return
		}
	}
	panic("rehearsal: the request was answered")
}

// otherWorkflowEvent returns the event of a command about another workflow, nil for other commands.
func otherWorkflowEvent(c *commandpb.Command, completed int64) *historypb.HistoryEvent {
	switch c.GetCommandType() {
	case enumspb.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION:
		a := c.GetStartChildWorkflowExecutionCommandAttributes()
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED,
			Attributes: &historypb.HistoryEvent_StartChildWorkflowExecutionInitiatedEventAttributes{
				StartChildWorkflowExecutionInitiatedEventAttributes: &historypb.StartChildWorkflowExecutionInitiatedEventAttributes{
					Namespace: a.GetNamespace(), WorkflowId: a.GetWorkflowId(), WorkflowType: a.GetWorkflowType(), TaskQueue: a.GetTaskQueue(),
					Input: a.GetInput(), ParentClosePolicy: a.GetParentClosePolicy(), WorkflowTaskCompletedEventId: completed,
				},
			},
		}
	case enumspb.COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION:
		a := c.GetSignalExternalWorkflowExecutionCommandAttributes()
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
			Attributes: &historypb.HistoryEvent_SignalExternalWorkflowExecutionInitiatedEventAttributes{
				SignalExternalWorkflowExecutionInitiatedEventAttributes: &historypb.SignalExternalWorkflowExecutionInitiatedEventAttributes{
					Namespace: a.GetNamespace(), WorkflowExecution: a.GetExecution(), SignalName: a.GetSignalName(), Input: a.GetInput(),
					Control: a.GetControl(), ChildWorkflowOnly: a.GetChildWorkflowOnly(), WorkflowTaskCompletedEventId: completed,
				},
			},
		}
	case enumspb.COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION:
		a := c.GetRequestCancelExternalWorkflowExecutionCommandAttributes()
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
			Attributes: &historypb.HistoryEvent_RequestCancelExternalWorkflowExecutionInitiatedEventAttributes{
				RequestCancelExternalWorkflowExecutionInitiatedEventAttributes: &historypb.RequestCancelExternalWorkflowExecutionInitiatedEventAttributes{
					Namespace: a.GetNamespace(), WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: a.GetWorkflowId(), RunId: a.GetRunId()},
					Control: a.GetControl(), ChildWorkflowOnly: a.GetChildWorkflowOnly(), WorkflowTaskCompletedEventId: completed,
				},
			},
		}
	case enumspb.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION:
		a := c.GetContinueAsNewWorkflowExecutionCommandAttributes()
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
			Attributes: &historypb.HistoryEvent_WorkflowExecutionContinuedAsNewEventAttributes{
				WorkflowExecutionContinuedAsNewEventAttributes: &historypb.WorkflowExecutionContinuedAsNewEventAttributes{
					NewExecutionRunId: "next", WorkflowType: a.GetWorkflowType(), TaskQueue: a.GetTaskQueue(), Input: a.GetInput(),
					Memo: a.GetMemo(), SearchAttributes: a.GetSearchAttributes(), WorkflowTaskCompletedEventId: completed,
				},
			},
		}
	}
	return nil
}

// noteOther keeps what a command asks of another workflow.
func (s *Server) noteOther(c *commandpb.Command, id int64) {
	if a := c.GetStartChildWorkflowExecutionCommandAttributes(); a != nil {
		s.children[id] = &Child{InitiatedID: id, ID: a.GetWorkflowId(), Type: a.GetWorkflowType().GetName(), Input: a.GetInput()}
	}
	if a := c.GetSignalExternalWorkflowExecutionCommandAttributes(); a != nil {
		s.requests = append(s.requests, &External{InitiatedID: id, Target: a.GetExecution(), Signal: a.GetSignalName()})
	}
	if a := c.GetRequestCancelExternalWorkflowExecutionCommandAttributes(); a != nil {
		target := &commonpb.WorkflowExecution{WorkflowId: a.GetWorkflowId(), RunId: a.GetRunId()}
		s.requests = append(s.requests, &External{InitiatedID: id, Target: target})
	}
}
