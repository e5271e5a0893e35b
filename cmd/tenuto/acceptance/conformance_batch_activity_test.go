package acceptance

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	activitypb "go.temporal.io/api/activity/v1"
	batchpb "go.temporal.io/api/batch/v1"
	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
)

// paused starts workflows whose activity has failed at least twice, and is paused then.
func (b *batchLab) paused(n int) (runs []client.WorkflowRun) {
	b.Helper()
	for range n {
		run := b.start("flow", "x")
		b.wantPending(run, func(a *workflowpb.PendingActivityInfo) bool { return a.Attempt >= 2 })
		_, err := b.service().PauseActivity(b.ctx, &workflowservice.PauseActivityRequest{
			Namespace: b.space, Execution: execution(run), Activity: &workflowservice.PauseActivityRequest_Type{Type: "step"},
		})
		b.must(err)
		b.wantPending(run, func(a *workflowpb.PendingActivityInfo) bool { return a.State == enumspb.PENDING_ACTIVITY_STATE_PAUSED })
		runs = append(runs, run)
	}
	return runs
}

// wantPending waits until the one pending activity of a run is as wanted.
func (b *batchLab) wantPending(run client.WorkflowRun, good func(*workflowpb.PendingActivityInfo) bool) {
	b.Helper()
	eventually(b, func() error {
		d, err := b.client.DescribeWorkflowExecution(b.ctx, run.GetID(), run.GetRunID())
		if err == nil && (len(d.PendingActivities) != 1 || !good(d.PendingActivities[0])) {
			err = fmt.Errorf("pending: %v", d.PendingActivities)
		}
		return err
	})
}

func TestBatchOfActivities(t *testing.T) {
	b := newBatchLab(t)
	var open atomic.Bool
	b.work(code{"flow": retried}, code{"step": func(context.Context, string) (int, error) {
		if !open.Load() {
			return 0, errors.New("not yet")
		}
		return 1, nil
	}})
	runs := b.paused(3)
	all := &batchpb.BatchOperationUpdateActivityOptions_MatchAll{MatchAll: true}
	r := b.request("options")
	r.Operation = &workflowservice.StartBatchOperationRequest_UpdateActivityOptionsOperation{
		UpdateActivityOptionsOperation: &batchpb.BatchOperationUpdateActivityOptions{
			Activity: all, ActivityOptions: &activitypb.ActivityOptions{StartToCloseTimeout: durationpb.New(33 * time.Second)},
			UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"start_to_close_timeout"}},
		},
	}
	b.startBatch(r)
	b.wantDone("options", enumspb.BATCH_OPERATION_TYPE_UPDATE_ACTIVITY_OPTIONS, 3)

	r = b.request("reset")
	r.Operation = &workflowservice.StartBatchOperationRequest_ResetActivitiesOperation{ResetActivitiesOperation: &batchpb.BatchOperationResetActivities{
		Activity: &batchpb.BatchOperationResetActivities_Type{Type: "step"}, KeepPaused: true,
	}}
	b.startBatch(r)
	b.wantDone("reset", enumspb.BATCH_OPERATION_TYPE_RESET_ACTIVITY, 3)
	for _, run := range runs {
		b.wantPending(run, func(a *workflowpb.PendingActivityInfo) bool {
			return a.Attempt == 1 && a.Paused && a.ActivityOptions.GetStartToCloseTimeout().AsDuration() == 33*time.Second
		})
	}

	open.Store(true)
	r = b.request("unpause")
	r.Operation = &workflowservice.StartBatchOperationRequest_UnpauseActivitiesOperation{UnpauseActivitiesOperation: &batchpb.BatchOperationUnpauseActivities{
		Activity: &batchpb.BatchOperationUnpauseActivities_MatchAll{MatchAll: true},
	}}
	b.startBatch(r)
	b.wantDone("unpause", enumspb.BATCH_OPERATION_TYPE_UNPAUSE_ACTIVITY, 3)
	for _, run := range runs {
		equal(t, "result", result[int](b.lab, run), 1)
	}
}
