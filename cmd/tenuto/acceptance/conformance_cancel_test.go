package acceptance

import (
	"context"
	"errors"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

func TestCancelReachesTheActivityThroughItsHeartbeat(t *testing.T) {
	l := newLab(t)
	flow := withOptions(workflow.ActivityOptions{
		StartToCloseTimeout: time.Minute, HeartbeatTimeout: 2 * time.Second, WaitForCancellation: true,
	})
	l.work(code{"flow": flow}, code{"step": func(ctx context.Context) (int, error) {
		beat := time.NewTicker(50 * time.Millisecond)
		defer beat.Stop()
		for {
			select {
			case <-ctx.Done():
				return 0, temporal.NewCanceledError("tidied up")
			case <-beat.C:
				activity.RecordHeartbeat(ctx)
			}
		}
	}})
	run := l.start("flow")
	eventually(t, func() error {
		if p := l.describe(run).PendingActivities; len(p) == 0 || p[0].State != enumspb.PENDING_ACTIVITY_STATE_STARTED {
			return errors.New("the activity has not started")
		}
		return nil
	})
	l.must(l.client.CancelWorkflow(l.ctx, run.GetID(), ""))
	if err := l.failure(run); !temporal.IsCanceledError(err) {
		t.Errorf("got %v, want cancelled", err)
	}
	l.wantShape(run, `WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted
		ActivityTaskScheduled WorkflowExecutionCancelRequested WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted
		ActivityTaskCancelRequested ActivityTaskStarted ActivityTaskCanceled
		WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionCanceled`)
	equal(t, "status", l.describe(run).WorkflowExecutionInfo.Status, enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED)
}

func TestWorkflowMayCleanUpAfterCancel(t *testing.T) {
	l := newLab(t)
	l.work(code{"flow": func(ctx workflow.Context) (string, error) {
		if err := workflow.Sleep(ctx, time.Hour); !temporal.IsCanceledError(err) {
			return "", errors.New("the sleep was not cancelled")
		}
		clean, cancel := workflow.NewDisconnectedContext(ctx)
		defer cancel()
		return oneStep(clean, "and goodbye")
	}}, code{"step": greet})
	run := l.start("flow")
	l.awaitEvent(run, enumspb.EVENT_TYPE_TIMER_STARTED)
	l.must(l.client.CancelWorkflow(l.ctx, run.GetID(), ""))
	equal(t, "result", result[string](l, run), "hello and goodbye")
	equal(t, "timers cancelled", count(l.events(run), enumspb.EVENT_TYPE_TIMER_CANCELED), 1)
}

func TestCancelOfAnUnstartedActivityNeedsNoWorker(t *testing.T) {
	l := newLab(t)
	flow := withOptions(workflow.ActivityOptions{
		StartToCloseTimeout: time.Minute, WaitForCancellation: true, TaskQueue: "nobody polls this queue",
	})
	l.work(code{"flow": flow}, nil)
	run := l.start("flow")
	l.awaitEvent(run, enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
	l.must(l.client.CancelWorkflow(l.ctx, run.GetID(), ""))
	if err := l.failure(run); !temporal.IsCanceledError(err) {
		t.Errorf("got %v, want cancelled", err)
	}
}

func TestTerminateEndsARunAtOnce(t *testing.T) {
	l := newLab(t)
	run := l.start("flow")
	l.must(l.client.TerminateWorkflow(l.ctx, run.GetID(), "", "enough", "detail"))
	var terminated *temporal.TerminatedError
	if err := l.failure(run); !errors.As(err, &terminated) {
		t.Errorf("got %v, want terminated", err)
	}
	all := l.wantShape(run, `WorkflowExecutionStarted WorkflowTaskScheduled WorkflowExecutionTerminated`)
	equal(t, "reason", all[2].GetWorkflowExecutionTerminatedEventAttributes().Reason, "enough")
	var missing *serviceerror.NotFound
	if err := l.client.TerminateWorkflow(l.ctx, run.GetID(), "", "again"); !errors.As(err, &missing) {
		t.Errorf("a second terminate: %v", err)
	}
	if err := l.client.CancelWorkflow(l.ctx, l.newID(), ""); !errors.As(err, &missing) {
		t.Errorf("cancel of an unknown workflow: %v", err)
	}
}

func TestAnswerAfterTerminateIsNotFound(t *testing.T) {
	l := newLab(t)
	run := l.start("flow")
	task := l.pollTask()
	l.must(l.client.TerminateWorkflow(l.ctx, run.GetID(), "", "enough"))
	_, err := l.answer(task, completeRun("late"))
	var missing *serviceerror.NotFound
	if !errors.As(err, &missing) {
		t.Errorf("got %T %v, want NotFound", err, err)
	}
	l.wantShape(run, `WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskFailed WorkflowExecutionTerminated`)
}
