package edge

import (
	"context"
	"errors"
	"net"

	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

// Inside answers WorkflowService to the pages of the same process. A call is made for the principal in its context (tenants.WithPrincipal), and passes what a
// call of gRPC passes: the table of permits, the state of its namespace, the quota if it changes something, and the way to the owner of its workflow. Who
// asks records it. Errors are *orchestration.Error, or what the server could not do.
type Inside struct {
	service *workflowService
	pass    grpc.UnaryServerInterceptor
}

// Inside is the server's surface for pages. It needs no connection, and serves for as long as the engine does.
func (s *Server) Inside() *Inside { return s.inside }

func insideOf(service *workflowService, calls *chain) *Inside {
	own := *calls
	own.guard = proven{calls.guard}
	return &Inside{service: service, pass: chained(own.refuseUnbuilt, own.authorise, own.holdChangesToQuota, own.forward)}
}

// proven is the Guard of calls whose principal is known before they are made.
type proven struct{ Guard }

// Authenticate implements Guard.
func (proven) Authenticate(ctx context.Context, _ string, _ net.Addr) (*tenants.Principal, error) {
	if p := tenants.PrincipalOf(ctx); p != nil {
		return p, nil
	}
	return nil, denied("Nobody is known to make this call.")
}

// holdChangesToQuota holds to the quota what changes something: somebody who looks why a namespace is at its limit must not meet the limit.
func (c *chain) holdChangesToQuota(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	if permits[info.FullMethod].needs&tenants.Read != 0 {
		return next(ctx, req)
	}
	return c.holdToQuota(ctx, req, info, next)
}

// ask makes one call.
func ask[Q, R any](ctx context.Context, in *Inside, method string, req Q, handle func(context.Context, Q) (R, error)) (none R, err error) {
	resp, err := in.pass(ctx, req, &grpc.UnaryServerInfo{Server: in.service, FullMethod: method}, func(ctx context.Context, req any) (any, error) {
		return handle(ctx, req.(Q))
	})
	if err != nil {
		return none, domestic(err)
	}
	r, ok := opened(method, resp).(R)
	if !ok {
		return none, errInternal
	}
	return r, nil
}

// domesticCodes are the codes that another node's answer can have, as errors of the engine.
var domesticCodes = map[codes.Code]orchestration.Code{
	codes.InvalidArgument: orchestration.InvalidArgument, codes.NotFound: orchestration.NotFound, codes.FailedPrecondition: orchestration.FailedPrecondition,
	codes.AlreadyExists: orchestration.AlreadyExists, codes.ResourceExhausted: orchestration.ResourceExhausted, codes.Unavailable: orchestration.Unavailable,
	codes.DeadlineExceeded: orchestration.DeadlineExceeded, codes.Canceled: orchestration.Canceled, codes.PermissionDenied: orchestration.PermissionDenied,
	codes.Unimplemented: orchestration.Unimplemented, codes.DataLoss: orchestration.DataLoss,
}

// domestic turns the status that another node has answered with back into an error of the engine. What happened here is one already.
func domestic(err error) error {
	if orchestration.CodeOf(err) == orchestration.Moved {
		return changing()
	}
	if errors.As(err, new(outage)) {
		return orchestration.Errorf(orchestration.Unavailable, "The server cannot reach its storage; try again.")
	}
	st, ok := status.FromError(err)
	code, known := domesticCodes[st.Code()]
	if orchestration.CodeOf(err) != 0 || !ok || !known {
		return err
	}
	return orchestration.Errorf(code, "%s", st.Message())
}

// DescribeWorkflowExecution shows a run's configuration, state and pending work.
func (in *Inside) DescribeWorkflowExecution(ctx context.Context, r *workflowservice.DescribeWorkflowExecutionRequest) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	return ask(ctx, in, workflowservice.WorkflowService_DescribeWorkflowExecution_FullMethodName, r, in.service.DescribeWorkflowExecution)
}

// GetWorkflowExecutionHistory reads a run's events, oldest first.
func (in *Inside) GetWorkflowExecutionHistory(ctx context.Context, r *workflowservice.GetWorkflowExecutionHistoryRequest) (*workflowservice.GetWorkflowExecutionHistoryResponse, error) {
	return ask(ctx, in, workflowservice.WorkflowService_GetWorkflowExecutionHistory_FullMethodName, r, in.service.GetWorkflowExecutionHistory)
}

// QueryWorkflow asks a workflow's code about its state.
func (in *Inside) QueryWorkflow(ctx context.Context, r *workflowservice.QueryWorkflowRequest) (*workflowservice.QueryWorkflowResponse, error) {
	return ask(ctx, in, workflowservice.WorkflowService_QueryWorkflow_FullMethodName, r, in.service.QueryWorkflow)
}

