package client

import (
	"context"
	"errors"
	"fmt"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/sdk/internal/rpc"
)

type operation = workflowservice.ExecuteMultiOperationRequest_Operation

// UpdateWithStart sends an update to the open workflow of the start's id, and starts it first if there is none, in one step: either both
// happen or neither. The start needs a ConflictPolicy: USE_EXISTING to update what is open, FAIL to insist on a new run. The options'
// WorkflowID and RunID do not matter. It returns when the update has been accepted or completed, as [UpdateWorkflow] does.
func UpdateWithStart[U, O any](
	ctx context.Context, c *Client, start Start[O], options UpdateOptions, name string, args ...any,
) (*Update[U], *Run[O], error) {
	from, err := start.request(c)
	if err != nil {
		return nil, nil, err
	}
	options.WorkflowID, options.RunID = from.GetWorkflowId(), ""
	update, err := c.updateRequest(options, name, args)
	if err != nil {
		return nil, nil, err
	}
	request := &workflowservice.ExecuteMultiOperationRequest{
		Namespace: c.options.Namespace,
		Operations: []*operation{
			{Operation: &workflowservice.ExecuteMultiOperationRequest_Operation_StartWorkflow{StartWorkflow: from}},
			{Operation: &workflowservice.ExecuteMultiOperationRequest_Operation_UpdateWorkflow{UpdateWorkflow: update}},
		},
	}
	var handle *Update[U]
	var run *Run[O]
	call := &Call{Kind: KindUpdateWithStart, WorkflowID: from.GetWorkflowId(), Name: name}
	err = c.intercept(ctx, call, &update.Request.Input.Header, func(ctx context.Context) (err error) {
		if from.Header == nil {
			from.Header = update.Request.Input.Header // The start is the same call.
		}
		started, updated, err := c.executeBoth(ctx, request)
		if err != nil {
			return err
		}
		run = &Run[O]{client: c, id: from.GetWorkflowId(), runID: started.GetRunId()}
		handle, err = awaitUpdate[U](ctx, c, update, updated)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return handle, run, nil
}

// executeBoth goes on until the update is kept.
func (c *Client) executeBoth(ctx context.Context, request *workflowservice.ExecuteMultiOperationRequest) (
	*workflowservice.StartWorkflowExecutionResponse, *workflowservice.UpdateWorkflowExecutionResponse, error,
) {
	for {
		response, err := c.service.ExecuteMultiOperation(rpc.LongPoll(ctx), request)
		if err != nil {
			return nil, nil, causeOfMulti(err)
		}
		answers := response.GetResponses()
		if len(answers) != len(request.Operations) {
			return nil, nil, fmt.Errorf("client: the server answered %d of %d operations", len(answers), len(request.Operations))
		}
		if updated := answers[1].GetUpdateWorkflow(); accepted(updated) {
			return answers[0].GetStartWorkflow(), updated, nil
		}
	}
}

// causeOfMulti returns the error of the operation that failed: the other was only given up with it.
func causeOfMulti(err error) error {
	var multi *serviceerror.MultiOperationExecution
	if !errors.As(err, &multi) {
		return err
	}
	for i, cause := range multi.OperationErrors() {
		var aborted *serviceerror.MultiOperationAborted
		if cause != nil && !errors.As(cause, &aborted) {
			return fmt.Errorf("client: %s: %w", [...]string{"start", "update"}[min(i, 1)], cause)
		}
	}
	return err
}
