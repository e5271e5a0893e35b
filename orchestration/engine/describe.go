package engine

import (
	"context"

	commonpb "go.temporal.io/api/common/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

// Describe shows a run as it is committed. Errors: NotFound, Unavailable, DataLoss.
func (e *Engine) Describe(ctx context.Context, key orchestration.RunKey) (d *Description, err error) {
	err = e.run(ctx, key, func(tx *shard.Tx, r *shard.Run) error {
		d = &Description{
			Config:       r.Config(),
			Info:         info(r),
			Activities:   r.PendingActivities(),
			WorkflowTask: r.PendingWorkflowTask(),
			Extended:     r.Extended(),
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

// info is the list's view of a run, from its state.
func info(r *shard.Run) *workflowpb.WorkflowExecutionInfo {
	h := &r.Header
	i := &workflowpb.WorkflowExecutionInfo{
		Execution:            &commonpb.WorkflowExecution{WorkflowId: r.Key.WorkflowID, RunId: r.Key.RunID.String()},
		Type:                 &commonpb.WorkflowType{Name: h.Type},
		StartTime:            timestamppb.New(h.StartTime),
		ExecutionTime:        timestamppb.New(h.ExecutionTime),
		Status:               h.Status,
		HistoryLength:        h.NextEventID - 1,
		HistorySizeBytes:     h.HistoryBytes,
		Memo:                 r.Memo(),
		SearchAttributes:     r.SearchAttributes(),
		TaskQueue:            h.TaskQueue,
		StateTransitionCount: h.Transitions,
		FirstRunId:           r.Key.RunID.String(),
		RootExecution:        &commonpb.WorkflowExecution{WorkflowId: r.Key.WorkflowID, RunId: r.Key.RunID.String()},
	}
	if !h.CloseTime.IsZero() {
		i.CloseTime = timestamppb.New(h.CloseTime)
		i.ExecutionDuration = durationOf(h.ExecutionTime, h.CloseTime)
	}
	return i
}
