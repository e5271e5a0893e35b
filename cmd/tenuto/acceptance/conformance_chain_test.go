package acceptance

import (
	"errors"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// countdown continues as new until n is 0.
func countdown(ctx workflow.Context, n int) (string, error) {
	if n > 0 {
		return "", workflow.NewContinueAsNewError(ctx, "countdown", n-1)
	}
	return workflow.GetInfo(ctx).ContinuedExecutionRunID, nil
}

// runOf is a run of the same workflow id.
func (l *lab) runOf(run client.WorkflowRun, id string) client.WorkflowRun {
	return l.client.GetWorkflow(l.ctx, run.GetID(), id)
}

// closing is a run's last event.
func (l *lab) closing(run client.WorkflowRun) *historypb.HistoryEvent {
	l.Helper()
	all := l.events(run)
	return all[len(all)-1]
}

func TestContinueAsNewIsFollowed(t *testing.T) {
	l := newLab(t)
	l.work(code{"countdown": countdown}, nil)
	first := l.startWith(client.StartWorkflowOptions{Memo: map[string]any{"why": "test"}, WorkflowExecutionTimeout: time.Minute}, "countdown", 2)
	id := first.GetRunID() // following the chain moves it on
	last := result[string](l, first)
	a := l.closing(l.runOf(first, id)).GetWorkflowExecutionContinuedAsNewEventAttributes()
	second := l.runOf(first, a.GetNewExecutionRunId())
	equal(t, "first run", l.describe(l.runOf(first, id)).WorkflowExecutionInfo.Status, enumspb.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW)
	equal(t, "the run before the last", last, second.GetRunID())
	info := l.describe(l.runOf(first, "")).WorkflowExecutionInfo
	equal(t, "first run id", info.FirstRunId, id)
	if info.Memo.GetFields()["why"] == nil {
		t.Error("the memo is lost")
	}
	started := l.events(l.runOf(first, info.Execution.RunId))[0].GetWorkflowExecutionStartedEventAttributes()
	begun := l.events(l.runOf(first, id))[0].GetWorkflowExecutionStartedEventAttributes()
	equal(t, "continued run", started.ContinuedExecutionRunId, second.GetRunID())
	equal(t, "initiator", started.Initiator, enumspb.CONTINUE_AS_NEW_INITIATOR_WORKFLOW)
	equal(t, "first run of the chain", started.FirstExecutionRunId, id)
	equal(t, "end of the execution", started.WorkflowExecutionExpirationTime.AsTime(), begun.WorkflowExecutionExpirationTime.AsTime())
}

// TestContinueAsNewKeepsSignals: every signal that was sent while runs followed one another has been received, in order.
func TestContinueAsNewKeepsSignals(t *testing.T) {
	l := newLab(t)
	const total = 40
	l.work(code{"collect": func(ctx workflow.Context, seen []int) ([]int, error) {
		signals := workflow.GetSignalChannel(ctx, "n")
		var n int
		signals.Receive(ctx, &n)
		seen = append(seen, n)
		for signals.ReceiveAsync(&n) {
			seen = append(seen, n)
		}
		if len(seen) < total {
			return nil, workflow.NewContinueAsNewError(ctx, "collect", seen)
		}
		return seen, nil
	}}, nil)
	run := l.start("collect", []int{})
	for i := range total {
		l.must(l.client.SignalWorkflow(l.ctx, run.GetID(), "", "n", i))
	}
	for i, n := range result[[]int](l, run) {
		equal(t, "signal", n, i)
	}
}

func TestFailedWorkflowIsRetried(t *testing.T) {
	l := newLab(t)
	l.work(code{"flow": func(ctx workflow.Context, want string) (string, error) {
		info := workflow.GetInfo(ctx)
		if info.Attempt < 3 {
			return "", errors.New("not yet")
		}
		if workflow.GetLastError(ctx) == nil {
			return "", temporal.NewNonRetryableApplicationError("the last failure is lost", "", nil)
		}
		return want, nil
	}}, nil)
	run := l.startWith(client.StartWorkflowOptions{RetryPolicy: &temporal.RetryPolicy{InitialInterval: 10 * time.Millisecond, MaximumAttempts: 5}}, "flow", "well")
	first := run.GetRunID()
	equal(t, "result", result[string](l, run), "well")
	failed := l.closing(l.runOf(run, first)).GetWorkflowExecutionFailedEventAttributes()
	equal(t, "retry state", failed.GetRetryState(), enumspb.RETRY_STATE_IN_PROGRESS)
	started := l.events(l.runOf(run, failed.GetNewExecutionRunId()))[0].GetWorkflowExecutionStartedEventAttributes()
	equal(t, "attempt", started.Attempt, 2)
	equal(t, "initiator", started.Initiator, enumspb.CONTINUE_AS_NEW_INITIATOR_RETRY)
	equal(t, "failure", started.ContinuedFailure.GetMessage(), "not yet")
}

func TestWorkflowRetryEnds(t *testing.T) {
	for name, c := range map[string]struct {
		policy temporal.RetryPolicy
		fail   error
		state  enumspb.RetryState
	}{
		"by the error":    {temporal.RetryPolicy{}, temporal.NewNonRetryableApplicationError("no", "Fatal", nil), enumspb.RETRY_STATE_NON_RETRYABLE_FAILURE},
		"by the policy":   {temporal.RetryPolicy{NonRetryableErrorTypes: []string{"Fatal"}}, temporal.NewApplicationError("no", "Fatal"), enumspb.RETRY_STATE_NON_RETRYABLE_FAILURE},
		"by its attempts": {temporal.RetryPolicy{MaximumAttempts: 1}, temporal.NewApplicationError("no", "Fatal"), enumspb.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			l.work(code{"flow": func(workflow.Context) error { return c.fail }}, nil)
			run := l.startWith(client.StartWorkflowOptions{RetryPolicy: &c.policy}, "flow")
			var failed *temporal.ApplicationError
			if err := l.failure(run); !errors.As(err, &failed) || failed.Type() != "Fatal" {
				t.Errorf("failed with %v", err)
			}
			equal(t, "retry state", l.closing(run).GetWorkflowExecutionFailedEventAttributes().GetRetryState(), c.state)
		})
	}
}

