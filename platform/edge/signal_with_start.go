package edge

import (
	"context"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// SignalWithStartWorkflowExecution signals a workflow, and starts it if it does not run.
func (s *workflowService) SignalWithStartWorkflowExecution(ctx context.Context, r *workflowservice.SignalWithStartWorkflowExecutionRequest) (*workflowservice.SignalWithStartWorkflowExecutionResponse, error) {
	req, signal, err := signalWithStartRequest(namespaceOf(ctx), r)
	if err != nil {
		return nil, err
	}
	req.Run.By = stampOf(ctx)
	signal.By = req.Run.By
	reply, err := s.engine.SignalWithStart(ctx, req, signal)
	if err != nil {
		return nil, err
	}
	return &workflowservice.SignalWithStartWorkflowExecutionResponse{
		RunId: reply.RunID.String(), FirstExecutionRunId: reply.First.String(), Started: reply.Started,
	}, nil
}

// signalWithStartRequest validates r: what is said of the run as for a start, what is said of the signal as for a signal.
func signalWithStartRequest(ns namespace, r *workflowservice.SignalWithStartWorkflowExecutionRequest) (engine.StartRequest, history.Signal, error) {
	var c checks
	c.required("SignalName", r.GetSignalName())
	c.blob("SignalInput", r.GetSignalInput())
	conflict := r.GetWorkflowIdConflictPolicy()
	switch {
	case conflict == enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL:
		c.fail("WorkflowIdConflictPolicy FAIL is not supported for this operation: an open workflow is signaled.")
	case conflict == enumspb.WORKFLOW_ID_CONFLICT_POLICY_UNSPECIFIED && r.GetWorkflowIdReusePolicy() != enumspb.WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING:
		conflict = enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
	}
	if c.err != nil {
		return engine.StartRequest{}, history.Signal{}, c.err
	}
	req, err := startRequest(ns, &workflowservice.StartWorkflowExecutionRequest{
		WorkflowId:               r.GetWorkflowId(),
		WorkflowType:             r.GetWorkflowType(),
		TaskQueue:                r.GetTaskQueue(),
		Input:                    r.GetInput(),
		WorkflowExecutionTimeout: r.GetWorkflowExecutionTimeout(),
		WorkflowRunTimeout:       r.GetWorkflowRunTimeout(),
		WorkflowTaskTimeout:      r.GetWorkflowTaskTimeout(),
		Identity:                 r.GetIdentity(),
		RequestId:                r.GetRequestId(),
		WorkflowIdReusePolicy:    r.GetWorkflowIdReusePolicy(),
		WorkflowIdConflictPolicy: conflict,
		RetryPolicy:              r.GetRetryPolicy(),
		CronSchedule:             r.GetCronSchedule(),
		Memo:                     r.GetMemo(),
		SearchAttributes:         r.GetSearchAttributes(),
		Header:                   r.GetHeader(),
		WorkflowStartDelay:       r.GetWorkflowStartDelay(),
		UserMetadata:             r.GetUserMetadata(),
		Links:                    r.GetLinks(),
		VersioningOverride:       r.GetVersioningOverride(),
		Priority:                 r.GetPriority(),
		TimeSkippingConfig:       r.GetTimeSkippingConfig(),
	})
	return req, history.Signal{
		Name:      r.GetSignalName(),
		Input:     r.GetSignalInput(),
		Header:    r.GetHeader(),
		Identity:  r.GetIdentity(),
		RequestID: req.Run.RequestID,
		Links:     r.GetLinks(),
	}, err
}
