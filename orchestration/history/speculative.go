package history

import (
	"hash/fnv"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// A speculative workflow task carries updates to a worker when no other task is due. It lives in memory: if the worker rejects them all, nothing
// has happened. Whatever is written to the run first makes it a normal one, with the event ids that it was promised: they are the next ones, because
// nothing is written while it is speculative.

// speculativePatience is how long a speculative task waits in memory for a worker of the normal queue. One that waits longer becomes a normal one,
// which the backlog and a restart keep.
const speculativePatience = 5 * time.Second

// speculative tells whether the task is in memory only.
func (t *WorkflowTask) speculative() bool { return t != nil && t.Speculative }

// nonceOf tells the task that a poll takes from that of any other poll: its request id is nobody else's, on whichever owner and in whichever life.
func nonceOf(p Poller) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(p.RequestID))
	return int64(h.Sum64() | 1) // 0 is no nonce
}

// speculate schedules a speculative workflow task.
func (s *step) speculate() {
	h := &s.run.Header
	at := instantOf(s.now)
	h.Task = &WorkflowTask{
		ScheduledEventID: h.NextEventID, Attempt: 1, Speculative: true,
		ScheduledTime: at, Original: at, ReadyAt: at, Sticky: h.StickyQueue != "", Timeout: h.TaskTimeout,
	}
	s.ready(s.run.workflowTask())
}

// solidify makes a speculative task a normal one: its Scheduled event enters history, with the id and time that it had all along.
func (s *step) solidify() {
	task := s.run.Header.Task
	if !task.speculative() {
		return
	}
	s.append(s.run.unwrittenScheduled())
	task.Speculative = false
	s.run.Header.Task = task // append has made a fresh one of the event
}

// Solidify makes a speculative workflow task a normal one that is stored with the run.
func (r *Run) Solidify(now time.Time) Transition {
	s := r.begin(now)
	s.solidify()
	return s.finish()
}

// Speculative tells whether the run has a workflow task that a reload would lose.
func (r *Run) Speculative() bool { return r.Header.Task.speculative() }

// unwrittenScheduled is the Scheduled event of the pending workflow task, which is not in history yet.
func (r *Run) unwrittenScheduled() *historypb.HistoryEvent {
	t, h := r.Header.Task, &r.Header
	queue := normalQueue(h.TaskQueue)
	if t.Sticky && h.StickyQueue != "" {
		queue = &taskqueuepb.TaskQueue{Name: h.StickyQueue, Kind: enumspb.TASK_QUEUE_KIND_STICKY, NormalName: h.TaskQueue}
	}
	ev := scheduledTask(queue, t.Timeout, t.Attempt)
	ev.EventId, ev.EventTime = t.ScheduledEventID, timestamppb.New(t.ScheduledTime.time())
	return ev
}

// discards tells whether a completion of a speculative task leaves no trace: it rejects every update, and does nothing else. A worker that cannot
// see the same events twice must not have been shown any before.
func (r *Run) discards(in CompleteWorkflowTask, p *plan) bool {
	nothingNew := r.Header.NextEventID == r.Header.PreviousStarted+2 // the last event completed the task before
	return r.Speculative() && len(in.Commands) == 0 && !p.writes && !in.ForceCreate && (in.RewindsEvents || nothingNew)
}

// discard ends a speculative task without a trace.
func (s *step) discard(p *plan) Completed {
	s.run.Header.Task = nil
	s.out.Volatile = true
	o := &orders{step: s, inbox: p.replies}
	for _, r := range o.inbox {
		o.heed(r)
	}
	s.rejectUnprocessed()
	return Completed{Transition: s.finish(), ResetEventID: s.run.Header.PreviousStarted}
}

// speculativeAlarm is when a speculative task is given up by its worker, or waits too long for one; unset: there is none.
func (r *Run) speculativeAlarm() instant {
	t := r.Header.Task
	switch {
	case !t.speculative():
		return 0
	case t.started():
		return t.StartedTime.add(t.Timeout)
	case t.Sticky:
		return t.ReadyAt.add(r.Header.StickyTimeout)
	}
	return t.ReadyAt.add(speculativePatience)
}
