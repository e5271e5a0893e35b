package history

import (
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// child is the item of a pending child: from Initiated until its start failed or its close is recorded.
type child struct {
	InitiatedEventID orchestration.EventID     `cbor:"1,keyasint"`
	CompletedEventID orchestration.EventID     `cbor:"2,keyasint"`           // WorkflowTaskCompleted of the command
	StartedEventID   orchestration.EventID     `cbor:"3,keyasint,omitempty"` // 0: not started, as far as history knows
	Namespace        string                    `cbor:"4,keyasint,omitempty"`
	NamespaceID      orchestration.NamespaceID `cbor:"5,keyasint,omitzero"` // zero: there is no such namespace
	WorkflowID       string                    `cbor:"6,keyasint"`
	RunID            orchestration.RunID       `cbor:"7,keyasint,omitzero"` // of the child's first run; live before the start is recorded
	Type             string                    `cbor:"8,keyasint"`
	Policy           enumspb.ParentClosePolicy `cbor:"9,keyasint"`
	Control          string                    `cbor:"10,keyasint,omitempty"`
	Closing          bool                      `cbor:"11,keyasint,omitempty"` // live: its end, or its failure to start, is buffered. Invariant: such an event is
}

// namespaceText is the id of the child's namespace as events have it.
func namespaceText(id orchestration.NamespaceID) string {
	if id.IsZero() {
		return ""
	}
	return id.String()
}

func (c *child) workflowType() *commonpb.WorkflowType { return &commonpb.WorkflowType{Name: c.Type} }

// touchChild marks the child's item as changed or gone.
func (r *Run) touchChild(id orchestration.EventID) { r.files.touch(childItem, eventItemID(id)) }

// endStart records the answer to a child's start.
func (s *step) endStart(c *child, outcome Outcome) {
	if outcome == EffectDone {
		s.emit(c.startedEvent())
		return
	}
	s.markClosing(c)
	s.emit(c.startFailed(outcome))
}

// markClosing notes that nothing more is to come of a child, if that is buffered.
func (s *step) markClosing(c *child) {
	if s.buffers() {
		c.Closing = true
		s.run.touchChild(c.InitiatedEventID)
	}
}

func (c *child) startedEvent() *historypb.HistoryEvent {
	return &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED,
		Attributes: &historypb.HistoryEvent_ChildWorkflowExecutionStartedEventAttributes{
			ChildWorkflowExecutionStartedEventAttributes: &historypb.ChildWorkflowExecutionStartedEventAttributes{
				Namespace:         c.Namespace,
				NamespaceId:       namespaceText(c.NamespaceID),
				InitiatedEventId:  c.InitiatedEventID,
				WorkflowExecution: execution(c.WorkflowID, c.RunID),
				WorkflowType:      c.workflowType(),
			},
		},
	}
}

func (c *child) startFailed(outcome Outcome) *historypb.HistoryEvent {
	cause := enumspb.START_CHILD_WORKFLOW_EXECUTION_FAILED_CAUSE_WORKFLOW_ALREADY_EXISTS
	if outcome == EffectNoNamespace {
		cause = enumspb.START_CHILD_WORKFLOW_EXECUTION_FAILED_CAUSE_NAMESPACE_NOT_FOUND
	}
	return &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED,
		Attributes: &historypb.HistoryEvent_StartChildWorkflowExecutionFailedEventAttributes{
			StartChildWorkflowExecutionFailedEventAttributes: &historypb.StartChildWorkflowExecutionFailedEventAttributes{
				Namespace:                    c.Namespace,
				NamespaceId:                  namespaceText(c.NamespaceID),
				WorkflowId:                   c.WorkflowID,
				WorkflowType:                 c.workflowType(),
				Cause:                        cause,
				Control:                      c.Control,
				InitiatedEventId:             c.InitiatedEventID,
				WorkflowTaskCompletedEventId: c.CompletedEventID,
			},
		},
	}
}

// ChildClosed is a child's own word that it has ended.
type ChildClosed struct {
	Initiated orchestration.EventID // Initiated in the parent
	First     orchestration.RunID   // of the child's runs: the one that the parent started
	RunID     orchestration.RunID   // the one that ended
	Close     *historypb.HistoryEvent
}

// ChildClosed records that a child has ended. When the answer to the child's start is still on its way, both are recorded together. A repetition, and
// what a closed run or a run without such a child is told, changes nothing but that a start under way is answered by it.
func (r *Run) ChildClosed(in ChildClosed, now time.Time) Transition {
	e, c := r.effects[in.Initiated], r.children[in.Initiated]
	starts := e != nil && e.Kind == StartChild && e.RunID == in.First
	records := c != nil && !c.Closing && c.RunID == in.First
	if !starts && !records {
		return Transition{}
	}
	s := r.begin(now)
	if starts {
		s.removeEffect(e)
	}
	if records {
		if starts {
			s.emit(c.startedEvent())
		}
		s.markClosing(c)
		s.emit(c.closedEvent(in))
	}
	return s.finish()
}
