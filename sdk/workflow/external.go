package workflow

import (
	"errors"
	"fmt"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
)

var errNoWorkflowID = errors.New("workflow: the other workflow has no id")

// SignalExternal sends a signal to another workflow, by its ids: that of a parent, for example, in [Info]. The future is ready when the
// signal is in the other's history. Its error is a *sdk.UnknownExternalWorkflowExecutionError if there is no open workflow of these ids, or
// a *sdk.NamespaceNotFoundError. A signal that was asked for cannot be cancelled.
func SignalExternal(ctx Context, target Execution, name string, args ...any) Future[struct{}] {
	return signalExternal(ctx, target, false, name, args)
}

func signalExternal(ctx Context, target Execution, childOnly bool, name string, args []any) Future[struct{}] {
	run := runOf(ctx)
	run.Guard("SignalExternal")
	p := newPromise[struct{}](run)
	if target.WorkflowID == "" {
		return p.fail(errNoWorkflowID)
	}
	input, err := run.Data().ToPayloads(args...)
	if err != nil {
		return p.fail(fmt.Errorf("workflow: signal %s: %w", name, err))
	}
	run.SignalExternal(&commandpb.SignalExternalWorkflowExecutionCommandAttributes{
		Namespace:         target.Namespace,
		Execution:         &commonpb.WorkflowExecution{WorkflowId: target.WorkflowID, RunId: target.RunID},
		SignalName:        name,
		Input:             input,
		ChildWorkflowOnly: childOnly,
		Header:            outHeader(ctx, SignalOther, name),
	}, p.done)
	return p
}

// CancelExternal asks another workflow to end. The future is ready when the request is in the other's history, whatever that does about it;
// its errors are those of [SignalExternal]. To cancel a child, cancel its context.
func CancelExternal(ctx Context, target Execution) Future[struct{}] {
	run := runOf(ctx)
	run.Guard("CancelExternal")
	p := newPromise[struct{}](run)
	if target.WorkflowID == "" {
		return p.fail(errNoWorkflowID)
	}
	run.CancelExternal(&commandpb.RequestCancelExternalWorkflowExecutionCommandAttributes{
		Namespace: target.Namespace, WorkflowId: target.WorkflowID, RunId: target.RunID,
	}, p.done)
	return p
}
