package edge

import (
	"context"

	"github.com/google/uuid"
	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// ResetWorkflowExecution begins a run again from the end of one of its workflow tasks.
func (s *workflowService) ResetWorkflowExecution(ctx context.Context, r *workflowservice.ResetWorkflowExecutionRequest) (*workflowservice.ResetWorkflowExecutionResponse, error) {
	req, err := resetRequest(namespaceOf(ctx), r)
	if err != nil {
		return nil, err
	}
	req.By = stampOf(ctx)
	for i := range req.Signals {
		req.Signals[i].By = req.By
	}
	run, err := s.engine.Reset(ctx, req)
	if err != nil {
		return nil, err
	}
	return &workflowservice.ResetWorkflowExecutionResponse{RunId: run.String()}, nil
}

func resetRequest(ns namespace, r *workflowservice.ResetWorkflowExecutionRequest) (engine.ResetRequest, error) {
	var c checks
	run := c.run(ns, r.GetWorkflowExecution())
	if r.GetWorkflowTaskFinishEventId() <= 1 {
		c.fail("WorkflowTaskFinishEventId must be greater than 1.")
	}
	c.id("RequestId", r.GetRequestId())
	c.id("Identity", r.GetIdentity())
	c.size("Reason", len(r.GetReason()), orchestration.MaxPayloadSize)
	req := engine.ResetRequest{
		Run:       run,
		Event:     r.GetWorkflowTaskFinishEventId(),
		Reapply:   reapply(&c, r),
		Reason:    r.GetReason(),
		RequestID: r.GetRequestId(),
		Identity:  r.GetIdentity(),
	}
	if req.RequestID == "" {
		req.RequestID = uuid.NewString() // two resets without an id are two requests
	}
	for _, op := range r.GetPostResetOperations() {
		signal, err := postReset(&c, op, req.Identity)
		if err != nil && c.err == nil {
			c.err = err
		}
		req.Signals = append(req.Signals, signal)
	}
	return req, c.err
}

// reapply reads what is to be recorded again.
func reapply(c *checks, r interface {
	GetResetReapplyType() enumspb.ResetReapplyType
	GetResetReapplyExcludeTypes() []enumspb.ResetReapplyExcludeType
}) history.Reapply {
	c.known("ResetReapplyType", int32(r.GetResetReapplyType()), enumspb.ResetReapplyType_name)
	for _, leave := range r.GetResetReapplyExcludeTypes() {
		c.known("ResetReapplyExcludeTypes", int32(leave), enumspb.ResetReapplyExcludeType_name)
	}
	return engine.ReapplyOf(r.GetResetReapplyType(), r.GetResetReapplyExcludeTypes())
}

// postReset reads what is to happen to the new run before its first workflow task.
func postReset(c *checks, op *workflowpb.PostResetOperation, identity string) (history.Signal, error) {
	s := op.GetSignalWorkflow()
	if s == nil {
		return history.Signal{}, notBuilt("A PostResetOperation other than SignalWorkflow")
	}
	c.required("PostResetOperations.SignalWorkflow.SignalName", s.GetSignalName())
	c.blob("PostResetOperations.SignalWorkflow.Input", s.GetInput())
	c.blob("PostResetOperations.SignalWorkflow.Header", s.GetHeader())
	c.links(s.GetLinks())
	return history.Signal{Name: s.GetSignalName(), Input: s.GetInput(), Header: s.GetHeader(), Identity: identity, Links: s.GetLinks()}, nil
}
