package client

import (
	"context"
	"fmt"

	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/sdk/internal/funcname"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

// Start is a workflow to start whose result is an O, for calls that start it and do more. Make one with [NewStart].
type Start[O any] struct {
	options StartOptions
	name    string
	args    []any
	err     error
}

// NewStart describes the start of a workflow with an input.
func NewStart[I, O any](options StartOptions, fn func(workflow.Context, I) (O, error), input I) Start[O] {
	return newStart[O](options, fn, input)
}

// NewStartNoInput is [NewStart] for workflows without an input.
func NewStartNoInput[O any](options StartOptions, fn func(workflow.Context) (O, error)) Start[O] {
	return newStart[O](options, fn)
}

// NewStartByName is [NewStart] for a workflow by its registered name, with any number of arguments.
func NewStartByName[O any](options StartOptions, name string, args ...any) Start[O] {
	return Start[O]{options: options, name: name, args: args}
}

func newStart[O any](options StartOptions, fn any, args ...any) Start[O] {
	name, err := funcname.Of(fn)
	if err != nil {
		err = fmt.Errorf("client: workflow: %w", err)
	}
	return Start[O]{options: options, name: name, args: args, err: err}
}

func (s Start[O]) request(c *Client) (*workflowservice.StartWorkflowExecutionRequest, error) {
	if s.err != nil {
		return nil, s.err
	}
	return c.startRequest(s.options, s.name, s.args)
}

// SignalWithStart sends a signal to the open workflow of the id, and starts it first if there is none, in one step. It returns the run that
// has the signal.
func SignalWithStart[O any](ctx context.Context, c *Client, start Start[O], signal string, args ...any) (*Run[O], error) {
	from, err := start.request(c)
	if err != nil {
		return nil, err
	}
	input, err := c.options.DataConverter.ToPayloads(args...)
	if err != nil {
		return nil, fmt.Errorf("client: signal %s: %w", signal, err)
	}
	request := &workflowservice.SignalWithStartWorkflowExecutionRequest{
		Namespace:                from.GetNamespace(),
		WorkflowId:               from.GetWorkflowId(),
		WorkflowType:             from.GetWorkflowType(),
		TaskQueue:                from.GetTaskQueue(),
		Input:                    from.GetInput(),
		WorkflowExecutionTimeout: from.GetWorkflowExecutionTimeout(),
		WorkflowRunTimeout:       from.GetWorkflowRunTimeout(),
		WorkflowTaskTimeout:      from.GetWorkflowTaskTimeout(),
		Identity:                 from.GetIdentity(),
		RequestId:                from.GetRequestId(),
		WorkflowIdReusePolicy:    from.GetWorkflowIdReusePolicy(),
		WorkflowIdConflictPolicy: from.GetWorkflowIdConflictPolicy(),
		SignalName:               signal,
		SignalInput:              input,
		RetryPolicy:              from.GetRetryPolicy(),
		CronSchedule:             from.GetCronSchedule(),
		Memo:                     from.GetMemo(),
		SearchAttributes:         from.GetSearchAttributes(),
		Header:                   from.GetHeader(),
		WorkflowStartDelay:       from.GetWorkflowStartDelay(),
	}
	var response *workflowservice.SignalWithStartWorkflowExecutionResponse
	call := &Call{Kind: KindSignalWithStart, WorkflowID: from.GetWorkflowId(), Name: signal}
	err = c.intercept(ctx, call, &request.Header, func(ctx context.Context) (err error) {
		response, err = c.service.SignalWithStartWorkflowExecution(ctx, request)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &Run[O]{client: c, id: from.GetWorkflowId(), runID: response.GetRunId()}, nil
}
