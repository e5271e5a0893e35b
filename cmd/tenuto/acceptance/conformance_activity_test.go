package acceptance

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// withOptions is a workflow that runs "step" with these options and returns its result.
func withOptions(o workflow.ActivityOptions) func(workflow.Context) (int, error) {
	return func(ctx workflow.Context) (n int, err error) {
		err = workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, o), "step").Get(ctx, &n)
		return n, err
	}
}

func TestActivityRetryStartsFromTheLastHeartbeat(t *testing.T) {
	l := newLab(t)
	flow := withOptions(workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Second,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 50 * time.Millisecond, BackoffCoefficient: 1},
	})
	step := func(ctx context.Context) (int, error) {
		done := 0
		if activity.HasHeartbeatDetails(ctx) {
			if err := activity.GetHeartbeatDetails(ctx, &done); err != nil {
				return 0, err
			}
		}
		if done == 3 {
			return done*100 + int(activity.GetInfo(ctx).Attempt), nil
		}
		activity.RecordHeartbeat(ctx, done+1)
		return 0, errors.New("interrupted")
	}
	l.work(code{"flow": flow}, code{"step": step})
	run := l.start("flow")
	equal(t, "3 steps done in attempt 4", result[int](l, run), 304)
	all := l.wantShape(run, `WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted
		ActivityTaskScheduled ActivityTaskStarted ActivityTaskCompleted
		WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionCompleted`)
	started := all[5].GetActivityTaskStartedEventAttributes()
	equal(t, "attempt", started.Attempt, 4)
	equal(t, "last failure", started.LastFailure.GetMessage(), "interrupted")
}

func TestActivityStopsAtMaximumAttempts(t *testing.T) {
	l := newLab(t)
	flow := withOptions(workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Second,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 10 * time.Millisecond, MaximumAttempts: 2},
	})
	l.work(code{"flow": flow}, code{"step": func(context.Context) (int, error) { return 0, errors.New("always") }})
	run := l.start("flow")
	var failed *temporal.ActivityError
	if err := l.failure(run); !errors.As(err, &failed) {
		t.Fatalf("got %v, want an activity error", err)
	}
	equal(t, "retry state", failed.RetryState(), enumspb.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED)
	started := l.first(l.events(run), enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED).GetActivityTaskStartedEventAttributes()
	equal(t, "attempts", started.Attempt, 2)
}

func TestNonRetryableErrorsAreNotRetried(t *testing.T) {
	for name, c := range map[string]struct {
		policy temporal.RetryPolicy
		err    error
	}{
		"by the error":  {temporal.RetryPolicy{}, temporal.NewNonRetryableApplicationError("no", "Fatal", nil)},
		"by the policy": {temporal.RetryPolicy{NonRetryableErrorTypes: []string{"Fatal"}}, temporal.NewApplicationError("no", "Fatal")},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			flow := withOptions(workflow.ActivityOptions{StartToCloseTimeout: 10 * time.Second, RetryPolicy: &c.policy})
			l.work(code{"flow": flow}, code{"step": func(context.Context) (int, error) { return 0, c.err }})
			run := l.start("flow")
			l.failure(run)
			all := l.events(run)
			started := l.first(all, enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED).GetActivityTaskStartedEventAttributes()
			failed := l.first(all, enumspb.EVENT_TYPE_ACTIVITY_TASK_FAILED).GetActivityTaskFailedEventAttributes()
			equal(t, "attempts", started.Attempt, 1)
			equal(t, "retry state", failed.RetryState, enumspb.RETRY_STATE_NON_RETRYABLE_FAILURE)
			equal(t, "type", failed.Failure.GetApplicationFailureInfo().GetType(), "Fatal")
		})
	}
}

func TestNextRetryDelayOverridesTheBackOff(t *testing.T) {
	l := newLab(t)
	flow := withOptions(workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Second,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Hour},
	})
	l.work(code{"flow": flow}, code{"step": func(ctx context.Context) (int, error) {
		if activity.GetInfo(ctx).Attempt == 1 {
			return 0, temporal.NewApplicationErrorWithOptions("soon", "Busy",
				temporal.ApplicationErrorOptions{NextRetryDelay: 50 * time.Millisecond})
		}
		return 2, nil
	}})
	equal(t, "attempt", result[int](l, l.start("flow")), 2)
}

func TestPanickingActivityFailsWithItsStack(t *testing.T) {
	l := newLab(t)
	flow := withOptions(workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Second, RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1},
	})
	l.work(code{"flow": flow, "well": oneStep}, code{"step": func(context.Context) (int, error) { panic("a bug in the step") }})
	run := l.start("flow")
	l.failure(run)
	failed := l.first(l.events(run), enumspb.EVENT_TYPE_ACTIVITY_TASK_FAILED).GetActivityTaskFailedEventAttributes().Failure
	if !strings.Contains(failed.GetMessage(), "a bug in the step") || failed.GetStackTrace() == "" {
		t.Errorf("failure without message or stack: %v", failed)
	}
}
