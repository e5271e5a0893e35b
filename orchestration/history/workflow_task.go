package history

import (
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Retries of a failing workflow task: the first at once, later ones after 1 s, 2 s, 4 s … up to 10 min.
const (
	backoffFromAttempt = 3
	firstTaskBackoff   = time.Second
	maxTaskBackoff     = 10 * time.Minute
)

// taskBackoff is the pause before an attempt of a workflow task.
func taskBackoff(attempt int32) time.Duration {
	if attempt < backoffFromAttempt {
		return 0
	}
	doublings := min(attempt-backoffFromAttempt, 10) // 2^10 s is past the cap
	return min(firstTaskBackoff<<doublings, maxTaskBackoff)
}

// scheduleTask schedules a workflow task. Attempt 1 is an event and prefers the sticky worker; later ones are transient, for any worker.
func (s *step) scheduleTask(attempt int32) {
	h := &s.run.Header
	if attempt == 1 {
		s.append(s.taskScheduled())
		h.Task.Sticky = h.StickyQueue != ""
	} else {
		at := instantOf(s.now)
		backoff := taskBackoff(attempt)
		h.Task = &WorkflowTask{
			ScheduledEventID: h.NextEventID,
			Attempt:          attempt,
			ScheduledTime:    at,
			Original:         at,
			ReadyAt:          at.after(backoff),
			Waiting:          backoff > 0,
			Timeout:          h.TaskTimeout,
		}
		s.out.Changed = true
	}
	if !h.Task.Waiting {
		s.ready(s.run.workflowTask())
	}
}

func (s *step) taskScheduled() *historypb.HistoryEvent {
	h := &s.run.Header
	queue := normalQueue(h.TaskQueue)
	if h.StickyQueue != "" {
		queue = &taskqueuepb.TaskQueue{Name: h.StickyQueue, Kind: enumspb.TASK_QUEUE_KIND_STICKY, NormalName: h.TaskQueue}
	}
	return scheduledTask(queue, h.TaskTimeout, 1)
}

// scheduledTask is the event WorkflowTaskScheduled.
func scheduledTask(queue *taskqueuepb.TaskQueue, timeout time.Duration, attempt int32) *historypb.HistoryEvent {
	return &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
		Attributes: &historypb.HistoryEvent_WorkflowTaskScheduledEventAttributes{
			WorkflowTaskScheduledEventAttributes: &historypb.WorkflowTaskScheduledEventAttributes{
				TaskQueue:           queue,
				StartToCloseTimeout: durationpb.New(timeout),
				Attempt:             attempt,
			},
		},
	}
}

// workflowTask is the dispatchable form of the pending workflow task.
func (r *Run) workflowTask() Task {
	t, h := r.Header.Task, &r.Header
	out := Task{
		Kind:             orchestration.WorkflowTask,
		Queue:            h.TaskQueue,
		Sticky:           t.Sticky,
		NormalQueue:      h.TaskQueue,
		ScheduledEventID: t.ScheduledEventID,
		Attempt:          t.Attempt,
		Priority:         h.Priority.msg,
		ReadyAt:          t.ReadyAt.time(),
		Backlog:          t.Backlog,
		Speculative:      t.Speculative,
	}
	if t.Sticky {
		out.Queue = h.StickyQueue
	}
	return out
}

// taskReady tells whether a workflow task waits for a worker.
func (r *Run) taskReady() bool {
	t := r.Header.Task
	return t != nil && !t.started() && !t.Waiting
}

// leaveSticky forgets the sticky worker.
func (r *Run) leaveSticky() { r.Header.StickyQueue, r.Header.StickyTimeout = "", 0 }

// LeaveSticky makes the run forget its sticky worker: a scheduled, unstarted sticky workflow task moves to the normal queue, without an event.
func (r *Run) LeaveSticky(now time.Time) Transition {
	s := r.begin(now)
	if r.Header.StickyQueue == "" {
		return s.finish()
	}
	moves := r.taskReady() && r.Header.Task.Sticky
	if moves {
		s.drop(r.workflowTask())
		r.Header.Task.Sticky, r.Header.Task.Backlog = false, 0
	}
	r.leaveSticky()
	if moves {
		s.ready(r.workflowTask())
	}
	s.out.Changed = true
	return s.finish()
}
