package engine

import (
	"context"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/shard"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/visibility"
)

// maxListPage is the most runs that one page holds.
const maxListPage = 1000

// List shows runs of a namespace, newest start first. Errors: InvalidArgument (query, page token), Unavailable.
func (e *Engine) List(ctx context.Context, in ListRequest) (page ListPage, err error) {
	q := store.ListQuery{Namespace: in.Namespace, Limit: in.PageSize}
	if q.Limit <= 0 || q.Limit > maxListPage {
		q.Limit = maxListPage
	}
	if q.Where, err = visibility.Compile(in.Query, e.reader.Dialect(), store.FirstArg); err != nil {
		return page, err
	}
	if len(in.PageToken) > 0 {
		if q.AfterStart, q.AfterRun, err = visibility.DecodePageToken(in.PageToken, in.Namespace, in.Query); err != nil {
			return page, err
		}
	}
	rows, err := e.reader.List(ctx, q)
	if err != nil {
		return page, shard.Unread(ctx, err)
	}
	for i := range rows {
		w, err := listed(&rows[i])
		if err != nil {
			return page, err
		}
		page.Executions = append(page.Executions, w)
	}
	if n := len(rows); n == q.Limit {
		page.PageToken = visibility.EncodePageToken(in.Namespace, in.Query, rows[n-1])
	}
	return page, nil
}

// Count counts the runs of a namespace that a query selects. Errors: InvalidArgument, Unavailable.
func (e *Engine) Count(ctx context.Context, in ListRequest) (int64, error) {
	where, err := visibility.Compile(in.Query, e.reader.Dialect(), store.FirstArg)
	if err != nil {
		return 0, err
	}
	n, err := e.reader.Count(ctx, store.ListQuery{Namespace: in.Namespace, Where: where})
	if err != nil {
		return 0, shard.Unread(ctx, err)
	}
	return n, nil
}

// listed is the list's view of a run, from its stored row.
func listed(v *store.Visibility) (*workflowpb.WorkflowExecutionInfo, error) {
	i := &workflowpb.WorkflowExecutionInfo{
		Execution:        &commonpb.WorkflowExecution{WorkflowId: v.WorkflowID, RunId: v.RunID.String()},
		Type:             &commonpb.WorkflowType{Name: v.Type},
		StartTime:        timestamppb.New(v.StartTime),
		ExecutionTime:    timestamppb.New(v.ExecutionTime),
		Status:           enumspb.WorkflowExecutionStatus(v.Status),
		TaskQueue:        v.TaskQueue,
		HistoryLength:    v.HistoryLength,
		HistorySizeBytes: v.HistoryBytes,
		Memo:             &commonpb.Memo{},
		SearchAttributes: &commonpb.SearchAttributes{},
		RootExecution:    &commonpb.WorkflowExecution{WorkflowId: v.RootID, RunId: v.Root.String()},
	}
	if v.ParentID != "" {
		i.ParentExecution = &commonpb.WorkflowExecution{WorkflowId: v.ParentID, RunId: v.Parent.String()}
	}
	if !v.CloseTime.IsZero() {
		i.CloseTime = timestamppb.New(v.CloseTime)
		i.ExecutionDuration = durationOf(v.ExecutionTime, v.CloseTime)
	}
	if err := proto.Unmarshal(v.Memo, i.Memo); err != nil {
		return nil, orchestration.Errorf(orchestration.DataLoss, "memo of run %s cannot be read", v.RunID)
	}
	if err := proto.Unmarshal(v.Search, i.SearchAttributes); err != nil {
		return nil, orchestration.Errorf(orchestration.DataLoss, "search attributes of run %s cannot be read", v.RunID)
	}
	return i, nil
}

func durationOf(from, to time.Time) *durationpb.Duration { return durationpb.New(max(0, to.Sub(from))) }
