package client_test

import (
	"context"

	"go.temporal.io/api/workflowservice/v1"
)

func (f intercepted) RespondActivityTaskCompleted(
	_ context.Context, r *workflowservice.RespondActivityTaskCompletedRequest,
) (*workflowservice.RespondActivityTaskCompletedResponse, error) {
	return play[*workflowservice.RespondActivityTaskCompletedResponse](f.fake, "Completed", r)
}

func (f intercepted) RespondActivityTaskFailed(
	_ context.Context, r *workflowservice.RespondActivityTaskFailedRequest,
) (*workflowservice.RespondActivityTaskFailedResponse, error) {
	return play[*workflowservice.RespondActivityTaskFailedResponse](f.fake, "Failed", r)
}

func (f intercepted) RespondActivityTaskCanceled(
	_ context.Context, r *workflowservice.RespondActivityTaskCanceledRequest,
) (*workflowservice.RespondActivityTaskCanceledResponse, error) {
	return play[*workflowservice.RespondActivityTaskCanceledResponse](f.fake, "Canceled", r)
}

func (f intercepted) RespondActivityTaskCompletedById(
	_ context.Context, r *workflowservice.RespondActivityTaskCompletedByIdRequest,
) (*workflowservice.RespondActivityTaskCompletedByIdResponse, error) {
	return play[*workflowservice.RespondActivityTaskCompletedByIdResponse](f.fake, "CompletedById", r)
}

func (f intercepted) RespondActivityTaskFailedById(
	_ context.Context, r *workflowservice.RespondActivityTaskFailedByIdRequest,
) (*workflowservice.RespondActivityTaskFailedByIdResponse, error) {
	return play[*workflowservice.RespondActivityTaskFailedByIdResponse](f.fake, "FailedById", r)
}

func (f intercepted) RespondActivityTaskCanceledById(
	_ context.Context, r *workflowservice.RespondActivityTaskCanceledByIdRequest,
) (*workflowservice.RespondActivityTaskCanceledByIdResponse, error) {
	return play[*workflowservice.RespondActivityTaskCanceledByIdResponse](f.fake, "CanceledById", r)
}

func (f intercepted) RecordActivityTaskHeartbeat(
	_ context.Context, r *workflowservice.RecordActivityTaskHeartbeatRequest,
) (*workflowservice.RecordActivityTaskHeartbeatResponse, error) {
	return play[*workflowservice.RecordActivityTaskHeartbeatResponse](f.fake, "Heartbeat", r)
}
