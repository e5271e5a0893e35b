package console

import (
	"context"

	"go.temporal.io/api/workflowservice/v1"
)

// Runs is WorkflowService as far as the pages of a run use it: what a page asks or does is a call like that of a program, made for the principal in the context,
// with the same permits, rules and limits behind it, and answered by the node that has the workflow. *edge.Inside is one. An answer's payloads are hidden from
// who may not see them. Errors are *orchestration.Error for what a caller can do something about.
type Runs interface {
	looksAtRuns
	steersRuns
	steersManyRuns
	steersActivities
}

type looksAtRuns interface {
	DescribeWorkflowExecution(context.Context, *workflowservice.DescribeWorkflowExecutionRequest) (*workflowservice.DescribeWorkflowExecutionResponse, error)
	GetWorkflowExecutionHistory(context.Context, *workflowservice.GetWorkflowExecutionHistoryRequest) (*workflowservice.GetWorkflowExecutionHistoryResponse, error)
	QueryWorkflow(context.Context, *workflowservice.QueryWorkflowRequest) (*workflowservice.QueryWorkflowResponse, error)
}

type steersRuns interface {
	StartWorkflowExecution(context.Context, *workflowservice.StartWorkflowExecutionRequest) (*workflowservice.StartWorkflowExecutionResponse, error)
	SignalWorkflowExecution(context.Context, *workflowservice.SignalWorkflowExecutionRequest) (*workflowservice.SignalWorkflowExecutionResponse, error)
	UpdateWorkflowExecution(context.Context, *workflowservice.UpdateWorkflowExecutionRequest) (*workflowservice.UpdateWorkflowExecutionResponse, error)
	RequestCancelWorkflowExecution(context.Context, *workflowservice.RequestCancelWorkflowExecutionRequest) (*workflowservice.RequestCancelWorkflowExecutionResponse, error)
	TerminateWorkflowExecution(context.Context, *workflowservice.TerminateWorkflowExecutionRequest) (*workflowservice.TerminateWorkflowExecutionResponse, error)
	ResetWorkflowExecution(context.Context, *workflowservice.ResetWorkflowExecutionRequest) (*workflowservice.ResetWorkflowExecutionResponse, error)
}

type steersManyRuns interface {
	StartBatchOperation(context.Context, *workflowservice.StartBatchOperationRequest) (*workflowservice.StartBatchOperationResponse, error)
}

type steersActivities interface {
	PauseActivity(context.Context, *workflowservice.PauseActivityRequest) (*workflowservice.PauseActivityResponse, error)
	UnpauseActivity(context.Context, *workflowservice.UnpauseActivityRequest) (*workflowservice.UnpauseActivityResponse, error)
	UpdateActivityOptions(context.Context, *workflowservice.UpdateActivityOptionsRequest) (*workflowservice.UpdateActivityOptionsResponse, error)
	ResetActivity(context.Context, *workflowservice.ResetActivityRequest) (*workflowservice.ResetActivityResponse, error)
}
