package engine

import (
	"cmp"
	"context"
	"slices"

	batchpb "go.temporal.io/api/batch/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

// ReapplyOf says what of later history a reset records again. The older type names what to keep, the newer list what to leave out; both hold.
func ReapplyOf(kind enumspb.ResetReapplyType, exclude []enumspb.ResetReapplyExcludeType) history.Reapply {
	all := kind == enumspb.RESET_REAPPLY_TYPE_UNSPECIFIED || kind == enumspb.RESET_REAPPLY_TYPE_ALL_ELIGIBLE
	return history.Reapply{
		Signals: (all || kind == enumspb.RESET_REAPPLY_TYPE_SIGNAL) && !slices.Contains(exclude, enumspb.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL),
		Updates: all && !slices.Contains(exclude, enumspb.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE),
		Cancels: all && !slices.Contains(exclude, enumspb.RESET_REAPPLY_EXCLUDE_TYPE_CANCEL_REQUEST),
	}
}

// ResetTarget is where an order resets runs to, in one form whether it was said in the older one or the newer.
func ResetTarget(op *batchpb.BatchOperationReset) *commonpb.ResetOptions {
	if o := op.GetOptions(); o != nil {
		return o
	}
	o := &commonpb.ResetOptions{ResetReapplyType: op.GetResetReapplyType()} //nolint:staticcheck // the older form
	switch op.GetResetType() {                                              //nolint:staticcheck // the older form
	case enumspb.RESET_TYPE_FIRST_WORKFLOW_TASK:
		o.Target = &commonpb.ResetOptions_FirstWorkflowTask{}
	case enumspb.RESET_TYPE_LAST_WORKFLOW_TASK:
		o.Target = &commonpb.ResetOptions_LastWorkflowTask{}
	}
	return o
}

// reset resets a run as an order says. Errors: those of Reset.
func (e *Engine) reset(ctx context.Context, o Order, op *batchpb.BatchOperationReset, run orchestration.RunKey) error {
	target := ResetTarget(op)
	base, event, err := e.placeToReset(ctx, target, run)
	if err != nil {
		return err
	}
	in := ResetRequest{
		Run: base, Event: event, Reason: o.Reason, Identity: op.GetIdentity(), By: o.By,
		Reapply:   ReapplyOf(target.GetResetReapplyType(), target.GetResetReapplyExcludeTypes()), //nolint:staticcheck // the older form
		RequestID: o.requestID() + "-" + run.RunID.String(),                                      // it names the new run, and two runs of one workflow may be reset
	}
	for _, after := range op.GetPostResetOperations() {
		s := after.GetSignalWorkflow()
		in.Signals = append(in.Signals, history.Signal{By: o.By, Name: s.GetSignalName(), Input: s.GetInput(), Header: s.GetHeader(), Identity: op.GetIdentity(), Links: s.GetLinks()})
	}
	_, err = e.Reset(ctx, in)
	return err
}

// placeToReset is the run and the event that a target means: with a build id, that may be a run before in the chain. Errors: those of eventToReset.
func (e *Engine) placeToReset(ctx context.Context, target *commonpb.ResetOptions, run orchestration.RunKey) (base orchestration.RunKey, event orchestration.EventID, err error) {
	if build, ok := target.GetTarget().(*commonpb.ResetOptions_BuildId); ok {
		err = e.run(ctx, run, func(_ *shard.Tx, r *shard.Run) error {
			base, event, err = firstTaskOf(r, build.BuildId, target.GetCurrentRunOnly())
			return err
		})
		return base, event, err
	}
	event, err = e.eventToReset(ctx, target, run)
	return run, event, err
}

// firstTaskOf is the first workflow task that a build has completed in a run, or in the runs before it of its chain. Errors: InvalidArgument when there is none.
func firstTaskOf(r *shard.Run, build string, thisRunOnly bool) (base orchestration.RunKey, event orchestration.EventID, err error) {
	for _, p := range r.Info().GetAutoResetPoints().GetPoints() {
		id, err := orchestration.ParseRunID(p.GetRunId())
		if err == nil && p.GetBuildId() == build && (!thisRunOnly || id == r.Key.RunID) {
			return r.Key.WorkflowKey.Run(id), p.GetFirstWorkflowTaskCompletedId(), nil
		}
	}
	return base, 0, orchestration.Errorf(orchestration.InvalidArgument, "no workflow task of workflow %s is known to have been completed by build %q", r.Key.WorkflowID, build)
}

// eventToReset is the event that a target means in a run. Errors: InvalidArgument when there is none; those of History.
func (e *Engine) eventToReset(ctx context.Context, target *commonpb.ResetOptions, run orchestration.RunKey) (orchestration.EventID, error) {
	read := e.History
	switch t := target.GetTarget().(type) {
	case *commonpb.ResetOptions_WorkflowTaskId:
		return t.WorkflowTaskId, nil
	case *commonpb.ResetOptions_FirstWorkflowTask:
	case *commonpb.ResetOptions_LastWorkflowTask:
		read = e.HistoryReverse
	default:
		return 0, orchestration.Errorf(orchestration.InvalidArgument, "a reset of run %s says no place to reset to", run.RunID)
	}
	in := HistoryRequest{Run: run}
	var scheduled orchestration.EventID // the first one met
	for {
		page, err := read(ctx, in)
		if err != nil {
			return 0, err
		}
		for _, ev := range page.Events {
			switch ev.GetEventType() {
			case enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
				return ev.GetEventId(), nil
			case enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED:
				scheduled = cmp.Or(scheduled, ev.GetEventId())
			}
		}
		if in.PageToken = page.PageToken; len(in.PageToken) == 0 {
			break
		}
	}
	if scheduled == 0 {
		return 0, orchestration.Errorf(orchestration.InvalidArgument, "run %s has no workflow task to reset to", run.RunID)
	}
	return scheduled + 1, nil
}
