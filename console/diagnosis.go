package console

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// patience is how long a task may wait for a worker before that is worth a word.
const patience = 10 * time.Second

// diagnosis says in one sentence why a run does not go on, from facts alone: what its owner knows of it, and what its queues are like.
type diagnosis struct {
	attempts int32 // activities count from so many attempts on
	now      time.Time
	queues   func(engine.QueueRequest) view.Queue
}

// of is the first thing that keeps a run from going on: what nothing but a person can mend comes first. ok is false when nothing does.
func (d diagnosis) of(l engine.Look) (run view.StuckRun, ok bool) {
	for _, look := range []func(engine.Look) (view.StuckRun, bool){d.failingTask, d.paused, d.waitingTask, d.retrying, d.waitingActivity} {
		if run, ok = look(l); ok {
			return run, true
		}
	}
	return run, false
}

// failingTask is a workflow task that fails again and again: the program is at fault, or no worker ends what it begins.
func (d diagnosis) failingTask(l engine.Look) (view.StuckRun, bool) {
	if l.Task.GetAttempt() < 2 {
		return view.StuckRun{}, false
	}
	run := view.StuckRun{Kind: "Workflow task fails", Since: timeOf(l.Task.GetOriginalScheduledTime())}
	attempt := fmt.Sprintf("It is at attempt %d.", l.Task.GetAttempt())
	switch failed := l.Failed; {
	case failed == nil:
		run.Why = attempt
	case failed.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
		run.Since = timeOf(failed.GetEventTime())
		run.Why = fmt.Sprintf("A worker took it and did not answer in time (event %d). %s", failed.GetEventId(), attempt)
	default:
		run.Since = timeOf(failed.GetEventTime())
		a := failed.GetWorkflowTaskFailedEventAttributes()
		run.Why = fmt.Sprintf("%s at event %d: %s %s", taskCause(a.GetCause()), failed.GetEventId(), stopped(saying(a.GetFailure())), attempt)
	}
	return run, true
}

// taskCause is why workflow tasks fail, in words.
func taskCause(c enumspb.WorkflowTaskFailedCause) string {
	switch c {
	case enumspb.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR:
		return "The code does not do what the history says (non-determinism), noticed"
	case enumspb.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE, enumspb.WORKFLOW_TASK_FAILED_CAUSE_UNSPECIFIED:
		return "The workflow's code fails"
	}
	return c.String()
}

// paused is an activity that an operator has paused.
func (d diagnosis) paused(l engine.Look) (view.StuckRun, bool) {
	a := l.Activity
	if !a.GetPaused() {
		return view.StuckRun{}, false
	}
	by := a.GetPauseInfo().GetManual()
	why := "Activity " + nameOf(a) + " is paused"
	if by.GetIdentity() != "" {
		why += " by " + by.GetIdentity()
	}
	if by.GetReason() != "" {
		why += ": " + by.GetReason()
	}
	return view.StuckRun{Kind: "Paused", Why: stopped(why), Since: timeOf(a.GetPauseInfo().GetPauseTime())}, true
}

// waitingTask is a workflow task that no worker has taken.
func (d diagnosis) waitingTask(l engine.Look) (view.StuckRun, bool) {
	since := timeOf(l.Task.GetScheduledTime())
	if l.Task.GetState() != enumspb.PENDING_WORKFLOW_TASK_STATE_SCHEDULED || d.now.Sub(since) < patience {
		return view.StuckRun{}, false
	}
	return d.waiting("workflow task", l.Queue, enumspb.TASK_QUEUE_TYPE_WORKFLOW, since), true
}

// retrying is an activity that has failed often.
func (d diagnosis) retrying(l engine.Look) (view.StuckRun, bool) {
	a := l.Activity
	if a.GetAttempt() < d.attempts {
		return view.StuckRun{}, false
	}
	attempt := fmt.Sprintf("attempt %d", a.GetAttempt())
	if most := a.GetMaximumAttempts(); most > 0 {
		attempt += fmt.Sprintf(" of %d", most)
	}
	next := a.GetNextAttemptScheduleTime()
	switch {
	case a.GetState() == enumspb.PENDING_ACTIVITY_STATE_STARTED:
		attempt += " is under way"
	case next != nil && next.AsTime().After(d.now):
		attempt += " in " + view.Roughly(next.AsTime().Sub(d.now))
	default:
		attempt += " is due"
	}
	why := fmt.Sprintf("Activity %s has failed %d times, %s: %s", nameOf(a), a.GetAttempt()-1, attempt, stopped(saying(a.GetLastFailure())))
	if trouble := d.queues(activityQueue(a)).Trouble(d.now); trouble != "" && a.GetState() == enumspb.PENDING_ACTIVITY_STATE_SCHEDULED {
		why += " Queue " + activityQueue(a).Queue + ": " + trouble
	}
	return view.StuckRun{Kind: "Retrying", Why: why, Since: timeOf(a.GetLastAttemptCompleteTime())}, true
}

// waitingActivity is an activity that no worker has taken.
func (d diagnosis) waitingActivity(l engine.Look) (view.StuckRun, bool) {
	a := l.Activity
	since := timeOf(cmp.Or(a.GetNextAttemptScheduleTime(), a.GetScheduledTime()))
	if a.GetState() != enumspb.PENDING_ACTIVITY_STATE_SCHEDULED || d.now.Sub(since) < patience {
		return view.StuckRun{}, false
	}
	return d.waiting("activity "+nameOf(a), activityQueue(a).Queue, enumspb.TASK_QUEUE_TYPE_ACTIVITY, since), true
}

// waiting is a task that waits in a queue: what keeps the queue, or what is before it.
func (d diagnosis) waiting(what, queue string, kind enumspb.TaskQueueType, since time.Time) view.StuckRun {
	q := d.queues(engine.QueueRequest{Queue: queue, Kind: kind})
	run := view.StuckRun{Kind: "No worker", Since: since}
	trouble := q.Trouble(d.now)
	if trouble == "" {
		run.Kind, trouble = "Waits", fmt.Sprintf("%d tasks wait there, and %d workers poll it.", q.Backlog, len(q.Pollers))
	} else if q.Limit != nil && (*q.Limit == 0 || !q.Unpolled(d.now)) {
		run.Kind = "Held back"
	}
	run.Why = "Its " + what + " waits in queue " + queue + ". " + trouble
	return run
}

func activityQueue(a *workflowpb.PendingActivityInfo) engine.QueueRequest {
	return engine.QueueRequest{Queue: a.GetActivityOptions().GetTaskQueue().GetName(), Kind: enumspb.TASK_QUEUE_TYPE_ACTIVITY}
}

// nameOf is how a sentence calls an activity.
func nameOf(a *workflowpb.PendingActivityInfo) string { return a.GetActivityType().GetName() }

// saying is the first line of what a failure says, the deepest cause last, for that is what happened.
func saying(f *failurepb.Failure) string {
	for f.GetCause() != nil && f.GetCause().GetMessage() != "" {
		f = f.GetCause()
	}
	line, _, _ := strings.Cut(strings.TrimSpace(f.GetMessage()), "\n")
	return cmp.Or(line, "no message")
}

// stopped is a sentence with its full stop.
func stopped(s string) string {
	if strings.HasSuffix(s, ".") || strings.HasSuffix(s, "!") || strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}

// timeOf is a time of the wire; unset is the zero time.
func timeOf(t *timestamppb.Timestamp) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.AsTime()
}
