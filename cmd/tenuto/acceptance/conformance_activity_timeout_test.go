package acceptance

import (
	"context"
	"errors"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

func TestActivityTimeouts(t *testing.T) {
	once := &temporal.RetryPolicy{MaximumAttempts: 1}
	hang := func(ctx context.Context) (int, error) { <-ctx.Done(); return 0, ctx.Err() }
	for name, c := range map[string]struct {
		options workflow.ActivityOptions
		step    func(context.Context) (int, error)
		kind    enumspb.TimeoutType
		shape   string
	}{
		"schedule to start": {
			options: workflow.ActivityOptions{ScheduleToStartTimeout: 300 * time.Millisecond, StartToCloseTimeout: time.Minute,
				TaskQueue: "nobody polls this queue", RetryPolicy: once},
			kind:  enumspb.TIMEOUT_TYPE_SCHEDULE_TO_START,
			shape: "ActivityTaskScheduled ActivityTaskTimedOut",
		},
		"start to close": {
			options: workflow.ActivityOptions{StartToCloseTimeout: 300 * time.Millisecond, RetryPolicy: once},
			step:    hang, kind: enumspb.TIMEOUT_TYPE_START_TO_CLOSE,
			shape: "ActivityTaskScheduled ActivityTaskStarted ActivityTaskTimedOut",
		},
		"schedule to close": {
			options: workflow.ActivityOptions{ScheduleToCloseTimeout: 300 * time.Millisecond},
			step:    hang, kind: enumspb.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE,
			shape: "ActivityTaskScheduled ActivityTaskStarted ActivityTaskTimedOut",
		},
		"heartbeat": {
			options: workflow.ActivityOptions{StartToCloseTimeout: time.Minute, HeartbeatTimeout: 300 * time.Millisecond, RetryPolicy: once},
			step:    func(ctx context.Context) (int, error) { activity.RecordHeartbeat(ctx, 7); return hang(ctx) },
			kind:    enumspb.TIMEOUT_TYPE_HEARTBEAT,
			shape:   "ActivityTaskScheduled ActivityTaskStarted ActivityTaskTimedOut",
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			l.work(code{"flow": withOptions(c.options)}, code{"step": c.step})
			run := l.start("flow")
			var timeout *temporal.TimeoutError
			if err := l.failure(run); !errors.As(err, &timeout) {
				t.Fatalf("got %v, want a timeout", err)
			}
			equal(t, "kind", timeout.TimeoutType(), c.kind)
			l.wantShape(run, `WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted `+c.shape+
				` WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionFailed`)
		})
	}
}

func TestHeartbeatTimeoutCarriesTheLastDetails(t *testing.T) {
	l := newLab(t)
	flow := withOptions(workflow.ActivityOptions{
		StartToCloseTimeout: time.Minute, HeartbeatTimeout: 300 * time.Millisecond,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: 10 * time.Millisecond},
	})
	l.work(code{"flow": flow}, code{"step": func(ctx context.Context) (int, error) {
		if activity.GetInfo(ctx).Attempt > 1 {
			var n int
			err := activity.GetHeartbeatDetails(ctx, &n)
			return n, err
		}
		activity.RecordHeartbeat(ctx, 7)
		<-ctx.Done()
		return 0, ctx.Err()
	}})
	equal(t, "details in the second attempt", result[int](l, l.start("flow")), 7)
}
