package client_test

import (
	"context"

	"go.temporal.io/api/workflowservice/v1"
)

func (f intercepted) SignalWithStartWorkflowExecution(
	_ context.Context, r *workflowservice.SignalWithStartWorkflowExecutionRequest,
) (*workflowservice.SignalWithStartWorkflowExecutionResponse, error) {
	return play[*workflowservice.SignalWithStartWorkflowExecutionResponse](f.fake, "SignalWithStart", r)
}

func (f intercepted) UpdateWorkflowExecution(
	_ context.Context, r *workflowservice.UpdateWorkflowExecutionRequest,
) (*workflowservice.UpdateWorkflowExecutionResponse, error) {
	return play[*workflowservice.UpdateWorkflowExecutionResponse](f.fake, "Update", r)
}

func (f intercepted) PollWorkflowExecutionUpdate(
	_ context.Context, r *workflowservice.PollWorkflowExecutionUpdateRequest,
) (*workflowservice.PollWorkflowExecutionUpdateResponse, error) {
	return play[*workflowservice.PollWorkflowExecutionUpdateResponse](f.fake, "PollUpdate", r)
}

func (f intercepted) ExecuteMultiOperation(
	_ context.Context, r *workflowservice.ExecuteMultiOperationRequest,
) (*workflowservice.ExecuteMultiOperationResponse, error) {
	return play[*workflowservice.ExecuteMultiOperationResponse](f.fake, "Multi", r)
}

func (f intercepted) ResetWorkflowExecution(
	_ context.Context, r *workflowservice.ResetWorkflowExecutionRequest,
) (*workflowservice.ResetWorkflowExecutionResponse, error) {
	return play[*workflowservice.ResetWorkflowExecutionResponse](f.fake, "Reset", r)
}

func (f intercepted) DeleteWorkflowExecution(
	_ context.Context, r *workflowservice.DeleteWorkflowExecutionRequest,
) (*workflowservice.DeleteWorkflowExecutionResponse, error) {
	return play[*workflowservice.DeleteWorkflowExecutionResponse](f.fake, "Delete", r)
}

func (f intercepted) StartBatchOperation(
	_ context.Context, r *workflowservice.StartBatchOperationRequest,
) (*workflowservice.StartBatchOperationResponse, error) {
	return play[*workflowservice.StartBatchOperationResponse](f.fake, "StartBatch", r)
}

func (f intercepted) StopBatchOperation(
	_ context.Context, r *workflowservice.StopBatchOperationRequest,
) (*workflowservice.StopBatchOperationResponse, error) {
	return play[*workflowservice.StopBatchOperationResponse](f.fake, "StopBatch", r)
}

func (f intercepted) DescribeBatchOperation(
	_ context.Context, r *workflowservice.DescribeBatchOperationRequest,
) (*workflowservice.DescribeBatchOperationResponse, error) {
	return play[*workflowservice.DescribeBatchOperationResponse](f.fake, "DescribeBatch", r)
}

func (f intercepted) ListBatchOperations(
	_ context.Context, r *workflowservice.ListBatchOperationsRequest,
) (*workflowservice.ListBatchOperationsResponse, error) {
	return play[*workflowservice.ListBatchOperationsResponse](f.fake, "ListBatches", r)
}
