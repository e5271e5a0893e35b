package client

import (
	"context"
	"fmt"
	"iter"

	historypb "go.temporal.io/api/history/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/sdk/converter"
)

// List yields the workflows that match a filter such as
//
//	WorkflowType = 'TransferFunds' AND ExecutionStatus = 'Running'
//
// page by page; an empty filter matches all. It yields an error last, if one occurs. Lists are eventually consistent.
func (c *Client) List(ctx context.Context, filter string) iter.Seq2[*workflowpb.WorkflowExecutionInfo, error] {
	return pages(func(token []byte) ([]*workflowpb.WorkflowExecutionInfo, []byte, error) {
		response, err := c.service.ListWorkflowExecutions(ctx, &workflowservice.ListWorkflowExecutionsRequest{
			Namespace:     c.options.Namespace,
			Query:         filter,
			NextPageToken: token,
		})
		return response.GetExecutions(), response.GetNextPageToken(), err
	})
}

// Count returns the number of workflows that match a filter.
func (c *Client) Count(ctx context.Context, filter string) (int64, error) {
	response, err := c.service.CountWorkflowExecutions(ctx, &workflowservice.CountWorkflowExecutionsRequest{
		Namespace: c.options.Namespace,
		Query:     filter,
	})
	return response.GetCount(), err
}

// Group is a number of workflows that have the same values.
type Group struct {
	// Values are those of the attributes after GROUP BY, as JSON decodes them: string, float64, bool or []any.
	Values []any
	Count  int64
}

// CountGroups returns the number of workflows that match a filter, by group, for a filter that ends in
//
//	GROUP BY ExecutionStatus
func (c *Client) CountGroups(ctx context.Context, filter string) ([]Group, error) {
	response, err := c.service.CountWorkflowExecutions(ctx, &workflowservice.CountWorkflowExecutionsRequest{
		Namespace: c.options.Namespace, Query: filter,
	})
	if err != nil {
		return nil, err
	}
	groups := make([]Group, 0, len(response.GetGroups()))
	for _, counted := range response.GetGroups() {
		group := Group{Count: counted.GetCount()}
		for _, payload := range counted.GetGroupValues() {
			var value any
			if err := converter.Default().FromPayload(payload, &value); err != nil {
				return nil, fmt.Errorf("client: group: %w", err)
			}
			group.Values = append(group.Values, value)
		}
		groups = append(groups, group)
	}
	return groups, nil
}

// History yields the events of a run so far, oldest first, page by page. It yields an error last, if one occurs. An empty
// runID means the latest run.
func (c *Client) History(ctx context.Context, workflowID, runID string) iter.Seq2[*historypb.HistoryEvent, error] {
	return pages(func(token []byte) ([]*historypb.HistoryEvent, []byte, error) {
		response, err := c.service.GetWorkflowExecutionHistory(ctx, &workflowservice.GetWorkflowExecutionHistoryRequest{
			Namespace:     c.options.Namespace,
			Execution:     execution(workflowID, runID),
			NextPageToken: token,
		})
		return response.GetHistory().GetEvents(), response.GetNextPageToken(), err
	})
}

// pages yields the items of all pages that fetch returns, one page at a time.
func pages[T any](fetch func(token []byte) ([]T, []byte, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var token []byte
		for {
			items, next, err := fetch(token)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if len(next) == 0 {
				return
			}
			token = next
		}
	}
}
