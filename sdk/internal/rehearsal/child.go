package rehearsal

import (
	"maps"
	"slices"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
)

// Child is a child workflow that is open, or asked for.
type Child struct {
	// InitiatedID and StartedID are the ids of its events; StartedID is zero before its start.
	InitiatedID, StartedID int64
	ID, Type               string
	Input                  *commonpb.Payloads
	closing                bool
}

func (c *Child) execution() *commonpb.WorkflowExecution {
	return &commonpb.WorkflowExecution{WorkflowId: c.ID, RunId: "run-of-" + c.ID}
}

func (c *Child) workflowType() *commonpb.WorkflowType { return &commonpb.WorkflowType{Name: c.Type} }

// Children returns the open children, oldest first.
func (s *Server) Children() []*Child {
	var open []*Child
	for _, id := range slices.Sorted(maps.Keys(s.children)) {
		if c := s.children[id]; !c.closing {
			open = append(open, c)
		}
	}
	return open
}

// StartChild starts a child that was asked for.
func (s *Server) StartChild(c *Child) {
	c.StartedID = int64(len(s.events) + 1) // wrong for one that waits for a workflow task, where nobody looks
	s.happen(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED,
		Attributes: &historypb.HistoryEvent_ChildWorkflowExecutionStartedEventAttributes{
			ChildWorkflowExecutionStartedEventAttributes: &historypb.ChildWorkflowExecutionStartedEventAttributes{
				Namespace: Namespace, InitiatedEventId: c.InitiatedID, WorkflowExecution: c.execution(), WorkflowType: c.workflowType(),
			},
		},
	})
}

// RefuseChild says that a child was not started.
func (s *Server) RefuseChild(c *Child, cause enumspb.StartChildWorkflowExecutionFailedCause) {
	s.endChild(c, &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED,
		Attributes: &historypb.HistoryEvent_StartChildWorkflowExecutionFailedEventAttributes{
			StartChildWorkflowExecutionFailedEventAttributes: &historypb.StartChildWorkflowExecutionFailedEventAttributes{
				Namespace: Namespace, WorkflowId: c.ID, WorkflowType: c.workflowType(), Cause: cause, InitiatedEventId: c.InitiatedID,
			},
		},
	})
}

// CompleteChild ends a child with a result.
func (s *Server) CompleteChild(c *Child, result *commonpb.Payloads) {
	s.endChild(c, &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED,
		Attributes: &historypb.HistoryEvent_ChildWorkflowExecutionCompletedEventAttributes{
			ChildWorkflowExecutionCompletedEventAttributes: &historypb.ChildWorkflowExecutionCompletedEventAttributes{
				Namespace: Namespace, WorkflowExecution: c.execution(), WorkflowType: c.workflowType(), Result: result,
				InitiatedEventId: c.InitiatedID, StartedEventId: c.StartedID,
			},
		},
	})
}

// FailChild ends a child with a failure.
func (s *Server) FailChild(c *Child, failure *failurepb.Failure) {
	s.endChild(c, &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED,
		Attributes: &historypb.HistoryEvent_ChildWorkflowExecutionFailedEventAttributes{
			ChildWorkflowExecutionFailedEventAttributes: &historypb.ChildWorkflowExecutionFailedEventAttributes{
				Namespace: Namespace, WorkflowExecution: c.execution(), WorkflowType: c.workflowType(), Failure: failure,
				InitiatedEventId: c.InitiatedID, StartedEventId: c.StartedID, RetryState: enumspb.RETRY_STATE_RETRY_POLICY_NOT_SET,
			},
		},
	})
}

// CancelChild ends a child that agreed to be cancelled.
func (s *Server) CancelChild(c *Child, details *commonpb.Payloads) {
	s.endChild(c, &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED,
		Attributes: &historypb.HistoryEvent_ChildWorkflowExecutionCanceledEventAttributes{
			ChildWorkflowExecutionCanceledEventAttributes: &historypb.ChildWorkflowExecutionCanceledEventAttributes{
				Namespace: Namespace, WorkflowExecution: c.execution(), WorkflowType: c.workflowType(), Details: details,
				InitiatedEventId: c.InitiatedID, StartedEventId: c.StartedID,
			},
		},
	})
}

// TimeOutChild ends a child whose time is over.
func (s *Server) TimeOutChild(c *Child) {
	s.endChild(c, &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT,
		Attributes: &historypb.HistoryEvent_ChildWorkflowExecutionTimedOutEventAttributes{
			ChildWorkflowExecutionTimedOutEventAttributes: &historypb.ChildWorkflowExecutionTimedOutEventAttributes{
				Namespace: Namespace, WorkflowExecution: c.execution(), WorkflowType: c.workflowType(),
				InitiatedEventId: c.InitiatedID, StartedEventId: c.StartedID, RetryState: enumspb.RETRY_STATE_TIMEOUT,
			},
		},
	})
}

// TerminateChild ends a child from outside.
func (s *Server) TerminateChild(c *Child) {
	s.endChild(c, &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED,
		Attributes: &historypb.HistoryEvent_ChildWorkflowExecutionTerminatedEventAttributes{
			ChildWorkflowExecutionTerminatedEventAttributes: &historypb.ChildWorkflowExecutionTerminatedEventAttributes{
				Namespace: Namespace, WorkflowExecution: c.execution(), WorkflowType: c.workflowType(),
				InitiatedEventId: c.InitiatedID, StartedEventId: c.StartedID,
			},
		},
	})
}

func (s *Server) endChild(c *Child, event *historypb.HistoryEvent) {
	if c.closing {
		panic("rehearsal: the child has ended")
	}
	c.closing = true
	s.happen(event)
	if s.started == 0 {
		delete(s.children, c.InitiatedID)
	}
}
