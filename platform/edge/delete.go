package edge

import (
	"context"

	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration/history"
)

// deletedReason is why a run that is deleted while it is open is terminated, as its history says for as long as it can be read.
const deletedReason = "Delete workflow execution"

// DeleteWorkflowExecution removes a run and its history for good; a running one is terminated first.
func (s *workflowService) DeleteWorkflowExecution(ctx context.Context, r *workflowservice.DeleteWorkflowExecutionRequest) (*workflowservice.DeleteWorkflowExecutionResponse, error) {
	var c checks
	run := c.run(namespaceOf(ctx), r.GetWorkflowExecution())
	if c.err != nil {
		return nil, c.err
	}
	if err := s.engine.Delete(ctx, run, history.Terminate{By: stampOf(ctx), Reason: deletedReason}); err != nil {
		return nil, err
	}
	return &workflowservice.DeleteWorkflowExecutionResponse{}, nil
}
