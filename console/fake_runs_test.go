package console

import (
	"context"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"
)

// fakeRuns answers with what a test put in, and remembers what it was asked. What changes a run succeeds.
type fakeRuns struct {
	describe *workflowservice.DescribeWorkflowExecutionResponse
	history  []*historypb.HistoryEvent
	more     []byte // the page token after history
	answer   *workflowservice.QueryWorkflowResponse
	outcome  *workflowservice.UpdateWorkflowExecutionResponse
	err      error // of everything
	refusal  error // of what changes a run

	described *workflowservice.DescribeWorkflowExecutionRequest
	read      *workflowservice.GetWorkflowExecutionHistoryRequest
	did       []proto.Message
}

func (f *fakeRuns) DescribeWorkflowExecution(_ context.Context, r *workflowservice.DescribeWorkflowExecutionRequest) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	f.described = r
	if f.err != nil {
		return nil, f.err
	}
	if f.describe != nil {
		return f.describe, nil
	}
	return &workflowservice.DescribeWorkflowExecutionResponse{WorkflowExecutionInfo: runInfo(r.GetExecution().GetWorkflowId(), enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING)}, nil
}

func (f *fakeRuns) GetWorkflowExecutionHistory(_ context.Context, r *workflowservice.GetWorkflowExecutionHistoryRequest) (*workflowservice.GetWorkflowExecutionHistoryResponse, error) {
	f.read = r
	return &workflowservice.GetWorkflowExecutionHistoryResponse{History: &historypb.History{Events: f.history}, NextPageToken: f.more}, f.err
}

func (f *fakeRuns) QueryWorkflow(_ context.Context, r *workflowservice.QueryWorkflowRequest) (*workflowservice.QueryWorkflowResponse, error) {
	f.did = append(f.did, r)
	return f.answer, f.refusal
}

func (f *fakeRuns) UpdateWorkflowExecution(_ context.Context, r *workflowservice.UpdateWorkflowExecutionRequest) (*workflowservice.UpdateWorkflowExecutionResponse, error) {
	f.did = append(f.did, r)
	if f.outcome != nil {
		return f.outcome, f.refusal
	}
	return &workflowservice.UpdateWorkflowExecutionResponse{Stage: enumspb.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED}, f.refusal
}

// done answers a change of a run.
func done[R any](f *fakeRuns, r proto.Message) (*R, error) {
	f.did = append(f.did, r)
	return new(R), f.refusal
}

func (f *fakeRuns) StartWorkflowExecution(_ context.Context, r *workflowservice.StartWorkflowExecutionRequest) (*workflowservice.StartWorkflowExecutionResponse, error) {
	f.did = append(f.did, r)
	return &workflowservice.StartWorkflowExecutionResponse{RunId: someRun}, f.refusal
}

func (f *fakeRuns) SignalWorkflowExecution(_ context.Context, r *workflowservice.SignalWorkflowExecutionRequest) (*workflowservice.SignalWorkflowExecutionResponse, error) {
	return done[workflowservice.SignalWorkflowExecutionResponse](f, r)
}

func (f *fakeRuns) RequestCancelWorkflowExecution(_ context.Context, r *workflowservice.RequestCancelWorkflowExecutionRequest) (*workflowservice.RequestCancelWorkflowExecutionResponse, error) {
	return done[workflowservice.RequestCancelWorkflowExecutionResponse](f, r)
}

func (f *fakeRuns) TerminateWorkflowExecution(_ context.Context, r *workflowservice.TerminateWorkflowExecutionRequest) (*workflowservice.TerminateWorkflowExecutionResponse, error) {
	return done[workflowservice.TerminateWorkflowExecutionResponse](f, r)
}

func (f *fakeRuns) ResetWorkflowExecution(_ context.Context, r *workflowservice.ResetWorkflowExecutionRequest) (*workflowservice.ResetWorkflowExecutionResponse, error) {
	f.did = append(f.did, r)
	return &workflowservice.ResetWorkflowExecutionResponse{RunId: someRun}, f.refusal
}

func (f *fakeRuns) PauseActivity(_ context.Context, r *workflowservice.PauseActivityRequest) (*workflowservice.PauseActivityResponse, error) {
	return done[workflowservice.PauseActivityResponse](f, r)
}

func (f *fakeRuns) UnpauseActivity(_ context.Context, r *workflowservice.UnpauseActivityRequest) (*workflowservice.UnpauseActivityResponse, error) {
	return done[workflowservice.UnpauseActivityResponse](f, r)
}

func (f *fakeRuns) ResetActivity(_ context.Context, r *workflowservice.ResetActivityRequest) (*workflowservice.ResetActivityResponse, error) {
	return done[workflowservice.ResetActivityResponse](f, r)
}
