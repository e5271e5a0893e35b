package client

import (
	"context"
	"errors"
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/sdk"
)

// completion is how an activity ended, as the wire has it: canceled, failed, or else completed.
type completion struct {
	result   *commonpb.Payloads
	failure  *failurepb.Failure
	canceled bool
}

func (c *Client) completionOf(result any, err error) (completion, error) {
	var canceled *sdk.CanceledError
	if errors.As(err, &canceled) {
		details, err := canceled.Details.Payloads(c.options.DataConverter)
		return completion{result: details, canceled: true}, err
	}
	if err != nil {
		return completion{failure: c.options.FailureConverter.ErrorToFailure(err)}, nil
	}
	if result == nil {
		return completion{}, nil
	}
	payloads, err := c.options.DataConverter.ToPayloads(result)
	if err != nil {
		return completion{}, fmt.Errorf("client: activity result: %w", err)
	}
	return completion{result: payloads}, nil
}

// CompleteActivity ends an activity that returned activity.ErrResultPending: with the result if activityErr is nil, as
// canceled for an [sdk.CanceledError], and as failed for any other error. It returns serviceerror.NotFound if the server no
// longer waits for this attempt.
func (c *Client) CompleteActivity(ctx context.Context, taskToken []byte, result any, activityErr error) error {
	end, err := c.completionOf(result, activityErr)
	if err != nil {
		return err
	}
	switch {
	case end.canceled:
		_, err = c.service.RespondActivityTaskCanceled(ctx, &workflowservice.RespondActivityTaskCanceledRequest{
			Namespace: c.options.Namespace, Identity: c.options.Identity, TaskToken: taskToken, Details: end.result,
		})
	case end.failure != nil:
		_, err = c.service.RespondActivityTaskFailed(ctx, &workflowservice.RespondActivityTaskFailedRequest{
			Namespace: c.options.Namespace, Identity: c.options.Identity, TaskToken: taskToken, Failure: end.failure,
		})
	default:
		_, err = c.service.RespondActivityTaskCompleted(ctx, &workflowservice.RespondActivityTaskCompletedRequest{
			Namespace: c.options.Namespace, Identity: c.options.Identity, TaskToken: taskToken, Result: end.result,
		})
	}
	return err
}

// CompleteActivityByID is [Client.CompleteActivity] for callers that know the ids and not the token. An empty runID means
// the latest run.
func (c *Client) CompleteActivityByID(
	ctx context.Context, workflowID, runID, activityID string, result any, activityErr error,
) error {
	end, err := c.completionOf(result, activityErr)
	if err != nil {
		return err
	}
	namespace, identity := c.options.Namespace, c.options.Identity
	switch {
	case end.canceled:
		_, err = c.service.RespondActivityTaskCanceledById(ctx, &workflowservice.RespondActivityTaskCanceledByIdRequest{
			Namespace: namespace, Identity: identity, Details: end.result,
			WorkflowId: workflowID, RunId: runID, ActivityId: activityID,
		})
	case end.failure != nil:
		_, err = c.service.RespondActivityTaskFailedById(ctx, &workflowservice.RespondActivityTaskFailedByIdRequest{
			Namespace: namespace, Identity: identity, Failure: end.failure,
			WorkflowId: workflowID, RunId: runID, ActivityId: activityID,
		})
	default:
		_, err = c.service.RespondActivityTaskCompletedById(ctx, &workflowservice.RespondActivityTaskCompletedByIdRequest{
			Namespace: namespace, Identity: identity, Result: end.result,
			WorkflowId: workflowID, RunId: runID, ActivityId: activityID,
		})
	}
	return err
}

// RecordActivityHeartbeat keeps an activity alive that is completed by its token. It returns an [sdk.CanceledError] if the
// activity should end, and serviceerror.NotFound if the server no longer waits for it.
func (c *Client) RecordActivityHeartbeat(ctx context.Context, taskToken []byte, details ...any) error {
	payloads, err := c.options.DataConverter.ToPayloads(details...)
	if err != nil {
		return fmt.Errorf("client: heartbeat details: %w", err)
	}
	response, err := c.service.RecordActivityTaskHeartbeat(ctx, &workflowservice.RecordActivityTaskHeartbeatRequest{
		Namespace: c.options.Namespace, Identity: c.options.Identity, TaskToken: taskToken, Details: payloads,
	})
	if err != nil {
		return err
	}
	if response.GetCancelRequested() {
		return sdk.NewCanceledError()
	}
	return nil
}
