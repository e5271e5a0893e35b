package client

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	enumspb "go.temporal.io/api/enums/v1"
	updatepb "go.temporal.io/api/update/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/sdk/internal/rpc"
)

// UpdateOptions say which workflow is updated, and for what the caller waits.
type UpdateOptions struct {
	// WorkflowID and RunID name the workflow. An empty RunID means the latest run.
	WorkflowID, RunID string
	// FirstRunID, if set, refuses a chain of runs that did not begin with it.
	FirstRunID string
	// UpdateID names the update within the run: one that is sent again is the same update. Default: a random UUID.
	UpdateID string
	// OnlyAccepted returns as soon as the workflow has accepted the update. Default: it has completed.
	OnlyAccepted bool
}

// Update is an update whose result is an O. It is safe for concurrent use.
type Update[O any] struct {
	client *Client
	ref    *updatepb.UpdateRef
	// outcome is nil while it is not known.
	outcome *updatepb.Outcome
}

// ID returns the update's id.
func (u *Update[O]) ID() string { return u.ref.GetUpdateId() }

// WorkflowID returns the id of the updated workflow.
func (u *Update[O]) WorkflowID() string { return u.ref.GetWorkflowExecution().GetWorkflowId() }

// RunID returns the id of the updated run, empty for the latest run of a handle made by [GetUpdate].
func (u *Update[O]) RunID() string { return u.ref.GetWorkflowExecution().GetRunId() }

// UpdateWorkflow sends an update to a workflow and waits until it has accepted or completed it; nothing is known to be kept before. A worker
// of the workflow must answer. A refused update, and one that failed, are known by [Update.Get] then. It returns serviceerror.NotFound if
// there is no open workflow of these ids.
func UpdateWorkflow[O any](ctx context.Context, c *Client, options UpdateOptions, name string, args ...any) (*Update[O], error) {
	request, err := c.updateRequest(options, name, args)
	if err != nil {
		return nil, err
	}
	var update *Update[O]
	call := &Call{Kind: KindUpdate, WorkflowID: options.WorkflowID, RunID: options.RunID, Name: name}
	err = c.intercept(ctx, call, &request.Request.Input.Header, func(ctx context.Context) (err error) {
		for {
			response, err := c.service.UpdateWorkflowExecution(rpc.LongPoll(ctx), request)
			if err != nil {
				return err
			}
			if accepted(response) {
				update, err = awaitUpdate[O](ctx, c, request, response)
				return err
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return update, nil
}

// GetUpdate returns a handle to an update that was sent elsewhere. It makes no call.
func GetUpdate[O any](c *Client, workflowID, runID, updateID string) *Update[O] {
	return &Update[O]{client: c, ref: &updatepb.UpdateRef{WorkflowExecution: execution(workflowID, runID), UpdateId: updateID}}
}

// Get waits until the update has completed and returns its result. It returns what the handler or the validator returned as an error, an
// [sdk.ApplicationError] for example, serviceerror.NotFound if the workflow has no such update, and the context's error if ctx ended first.
func (u *Update[O]) Get(ctx context.Context) (O, error) {
	var result O
	outcome := u.outcome
	if outcome == nil {
		var err error
		if outcome, err = u.client.pollUpdate(ctx, u.ref); err != nil {
			return result, err
		}
	}
	if failure := outcome.GetFailure(); failure != nil {
		return result, u.client.options.FailureConverter.FailureToError(failure)
	}
	return result, u.client.options.DataConverter.FromPayloads(outcome.GetSuccess(), &result)
}

func (c *Client) updateRequest(o UpdateOptions, name string, args []any) (*workflowservice.UpdateWorkflowExecutionRequest, error) {
	input, err := c.options.DataConverter.ToPayloads(args...)
	if err != nil {
		return nil, fmt.Errorf("client: update %s: %w", name, err)
	}
	stage := enumspb.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED
	if o.OnlyAccepted {
		stage = enumspb.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED
	}
	if o.UpdateID == "" {
		o.UpdateID = uuid.NewString()
	}
	return &workflowservice.UpdateWorkflowExecutionRequest{
		Namespace:           c.options.Namespace,
		WorkflowExecution:   execution(o.WorkflowID, o.RunID),
		FirstExecutionRunId: o.FirstRunID,
		WaitPolicy:          &updatepb.WaitPolicy{LifecycleStage: stage},
		Request: &updatepb.Request{
			Meta:  &updatepb.Meta{UpdateId: o.UpdateID, Identity: c.options.Identity},
			Input: &updatepb.Input{Name: name, Args: input},
		},
	}, nil
}

// accepted tells an answer about an update that is kept from one that only says that the server stopped waiting.
func accepted(response *workflowservice.UpdateWorkflowExecutionResponse) bool {
	return response.GetStage() >= enumspb.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED
}

// awaitUpdate returns the update once it is where the caller wants it.
func awaitUpdate[O any](
	ctx context.Context, c *Client, request *workflowservice.UpdateWorkflowExecutionRequest, response *workflowservice.UpdateWorkflowExecutionResponse,
) (*Update[O], error) {
	u := &Update[O]{client: c, ref: response.GetUpdateRef(), outcome: response.GetOutcome()}
	if u.outcome != nil || request.GetWaitPolicy().GetLifecycleStage() == enumspb.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED {
		return u, nil
	}
	var err error
	u.outcome, err = c.pollUpdate(ctx, u.ref)
	return u, err
}

// pollUpdate waits for the outcome of an update.
func (c *Client) pollUpdate(ctx context.Context, ref *updatepb.UpdateRef) (*updatepb.Outcome, error) {
	for {
		response, err := c.service.PollWorkflowExecutionUpdate(rpc.LongPoll(ctx), &workflowservice.PollWorkflowExecutionUpdateRequest{
			Namespace:  c.options.Namespace,
			UpdateRef:  ref,
			Identity:   c.options.Identity,
			WaitPolicy: &updatepb.WaitPolicy{LifecycleStage: enumspb.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED},
		})
		if err != nil {
			return nil, err
		}
		if response.GetOutcome() != nil {
			return response.GetOutcome(), nil
		}
	}
}
