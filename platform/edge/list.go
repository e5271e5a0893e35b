package edge

import (
	"context"

	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// ListWorkflowExecutions lists the runs of a namespace that match a filter, newest first.
func (s *workflowService) ListWorkflowExecutions(ctx context.Context, r *workflowservice.ListWorkflowExecutionsRequest) (*workflowservice.ListWorkflowExecutionsResponse, error) {
	p, err := s.engine.List(ctx, engine.ListRequest{
		Namespace: namespaceOf(ctx).id,
		Query:     r.GetQuery(),
		PageSize:  page(r.GetPageSize()),
		PageToken: r.GetNextPageToken(),
	})
	if err != nil {
		return nil, err
	}
	return &workflowservice.ListWorkflowExecutionsResponse{Executions: p.Executions, NextPageToken: p.PageToken}, nil
}

// CountWorkflowExecutions counts the runs of a namespace that match a filter.
func (s *workflowService) CountWorkflowExecutions(ctx context.Context, r *workflowservice.CountWorkflowExecutionsRequest) (*workflowservice.CountWorkflowExecutionsResponse, error) {
	n, err := s.engine.Count(ctx, engine.ListRequest{Namespace: namespaceOf(ctx).id, Query: r.GetQuery()})
	if err != nil {
		return nil, err
	}
	return &workflowservice.CountWorkflowExecutionsResponse{Count: n}, nil
}