// StartWorkflowExecution starts a run.
func (in *Inside) StartWorkflowExecution(ctx context.Context, r *workflowservice.StartWorkflowExecutionRequest) (*workflowservice.StartWorkflowExecutionResponse, error) {
	return ask(ctx, in, workflowservice.WorkflowService_StartWorkflowExecution_FullMethodName, r, in.service.StartWorkflowExecution)
}

// SignalWorkflowExecution delivers a signal.
func (in *Inside) SignalWorkflowExecution(ctx context.Context, r *workflowservice.SignalWorkflowExecutionRequest) (*workflowservice.SignalWorkflowExecutionResponse, error) {
	return ask(ctx, in, workflowservice.WorkflowService_SignalWorkflowExecution_FullMethodName, r, in.service.SignalWorkflowExecution)
}

// UpdateWorkflowExecution sends an update, and waits for it.
func (in *Inside) UpdateWorkflowExecution(ctx context.Context, r *workflowservice.UpdateWorkflowExecutionRequest) (*workflowservice.UpdateWorkflowExecutionResponse, error) {
	return ask(ctx, in, workflowservice.WorkflowService_UpdateWorkflowExecution_FullMethodName, r, in.service.UpdateWorkflowExecution)
}

// RequestCancelWorkflowExecution asks a run to cancel itself.
func (in *Inside) RequestCancelWorkflowExecution(ctx context.Context, r *workflowservice.RequestCancelWorkflowExecutionRequest) (*workflowservice.RequestCancelWorkflowExecutionResponse, error) {
	return ask(ctx, in, workflowservice.WorkflowService_RequestCancelWorkflowExecution_FullMethodName, r, in.service.RequestCancelWorkflowExecution)
}

// TerminateWorkflowExecution ends a run at once.
func (in *Inside) TerminateWorkflowExecution(ctx context.Context, r *workflowservice.TerminateWorkflowExecutionRequest) (*workflowservice.TerminateWorkflowExecutionResponse, error) {
	return ask(ctx, in, workflowservice.WorkflowService_TerminateWorkflowExecution_FullMethodName, r, in.service.TerminateWorkflowExecution)
}

// ResetWorkflowExecution begins a run again from a point of its history.
func (in *Inside) ResetWorkflowExecution(ctx context.Context, r *workflowservice.ResetWorkflowExecutionRequest) (*workflowservice.ResetWorkflowExecutionResponse, error) {
	return ask(ctx, in, workflowservice.WorkflowService_ResetWorkflowExecution_FullMethodName, r, in.service.ResetWorkflowExecution)
}

// StartBatchOperation begins a job that does something to many runs.
func (in *Inside) StartBatchOperation(ctx context.Context, r *workflowservice.StartBatchOperationRequest) (*workflowservice.StartBatchOperationResponse, error) {
	return ask(ctx, in, workflowservice.WorkflowService_StartBatchOperation_FullMethodName, r, in.service.StartBatchOperation)
}

// PauseActivity stops the attempts of a pending activity.
func (in *Inside) PauseActivity(ctx context.Context, r *workflowservice.PauseActivityRequest) (*workflowservice.PauseActivityResponse, error) {
	return ask(ctx, in, workflowservice.WorkflowService_PauseActivity_FullMethodName, r, in.service.PauseActivity)
}

// UnpauseActivity lets a paused activity go on.
func (in *Inside) UnpauseActivity(ctx context.Context, r *workflowservice.UnpauseActivityRequest) (*workflowservice.UnpauseActivityResponse, error) {
	return ask(ctx, in, workflowservice.WorkflowService_UnpauseActivity_FullMethodName, r, in.service.UnpauseActivity)
}

// UpdateActivityOptions changes the options of a pending activity, or restores the original ones.
func (in *Inside) UpdateActivityOptions(ctx context.Context, r *workflowservice.UpdateActivityOptionsRequest) (*workflowservice.UpdateActivityOptionsResponse, error) {
	return ask(ctx, in, workflowservice.WorkflowService_UpdateActivityOptions_FullMethodName, r, in.service.UpdateActivityOptions)
}

// ResetActivity lets a pending activity begin anew.
func (in *Inside) ResetActivity(ctx context.Context, r *workflowservice.ResetActivityRequest) (*workflowservice.ResetActivityResponse, error) {
	return ask(ctx, in, workflowservice.WorkflowService_ResetActivity_FullMethodName, r, in.service.ResetActivity)
}
