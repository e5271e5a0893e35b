package acceptance

import (
	"errors"
	"fmt"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// childOptions are those of a child with an id that its parent's id is the beginning of.
func childOptions(ctx workflow.Context, name string) workflow.Context {
	return workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{WorkflowID: childID(workflow.GetInfo(ctx).WorkflowExecution.ID, name)})
}

func childID(parent, name string) string { return parent + "/" + name }

// sleeper waits for a day, or until it is canceled.
func sleeper(ctx workflow.Context) error { return workflow.Sleep(ctx, 24*time.Hour) }

// child is the run of a workflow id that a parent has started.
func (l *lab) child(parent client.WorkflowRun, name string) client.WorkflowRun {
	return l.client.GetWorkflow(l.ctx, childID(parent.GetID(), name), "")
}

func TestChildReturnsItsResult(t *testing.T) {
	l := newLab(t)
	l.work(code{
		"parent": func(ctx workflow.Context) (string, error) {
			var sum string
			err := workflow.ExecuteChildWorkflow(childOptions(ctx, "c"), "child", 20, 22).Get(ctx, &sum)
			return sum, err
		},
		"child": func(ctx workflow.Context, a, b int) (string, error) {
			p, root := workflow.GetInfo(ctx).ParentWorkflowExecution, workflow.GetInfo(ctx).RootWorkflowExecution
			return fmt.Sprintf("%d of %s, root %s", a+b, p.ID, root.ID), nil
		},
	}, nil)
	run := l.start("parent")
	equal(t, "result", result[string](l, run), fmt.Sprintf("42 of %s, root %s", run.GetID(), run.GetID()))
	all := l.events(run)
	initiated := l.first(all, enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED)
	started := l.first(all, enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED)
	completed := l.first(all, enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED).GetChildWorkflowExecutionCompletedEventAttributes()
	equal(t, "namespace", initiated.GetStartChildWorkflowExecutionInitiatedEventAttributes().Namespace, namespace)
	equal(t, "initiated", completed.InitiatedEventId, initiated.EventId)
	equal(t, "started", completed.StartedEventId, started.EventId)

	first := l.events(l.child(run, "c"))[0].GetWorkflowExecutionStartedEventAttributes()
	equal(t, "parent's run", first.ParentWorkflowExecution.RunId, run.GetRunID())
	equal(t, "parent's namespace", first.ParentWorkflowNamespace, namespace)
	equal(t, "parent's event", first.ParentInitiatedEventId, initiated.EventId)
	equal(t, "root", first.RootWorkflowExecution.RunId, run.GetRunID())
	info := l.describe(l.child(run, "c")).WorkflowExecutionInfo
	equal(t, "described parent", info.ParentExecution.WorkflowId, run.GetID())
	equal(t, "described root", info.RootExecution.WorkflowId, run.GetID())
}

func TestChildFailureReachesItsParent(t *testing.T) {
	l := newLab(t)
	l.work(code{
		"parent": func(ctx workflow.Context) (string, error) {
			err := workflow.ExecuteChildWorkflow(childOptions(ctx, "c"), "child").Get(ctx, nil)
			var failed *temporal.ChildWorkflowExecutionError
			var application *temporal.ApplicationError
			if !errors.As(err, &failed) || !errors.As(err, &application) {
				return "", fmt.Errorf("got %T %w", err, err)
			}
			return application.Type() + ": " + application.Message(), nil
		},
		"child": func(workflow.Context) error { return temporal.NewNonRetryableApplicationError("no", "Broken", nil) },
	}, nil)
	equal(t, "failure", result[string](l, l.start("parent")), "Broken: no")
}

func TestTerminatedAndTimedOutChildrenReachTheirParent(t *testing.T) {
	l := newLab(t)
	l.work(code{
		"parent": func(ctx workflow.Context) (string, error) {
			slow := workflow.ExecuteChildWorkflow(workflow.WithWorkflowRunTimeout(childOptions(ctx, "slow"), time.Second), "sleeper").Get(ctx, nil)
			var timeout *temporal.TimeoutError
			if !errors.As(slow, &timeout) {
				return "", fmt.Errorf("got %T %w", slow, slow)
			}
			killed := workflow.ExecuteChildWorkflow(childOptions(ctx, "killed"), "sleeper").Get(ctx, nil)
			var terminated *temporal.TerminatedError
			if !errors.As(killed, &terminated) {
				return "", fmt.Errorf("got %T %w", killed, killed)
			}
			return "both", nil
		},
		"sleeper": sleeper,
	}, nil)
	run := l.start("parent")
	eventually(t, func() error { return l.client.TerminateWorkflow(l.ctx, childID(run.GetID(), "killed"), "", "enough") })
	equal(t, "outcome", result[string](l, run), "both")
}

