package history

import (
	"strings"
	"testing"
	"time"
)

// TestCheckFindsBrokenInvariants: each invariant that a field promises is looked at.
func TestCheckFindsBrokenInvariants(t *testing.T) {
	closed := func(t *testing.T) *Run {
		s := newStage(t)
		s.playAll("start\nterminate enough")
		return s.run
	}
	busy := func(t *testing.T) *Run { // a workflow task in flight, a timer that fired and an activity that closed meanwhile
		s := newStage(t)
		s.playAll("start\npoll\nrespond sticky=qs sticky-timeout=5s\n  activity a start-to-close=1m\n  timer t after=1s\npoll-activity a\nsignal s request=1\npoll\ncomplete-activity a\nadvance 2s")
		return s.run
	}
	for _, c := range []struct {
		want  string
		run   func(t *testing.T) *Run
		spoil func(r *Run)
	}{
		{"next event id is 1", busy, func(r *Run) { r.Header.NextEventID = 1 }},
		{"no status", busy, func(r *Run) { r.Header.Status = 0 }},
		{"with close time", busy, func(r *Run) { r.Header.CloseTime = epoch }},
		{"with close time", closed, func(r *Run) { r.Header.CloseTime = time.Time{} }},
		{"last event at", busy, func(r *Run) { r.Header.LastEventTime = epoch.Add(-1) }},
		{"sticky timeout without", busy, func(r *Run) { r.Header.StickyQueue = "" }},
		{"has something pending", closed, func(r *Run) { r.Header.Task = &WorkflowTask{} }},
		{"has something pending", closed, func(r *Run) { r.timers[5] = &timer{} }},
		{"attempt 0", busy, func(r *Run) { r.Header.Task.Attempt = 0 }},
		{"is sticky", busy, func(r *Run) { r.Header.Task.Attempt = 2 }},
		{"unstarted sticky workflow task", busy, func(r *Run) {
			r.buffer, r.Header.StickyQueue, r.Header.StickyTimeout, r.Header.Task.StartedEventID = nil, "", 0, 0
		}},
		{"backs off", busy, func(r *Run) { r.Header.Task.Waiting = true }},
		{"transient workflow task has ids", busy, func(r *Run) { r.Header.Task.Attempt, r.Header.Task.Sticky = 2, false }},
		{"workflow task has ids", busy, func(r *Run) { r.Header.Task.StartedEventID++ }},
		{"unstarted workflow task has id", busy, func(r *Run) { r.Header.Task.StartedEventID, r.Header.Task.ScheduledEventID = 0, r.Header.NextEventID }},
		{"without a workflow task in flight", busy, func(r *Run) { r.Header.Task = nil }},
		{"out of order", busy, func(r *Run) { r.buffer[0], r.buffer[1] = r.buffer[1], r.buffer[0] }},
		{"out of order", busy, func(r *Run) { r.Header.BufferSeq = 0 }},
		{"not closing", busy, func(r *Run) { r.activities[5].Attempt.Closing = false }},
		{"not fired", busy, func(r *Run) { r.timers[6].Fired = false }},
		{"do not match the buffer", busy, func(r *Run) { r.buffer = r.buffer[:1] }},
		{"kept as 5", busy, func(r *Run) { r.activities[5].ScheduledEventID = 7 }},
		{"no retry policy", busy, func(r *Run) { r.activities[5].Retry.msg = nil }},
		{"started activity 5 backs off", busy, func(r *Run) { r.activities[5].Attempt.Waiting = true }},
		{"activity 9 is not indexed", busy, func(r *Run) {
			other := *r.activities[5]
			other.ScheduledEventID, other.Attempt.Closing = 9, false
			r.activities[9], r.Header.NextEventID, r.Header.Task.StartedEventID = &other, 20, 20
		}},
		{"kept as 6", busy, func(r *Run) { r.timers[6].StartedEventID = 7 }},
		{"timer 4 is not indexed", busy, func(r *Run) { r.timers[4] = &timer{StartedEventID: 4, ID: "u"} }},
		{"request ids", busy, func(r *Run) { r.remembered = nil }},
	} {
		r := c.run(t)
		if err := r.Check(); err != nil {
			t.Fatalf("before: %v", err)
		}
		c.spoil(r)
		if err := r.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want %q, got %v", c.want, err)
		}
	}
}
