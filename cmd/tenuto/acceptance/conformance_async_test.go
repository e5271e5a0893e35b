package acceptance

import (
	"context"
	"errors"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// async starts a workflow whose one activity is to be completed from outside, and returns the activity's token.
func async(l *lab, o workflow.ActivityOptions) (client.WorkflowRun, []byte) {
	l.Helper()
	tokens := make(chan []byte, 1)
	o.ActivityID = "step-1"
	l.work(code{"flow": withOptions(o)}, code{"step": func(ctx context.Context) (int, error) {
		tokens <- activity.GetInfo(ctx).TaskToken
		return 0, activity.ErrResultPending
	}})
	run := l.start("flow")
	select {
	case token := <-tokens:
		return run, token
	case <-l.ctx.Done():
		l.Fatal("the activity did not start")
		return nil, nil
	}
}

func longStep() workflow.ActivityOptions {
	return workflow.ActivityOptions{StartToCloseTimeout: time.Minute, RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1}}
}

func TestAsyncCompletionByToken(t *testing.T) {
	l := newLab(t)
	run, token := async(l, longStep())
	l.must(l.client.RecordActivityHeartbeat(l.ctx, token, "still there"))
	l.must(l.client.CompleteActivity(l.ctx, token, 5, nil))
	equal(t, "result", result[int](l, run), 5)
}

func TestAsyncCompletionByID(t *testing.T) {
	l := newLab(t)
	run, _ := async(l, longStep())
	l.must(l.client.RecordActivityHeartbeatByID(l.ctx, namespace, run.GetID(), "", "step-1", "still there"))
	l.must(l.client.CompleteActivityByID(l.ctx, namespace, run.GetID(), "", "step-1", 6, nil))
	equal(t, "result", result[int](l, run), 6)
}

func TestAsyncFailureByID(t *testing.T) {
	l := newLab(t)
	run, _ := async(l, longStep())
	l.must(l.client.CompleteActivityByID(l.ctx, namespace, run.GetID(), run.GetRunID(), "step-1", nil, errors.New("refused")))
	var app *temporal.ApplicationError
	if err := l.failure(run); !errors.As(err, &app) || app.Message() != "refused" {
		t.Errorf("got %v, want the failure that was reported", err)
	}
}

func TestAsyncCancellationByToken(t *testing.T) {
	l := newLab(t)
	o := longStep()
	o.WaitForCancellation = true
	run, token := async(l, o)
	l.must(l.client.CancelWorkflow(l.ctx, run.GetID(), ""))
	l.awaitEvent(run, enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED)
	eventually(t, func() error {
		err := l.client.RecordActivityHeartbeat(l.ctx, token)
		var canceled *temporal.CanceledError
		if err == nil || !errors.As(err, &canceled) {
			return errors.Join(errors.New("the heartbeat does not say that the activity is cancelled"), err)
		}
		return nil
	})
	l.must(l.client.CompleteActivity(l.ctx, token, nil, temporal.NewCanceledError("stopped")))
	if err := l.failure(run); !temporal.IsCanceledError(err) {
		t.Errorf("got %v, want cancelled", err)
	}
}
