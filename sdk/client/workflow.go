package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	querypb "go.temporal.io/api/query/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/sdk/internal/rpc"
)

// Signal sends a signal to an open workflow. It returns serviceerror.NotFound if there is none of these ids, or it is
// closed. An empty runID means the latest run.
func (c *Client) Signal(ctx context.Context, workflowID, runID, name string, args ...any) error {
	input, err := c.options.DataConverter.ToPayloads(args...)
	if err != nil {
		return fmt.Errorf("client: signal %s: %w", name, err)
	}
	request := &workflowservice.SignalWorkflowExecutionRequest{
		Namespace:         c.options.Namespace,
		WorkflowExecution: execution(workflowID, runID),
		SignalName:        name,
		Input:             input,
		Identity:          c.options.Identity,
		RequestId:         uuid.NewString(),
	}
	call := &Call{Kind: KindSignal, WorkflowID: workflowID, RunID: runID, Name: name}
	return c.intercept(ctx, call, &request.Header, func(ctx context.Context) error {
		_, err := c.service.SignalWorkflowExecution(ctx, request)
		return err
	})
}

// Cancel asks an open workflow to end. It decides itself when and how. An empty runID means the latest run.
func (c *Client) Cancel(ctx context.Context, workflowID, runID string) error {
	_, err := c.service.RequestCancelWorkflowExecution(ctx, &workflowservice.RequestCancelWorkflowExecutionRequest{
		Namespace:         c.options.Namespace,
		WorkflowExecution: execution(workflowID, runID),
		Identity:          c.options.Identity,
		RequestId:         uuid.NewString(),
	})
	return err
}

// Terminate ends an open workflow at once, without a chance to clean up. An empty runID means the latest run.
func (c *Client) Terminate(ctx context.Context, workflowID, runID, reason string, details ...any) error {
	payloads, err := c.options.DataConverter.ToPayloads(details...)
	if err != nil {
		return fmt.Errorf("client: termination details: %w", err)
	}
	_, err = c.service.TerminateWorkflowExecution(ctx, &workflowservice.TerminateWorkflowExecutionRequest{
		Namespace:         c.options.Namespace,
		WorkflowExecution: execution(workflowID, runID),
		Reason:            reason,
		Details:           payloads,
		Identity:          c.options.Identity,
	})
	return err
}

// Query asks a workflow, open or closed, a question that a worker of it answers. An empty runID means the latest run. It
// returns serviceerror.QueryFailed with the workflow's answer if that is an error, and another service error if no
// worker answered.
func Query[T any](ctx context.Context, c *Client, workflowID, runID, queryType string, args ...any) (T, error) {
	var answer T
	input, err := c.options.DataConverter.ToPayloads(args...)
	if err != nil {
		return answer, fmt.Errorf("client: query %s: %w", queryType, err)
	}
	query := &querypb.WorkflowQuery{QueryType: queryType, QueryArgs: input}
	var response *workflowservice.QueryWorkflowResponse
	call := &Call{Kind: KindQuery, WorkflowID: workflowID, RunID: runID, Name: queryType}
	err = c.intercept(ctx, call, &query.Header, func(ctx context.Context) (err error) {
		response, err = c.service.QueryWorkflow(rpc.Patient(ctx), &workflowservice.QueryWorkflowRequest{
			Namespace:            c.options.Namespace,
			Execution:            execution(workflowID, runID),
			Query:                query,
			QueryRejectCondition: enumspb.QUERY_REJECT_CONDITION_NONE,
		})
		return err
	})
	if err != nil {
		return answer, c.readable(err)
	}
	return answer, c.options.DataConverter.FromPayloads(response.GetQueryResult(), &answer)
}

// readable decodes the message of a failed query that the worker encoded.
func (c *Client) readable(err error) error {
	var failed *serviceerror.QueryFailed
	if !errors.As(err, &failed) || failed.Failure.GetEncodedAttributes() == nil {
		return err
	}
	message := c.options.FailureConverter.FailureToError(failed.Failure).Error()
	return serviceerror.NewQueryFailedWithFailure(message, failed.Failure)
}

// Describe returns the state of a workflow: status, pending activities and children, memo, and more. An empty runID means
// the latest run.
func (c *Client) Describe(
	ctx context.Context, workflowID, runID string,
) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	return c.service.DescribeWorkflowExecution(ctx, &workflowservice.DescribeWorkflowExecutionRequest{
		Namespace: c.options.Namespace,
		Execution: execution(workflowID, runID),
	})
}

func execution(workflowID, runID string) *commonpb.WorkflowExecution {
	return &commonpb.WorkflowExecution{WorkflowId: workflowID, RunId: runID}
}
