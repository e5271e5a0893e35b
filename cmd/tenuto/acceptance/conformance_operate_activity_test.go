package acceptance

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	activitypb "go.temporal.io/api/activity/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
)

func (l *lab) pause(run client.WorkflowRun, id string) {
	l.Helper()
	_, err := l.service().PauseActivity(l.ctx, &workflowservice.PauseActivityRequest{
		Namespace: namespace, Execution: execution(run), Identity: "operator", Reason: "maintenance",
		Activity: &workflowservice.PauseActivityRequest_Id{Id: id},
	})
	l.must(err)
}

func (l *lab) unpause(run client.WorkflowRun, id string) {
	l.Helper()
	_, err := l.service().UnpauseActivity(l.ctx, &workflowservice.UnpauseActivityRequest{
		Namespace: namespace, Execution: execution(run), Activity: &workflowservice.UnpauseActivityRequest_Id{Id: id},
	})
	l.must(err)
}

// retried runs activity a of type step with fast retries.
var retried = withOptions(workflow.ActivityOptions{
	ActivityID: "a", StartToCloseTimeout: time.Minute, HeartbeatTimeout: 20 * time.Second,
	RetryPolicy: &temporal.RetryPolicy{InitialInterval: 50 * time.Millisecond, BackoffCoefficient: 1},
})

// TestPausedActivityWaits: it is paused before any worker has it, and in its back-off.
func TestPausedActivityWaits(t *testing.T) {
	l := newLab(t)
	var attempts atomic.Int32
	var open atomic.Bool
	run := l.start("flow")
	l.mustAnswer(l.pollTask(), l.scheduleStep("a"))
	l.pause(run, "a")
	paused := l.awaitPending(run, enumspb.PENDING_ACTIVITY_STATE_PAUSED, 1)
	equal(t, "paused", paused.Paused, true)
	equal(t, "by", paused.PauseInfo.GetManual().GetIdentity(), "operator")
	equal(t, "why", paused.PauseInfo.GetManual().GetReason(), "maintenance")
	if age := time.Since(paused.PauseInfo.GetPauseTime().AsTime()); age > time.Minute || age < -time.Minute {
		t.Errorf("paused %v ago", age)
	}
	step := func(ctx context.Context, _ string) (int, error) {
		n := activity.GetInfo(ctx).Attempt
		attempts.Store(n)
		if !open.Load() {
			return 0, fmt.Errorf("attempt %d", n)
		}
		return int(n), nil
	}
	l.work(code{"flow": retried}, code{"step": step})
	l.unpause(run, "a")
	eventually(t, func() error {
		if attempts.Load() < 2 {
			return errors.New("no retry yet")
		}
		return nil
	})
	l.pause(run, "a")
	eventually(t, func() error { // an attempt may have been under way
		if a := l.describe(run).PendingActivities[0]; a.State != enumspb.PENDING_ACTIVITY_STATE_PAUSED || a.NextAttemptScheduleTime != nil {
			return fmt.Errorf("activity is %v", a)
		}
		return nil
	})
	waiting := l.describe(run).PendingActivities[0]
	if want := fmt.Sprintf("attempt %d", waiting.Attempt-1); waiting.LastFailure.GetMessage() != want {
		t.Errorf("last failure %q, want %q", waiting.LastFailure.GetMessage(), want)
	}
	open.Store(true)
	l.unpause(run, "a")
	eventually(t, func() error {
		if n := attempts.Load(); n != waiting.Attempt {
			return fmt.Errorf("attempt %d runs, want %d", n, waiting.Attempt)
		}
		return nil
	})
	l.awaitEvent(run, enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)
}

// TestRunningActivityLearnsOfItsPause: the official SDK cancels its context with the cause, and the retry waits for the unpause.
func TestRunningActivityLearnsOfItsPause(t *testing.T) {
	l := newLab(t)
	started, causes := make(chan struct{}, 10), make(chan error, 10)
	l.work(code{"flow": retried}, code{"step": func(ctx context.Context) (int, error) {
		if n := activity.GetInfo(ctx).Attempt; n > 1 {
			return int(n), nil
		}
		started <- struct{}{}
		causes <- untilCancelled(ctx)
		return 0, context.Cause(ctx)
	}})
	run := l.start("flow")
	<-started
	l.pause(run, "a")
	if cause := <-causes; !errors.Is(cause, activity.ErrActivityPaused) {
		t.Errorf("cause: %v", cause)
	}
	l.awaitPending(run, enumspb.PENDING_ACTIVITY_STATE_PAUSED, 2)
	l.unpause(run, "a")
	equal(t, "attempt", result[int](l, run), 2)
}

