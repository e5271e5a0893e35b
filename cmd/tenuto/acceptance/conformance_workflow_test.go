package acceptance

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// quick are activity options for steps that should just work.
func quick(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 10 * time.Second})
}

// oneStep runs the activity "step" once and returns what it returned.
func oneStep(ctx workflow.Context, name string) (string, error) {
	var out string
	err := workflow.ExecuteActivity(quick(ctx), "step", name).Get(ctx, &out)
	return out, err
}

// greet is the simplest step.
func greet(_ context.Context, name string) (string, error) { return "hello " + name, nil }

func TestWorkflowReturnsItsResult(t *testing.T) {
	l := newLab(t)
	l.work(code{"flow": oneStep}, code{"step": greet})
	run := l.start("flow", "Ada")
	equal(t, "result", result[string](l, run), "hello Ada")
	l.wantShape(run, `WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted
		ActivityTaskScheduled ActivityTaskStarted ActivityTaskCompleted
		WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionCompleted`)
	info := l.describe(run).WorkflowExecutionInfo
	equal(t, "status", info.Status, enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED)
	equal(t, "history length", info.HistoryLength, 11)
}

func TestWorkflowFailureKeepsTypeDetailsAndCause(t *testing.T) {
	l := newLab(t)
	l.work(code{"flow": func(workflow.Context) error {
		cause := temporal.NewApplicationError("the bank is shut", "Closed")
		return temporal.NewApplicationErrorWithCause("no transfer", "Refused", cause, 42)
	}}, nil)
	run := l.start("flow")
	var app *temporal.ApplicationError
	if err := l.failure(run); !errors.As(err, &app) {
		t.Fatalf("got %v, want an application error", err)
	}
	var detail int
	l.must(app.Details(&detail))
	equal(t, "type", app.Type(), "Refused")
	equal(t, "detail", detail, 42)
	if cause := app.Unwrap(); cause == nil || !strings.Contains(cause.Error(), "the bank is shut") {
		t.Errorf("cause: %v", cause)
	}
	l.wantShape(run, `WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionFailed`)
}

func TestPanickingWorkflowGoesOnOnceItIsFixed(t *testing.T) {
	l := newLab(t)
	var fixed atomic.Bool
	l.work(code{"flow": func(workflow.Context) (string, error) {
		if !fixed.Load() {
			panic("a bug in the workflow")
		}
		return "fixed", nil
	}}, nil)
	run := l.start("flow")
	failed := l.awaitEvent(run, enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED).GetWorkflowTaskFailedEventAttributes()
	if !strings.Contains(failed.Failure.GetMessage(), "a bug in the workflow") || failed.Failure.GetStackTrace() == "" {
		t.Errorf("failure without message or stack: %v", failed.Failure)
	}
	fixed.Store(true)
	equal(t, "result", result[string](l, run), "fixed")
	equal(t, "failed tasks in history", count(l.events(run), enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED), 1)
}

func TestStartDelayHoldsTheFirstTaskBack(t *testing.T) {
	l := newLab(t)
	l.work(code{"flow": oneStep}, code{"step": greet})
	run := l.startWith(client.StartWorkflowOptions{StartDelay: time.Second}, "flow", "late")
	equal(t, "result", result[string](l, run), "hello late")
	all := l.events(run)
	started := all[0].GetWorkflowExecutionStartedEventAttributes()
	if d := started.GetFirstWorkflowTaskBackoff().AsDuration(); d != time.Second {
		t.Errorf("first workflow task back-off: %v", d)
	}
	if gap := all[1].EventTime.AsTime().Sub(all[0].EventTime.AsTime()); gap < time.Second {
		t.Errorf("the first task came %v after the start", gap)
	}
}

func TestSignalEndsAStartDelay(t *testing.T) {
	l := newLab(t)
	l.work(code{"flow": func(ctx workflow.Context) (word string, err error) {
		workflow.GetSignalChannel(ctx, "word").Receive(ctx, &word)
		return word, nil
	}}, nil)
	run := l.startWith(client.StartWorkflowOptions{StartDelay: time.Hour}, "flow")
	l.must(l.client.SignalWorkflow(l.ctx, run.GetID(), "", "word", "now"))
	equal(t, "result", result[string](l, run), "now")
}

func TestTwoHundredWorkflowsAtOnce(t *testing.T) {
	l := newLab(t)
	l.work(code{"flow": oneStep}, code{"step": greet})
	var runs []client.WorkflowRun
	for range 200 {
		runs = append(runs, l.start("flow", "all"))
	}
	for _, run := range runs {
		equal(t, "result", result[string](l, run), "hello all")
	}
}
