package edge

import (
	"context"

	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// SignalWorkflowExecution delivers a signal to a running workflow.
func (s *workflowService) SignalWorkflowExecution(ctx context.Context, r *workflowservice.SignalWorkflowExecutionRequest) (*workflowservice.SignalWorkflowExecutionResponse, error) {
	var c checks
	run := c.run(namespaceOf(ctx), r.GetWorkflowExecution())
	c.required("SignalName", r.GetSignalName())
	c.id("RequestId", r.GetRequestId())
	c.id("Identity", r.GetIdentity())
	c.blob("Input", r.GetInput())
	c.blob("Header", r.GetHeader())
	c.links(r.GetLinks())
	if c.err != nil {
		return nil, c.err
	}
	err := s.engine.Signal(ctx, run, history.Signal{
		By:        stampOf(ctx),
		Name:      r.GetSignalName(),
		Input:     r.GetInput(),
		Header:    r.GetHeader(),
		Identity:  r.GetIdentity(),
		RequestID: r.GetRequestId(),
		Links:     r.GetLinks(),
	})
	if err != nil {
		return nil, err
	}
	return &workflowservice.SignalWorkflowExecutionResponse{}, nil
}

// RequestCancelWorkflowExecution asks a running workflow to cancel itself.
func (s *workflowService) RequestCancelWorkflowExecution(ctx context.Context, r *workflowservice.RequestCancelWorkflowExecutionRequest) (*workflowservice.RequestCancelWorkflowExecutionResponse, error) {
	var c checks
	run := c.run(namespaceOf(ctx), r.GetWorkflowExecution())
	first := c.runID("FirstExecutionRunId", r.GetFirstExecutionRunId())
	c.id("RequestId", r.GetRequestId())
	c.id("Identity", r.GetIdentity())
	c.size("Reason", len(r.GetReason()), orchestration.MaxPayloadSize)
	c.links(r.GetLinks())
	if c.err != nil {
		return nil, c.err
	}
	err := s.engine.RequestCancel(ctx, run, first, history.Cancel{
		By:        stampOf(ctx),
		Reason:    r.GetReason(),
		Identity:  r.GetIdentity(),
		RequestID: r.GetRequestId(),
		Links:     r.GetLinks(),
	})
	if err != nil {
		return nil, err
	}
	return &workflowservice.RequestCancelWorkflowExecutionResponse{}, nil
}

// TerminateWorkflowExecution ends a running workflow at once; its code is not asked.
func (s *workflowService) TerminateWorkflowExecution(ctx context.Context, r *workflowservice.TerminateWorkflowExecutionRequest) (*workflowservice.TerminateWorkflowExecutionResponse, error) {
	var c checks
	run := c.run(namespaceOf(ctx), r.GetWorkflowExecution())
	first := c.runID("FirstExecutionRunId", r.GetFirstExecutionRunId())
	c.id("Identity", r.GetIdentity())
	c.size("Reason", len(r.GetReason()), orchestration.MaxPayloadSize)
	c.blob("Details", r.GetDetails())
	c.links(r.GetLinks())
	if c.err != nil {
		return nil, c.err
	}
	err := s.engine.Terminate(ctx, run, first, history.Terminate{
		By:       stampOf(ctx),
		Reason:   r.GetReason(),
		Details:  r.GetDetails(),
		Identity: r.GetIdentity(),
		Links:    r.GetLinks(),
	})
	if err != nil {
		return nil, err
	}
	return &workflowservice.TerminateWorkflowExecutionResponse{}, nil
}