// untilCancelled heartbeats until the activity is told to stop, and returns why.
func untilCancelled(ctx context.Context) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		activity.RecordHeartbeat(ctx, "beating")
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}

// TestPausedActivityMayComplete: its result counts.
func TestPausedActivityMayComplete(t *testing.T) {
	l := newLab(t)
	started, open := make(chan struct{}), make(chan struct{})
	l.work(code{"flow": retried}, code{"step": func(context.Context) (int, error) {
		close(started)
		<-open
		return 7, nil
	}})
	run := l.start("flow")
	<-started
	l.pause(run, "a")
	l.awaitPending(run, enumspb.PENDING_ACTIVITY_STATE_PAUSE_REQUESTED, 1)
	close(open)
	equal(t, "result", result[int](l, run), 7)
}

// TestRunningActivityLearnsOfItsReset: its SDK cancels the context with the cause, and attempt 1 follows.
func TestRunningActivityLearnsOfItsReset(t *testing.T) {
	l := newLab(t)
	var calls atomic.Int32
	started, causes := make(chan struct{}, 1), make(chan error, 1)
	l.work(code{"flow": retried}, code{"step": func(ctx context.Context) (int, error) {
		switch info := activity.GetInfo(ctx); calls.Add(1) {
		case 1, 2:
			return 0, errors.New("not yet")
		case 3:
			equal(t, "attempt before the reset", info.Attempt, 3)
			started <- struct{}{}
			causes <- untilCancelled(ctx)
			return 0, context.Cause(ctx)
		default:
			if activity.HasHeartbeatDetails(ctx) {
				t.Error("heartbeat details survived the reset")
			}
			return int(info.Attempt), nil
		}
	}})
	run := l.start("flow")
	<-started
	_, err := l.service().ResetActivity(l.ctx, &workflowservice.ResetActivityRequest{
		Namespace: namespace, Execution: execution(run), Activity: &workflowservice.ResetActivityRequest_Type{Type: "step"}, ResetHeartbeat: true,
	})
	l.must(err)
	if cause := <-causes; !errors.Is(cause, activity.ErrActivityReset) {
		t.Errorf("cause: %v", cause)
	}
	equal(t, "attempt", result[int](l, run), 1)
}

// TestResetEndsABackOff of an hour.
func TestResetEndsABackOff(t *testing.T) {
	l := newLab(t)
	var calls atomic.Int32
	flow := withOptions(workflow.ActivityOptions{ActivityID: "a", StartToCloseTimeout: time.Minute, RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Hour}})
	l.work(code{"flow": flow}, code{"step": func(ctx context.Context) (int, error) {
		if calls.Add(1) == 1 {
			return 0, errors.New("not yet")
		}
		return int(activity.GetInfo(ctx).Attempt), nil
	}})
	run := l.start("flow")
	waiting := l.awaitPending(run, enumspb.PENDING_ACTIVITY_STATE_SCHEDULED, 2)
	if at := waiting.NextAttemptScheduleTime.AsTime(); time.Until(at) < 50*time.Minute {
		t.Errorf("next attempt at %v", at)
	}
	_, err := l.service().ResetActivity(l.ctx, &workflowservice.ResetActivityRequest{
		Namespace: namespace, Execution: execution(run), Activity: &workflowservice.ResetActivityRequest_MatchAll{MatchAll: true},
		Jitter: durationpb.New(100 * time.Millisecond),
	})
	l.must(err)
	equal(t, "attempt", result[int](l, run), 1)
}

