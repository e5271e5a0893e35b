package client

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/converter"
	"github.com/tenuto-io/tenuto/sdk/internal/funcname"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

// StartOptions say how a workflow is started.
type StartOptions struct {
	// ID names the workflow within the namespace, at most one open run at a time. Default: a random UUID.
	ID string
	// TaskQueue is where its workers poll. Required.
	TaskQueue string
	// ExecutionTimeout bounds the whole chain of runs, with retries and continue-as-new. Zero: unlimited.
	ExecutionTimeout time.Duration
	// RunTimeout bounds one run. Zero: ExecutionTimeout.
	RunTimeout time.Duration
	// TaskTimeout bounds one workflow task, after which another worker gets it. Zero: 10 s.
	TaskTimeout time.Duration
	// RetryPolicy starts the workflow again when it fails. Default: it is not retried.
	RetryPolicy *sdk.RetryPolicy
	// ReusePolicy says whether the ID of a closed workflow may be used again. Default: it may.
	ReusePolicy enumspb.WorkflowIdReusePolicy
	// ConflictPolicy says what to do if a workflow of this ID is open. Default: fail with
	// serviceerror.WorkflowExecutionAlreadyStarted.
	ConflictPolicy enumspb.WorkflowIdConflictPolicy
	// StartDelay is the time before its first workflow task.
	StartDelay time.Duration
	// CronSchedule starts the workflow again and again. Default: once.
	CronSchedule string
	// Memo is shown with the workflow and not indexed. The data converter encodes the values.
	Memo map[string]any
	// SearchAttributes are indexed, so no codec encrypts them.
	SearchAttributes sdk.SearchAttributes
	// Header travels with the workflow, for tracing and the like. The payloads are sent as they are.
	Header map[string]*commonpb.Payload
	// RequestID makes repeated starts one. Default: a random UUID per call, kept across its retries.
	RequestID string
}

// ExecuteWorkflow starts a workflow with an input and returns its run without waiting for it.
func ExecuteWorkflow[I, O any](
	ctx context.Context, c *Client, options StartOptions, fn func(workflow.Context, I) (O, error), input I,
) (*Run[O], error) {
	name, err := funcname.Of(fn)
	if err != nil {
		return nil, fmt.Errorf("client: workflow: %w", err)
	}
	return ExecuteWorkflowByName[O](ctx, c, options, name, input)
}

// ExecuteWorkflowNoInput is [ExecuteWorkflow] for workflows without an input.
func ExecuteWorkflowNoInput[O any](
	ctx context.Context, c *Client, options StartOptions, fn func(workflow.Context) (O, error),
) (*Run[O], error) {
	name, err := funcname.Of(fn)
	if err != nil {
		return nil, fmt.Errorf("client: workflow: %w", err)
	}
	return ExecuteWorkflowByName[O](ctx, c, options, name)
}

// ExecuteWorkflowByName starts a workflow by its registered name with any number of arguments. O is its result type; use any
// for one without a result.
func ExecuteWorkflowByName[O any](
	ctx context.Context, c *Client, options StartOptions, name string, args ...any,
) (*Run[O], error) {
	request, err := c.startRequest(options, name, args)
	if err != nil {
		return nil, err
	}
	var response *workflowservice.StartWorkflowExecutionResponse
	call := &Call{Kind: KindStart, WorkflowID: request.GetWorkflowId(), Name: name}
	err = c.intercept(ctx, call, &request.Header, func(ctx context.Context) (err error) {
		response, err = c.service.StartWorkflowExecution(ctx, request)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &Run[O]{client: c, id: request.GetWorkflowId(), runID: response.GetRunId()}, nil
}

func (c *Client) startRequest(o StartOptions, name string, args []any) (*workflowservice.StartWorkflowExecutionRequest, error) {
	input, err := c.options.DataConverter.ToPayloads(args...)
	if err != nil {
		return nil, fmt.Errorf("client: input of %s: %w", name, err)
	}
	memo, err := memoOf(c.options.DataConverter, o.Memo)
	if err != nil {
		return nil, err
	}
	request := &workflowservice.StartWorkflowExecutionRequest{
		Namespace:                c.options.Namespace,
		WorkflowId:               orRandom(o.ID),
		WorkflowType:             &commonpb.WorkflowType{Name: name},
		TaskQueue:                &taskqueuepb.TaskQueue{Name: o.TaskQueue, Kind: enumspb.TASK_QUEUE_KIND_NORMAL},
		Input:                    input,
		WorkflowExecutionTimeout: durationOrNil(o.ExecutionTimeout),
		WorkflowRunTimeout:       durationOrNil(o.RunTimeout),
		WorkflowTaskTimeout:      durationOrNil(o.TaskTimeout),
		Identity:                 c.options.Identity,
		RequestId:                orRandom(o.RequestID),
		WorkflowIdReusePolicy:    o.ReusePolicy,
		WorkflowIdConflictPolicy: o.ConflictPolicy,
		RetryPolicy:              o.RetryPolicy.Proto(),
		CronSchedule:             o.CronSchedule,
		Memo:                     memo,
		SearchAttributes:         o.SearchAttributes.Proto(),
		WorkflowStartDelay:       durationOrNil(o.StartDelay),
	}
	if len(o.Header) > 0 {
		request.Header = &commonpb.Header{Fields: o.Header}
	}
	return request, nil
}

func memoOf(data converter.DataConverter, values map[string]any) (*commonpb.Memo, error) {
	if len(values) == 0 {
		return nil, nil
	}
	fields := make(map[string]*commonpb.Payload, len(values))
	for key, value := range values {
		payload, err := data.ToPayload(value)
		if err != nil {
			return nil, fmt.Errorf("client: memo %q: %w", key, err)
		}
		fields[key] = payload
	}
	return &commonpb.Memo{Fields: fields}, nil
}

// durationOrNil leaves zero unset. Negative durations are sent, for the server to refuse.
func durationOrNil(d time.Duration) *durationpb.Duration {
	if d == 0 {
		return nil
	}
	return durationpb.New(d)
}

func orRandom(id string) string {
	if id == "" {
		return uuid.NewString()
	}
	return id
}
