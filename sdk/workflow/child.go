package workflow

import (
	"fmt"

	commonpb "go.temporal.io/api/common/v1"

	"github.com/tenuto-io/tenuto/sdk/internal/funcname"
	"github.com/tenuto-io/tenuto/sdk/internal/machine"
)

// ChildWorkflow is a child workflow whose result is an O: a [Future] of that result, and more.
type ChildWorkflow[O any] struct {
	Future[O]
	started *Promise[Execution]
}

// Started returns the future start of the child. Its error is that of the child if it did not start. A workflow that ends before the start
// of an abandoned child may keep it from starting: wait for this first.
func (c *ChildWorkflow[O]) Started() Future[Execution] { return c.started }

// Signal waits for the child's start and sends it a signal. The future is ready when the signal is in the child's history; its error is a
// *sdk.UnknownExternalWorkflowExecutionError if the child has ended.
func (c *ChildWorkflow[O]) Signal(ctx Context, name string, args ...any) Future[struct{}] {
	child, err := c.started.Get(ctx)
	if err != nil {
		return newPromise[struct{}](runOf(ctx)).fail(err)
	}
	return signalExternal(ctx, Execution{Namespace: child.Namespace, WorkflowID: child.WorkflowID}, true, name, args)
}

// ExecuteChildWorkflow starts a workflow as a child of this one and returns its future result without waiting. It runs under the name of
// the function. The context gives the options ([WithChildOptions]). Its cancellation cancels the child once that has started, and the future
// waits for the child's end; a child that is asked for in a cancelled context is not started.
//
// The future's error is a *sdk.ChildWorkflowError, or a *sdk.CanceledError for a child that was not asked for.
func ExecuteChildWorkflow[I, O any](ctx Context, child func(Context, I) (O, error), input I) *ChildWorkflow[O] {
	return executeChildFunction[O](ctx, child, input)
}

// ExecuteChildWorkflowNoInput is [ExecuteChildWorkflow] for workflows without an input.
func ExecuteChildWorkflowNoInput[O any](ctx Context, child func(Context) (O, error)) *ChildWorkflow[O] {
	return executeChildFunction[O](ctx, child)
}

// ExecuteChildWorkflowNoResult is [ExecuteChildWorkflow] for workflows without a result.
func ExecuteChildWorkflowNoResult[I any](ctx Context, child func(Context, I) error, input I) *ChildWorkflow[struct{}] {
	return executeChildFunction[struct{}](ctx, child, input)
}

// ExecuteChildWorkflowNoInputNoResult is [ExecuteChildWorkflow] for workflows with neither input nor result.
func ExecuteChildWorkflowNoInputNoResult(ctx Context, child func(Context) error) *ChildWorkflow[struct{}] {
	return executeChildFunction[struct{}](ctx, child)
}

// ExecuteChildWorkflowByName starts a child by its registered name with any number of arguments. O is its result type; use any for one
// without a result.
func ExecuteChildWorkflowByName[O any](ctx Context, name string, args ...any) *ChildWorkflow[O] {
	run := runOf(ctx)
	run.Guard("ExecuteChildWorkflow")
	if err := ctx.Err(); err != nil {
		return childThatFailed[O](run, err)
	}
	options := GetChildOptions(ctx)
	attributes, err := options.attributes(run)
	if err != nil {
		return childThatFailed[O](run, err)
	}
	attributes.WorkflowType = &commonpb.WorkflowType{Name: name}
	attributes.Header = outHeader(ctx, StartChild, name)
	if attributes.Input, err = run.Data().ToPayloads(args...); err != nil {
		return childThatFailed[O](run, fmt.Errorf("workflow: input of child %s: %w", name, err))
	}
	metadata, err := userMetadata(run, options.Summary, options.Details)
	if err != nil {
		return childThatFailed[O](run, fmt.Errorf("workflow: summary of child %s: %w", name, err))
	}
	return startChild[O](ctx, name, machine.ChildRequest{Attributes: attributes, Metadata: metadata})
}

// startChild asks for a child and ties it to the context's cancellation from its start to its end.
func startChild[O any](ctx Context, name string, request machine.ChildRequest) *ChildWorkflow[O] {
	run := runOf(ctx)
	result, started := newPromise[O](run), newPromise[Execution](run)
	stop := func() {}
	var child *machine.Child
	request.Started = func(execution *commonpb.WorkflowExecution, err error) {
		if err == nil {
			stop = onCancel(ctx, func() { child.Cancel() })
		}
		started.settle(func() (Execution, error) {
			return Execution{Namespace: request.Attributes.GetNamespace(), WorkflowID: execution.GetWorkflowId(), RunID: execution.GetRunId()}, err
		})
	}
	request.Settle = func(payloads *commonpb.Payloads, err error) {
		stop()
		result.settle(func() (O, error) { return decodeResult[O](run, "child", name, payloads, err) })
	}
	child = run.StartChild(request)
	return &ChildWorkflow[O]{Future: result, started: started}
}

// childThatFailed is a child that was not asked for.
func childThatFailed[O any](run *machine.Run, err error) *ChildWorkflow[O] {
	return &ChildWorkflow[O]{Future: newPromise[O](run).fail(err), started: newPromise[Execution](run).fail(err)}
}

func executeChildFunction[O any](ctx Context, child any, args ...any) *ChildWorkflow[O] {
	name, err := funcname.Of(child)
	if err != nil {
		return childThatFailed[O](runOf(ctx), fmt.Errorf("workflow: child: %w", err))
	}
	return ExecuteChildWorkflowByName[O](ctx, name, args...)
}