func TestUnpauseAll(t *testing.T) {
	l := newLab(t)
	run := l.start("flow")
	l.mustAnswer(l.pollTask(), l.scheduleStep("a"), l.scheduleStep("b"), l.scheduleStep("c"))
	_, err := l.service().PauseActivity(l.ctx, &workflowservice.PauseActivityRequest{
		Namespace: namespace, Execution: execution(run), Activity: &workflowservice.PauseActivityRequest_Type{Type: "step"},
	})
	l.must(err)
	for _, a := range l.describe(run).PendingActivities {
		equal(t, "state of "+a.ActivityId, a.State, enumspb.PENDING_ACTIVITY_STATE_PAUSED)
	}
	_, err = l.service().UnpauseActivity(l.ctx, &workflowservice.UnpauseActivityRequest{
		Namespace: namespace, Execution: execution(run), Activity: &workflowservice.UnpauseActivityRequest_UnpauseAll{UnpauseAll: true},
	})
	l.must(err)
	seen := map[string]bool{}
	for range 3 {
		seen[l.pollActivity().ActivityId] = true
	}
	equal(t, "activities", len(seen), 3)
	_, err = l.service().UnpauseActivity(l.ctx, &workflowservice.UnpauseActivityRequest{
		Namespace: namespace, Execution: execution(run), Activity: &workflowservice.UnpauseActivityRequest_Id{Id: "nobody"},
	})
	var missing *serviceerror.NotFound
	if !errors.As(err, &missing) {
		t.Errorf("unpause of nobody: %v", err)
	}
}

// TestActivityOptionsChange: an activity moves to a queue that is polled, and back.
func TestActivityOptionsChange(t *testing.T) {
	l := newLab(t)
	elsewhere := l.queue + "-elsewhere"
	flow := withOptions(workflow.ActivityOptions{
		ActivityID: "a", TaskQueue: elsewhere, ScheduleToCloseTimeout: time.Hour, RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 7}, DisableEagerExecution: true,
	})
	l.workWith(worker.Options{}, code{"flow": flow}, code{"step": func(ctx context.Context) (int, error) {
		return int(time.Until(activity.GetInfo(ctx).Deadline) / time.Minute), nil
	}})
	run := l.start("flow")
	l.awaitPending(run, enumspb.PENDING_ACTIVITY_STATE_SCHEDULED, 1)
	update := func(r *workflowservice.UpdateActivityOptionsRequest) (*activitypb.ActivityOptions, error) {
		r.Namespace, r.Execution, r.Activity = namespace, execution(run), &workflowservice.UpdateActivityOptionsRequest_Id{Id: "a"}
		answer, err := l.service().UpdateActivityOptions(l.ctx, r)
		return answer.GetActivityOptions(), err
	}
	changed, err := update(&workflowservice.UpdateActivityOptionsRequest{
		ActivityOptions: &activitypb.ActivityOptions{HeartbeatTimeout: durationpb.New(time.Second), ScheduleToCloseTimeout: durationpb.New(time.Second)},
		UpdateMask:      &fieldmaskpb.FieldMask{Paths: []string{"heartbeat_timeout"}},
	})
	l.must(err)
	equal(t, "heartbeat timeout", changed.HeartbeatTimeout.AsDuration(), time.Second)
	equal(t, "schedule to close", changed.ScheduleToCloseTimeout.AsDuration(), time.Hour)
	equal(t, "queue", changed.TaskQueue.GetName(), elsewhere)
	equal(t, "maximum attempts", changed.RetryPolicy.GetMaximumAttempts(), 7)
	restored, err := update(&workflowservice.UpdateActivityOptionsRequest{RestoreOriginal: true})
	l.must(err)
	equal(t, "restored", restored.HeartbeatTimeout.AsDuration(), 0)
	_, err = update(&workflowservice.UpdateActivityOptionsRequest{
		ActivityOptions: &activitypb.ActivityOptions{StartToCloseTimeout: durationpb.New(-time.Second)},
		UpdateMask:      &fieldmaskpb.FieldMask{Paths: []string{"start_to_close_timeout"}},
	})
	var invalid *serviceerror.InvalidArgument
	if !errors.As(err, &invalid) {
		t.Errorf("a negative timeout: %v", err)
	}
	_, err = update(&workflowservice.UpdateActivityOptionsRequest{
		ActivityOptions: &activitypb.ActivityOptions{TaskQueue: &taskqueuepb.TaskQueue{Name: l.queue}, StartToCloseTimeout: durationpb.New(10 * time.Minute)},
		UpdateMask:      &fieldmaskpb.FieldMask{Paths: []string{"taskQueue.name", "start_to_close_timeout"}},
	})
	l.must(err)
	equal(t, "minutes left", result[int](l, run), 9)
}