func TestChildWithATakenIDDoesNotStart(t *testing.T) {
	l := newLab(t)
	taken := l.start("sleeper")
	l.work(code{
		"parent": func(ctx workflow.Context, id string) (string, error) {
			options := workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{WorkflowID: id})
			err := workflow.ExecuteChildWorkflow(options, "sleeper").GetChildWorkflowExecution().Get(ctx, nil)
			return fmt.Sprint(temporal.IsWorkflowExecutionAlreadyStartedError(err)), nil
		},
		"sleeper": sleeper,
	}, nil)
	run := l.start("parent", taken.GetID())
	equal(t, "already started", result[string](l, run), "true")
	failed := l.first(l.events(run), enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED).GetStartChildWorkflowExecutionFailedEventAttributes()
	equal(t, "cause", failed.Cause, enumspb.START_CHILD_WORKFLOW_EXECUTION_FAILED_CAUSE_WORKFLOW_ALREADY_EXISTS)
}

func TestParentClosePolicies(t *testing.T) {
	l := newLab(t)
	l.work(code{
		"parent": func(ctx workflow.Context) error {
			for _, c := range []struct {
				name   string
				policy enumspb.ParentClosePolicy
			}{
				{"terminated", enumspb.PARENT_CLOSE_POLICY_TERMINATE},
				{"canceled", enumspb.PARENT_CLOSE_POLICY_REQUEST_CANCEL},
				{"abandoned", enumspb.PARENT_CLOSE_POLICY_ABANDON},
			} {
				options := workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
					WorkflowID: childID(workflow.GetInfo(ctx).WorkflowExecution.ID, c.name), ParentClosePolicy: c.policy,
				})
				if err := workflow.ExecuteChildWorkflow(options, "sleeper").GetChildWorkflowExecution().Get(ctx, nil); err != nil {
					return err
				}
			}
			return nil
		},
		"sleeper": sleeper,
	}, nil)
	run := l.start("parent")
	l.must(run.Get(l.ctx, nil))
	for name, status := range map[string]enumspb.WorkflowExecutionStatus{
		"terminated": enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED, "canceled": enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED,
	} {
		_ = l.failure(l.child(run, name))
		equal(t, name, l.describe(l.child(run, name)).WorkflowExecutionInfo.Status, status)
	}
	equal(t, "abandoned", l.describe(l.child(run, "abandoned")).WorkflowExecutionInfo.Status, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING)
}

func TestChildIsCanceledWithItsParent(t *testing.T) {
	l := newLab(t)
	l.work(code{
		"parent": func(ctx workflow.Context) error {
			ctx = workflow.WithChildOptions(childOptions(ctx, "c"), workflow.ChildWorkflowOptions{
				WorkflowID: childID(workflow.GetInfo(ctx).WorkflowExecution.ID, "c"), WaitForCancellation: true,
			})
			return workflow.ExecuteChildWorkflow(ctx, "sleeper").Get(ctx, nil)
		},
		"sleeper": sleeper,
	}, nil)
	run := l.start("parent")
	l.awaitEvent(run, enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED)
	pending := l.describe(run).PendingChildren
	if len(pending) != 1 || pending[0].WorkflowId != childID(run.GetID(), "c") || pending[0].RunId == "" || pending[0].WorkflowTypeName != "sleeper" {
		t.Errorf("pending children: %v", pending)
	}
	l.must(l.client.CancelWorkflow(l.ctx, run.GetID(), ""))
	if err := l.failure(run); !temporal.IsCanceledError(err) {
		t.Errorf("parent: %v", err)
	}
	all := l.events(run)
	l.first(all, enumspb.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED)
	l.first(all, enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED)
}

func TestChildInAnotherNamespace(t *testing.T) {
	l := newLab(t)
	other := l.otherNamespace()
	l.work(code{
		"parent": func(ctx workflow.Context, name string) (string, error) {
			var out string
			ctx = workflow.WithWorkflowNamespace(childOptions(ctx, "c"), name)
			err := workflow.ExecuteChildWorkflow(ctx, "child").Get(ctx, &out)
			return out, err
		},
	}, nil)
	workAt(l, other, code{"child": func(ctx workflow.Context) (string, error) { return workflow.GetInfo(ctx).Namespace, nil }})
	equal(t, "namespace", result[string](l, l.start("parent", other)), other)
	run := l.start("parent", "no-such-namespace")
	_ = l.failure(run)
	failed := l.first(l.events(run), enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED).GetStartChildWorkflowExecutionFailedEventAttributes()
	equal(t, "cause", failed.Cause, enumspb.START_CHILD_WORKFLOW_EXECUTION_FAILED_CAUSE_NAMESPACE_NOT_FOUND)
}

// TestFanOutOfChildren: many children of one parent, all at the same time.
func TestFanOutOfChildren(t *testing.T) {
	const children = 1000
	l := newLab(t)
	l.work(code{
		"parent": func(ctx workflow.Context) (int, error) {
			var all []workflow.ChildWorkflowFuture
			for i := range children {
				all = append(all, workflow.ExecuteChildWorkflow(childOptions(ctx, fmt.Sprint(i)), "child", i))
			}
			sum := 0
			for _, f := range all {
				var n int
				if err := f.Get(ctx, &n); err != nil {
					return 0, err
				}
				sum += n
			}
			return sum, nil
		},
		"child": func(_ workflow.Context, i int) (int, error) { return i, nil },
	}, nil)
	run := l.start("parent")
	equal(t, "sum", result[int](l, run), children*(children-1)/2)
	all := l.events(run)
	equal(t, "started", count(all, enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED), children)
	equal(t, "completed", count(all, enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED), children)
}
