package acceptance

import (
	"errors"
	"fmt"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// onSignal returns what it is signaled.
func onSignal(ctx workflow.Context) (out string, err error) {
	workflow.GetSignalChannel(ctx, "end").Receive(ctx, &out)
	return out, nil
}

// oneChild starts a child and returns what it returns. It sees a signal, so that there is a workflow task to be reset to when the child runs.
func oneChild(ctx workflow.Context) (out string, err error) {
	child := workflow.ExecuteChildWorkflow(childOptions(ctx, "c"), "child")
	if err := child.GetChildWorkflowExecution().Get(ctx, nil); err != nil {
		return "", err
	}
	workflow.GetSignalChannel(ctx, "go").Receive(ctx, nil)
	err = child.Get(ctx, &out)
	return out, err
}

// signalTo signals the current run of a workflow.
func (l *lab) signalTo(run client.WorkflowRun, name string, arg any) {
	l.Helper()
	l.must(l.client.SignalWorkflow(l.ctx, run.GetID(), "", name, arg))
}

// await waits until a run has so many events of a type.
func (l *lab) await(run client.WorkflowRun, t enumspb.EventType, n int) {
	l.Helper()
	eventually(l.T, func() error {
		if got := count(l.events(run), t); got < n {
			return fmt.Errorf("%d of %d events %v", got, n, t)
		}
		return nil
	})
}

// TestResetKeepsPendingChildren: a parent is reset while its child runs. The child goes on, and tells the new run how it ends.
func TestResetKeepsPendingChildren(t *testing.T) {
	l := newLab(t)
	l.work(code{"parent": oneChild, "child": onSignal}, nil)
	first := l.start("parent")
	l.await(first, enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED, 1)
	l.signalTo(first, "go", nil)
	l.await(first, enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, 3)
	request := l.resetRequest(first, enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
	for _, ev := range l.events(first) {
		if ev.EventType == enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
			request.WorkflowTaskFinishEventId = ev.EventId // the last
		}
	}
	resp, err := l.client.ResetWorkflowExecution(l.ctx, request)
	l.must(err)
	second := l.runOf(first, resp.RunId)
	equal(t, "child", l.describe(l.child(first, "c")).WorkflowExecutionInfo.Status, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING)
	if pending := l.describe(second).PendingChildren; len(pending) != 1 || pending[0].WorkflowId != childID(first.GetID(), "c") {
		t.Errorf("pending children %v", pending)
	}
	l.signalTo(l.child(first, "c"), "end", "done")
	equal(t, "result", result[string](l, second), "done")
}

// TestResetStartsChildrenAgain: a child that a parent has started after the point of the reset makes way for the one that the new run starts with the same id,
// whatever its policies say.
func TestResetStartsChildrenAgain(t *testing.T) {
	l := newLab(t)
	l.work(code{"parent": oneChild, "child": onSignal}, nil)
	first := l.start("parent")
	l.await(first, enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED, 1)
	before := l.describe(l.child(first, "c")).WorkflowExecutionInfo.Execution.RunId
	second := l.reset(first, enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
	l.await(second, enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED, 1)
	equal(t, "first child", l.describe(l.runOf(l.child(first, "c"), before)).WorkflowExecutionInfo.Status, enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED)
	l.signalTo(second, "go", nil)
	l.signalTo(l.child(first, "c"), "end", "done")
	equal(t, "result", result[string](l, second), "done")
}

// TestResetOfAChild: its parent hears nothing of the run that is terminated for the reset, and how the new one ends.
func TestResetOfAChild(t *testing.T) {
	l := newLab(t)
	l.work(code{"parent": oneChild, "child": onSignal}, nil)
	parent := l.start("parent")
	l.signalTo(parent, "go", nil)
	l.await(parent, enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED, 1)
	child := l.child(parent, "c")
	l.await(child, enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, 1)
	next := l.reset(child, enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
	equal(t, "parent of the new run", l.describe(next).WorkflowExecutionInfo.ParentExecution.GetWorkflowId(), parent.GetID())
	l.signalTo(next, "end", "at last")
	equal(t, "result", result[string](l, parent), "at last")
}

// TestParentHearsTheEndOfAChain: a child continues as new, fails, and is retried. Its parent hears how the last run ended.
func TestParentHearsTheEndOfAChain(t *testing.T) {
	l := newLab(t)
	l.work(code{
		"parent": func(ctx workflow.Context) (out string, err error) {
			ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
				WorkflowID: childID(workflow.GetInfo(ctx).WorkflowExecution.ID, "c"), RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 2, InitialInterval: 1},
			})
			err = workflow.ExecuteChildWorkflow(ctx, "child", 0).Get(ctx, &out)
			return out, err
		},
		"child": func(ctx workflow.Context, n int) (string, error) {
			info := workflow.GetInfo(ctx)
			switch {
			case info.ParentWorkflowExecution == nil:
				return "", temporal.NewNonRetryableApplicationError("an orphan", "", nil)
			case n == 0:
				return "", workflow.NewContinueAsNewError(ctx, "child", 1)
			case info.Attempt == 1:
				return "", errors.New("the first attempt fails")
			}
			return fmt.Sprintf("attempt %d of input %d", info.Attempt, n), nil
		},
	}, nil)
	parent := l.start("parent")
	equal(t, "result", result[string](l, parent), "attempt 2 of input 1")
	equal(t, "ends", count(l.events(parent), enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED)+count(l.events(parent), enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED), 1)
}
