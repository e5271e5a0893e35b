package edge

import (
	"context"

	"github.com/google/uuid"
	commonpb "go.temporal.io/api/common/v1"
	updatepb "go.temporal.io/api/update/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// UpdateWorkflowExecution sends an update to a workflow's code and waits for it. An answer that has not reached the wanted stage means: ask again.
func (s *workflowService) UpdateWorkflowExecution(ctx context.Context, r *workflowservice.UpdateWorkflowExecutionRequest) (*workflowservice.UpdateWorkflowExecutionResponse, error) {
	req, err := updateRequest(namespaceOf(ctx), r)
	if err != nil {
		return nil, err
	}
	req.By = stampOf(ctx)
	waiting, done := s.patience.ask(ctx)
	defer done()
	reply, err := s.engine.UpdateWorkflow(waiting, req)
	if err != nil {
		return nil, s.notUpdated(ctx, err)
	}
	return updateResponse(req.Request.GetMeta().GetUpdateId(), reply), nil
}

// PollWorkflowExecutionUpdate waits for an update that was sent before; without a wait policy it only looks.
func (s *workflowService) PollWorkflowExecutionUpdate(ctx context.Context, r *workflowservice.PollWorkflowExecutionUpdateRequest) (*workflowservice.PollWorkflowExecutionUpdateResponse, error) {
	var c checks
	ref := r.GetUpdateRef()
	if ref == nil {
		c.fail("UpdateRef is not set on request.")
	}
	run := c.run(namespaceOf(ctx), ref.GetWorkflowExecution())
	c.required("UpdateId", ref.GetUpdateId())
	c.id("Identity", r.GetIdentity())
	stage := c.stage(r.GetWaitPolicy())
	if c.err != nil {
		return nil, c.err
	}
	waiting, done := s.patience.ask(ctx)
	defer done()
	reply, err := s.engine.PollUpdate(waiting, engine.UpdatePoll{Run: run, ID: ref.GetUpdateId(), Stage: stage})
	if err != nil {
		return nil, s.notUpdated(ctx, err)
	}
	return &workflowservice.PollWorkflowExecutionUpdateResponse{
		Outcome: reply.Outcome, Stage: reply.Stage, UpdateRef: updateRef(reply.Run, ref.GetUpdateId()),
	}, nil
}

// notUpdated is the error of a call whose update could not even be looked at in the time there was, or another one as it is.
func (s *workflowService) notUpdated(ctx context.Context, err error) error {
	if ranOut(ctx, err) {
		return s.patience.unanswered("The workflow could not be reached in time.")
	}
	return err
}

// updateRequest validates r. An update without an id gets one.
func updateRequest(ns namespace, r *workflowservice.UpdateWorkflowExecutionRequest) (engine.UpdateRequest, error) {
	var c checks
	run := c.run(ns, r.GetWorkflowExecution())
	first := c.runID("FirstExecutionRunId", r.GetFirstExecutionRunId())
	stage := c.stage(r.GetWaitPolicy())
	request := c.update(r.GetRequest())
	if c.err != nil {
		return engine.UpdateRequest{}, c.err
	}
	switch stage {
	case history.UpdateUnknown:
		stage = history.UpdateCompleted
	case history.UpdateAdmitted:
		return engine.UpdateRequest{}, orchestration.Errorf(orchestration.PermissionDenied, "UpdateWorkflowExecution with wait stage ADMITTED is not supported: an admitted update is not stored yet.")
	}
	if len(request.GetCompletionCallbacks()) > 0 {
		return engine.UpdateRequest{}, notBuilt("CompletionCallbacks of an update")
	}
	return engine.UpdateRequest{Run: run, First: first, Request: request, Stage: stage}, nil
}

// update validates what is said to the workflow's code.
func (c *checks) update(r *updatepb.Request) *updatepb.Request {
	switch {
	case r == nil:
		c.fail("Request is not set on request.")
	case r.GetInput() == nil:
		c.fail("Update input is not set on request.")
	}
	c.id("UpdateId", r.GetMeta().GetUpdateId())
	c.id("Identity", r.GetMeta().GetIdentity())
	c.required("Update name", r.GetInput().GetName())
	c.id("RequestId", r.GetRequestId())
	c.blob("Args", r.GetInput().GetArgs())
	c.blob("Header", r.GetInput().GetHeader())
	c.links(r.GetLinks())
	if c.err == nil && r.GetMeta().GetUpdateId() == "" {
		r.Meta = &updatepb.Meta{UpdateId: uuid.NewString(), Identity: r.GetMeta().GetIdentity()} // two updates without an id are two updates
	}
	return r
}

// stage reads how far a caller wants to wait.
func (c *checks) stage(p *updatepb.WaitPolicy) history.UpdateStage {
	stage := p.GetLifecycleStage()
	if stage < history.UpdateUnknown || stage > history.UpdateCompleted {
		c.fail("WaitPolicy.LifecycleStage has the unknown value %d.", int32(stage))
	}
	return stage
}

func updateResponse(id string, reply engine.UpdateReply) *workflowservice.UpdateWorkflowExecutionResponse {
	return &workflowservice.UpdateWorkflowExecutionResponse{UpdateRef: updateRef(reply.Run, id), Outcome: reply.Outcome, Stage: reply.Stage}
}

func updateRef(run orchestration.RunKey, id string) *updatepb.UpdateRef {
	return &updatepb.UpdateRef{
		WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: run.WorkflowID, RunId: run.RunID.String()}, UpdateId: id,
	}
}
