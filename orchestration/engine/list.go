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

// List shows runs of a namespace, newest start first unless the query says otherwise. Errors: InvalidArgument (query, page token), Unavailable.
func (e *Engine) List(ctx context.Context, in ListRequest) (page ListPage, err error) {
	q, err := e.compiled(ctx, in.Namespace, in.Query, e.reader.Dialect())
	if err != nil {
		return page, err
	}
	if q.GroupBy != 0 {
		return page, orchestration.Errorf(orchestration.InvalidArgument, "Invalid query: GROUP BY is for counting, not for lists.")
	}
	from, err := visibility.ReadPage(in.PageToken, in.Namespace, in.Query, q)
	if err != nil {
		return page, err
	}
	size := in.PageSize
	if size <= 0 || size > maxListPage {
		size = maxListPage
	}
	for part := from.Part; part < len(q.Parts) && page.PageToken == nil; part++ {
		rows, err := e.reader.List(ctx, store.ListQuery{
			Namespace: in.Namespace, Where: q.Parts[part].Where, Order: q.Parts[part].Order, Limit: size - len(page.Executions),
			AfterStart: from.Start, AfterRun: from.Run, AfterKey: from.Key,
		})
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
		if len(page.Executions) == size {
			page.PageToken = visibility.NextPage(in.Namespace, in.Query, q, part, &rows[len(rows)-1])
		}
		from = visibility.Page{}
	}
	return page, nil
}

// maxGroups is how many groups a count is broken down into: the largest.
const maxGroups = 1000

// Count counts the runs of a namespace that a query selects. Errors: InvalidArgument, Unavailable.
func (e *Engine) Count(ctx context.Context, in ListRequest) (int64, error) {
	c, err := e.CountGroups(ctx, in)
	return c.Count, err
}

// CountGroups counts the runs of a namespace that a query selects, in groups if it says so. Errors: InvalidArgument, Unavailable.
func (e *Engine) CountGroups(ctx context.Context, in ListRequest) (c RunCount, err error) {
	q, err := e.compiled(ctx, in.Namespace, in.Query, e.reader.Dialect())
	if err != nil {
		return c, err
	}
	rows := store.ListQuery{Namespace: in.Namespace, Where: q.Where, Limit: maxGroups}
	if q.GroupBy == 0 {
		c.Count, err = e.reader.Count(ctx, rows)
	} else {
		c.Groups, err = e.counted(ctx, rows, q.GroupBy)
	}
	if err != nil {
		return RunCount{}, shard.Unread(ctx, err)
	}
	for _, g := range c.Groups {
		c.Count += g.Count
	}
	return c, nil
}

// counted counts by a column. Statuses are shown by name.
func (e *Engine) counted(ctx context.Context, rows store.ListQuery, by store.GroupKey) ([]RunGroup, error) {
	groups, err := e.reader.CountGroups(ctx, rows, by)
	if err != nil {
		return nil, err
	}
	out := make([]RunGroup, len(groups))
	for i, g := range groups {
		out[i] = RunGroup{Value: g.Text, Count: g.Count}
		if by == store.GroupByStatus {
			out[i].Value = enumspb.WorkflowExecutionStatus(g.Status).String()
		}
	}
	return out, nil
}

// listed is the list's view of a run, from its stored row.
func listed(v *store.Visibility) (*workflowpb.WorkflowExecutionInfo, error) {
	i := &workflowpb.WorkflowExecutionInfo{
		Execution:            &commonpb.WorkflowExecution{WorkflowId: v.WorkflowID, RunId: v.RunID.String()},
		Type:                 &commonpb.WorkflowType{Name: v.Type},
		StartTime:            timestamppb.New(v.StartTime),
		ExecutionTime:        timestamppb.New(v.ExecutionTime),
		Status:               enumspb.WorkflowExecutionStatus(v.Status),
		TaskQueue:            v.TaskQueue,
		HistoryLength:        v.HistoryLength,
		HistorySizeBytes:     v.HistoryBytes,
		StateTransitionCount: v.Transitions,
		Memo:                 &commonpb.Memo{},
		SearchAttributes:     &commonpb.SearchAttributes{},
		RootExecution:        &commonpb.WorkflowExecution{WorkflowId: v.RootID, RunId: v.Root.String()},
	}
	if v.ParentID != "" {
		i.ParentExecution = &commonpb.WorkflowExecution{WorkflowId: v.ParentID, RunId: v.Parent.String()}
	}
	if !v.CloseTime.IsZero() {
		i.CloseTime = timestamppb.New(v.CloseTime)
		i.ExecutionDuration = durationOf(v.ExecutionTime, v.CloseTime)
	}
	if !v.Parent.IsZero() {
		i.ParentExecution = &commonpb.WorkflowExecution{WorkflowId: v.ParentID, RunId: v.Parent.String()}
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
