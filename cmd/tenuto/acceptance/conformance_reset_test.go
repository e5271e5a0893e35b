package acceptance

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"
)

// reset resets a run to the first event of the type, and returns the new run.
func (l *lab) reset(run client.WorkflowRun, to enumspb.EventType, exclude ...enumspb.ResetReapplyExcludeType) client.WorkflowRun {
	l.Helper()
	resp, err := l.client.ResetWorkflowExecution(l.ctx, l.resetRequest(run, to, exclude...))
	l.must(err)
	return l.runOf(run, resp.RunId)
}

func (l *lab) resetRequest(run client.WorkflowRun, to enumspb.EventType, exclude ...enumspb.ResetReapplyExcludeType) *workflowservice.ResetWorkflowExecutionRequest {
	l.Helper()
	at := int64(0)
	for _, ev := range l.events(run) {
		if ev.EventType == to {
			at = ev.EventId
			break
		}
	}
	return &workflowservice.ResetWorkflowExecutionRequest{
		Namespace: namespace, WorkflowExecution: execution(run), WorkflowTaskFinishEventId: at, Reason: "a mistake", RequestId: uuid.NewString(),
		ResetReapplyExcludeTypes: exclude,
	}
}

func TestResetRunsAnActivityAgain(t *testing.T) {
	l := newLab(t)
	var calls atomic.Int32
	l.work(code{"flow": func(ctx workflow.Context) (int, error) {
		var n int
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 10 * time.Second})
		err := workflow.ExecuteActivity(ctx, "count").Get(ctx, &n)
		return n, err
	}}, code{"count": func(context.Context) (int32, error) { return calls.Add(1), nil }})
	first := l.start("flow")
	equal(t, "first result", result[int](l, first), 1)
	request := l.resetRequest(first, enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
	resp, err := l.client.ResetWorkflowExecution(l.ctx, request)
	l.must(err)
	again, err := l.client.ResetWorkflowExecution(l.ctx, request)
	l.must(err)
	equal(t, "run of the repeated request", again.RunId, resp.RunId)
	second := l.runOf(first, resp.RunId)
	equal(t, "second result", result[int](l, second), 2)
	all := l.wantShape(second, `WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskFailed WorkflowTaskScheduled WorkflowTaskStarted
		WorkflowTaskCompleted ActivityTaskScheduled ActivityTaskStarted ActivityTaskCompleted WorkflowTaskScheduled WorkflowTaskStarted
		WorkflowTaskCompleted WorkflowExecutionCompleted`)
	failed := all[3].GetWorkflowTaskFailedEventAttributes()
	equal(t, "cause", failed.Cause, enumspb.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW)
	equal(t, "base run", failed.BaseRunId, first.GetRunID())
	equal(t, "new run", failed.NewRunId, resp.RunId)
	equal(t, "reason", failed.Failure.GetMessage(), "a mistake")
	if points := l.describe(first).WorkflowExecutionInfo.AutoResetPoints.GetPoints(); len(points) != 1 || points[0].FirstWorkflowTaskCompletedId != 4 || points[0].RunId != first.GetRunID() {
		t.Errorf("reset points %v", points)
	}
	equal(t, "reset run of the base", l.describe(first).WorkflowExtendedInfo.ResetRunId, resp.RunId)
}

func TestResetKeepsSignals(t *testing.T) {
	l := newLab(t)
	l.work(code{"flow": twoSignals}, nil)
	run := l.start("flow")
	l.must(l.client.SignalWorkflow(l.ctx, run.GetID(), "", "s", "one"))
	eventually(t, func() error {
		if count(l.events(run), enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) == 0 {
			return errors.New("no workflow task has completed")
		}
		return nil
	})
	next := l.reset(run, enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
	equal(t, "old run", l.describe(run).WorkflowExecutionInfo.Status, enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED)
	l.must(l.client.SignalWorkflow(l.ctx, run.GetID(), "", "s", "two"))
	got := result[[]string](l, next)
	if len(got) != 2 || got[0] != "one" || got[1] != "two" {
		t.Errorf("signals %v", got)
	}
	last := l.reset(next, enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, enumspb.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL)
	before := count(l.events(last), enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)
	if after := count(l.events(next), enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED); before >= after {
		t.Errorf("%d of %d signals are left", before, after)
	}
}

// TestResetAnswersUpdatesAgain: an update that was accepted after the point of the reset is done again by the new run, under its id.
func TestResetAnswersUpdatesAgain(t *testing.T) {
	l := newLab(t)
	l.work(code{"flow": func(ctx workflow.Context) (int, error) {
		total := 0
		add := func(_ workflow.Context, n int) (int, error) { total += n; return total, nil }
		if err := workflow.SetUpdateHandler(ctx, "add", add); err != nil {
			return 0, err
		}
		err := workflow.Await(ctx, func() bool { return total >= 10 })
		return total, err
	}}, nil)
	first := l.start("flow")
	l.addByUpdate(first, "u1", 4)
	next := l.reset(first, enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
	l.addByUpdate(next, "u2", 6)
	equal(t, "result", result[int](l, next), 10)
	var again int
	l.must(l.client.GetWorkflowUpdateHandle(client.GetWorkflowUpdateHandleOptions{WorkflowID: next.GetID(), RunID: next.GetRunID(), UpdateID: "u1"}).Get(l.ctx, &again))
	equal(t, "outcome", again, 4)
}

// addByUpdate sends an update and waits for its outcome.
func (l *lab) addByUpdate(run client.WorkflowRun, id string, n int) {
	l.Helper()
	h, err := l.client.UpdateWorkflow(l.ctx, client.UpdateWorkflowOptions{
		WorkflowID: run.GetID(), RunID: run.GetRunID(), UpdateID: id, UpdateName: "add", Args: []any{n}, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	l.must(err)
	l.must(h.Get(l.ctx, nil))
}

func TestResetToAnEventThatIsNone(t *testing.T) {
	l := newLab(t)
	run := l.start("flow")
	_, err := l.client.ResetWorkflowExecution(l.ctx, l.resetRequest(run, enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED))
	var invalid *serviceerror.InvalidArgument
	if !errors.As(err, &invalid) {
		t.Errorf("got %T %v", err, err)
	}
	equal(t, "status", l.describe(run).WorkflowExecutionInfo.Status, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING)
}
