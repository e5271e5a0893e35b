package edge

import (
	"context"

	"go.temporal.io/api/workflowservice/v1"
)

// DescribeWorkflowExecution shows a run's configuration, state and pending work.
func (s *workflowService) DescribeWorkflowExecution(ctx context.Context, r *workflowservice.DescribeWorkflowExecutionRequest) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	var c checks
	run := c.run(namespaceOf(ctx), r.GetExecution())
	if c.err != nil {
		return nil, c.err
	}
	d, err := s.engine.Describe(ctx, run)
	if err != nil {
		return nil, err
	}
	return &workflowservice.DescribeWorkflowExecutionResponse{
		ExecutionConfig:       d.Config,
		WorkflowExecutionInfo: d.Info,
		PendingActivities:     d.Activities,
		PendingChildren:       d.Children,
		PendingWorkflowTask:   d.WorkflowTask,
		WorkflowExtendedInfo:  d.Extended,
	}, nil
}