func TestCronRunsFollowOneAnother(t *testing.T) {
	l := newLab(t)
	l.work(code{"tick": func(ctx workflow.Context) (int, error) {
		n := 0
		if workflow.HasLastCompletionResult(ctx) {
			if err := workflow.GetLastCompletionResult(ctx, &n); err != nil {
				return 0, err
			}
		}
		if n == 2 {
			return 0, temporal.NewCanceledError("enough")
		}
		return n + 1, nil
	}}, nil)
	run := l.startWith(client.StartWorkflowOptions{CronSchedule: "@every 1s"}, "tick")
	first := run.GetRunID()
	var canceled *temporal.CanceledError
	if err := l.failure(run); !errors.As(err, &canceled) {
		t.Errorf("ended with %v", err)
	}
	begun := l.events(l.runOf(run, first))
	started := begun[0].GetWorkflowExecutionStartedEventAttributes()
	equal(t, "schedule", started.CronSchedule, "@every 1s")
	if b := started.FirstWorkflowTaskBackoff.AsDuration(); b <= 0 || b > time.Second {
		t.Errorf("the first run waited for %v", b)
	}
	next := begun[len(begun)-1].GetWorkflowExecutionCompletedEventAttributes().GetNewExecutionRunId()
	started = l.events(l.runOf(run, next))[0].GetWorkflowExecutionStartedEventAttributes()
	equal(t, "initiator", started.Initiator, enumspb.CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE)
	equal(t, "first run of the chain", started.FirstExecutionRunId, first)
}

// TestTerminatedCronStops: no run follows one that was terminated, also not through the id of its chain.
func TestTerminatedCronStops(t *testing.T) {
	l := newLab(t)
	run := l.startWith(client.StartWorkflowOptions{CronSchedule: "@every 1h"}, "tick")
	l.must(l.client.TerminateWorkflow(l.ctx, run.GetID(), "", "enough"))
	last := l.describe(l.runOf(run, "")).WorkflowExecutionInfo
	equal(t, "status", last.Status, enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED)
	equal(t, "run", last.Execution.RunId, run.GetRunID())
}
