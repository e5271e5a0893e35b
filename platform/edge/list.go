package edge

import (
	"context"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/search"
)

// ListWorkflowExecutions lists the runs of a namespace that match a filter, newest first unless that says otherwise.
func (s *workflowService) ListWorkflowExecutions(ctx context.Context, r *workflowservice.ListWorkflowExecutionsRequest) (*workflowservice.ListWorkflowExecutionsResponse, error) {
	p, err := s.listed(ctx, r.GetQuery(), r.GetPageSize(), r.GetNextPageToken())
	if err != nil {
		return nil, err
	}
	return &workflowservice.ListWorkflowExecutionsResponse{Executions: p.Executions, NextPageToken: p.PageToken}, nil
}

// CountWorkflowExecutions counts the runs of a namespace that match a filter, in groups if it says GROUP BY.
func (s *workflowService) CountWorkflowExecutions(ctx context.Context, r *workflowservice.CountWorkflowExecutionsRequest) (*workflowservice.CountWorkflowExecutionsResponse, error) {
	n, err := s.engine.CountGroups(ctx, engine.ListRequest{Namespace: namespaceOf(ctx).id, Query: r.GetQuery()})
	if err != nil {
		return nil, err
	}
	resp := &workflowservice.CountWorkflowExecutionsResponse{Count: n.Count}
	for _, g := range n.Groups {
		resp.Groups = append(resp.Groups, &workflowservice.CountWorkflowExecutionsResponse_AggregationGroup{
			GroupValues: []*commonpb.Payload{search.KeywordPayload(g.Value)}, Count: g.Count,
		})
	}
	return resp, nil
}
