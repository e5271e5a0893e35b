package history

import (
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// ResetRun says how a run begins that repeats another one up to a point of its history, and then goes on for itself.
type ResetRun struct {
	Prefix    []*historypb.HistoryEvent            // of the base run, as Rewind took them
	Later     []*historypb.HistoryEvent            // of the base run after them, and of the runs that continued it: what Reapply wants is recorded again, and what Settles of the base
	Starts    map[orchestration.EventID]ChildStart // of the children that are Unstarted after the prefix
	Late      bool                                 // the base had closed before: what children told it since is not known, and they are asked
	Signals   []Signal                             // recorded after those
	SignalIDs []string                             // Run.SignalIDs of the base run
	Base      orchestration.RunID
	Reason    string
	Trace     orchestration.TraceContext // of the base run
	RequestID string                     // becomes the start request id of the new run
	Identity  string
	By        *commonpb.Principal // who the server knows asked for it; nil: nobody it has verified
}

// EndsWorkflowTask tells the events that a run can be reset to: the new run has what came before the event, and another end of the workflow
// task in place of it.
func EndsWorkflowTask(t enumspb.EventType) bool {
	switch t {
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED, enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED,
		enumspb.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
		return true
	}
	return false
}

// Rewind is a run as the beginning of a history left it: one to call Reset on. Errors: InvalidArgument when the beginning does not end with a
// workflow task under way, DataLoss.
func Rewind(key orchestration.RunKey, prefix []*historypb.HistoryEvent) (*Run, error) {
	r, err := Fold(key, prefix)
	if err != nil {
		return nil, err
	}
	if r.Header.Task == nil || !r.Header.running() {
		return nil, orchestration.Errorf(orchestration.InvalidArgument, "The workflow cannot be reset to event %d: no workflow task is under way before it.", r.Header.NextEventID)
	}
	return r, nil
}

// Reset makes a rewound run go on: the workflow task under way fails because of the reset, what came later is recorded again, and a new workflow
// task is scheduled. Activities that were pending are scheduled anew, timers fire when they would have. The transition has all events of the
// run, those of the prefix too; it is one action, whatever it repeats.
func (r *Run) Reset(in ResetRun, now time.Time) Transition {
	s := r.begin(now)
	s.out.Events = append(s.out.Events, in.Prefix...)
	s.out.Visibility = true
	r.Header.StartRequestID = in.RequestID
	r.Header.Trace = in.Trace
	if len(in.SignalIDs) > 0 {
		r.carried = in.SignalIDs
		r.files.touch(carriedItem, "")
	}
	s.failForReset(in)
	for _, t := range r.Ready(s.now) {
		s.ready(t)
	}
	for _, ev := range in.Later {
		s.reapply(ev)
	}
	s.reachAgain(in)
	for _, signal := range in.Signals {
		s.append(signaled(signal))
	}
	s.wantTask = true
	t := s.finish()
	t.Actions = orchestration.Actions{orchestration.ResetAction: 1}
	return t
}

// failForReset ends the workflow task under way; one that nobody has started is started by the server itself.
func (s *step) failForReset(in ResetRun) {
	t := s.run.Header.Task
	if !t.started() {
		t.StartedEventID, t.StartedTime, t.Identity = s.run.Header.NextEventID, instantOf(s.now), resetIdentity
		s.append(t.startedEvent())
	}
	ev := taskFailed(failedTask{
		Cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW, Failure: resetFailure(in.Reason), Identity: in.Identity,
	})
	ev.Principal = in.By
	a := ev.GetWorkflowTaskFailedEventAttributes()
	a.BaseRunId, a.NewRunId = in.Base.String(), s.run.Key.RunID.String()
	setTaskIDs(ev, t.ScheduledEventID, t.StartedEventID)
	s.append(ev)
}

// resetIdentity signs what a reset did on its own account.
const resetIdentity = "history-resetter"

func resetFailure(reason string) *failurepb.Failure {
	return &failurepb.Failure{
		Message: reason,
		Source:  failureSource,
		FailureInfo: &failurepb.Failure_ResetWorkflowFailureInfo{
			ResetWorkflowFailureInfo: &failurepb.ResetWorkflowFailureInfo{},
		},
	}
}

// applyReset begins the run's time anew: its timeouts count from the reset, and so do the activities that it finds pending.
func (r *Run) applyReset(ev *historypb.HistoryEvent) {
	h, at := &r.Header, ev.EventTime.AsTime()
	if h.OriginalStart == 0 {
		h.OriginalStart = instantOf(h.StartTime)
	}
	h.StartTime, h.ExecutionTime, h.ResetTime, h.ResetEvent = at, at, instantOf(at), ev.EventId
	if h.ExecutionTimeout > 0 {
		h.Expires = 0
	}
	for id, a := range r.activities {
		a.ScheduledTime = h.ResetTime
		a.Attempt = attempt{Number: 1, ScheduledTime: h.ResetTime}
		r.touchActivity(id)
	}
}

// ResetTo notes the run that took this one's place, which clients see in its description; it changes nothing else.
func (r *Run) ResetTo(next orchestration.RunID, now time.Time) Transition {
	s := r.begin(now)
	r.Header.ResetRun, s.out.Changed = next, true
	return s.finish()
}

// SignalIDs are the request ids of signals that a run which follows must know, oldest first. A closed run has forgotten them.
func (r *Run) SignalIDs() []string { return r.signalIDs() }
