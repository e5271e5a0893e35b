package edge

import (
	"context"
	"fmt"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	filterpb "go.temporal.io/api/filter/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// The lists of the time before there was a filter language. Each is a list with a filter that is written here.

// ScanWorkflowExecutions is ListWorkflowExecutions: no list here needs to be sorted.
func (s *workflowService) ScanWorkflowExecutions(ctx context.Context, r *workflowservice.ScanWorkflowExecutionsRequest) (*workflowservice.ScanWorkflowExecutionsResponse, error) {
	p, err := s.listed(ctx, r.GetQuery(), r.GetPageSize(), r.GetNextPageToken())
	if err != nil {
		return nil, err
	}
	return &workflowservice.ScanWorkflowExecutionsResponse{Executions: p.Executions, NextPageToken: p.PageToken}, nil
}

// ListOpenWorkflowExecutions lists open runs by when they started, of one workflow id or type if the request says so.
func (s *workflowService) ListOpenWorkflowExecutions(ctx context.Context, r *workflowservice.ListOpenWorkflowExecutionsRequest) (*workflowservice.ListOpenWorkflowExecutionsResponse, error) {
	f := older{"ExecutionStatus = 'Running'"}
	f.times("StartTime", r.GetStartTimeFilter())
	f.equals("WorkflowId", r.GetExecutionFilter().GetWorkflowId())
	f.equals("RunId", r.GetExecutionFilter().GetRunId())
	f.equals("WorkflowType", r.GetTypeFilter().GetName())
	p, err := s.listed(ctx, f.String(), r.GetMaximumPageSize(), r.GetNextPageToken())
	if err != nil {
		return nil, err
	}
	return &workflowservice.ListOpenWorkflowExecutionsResponse{Executions: p.Executions, NextPageToken: p.PageToken}, nil
}

// ListClosedWorkflowExecutions lists closed runs by when they closed, of one workflow id, type or status if the request says so.
func (s *workflowService) ListClosedWorkflowExecutions(ctx context.Context, r *workflowservice.ListClosedWorkflowExecutionsRequest) (*workflowservice.ListClosedWorkflowExecutionsResponse, error) {
	f := older{"CloseTime IS NOT NULL"}
	f.times("CloseTime", r.GetStartTimeFilter())
	f.equals("WorkflowId", r.GetExecutionFilter().GetWorkflowId())
	f.equals("RunId", r.GetExecutionFilter().GetRunId())
	f.equals("WorkflowType", r.GetTypeFilter().GetName())
	if status := r.GetStatusFilter().GetStatus(); status != enumspb.WORKFLOW_EXECUTION_STATUS_UNSPECIFIED {
		f = append(f, fmt.Sprintf("ExecutionStatus = %d", status))
	} else if r.GetStatusFilter() != nil {
		return nil, invalid("StatusFilter has no status.")
	}
	p, err := s.listed(ctx, f.String()+" ORDER BY CloseTime DESC", r.GetMaximumPageSize(), r.GetNextPageToken())
	if err != nil {
		return nil, err
	}
	return &workflowservice.ListClosedWorkflowExecutionsResponse{Executions: p.Executions, NextPageToken: p.PageToken}, nil
}

// ListArchivedWorkflowExecutions refuses, as every server does whose namespace has no archive.
func (s *workflowService) ListArchivedWorkflowExecutions(context.Context, *workflowservice.ListArchivedWorkflowExecutionsRequest) (*workflowservice.ListArchivedWorkflowExecutionsResponse, error) {
	return nil, invalid("Cluster is not configured for reading archived visibility records.")
}

// listed is a page of a list.
func (s *workflowService) listed(ctx context.Context, query string, size int32, token []byte) (engine.ListPage, error) {
	return s.engine.List(ctx, engine.ListRequest{Namespace: namespaceOf(ctx).id, Query: query, PageSize: page(size), PageToken: token})
}

// older are the conditions of an older filter, all of which must hold.
type older []string

func (f *older) equals(attribute, value string) {
	if value != "" {
		*f = append(*f, attribute+" = '"+strings.NewReplacer(`\`, `\\`, `'`, `''`).Replace(value)+"'")
	}
}

func (f *older) times(attribute string, t *filterpb.StartTimeFilter) {
	f.time(attribute+" >= ", t.GetEarliestTime())
	f.time(attribute+" <= ", t.GetLatestTime())
}

// time leaves out what is not set, which in requests of older clients is also the beginning of 1970.
func (f *older) time(comparison string, at *timestamppb.Timestamp) {
	if at.IsValid() && at.AsTime().Unix() != 0 && at.AsTime().Year() > 1 {
		*f = append(*f, comparison+"'"+at.AsTime().Format(time.RFC3339Nano)+"'")
	}
}

func (f older) String() string { return strings.Join(f, " AND ") }
