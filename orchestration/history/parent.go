package history

import (
	"cmp"
	"slices"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Parent is the run that a run is a child of, and the root of them all. Each run of a child's chain has the same one.
type Parent struct {
	Namespace  orchestration.NamespaceID `cbor:"1,keyasint"`
	Name       string                    `cbor:"2,keyasint,omitempty"` // of the namespace
	WorkflowID string                    `cbor:"3,keyasint"`
	RunID      orchestration.RunID       `cbor:"4,keyasint"`
	Initiated  orchestration.EventID     `cbor:"5,keyasint"` // StartChildWorkflowExecutionInitiated in the parent
	RootID     string                    `cbor:"6,keyasint"` // workflow id
	Root       orchestration.RunID       `cbor:"7,keyasint"`
}

// Parent is the run's parent; nil: it has none. It must not be modified.
func (r *Run) Parent() *Parent { return r.Header.Parent }

// Root is the run's root: itself, or its parent's.
func (r *Run) Root() (workflowID string, run orchestration.RunID) {
	if p := r.Header.Parent; p != nil {
		return p.RootID, p.Root
	}
	return r.Key.WorkflowID, r.Key.RunID
}

// IsChildOf tells whether the run was started by the other one, or by one of its workflow: a reset run has the children of the one before.
func (r *Run) IsChildOf(parent orchestration.RunKey) bool {
	p := r.Header.Parent
	return p != nil && p.Namespace == parent.Namespace && p.WorkflowID == parent.WorkflowID
}

// describe writes the parent into a run's first event.
func (p *Parent) describe(a *historypb.WorkflowExecutionStartedEventAttributes) {
	if p == nil {
		return
	}
	a.ParentWorkflowNamespace, a.ParentWorkflowNamespaceId = p.Name, p.Namespace.String()
	a.ParentWorkflowExecution = execution(p.WorkflowID, p.RunID)
	a.ParentInitiatedEventId = p.Initiated
	a.RootWorkflowExecution = execution(p.RootID, p.Root)
}

// parentOf reads what describe has written.
func parentOf(a *historypb.WorkflowExecutionStartedEventAttributes) *Parent {
	if a.ParentWorkflowExecution == nil {
		return nil
	}
	return &Parent{
		Namespace: namespaceOf(a.ParentWorkflowNamespaceId), Name: a.ParentWorkflowNamespace, WorkflowID: a.ParentWorkflowExecution.WorkflowId,
		RunID: runOf(a.ParentWorkflowExecution.RunId), Initiated: a.ParentInitiatedEventId,
		RootID: a.RootWorkflowExecution.GetWorkflowId(), Root: runOf(a.RootWorkflowExecution.GetRunId()),
	}
}

// leaveChildren drops the starts that were never sent, and says which children a closing run leaves behind, with their policies.
func (s *step) leaveChildren() (left []*child) {
	for id, c := range s.run.children {
		if e := s.run.effects[id]; e != nil && e.Kind == StartChild && e.Due == 0 {
			s.removeEffect(e)
			continue
		}
		if heir, ok := s.keeps[id]; ok && heir == c.RunID {
			continue
		}
		if !c.Closing && c.Policy != enumspb.PARENT_CLOSE_POLICY_ABANDON {
			left = append(left, c)
		}
	}
	slices.SortFunc(left, func(a, b *child) int { return cmp.Compare(a.InitiatedEventID, b.InitiatedEventID) })
	return left
}

// partFrom decides what becomes of the children of a run that has closed. To one whose start was sent, and not answered, it happens after the answer.
func (s *step) partFrom(children []*child) {
	for _, c := range children {
		kind := TerminateChild
		if c.Policy == enumspb.PARENT_CLOSE_POLICY_REQUEST_CANCEL {
			kind = CancelChild
		}
		s.addEffect(&effect{ID: -c.InitiatedEventID, Kind: kind, Namespace: c.NamespaceID, WorkflowID: c.WorkflowID, RunID: c.RunID})
	}
}

// reportClose decides that the parent, if there is one, is told of the closing event, unless another run goes on with the child.
func (s *step) reportClose(ev *historypb.HistoryEvent) {
	if p := s.run.Header.Parent; p != nil && s.out.Next == nil && !s.reset {
		s.addEffect(&effect{ID: ev.EventId, Kind: ReportClose, Namespace: p.Namespace, WorkflowID: p.WorkflowID, RunID: p.RunID})
	}
}
