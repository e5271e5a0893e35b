package history

import (
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
)

// Check asserts the invariants that the fields of a run promise. Load runs it, and tests after every verb.
func (r *Run) Check() error {
	for _, check := range []func() error{r.checkHeader, r.checkTask, r.checkBuffer, r.checkItems, r.checkEffects, r.checkChildren} {
		if err := check(); err != nil {
			return fmt.Errorf("invariant of run %s: %w", r.Key.RunID, err)
		}
	}
	return nil
}

func (r *Run) checkHeader() error {
	h := &r.Header
	switch {
	case h.NextEventID < 2:
		return fmt.Errorf("next event id is %d", h.NextEventID)
	case h.Status == enumspb.WORKFLOW_EXECUTION_STATUS_UNSPECIFIED:
		return fmt.Errorf("no status")
	case h.CloseTime.IsZero() != h.running():
		return fmt.Errorf("status %v with close time %v", h.Status, h.CloseTime)
	case h.LastEventTime.Before(h.StartTime) || h.LastEventTime.Before(h.CloseTime):
		return fmt.Errorf("last event at %v, start %v, close %v", h.LastEventTime, h.StartTime, h.CloseTime)
	case (h.ResetTime == 0) != (h.OriginalStart == 0), (h.ResetTime == 0) != (h.ResetEvent == 0):
		return fmt.Errorf("reset at %v, original start %v", h.ResetTime.time(), h.OriginalStart.time())
	case (h.StickyQueue == "") && h.StickyTimeout != 0:
		return fmt.Errorf("sticky timeout without sticky queue")
	case !h.running() && (h.Task != nil || len(r.activities)+len(r.timers)+len(r.buffer)+r.ownRequests() > 0):
		return fmt.Errorf("a closed run has something pending")
	case h.running() && (h.Leaving || h.Ceded):
		return fmt.Errorf("an open run is leaving, or has ceded its place")
	}
	return nil
}

func (r *Run) checkTask() error {
	t, next := r.Header.Task, r.Header.NextEventID
	if t == nil {
		return nil
	}
	scheduled, started := t.ScheduledEventID, t.StartedEventID
	switch {
	case t.Attempt < 1:
		return fmt.Errorf("workflow task attempt %d", t.Attempt)
	case t.transient() && t.Sticky:
		return fmt.Errorf("a transient workflow task is sticky")
	case t.Sticky && !t.started() && r.Header.StickyQueue == "":
		return fmt.Errorf("an unstarted sticky workflow task without sticky queue")
	case t.started() && t.Waiting:
		return fmt.Errorf("a started workflow task backs off")
	case t.Speculative && (t.transient() || t.Waiting || t.Backlog != 0 || len(r.buffer) > 0 || scheduled != next):
		return fmt.Errorf("speculative workflow task %d of attempt %d before next %d", scheduled, t.Attempt, next)
	case t.started() && t.unwritten() && (scheduled != next || started != next+1):
		return fmt.Errorf("transient workflow task has ids %d, %d before next %d", scheduled, started, next)
	case t.started() && !t.unwritten() && (scheduled >= next || started != next):
		return fmt.Errorf("workflow task has ids %d, %d before next %d", scheduled, started, next)
	case !t.started() && (scheduled > next || !t.unwritten() && scheduled == next):
		return fmt.Errorf("unstarted workflow task has id %d before next %d", scheduled, next)
	}
	return nil
}

func (r *Run) checkBuffer() error {
	if len(r.buffer) > 0 && !r.Header.Task.started() {
		return fmt.Errorf("%d buffered events without a workflow task in flight", len(r.buffer))
	}
	closing, fired := 0, 0
	for _, a := range r.activities {
		if a.Attempt.Closing {
			closing++
		}
	}
	for _, t := range r.timers {
		if t.Fired {
			fired++
		}
	}
	for i, b := range r.buffer {
		if i > 0 && b.Seq <= r.buffer[i-1].Seq || b.Seq > r.Header.BufferSeq {
			return fmt.Errorf("buffered event %d is out of order", b.Seq)
		}
		switch ev := b.Event.msg; {
		case closesActivity(ev.EventType):
			closing--
			if a := r.activities[closedActivity(ev)]; a == nil || !a.Attempt.Closing {
				return fmt.Errorf("buffered close of an activity that is not closing")
			}
		case ev.EventType == enumspb.EVENT_TYPE_TIMER_FIRED:
			fired--
			if t := r.timers[ev.GetTimerFiredEventAttributes().StartedEventId]; t == nil || !t.Fired {
				return fmt.Errorf("buffered fire of a timer that has not fired")
			}
		}
	}
	if closing != 0 || fired != 0 {
		return fmt.Errorf("closing activities and fired timers do not match the buffer: %d, %d too many", closing, fired)
	}
	return nil
}

func (r *Run) checkItems() error {
	for id, a := range r.activities {
		switch {
		case a.ScheduledEventID != id || id >= r.Header.NextEventID:
			return fmt.Errorf("activity %d is kept as %d", a.ScheduledEventID, id)
		case a.Retry.msg == nil || a.Attempt.Number < 1:
			return fmt.Errorf("activity %d has attempt %d or no retry policy", id, a.Attempt.Number)
		case a.Attempt.Base < 0 || a.Attempt.Base >= a.Attempt.Number:
			return fmt.Errorf("activity %d counts %d attempts before its attempt %d", id, a.Attempt.Base, a.Attempt.Number)
		case a.Attempt.Reset != 0 && !a.started():
			return fmt.Errorf("unstarted activity %d is marked to be reset", id)
		case a.started() && a.Attempt.Waiting:
			return fmt.Errorf("started activity %d backs off", id)
		case !a.Attempt.Closing && r.activityIDs[a.ID] != id:
			return fmt.Errorf("activity %d is not indexed by its id", id)
		}
	}
	for id, t := range r.timers {
		if t.StartedEventID != id || id >= r.Header.NextEventID {
			return fmt.Errorf("timer %d is kept as %d", t.StartedEventID, id)
		}
		if !t.Fired && r.timerIDs[t.ID] != id {
			return fmt.Errorf("timer %d is not indexed by its id", id)
		}
	}
	if len(r.remembered) != len(r.requests) {
		return fmt.Errorf("%d request ids, %d in order", len(r.requests), len(r.remembered))
	}
	return nil
}
