package history

import (
	"slices"
	"time"

	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
)

// step is one verb at work on a run: it collects the Transition. A verb validates first, begins a step, then cannot fail.
type step struct {
	run      *Run
	now      time.Time // Invariant: never before the last event
	out      Transition
	holding  bool                        // commands are being applied: what they cause is buffered until all of them are
	wantTask bool                        // something happened that workflow code has to see
	reset    bool                        // the run closes because another one takes its place
	keeps    Heirs                       // see Terminate
	moved    []orchestration.WorkflowKey // targets whose line of effects is another one now
	next     orchestration.RunID         // of the run that may follow
}

// begin starts a step. A clock that went back does not take the run's time back.
func (r *Run) begin(now time.Time) *step {
	now = now.Round(0).UTC()
	if now.Before(r.Header.LastEventTime) {
		now = r.Header.LastEventTime
	}
	return &step{run: r, now: now}
}

// append gives the event its id and time, and applies it.
func (s *step) append(ev *historypb.HistoryEvent) {
	h := &s.run.Header
	ev.EventId = h.NextEventID
	if ev.EventTime == nil {
		ev.EventTime = timestamppb.New(s.now)
	}
	s.run.apply(ev)
	if s.now.Before(h.LastEventTime) { // it was a Started event from before the clock went back
		s.now = h.LastEventTime
	}
	h.HistoryBytes += int64(proto.Size(ev))
	s.out.Events = append(s.out.Events, ev)
	s.out.Changed = true
	s.count(ev.EventType)
}

// emit records an event that comes from outside of workflow code: at once, or buffered while a workflow task is in flight.
func (s *step) emit(ev *historypb.HistoryEvent) { s.emitWith(ev, nil) }

// emitWith is emit of an event that closes an activity, with its Started event (nil: it never started).
func (s *step) emitWith(ev, started *historypb.HistoryEvent) {
	s.solidify()
	if s.buffers() {
		s.hold(ev, started)
		return
	}
	s.write(ev, started)
}

// buffers tells whether what happens now does not enter history yet.
func (s *step) buffers() bool { return s.holding || s.run.Header.Task.started() }

// write appends an event of emitWith.
func (s *step) write(ev, started *historypb.HistoryEvent) {
	if started != nil {
		s.append(started)
		setStartedEventID(ev, started.EventId)
	}
	if closesChild(ev.EventType) {
		s.run.setChildStarted(ev)
	}
	s.append(ev)
	s.wantTask = true
}

// ready notes a task that can be dispatched from now on.
func (s *step) ready(t Task) {
	s.out.Ready = append(s.out.Ready, t)
	s.changed(t)
}

// drop notes a task that can be dispatched no more.
func (s *step) drop(t Task) {
	s.changed(t)
	for i, other := range s.out.Ready {
		if other.Kind == t.Kind && other.ScheduledEventID == t.ScheduledEventID && other.Attempt == t.Attempt && other.Queue == t.Queue {
			s.out.Ready = slices.Delete(s.out.Ready, i, i+1)
			return
		}
	}
	s.out.Dropped = append(s.out.Dropped, t)
}

// changed notes that something became of a task.
func (s *step) changed(t Task) {
	s.out.Changed = s.out.Changed || !t.Speculative
	s.out.Volatile = s.out.Volatile || t.Speculative
}

// finish settles what every verb leaves behind: a full buffer, a run past its limits, a workflow task to schedule.
func (s *step) finish() Transition {
	h := &s.run.Header
	if h.Task.started() && s.run.bufferFull() {
		s.interruptTask()
	}
	if h.running() && len(s.out.Events) > 0 {
		s.limitHistory()
	}
	if s.wantTask && h.running() && h.Task == nil {
		s.scheduleTask(1)
	}
	if h.running() && h.Task == nil && h.FirstTaskDue == 0 && s.run.updatesWait() {
		s.speculate()
	}
	s.post()
	if s.out.Changed {
		h.Transitions++
	}
	return s.out
}

// errClosed is what every verb that needs an open run answers on a closed one.
func errClosed() error {
	return orchestration.Errorf(orchestration.NotFound, "workflow execution already completed")
}

// open refuses a closed run.
func (r *Run) open() error {
	if !r.Header.running() {
		return errClosed()
	}
	return nil
}
