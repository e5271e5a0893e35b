package console

import (
	"testing"
	"time"

	activitypb "go.temporal.io/api/activity/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

func before(d time.Duration) *timestamppb.Timestamp { return timestamppb.New(noon.Add(-d)) }

// debit is a pending activity in an attempt, on the queue "ledger".
func debit(attempt int32, state enumspb.PendingActivityState) *workflowpb.PendingActivityInfo {
	return &workflowpb.PendingActivityInfo{
		ActivityType: &commonpb.ActivityType{Name: "Debit"}, Attempt: attempt, State: state, ScheduledTime: before(time.Minute),
		LastFailure:     &failurepb.Failure{Message: "activity error", Cause: &failurepb.Failure{Message: "no such account\nstack"}},
		ActivityOptions: &activitypb.ActivityOptions{TaskQueue: &taskqueuepb.TaskQueue{Name: "ledger"}}, LastAttemptCompleteTime: before(time.Hour),
	}
}

func failedTask(cause enumspb.WorkflowTaskFailedCause) *historypb.HistoryEvent {
	return &historypb.HistoryEvent{EventId: 42, EventTime: before(time.Hour), EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED, Attributes: &historypb.HistoryEvent_WorkflowTaskFailedEventAttributes{
		WorkflowTaskFailedEventAttributes: &historypb.WorkflowTaskFailedEventAttributes{Cause: cause, Failure: &failurepb.Failure{Message: "nil map"}},
	}}
}

// Each cause has its sentence, and what a person has to mend comes before what mends itself.
func TestDiagnosis(t *testing.T) {
	const scheduled, started = enumspb.PENDING_ACTIVITY_STATE_SCHEDULED, enumspb.PENDING_ACTIVITY_STATE_STARTED
	queues := map[string]view.Queue{
		"":       {Backlog: 2, LastPoll: noon, Pollers: make([]view.Poller, 3)},
		"alone":  {Backlog: 1},
		"ledger": {Limit: new(0.0)},
		"busy":   {Limit: new(5.0), Limited: true, Backlog: 1, LastPoll: noon},
	}
	d := diagnosis{attempts: 3, now: noon, queues: func(r engine.QueueRequest) view.Queue { return queues[r.Queue] }}
	task := func(attempt int32, since time.Duration) *workflowpb.PendingWorkflowTaskInfo {
		return &workflowpb.PendingWorkflowTaskInfo{Attempt: attempt, State: enumspb.PENDING_WORKFLOW_TASK_STATE_SCHEDULED, ScheduledTime: before(since), OriginalScheduledTime: before(2 * time.Hour)}
	}
	backOff := debit(17, scheduled)
	backOff.NextAttemptScheduleTime, backOff.ActivityOptions.TaskQueue.Name, backOff.MaximumAttempts = timestamppb.New(noon.Add(4*time.Minute)), "", 20
	paused := debit(5, enumspb.PENDING_ACTIVITY_STATE_PAUSED)
	paused.Paused, paused.PauseInfo = true, &workflowpb.PendingActivityInfo_PauseInfo{PauseTime: before(time.Hour), PausedBy: &workflowpb.PendingActivityInfo_PauseInfo_Manual_{
		Manual: &workflowpb.PendingActivityInfo_PauseInfo_Manual{Identity: "ada", Reason: "wrong account"},
	}}
	for name, c := range map[string]struct {
		look      engine.Look
		kind, why string
	}{
		"non-determinism": {engine.Look{Task: task(7, 0), Failed: failedTask(enumspb.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR), Activity: paused}, "Workflow task fails",
			"The code does not do what the history says (non-determinism), noticed at event 42: nil map. It is at attempt 7."},
		"panic": {engine.Look{Task: task(2, 0), Failed: failedTask(enumspb.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE)}, "Workflow task fails", "The workflow's code fails at event 42: nil map. It is at attempt 2."},
		"bad answer": {engine.Look{Task: task(2, 0), Failed: failedTask(enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SIGNAL_WORKFLOW_EXECUTION_ATTRIBUTES)}, "Workflow task fails",
			"BadSignalWorkflowExecutionAttributes at event 42: nil map. It is at attempt 2."},
		"timed out": {engine.Look{Task: task(2, 0), Failed: &historypb.HistoryEvent{EventId: 4, EventTime: before(time.Hour), EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT}}, "Workflow task fails",
			"A worker took it and did not answer in time (event 4). It is at attempt 2."},
		"not told":     {engine.Look{Task: task(3, 0)}, "Workflow task fails", "It is at attempt 3."},
		"paused":       {engine.Look{Activity: paused}, "Paused", "Activity Debit is paused by ada: wrong account."},
		"no worker":    {engine.Look{Queue: "alone", Task: task(1, time.Minute)}, "No worker", "Its workflow task waits in queue alone. No worker has polled it since the server started."},
		"many before":  {engine.Look{Task: task(1, time.Minute)}, "Waits", "Its workflow task waits in queue . 2 tasks wait there, and 3 workers poll it."},
		"just now":     {look: engine.Look{Task: task(1, time.Second)}},
		"back-off":     {engine.Look{Activity: backOff}, "Retrying", "Activity Debit has failed 16 times, attempt 17 of 20 in 4 min: no such account."},
		"under way":    {engine.Look{Activity: debit(3, started)}, "Retrying", "Activity Debit has failed 2 times, attempt 3 is under way: no such account."},
		"due, held":    {engine.Look{Activity: debit(3, scheduled)}, "Retrying", "Activity Debit has failed 2 times, attempt 3 is due: no such account. Queue ledger: Paused: its rate limit is 0 tasks a second."},
		"held back":    {engine.Look{Activity: debit(1, scheduled)}, "Held back", "Its activity Debit waits in queue ledger. Paused: its rate limit is 0 tasks a second."},
		"rate limited": {engine.Look{Queue: "busy", Task: task(1, time.Minute)}, "Held back", "Its workflow task waits in queue busy. Tasks wait for its rate limit of 5 a second."},
		"few failures": {look: engine.Look{Activity: debit(2, started)}},
		"nothing":      {look: engine.Look{}},
	} {
		run, ok := d.of(c.look)
		if ok != (c.why != "") || run.Kind != c.kind || run.Why != c.why {
			t.Errorf("%s: %v, %q: %q, want %q: %q", name, ok, run.Kind, run.Why, c.kind, c.why)
		}
		if ok && (run.Since.IsZero() || run.Since.After(noon)) {
			t.Errorf("%s: since %v", name, run.Since)
		}
	}
}
