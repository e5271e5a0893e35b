package history

import (
	"maps"
	"slices"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// ChildStart is a start of a child that a reset run takes over, or makes anew.
type ChildStart struct {
	RunID orchestration.RunID
	From  string // the name of the parent's own namespace
}

// StartUnderWay is the start of a child that was decided and has no answer yet; ok is false when there is none.
func (r *Run) StartUnderWay(initiated orchestration.EventID) (start ChildStart, ok bool) {
	if e := r.effects[initiated]; e != nil && e.Kind == StartChild {
		return ChildStart{e.RunID, e.From}, true
	}
	return start, false
}

// Unstarted are the Initiated events of children that history does not know to be started.
func (r *Run) Unstarted() (ids []orchestration.EventID) {
	for id, c := range r.children {
		if c.StartedEventID == 0 && !c.Closing {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// Settles tells the events that say what became of children and of requests to other runs. A reset run is told those that are about what it has
// initiated itself: they happened, whatever becomes of its own history.
func Settles(ev *historypb.HistoryEvent) bool {
	return childOf(ev) != 0 || externalOf(ev) != 0
}

// externalOf is the Initiated event's id of the external request that an event ends; 0: the event ends none.
func externalOf(ev *historypb.HistoryEvent) orchestration.EventID {
	switch ev.EventType {
	case enumspb.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED:
		return ev.GetExternalWorkflowExecutionSignaledEventAttributes().InitiatedEventId
	case enumspb.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
		return ev.GetSignalExternalWorkflowExecutionFailedEventAttributes().InitiatedEventId
	case enumspb.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
		return ev.GetExternalWorkflowExecutionCancelRequestedEventAttributes().InitiatedEventId
	case enumspb.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
		return ev.GetRequestCancelExternalWorkflowExecutionFailedEventAttributes().InitiatedEventId
	}
	return 0
}

// Heirs are the children that this rewound run takes over, those that are being started with the run ids that they get.
func (r *Run) Heirs(starts map[orchestration.EventID]ChildStart) Heirs {
	heirs := Heirs{}
	for id, c := range r.children {
		if heirs[id] = c.RunID; c.StartedEventID == 0 {
			heirs[id] = starts[id].RunID
		}
	}
	return heirs
}

// settleAgain records again what became of a child or an external request that is pending in this run too.
func (s *step) settleAgain(ev *historypb.HistoryEvent) {
	c, x := s.run.children[childOf(ev)], s.run.externals[externalOf(ev)]
	switch {
	case x != nil:
		s.append(anew(ev))
	case c == nil, ev.EventType == enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED && c.StartedEventID != 0:
	default:
		ev = anew(ev)
		if closesChild(ev.EventType) {
			s.run.setChildStarted(ev)
		}
		s.append(ev)
	}
}

// reachAgain decides again on what was initiated and, as far as the past tells, not settled: with the run ids that were given before a target knows
// a child's start for what it is, and for the run that decided first, which is how a target knows a request that it has seen.
func (s *step) reachAgain(in ResetRun) {
	for _, id := range s.run.Unstarted() {
		c, start := s.run.children[id], in.Starts[id]
		c.RunID = start.RunID
		s.run.touchChild(id)
		s.addEffect(&effect{ID: id, Kind: StartChild, Namespace: c.NamespaceID, WorkflowID: c.WorkflowID, RunID: start.RunID, From: start.From})
	}
	if in.Late {
		s.askChildren()
	}
	resets := resetsIn(in.Prefix)
	for _, id := range slices.Sorted(maps.Keys(s.run.externals)) {
		x := s.run.externals[id]
		kind := SignalExternal
		if x.Cancel {
			kind = CancelExternal
		}
		s.addEffect(&effect{ID: id, Kind: kind, Namespace: x.NamespaceID, WorkflowID: x.WorkflowID, RunID: runOf(x.RunID), Origin: resets.origin(id, in.Base)})
	}
	for _, line := range s.run.lines {
		slices.SortFunc(line, byDecision)
	}
}

// askChildren decides to ask the children that have started how they ended, if they have: who told a run that was closed was not heard.
func (s *step) askChildren() {
	for _, id := range slices.Sorted(maps.Keys(s.run.children)) {
		if c := s.run.children[id]; c.StartedEventID != 0 && !c.Closing {
			s.addEffect(&effect{ID: id, Kind: AskClose, Namespace: c.NamespaceID, WorkflowID: c.WorkflowID, RunID: c.RunID})
		}
	}
}

// ReportAgain decides to tell the parent once more how this run has ended, which must be the last one of its chain. An open run changes nothing: it will tell;
// nor does one that a reset goes on for. Errors: Unavailable (it is telling, and may not have been heard: ask again).
func (r *Run) ReportAgain(now time.Time) (Transition, error) {
	p, closed := r.Header.Parent, r.Header.NextEventID-1
	switch {
	case p == nil, r.Header.running(), r.Header.Ceded:
		return Transition{}, nil
	case r.effects[closed] != nil:
		return Transition{}, orchestration.Errorf(orchestration.Unavailable, "the child is telling its parent how it ended")
	}
	s := r.begin(now)
	s.addEffect(&effect{ID: closed, Kind: ReportClose, Namespace: p.Namespace, WorkflowID: p.WorkflowID, RunID: p.RunID})
	return s.finish(), nil
}

// resets are the events by which a run says that it is a reset of another one, in order.
type resets []*historypb.HistoryEvent

func resetsIn(events []*historypb.HistoryEvent) (out resets) {
	for _, ev := range events {
		if ev.GetWorkflowTaskFailedEventAttributes().GetCause() == enumspb.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW {
			out = append(out, ev)
		}
	}
	return out
}

// origin is the run that first recorded an event: the one that the next reset after it took it from.
func (all resets) origin(id orchestration.EventID, base orchestration.RunID) orchestration.RunID {
	for _, ev := range all {
		if ev.EventId > id {
			return runOf(ev.GetWorkflowTaskFailedEventAttributes().BaseRunId)
		}
	}
	return base
}
