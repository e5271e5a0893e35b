package edge_test

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	activitypb "go.temporal.io/api/activity/v1"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// operations are what a test makes of operators' verbs.
type operations struct {
	operate    func(run orchestration.RunKey, in any) (*activitypb.ActivityOptions, error)
	limitQueue func(engine.QueueRequest, *engine.QueueLimit) (*taskqueuepb.TaskQueueConfig, error)
}

func (f *fakeEngine) PauseActivities(ctx context.Context, run orchestration.RunKey, in history.PauseActivities) error {
	f.about(ctx)
	_, err := f.operate(run, in)
	return err
}

func (f *fakeEngine) UnpauseActivities(ctx context.Context, run orchestration.RunKey, in history.UnpauseActivities) error {
	f.about(ctx)
	in.Jitter.Seed = 0
	_, err := f.operate(run, in)
	return err
}

func (f *fakeEngine) ResetActivities(ctx context.Context, run orchestration.RunKey, in history.ResetActivities) error {
	f.about(ctx)
	in.Jitter.Seed = 0
	_, err := f.operate(run, in)
	return err
}

func (f *fakeEngine) UpdateActivities(ctx context.Context, run orchestration.RunKey, in history.UpdateActivities) (*activitypb.ActivityOptions, error) {
	f.about(ctx)
	return f.operate(run, in)
}

// recordOperations makes the engine take operators' verbs, and fail with err.
func (w *world) recordOperations(err error) *any {
	var got any
	w.engine.operate = func(run orchestration.RunKey, in any) (*activitypb.ActivityOptions, error) {
		if run.WorkflowID != "transfer-1" || run.Namespace != w.ns.ID {
			got = run
			return nil, err
		}
		got = in
		return &activitypb.ActivityOptions{TaskQueue: &taskqueuepb.TaskQueue{Name: "now"}}, err
	}
	return &got
}

func TestOperationsOnActivitiesCarryEverything(t *testing.T) {
	w := newWorld(t)
	got := w.recordOperations(nil)
	options := &activitypb.ActivityOptions{Priority: &commonpb.Priority{PriorityKey: 2}}
	for _, c := range []struct {
		req  proto.Message
		want any
	}{
		{
			&workflowservice.PauseActivityRequest{
				Execution: runOfBank, Identity: "me", Activity: &workflowservice.PauseActivityRequest_Id{Id: "a"}, Reason: "why", RequestId: "r-1",
			},
			history.PauseActivities{ActivityChoice: history.ActivityChoice{ID: "a"}, Identity: "me", Reason: "why", RequestID: "r-1"},
		},
		{
			&workflowservice.PauseActivityRequest{Execution: runOfBank, Activity: &workflowservice.PauseActivityRequest_Type{Type: "Debit"}},
			history.PauseActivities{ActivityChoice: history.ActivityChoice{Type: "Debit"}},
		},
		{
			&workflowservice.UnpauseActivityRequest{
				Execution: runOfBank, Activity: &workflowservice.UnpauseActivityRequest_UnpauseAll{UnpauseAll: true},
				ResetAttempts: true, ResetHeartbeat: true, Jitter: durationpb.New(time.Second),
			},
			history.UnpauseActivities{
				ActivityChoice: history.ActivityChoice{All: true}, ResetAttempts: true, ResetHeartbeat: true, Jitter: history.Jitter{Most: time.Second},
			},
		},
		{
			&workflowservice.ResetActivityRequest{
				Execution: runOfBank, Activity: &workflowservice.ResetActivityRequest_MatchAll{MatchAll: true},
				KeepPaused: true, ResetHeartbeat: true, RestoreOriginalOptions: true, Jitter: durationpb.New(time.Minute),
			},
			history.ResetActivities{
				ActivityChoice: history.ActivityChoice{All: true}, KeepPaused: true, ResetHeartbeat: true, RestoreSettings: true,
				Jitter: history.Jitter{Most: time.Minute},
			},
		},
		{
			&workflowservice.UpdateActivityOptionsRequest{
				Execution: runOfBank, Activity: &workflowservice.UpdateActivityOptionsRequest_Type{Type: "Debit"}, RestoreOriginal: true,
			},
			history.UpdateActivities{ActivityChoice: history.ActivityChoice{Type: "Debit"}, Restore: true},
		},
	} {
		inBank(c.req)
		if err := w.invoke(t.Context(), c.req); err != nil {
			t.Fatalf("%T: %v", c.req, err)
		}
		if !reflect.DeepEqual(*got, c.want) {
			t.Errorf("%T reached the engine as\n%+v, want\n%+v", c.req, *got, c.want)
		}
	}
	answer, err := w.workflows.UpdateActivityOptions(t.Context(), &workflowservice.UpdateActivityOptionsRequest{
		Namespace: "bank", Execution: runOfBank, Activity: &workflowservice.UpdateActivityOptionsRequest_Id{Id: "a"},
		ActivityOptions: options, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"priority"}},
	})
	in, ok := (*got).(history.UpdateActivities)
	if err != nil || !ok || in.ID != "a" || len(in.Mask) != 1 || in.Mask[0] != "priority" || !proto.Equal(in.Options, options) {
		t.Errorf("%v; the engine got %+v", err, *got)
	}
	if answer.GetActivityOptions().GetTaskQueue().GetName() != "now" {
		t.Errorf("answer %v", answer)
	}
}

func TestOperationsOnNothing(t *testing.T) {
	w := newWorld(t)
	w.recordOperations(orchestration.Errorf(orchestration.NotFound, "no activity is pending"))
	for _, req := range []proto.Message{
		&workflowservice.PauseActivityRequest{Execution: runOfBank, Activity: &workflowservice.PauseActivityRequest_Id{Id: "a"}},
		&workflowservice.UnpauseActivityRequest{Execution: runOfBank, Activity: &workflowservice.UnpauseActivityRequest_Id{Id: "a"}},
		&workflowservice.ResetActivityRequest{Execution: runOfBank, Activity: &workflowservice.ResetActivityRequest_Id{Id: "a"}},
		&workflowservice.UpdateActivityOptionsRequest{Execution: runOfBank, Activity: &workflowservice.UpdateActivityOptionsRequest_Id{Id: "a"}, RestoreOriginal: true},
	} {
		inBank(req)
		wantError[*serviceerror.NotFound](t, w.invoke(t.Context(), req), "no activity is pending")
	}
}

func TestBadOperationsOnActivities(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("x", orchestration.MaxIDLength+1)
	byID := &workflowservice.UpdateActivityOptionsRequest_Id{Id: "a"}
	mask := &fieldmaskpb.FieldMask{Paths: []string{"priority"}}
	for words, req := range map[string]proto.Message{
		"Execution is not set":                     &workflowservice.PauseActivityRequest{},
		"Activity is not set on request":           &workflowservice.PauseActivityRequest{Execution: runOfBank},
		"Activity.Id length exceeds limit":         &workflowservice.PauseActivityRequest{Execution: runOfBank, Activity: &workflowservice.PauseActivityRequest_Id{Id: long}},
		"Activity.Type length exceeds limit":       &workflowservice.ResetActivityRequest{Execution: runOfBank, Activity: &workflowservice.ResetActivityRequest_Type{Type: long}},
		"Identity length exceeds limit":            &workflowservice.UnpauseActivityRequest{Execution: runOfBank, Identity: long},
		"RequestId length exceeds limit":           &workflowservice.PauseActivityRequest{Execution: runOfBank, RequestId: long, Activity: &workflowservice.PauseActivityRequest_Id{Id: "a"}},
		"Blob data size exceeds limit. Reason has": &workflowservice.PauseActivityRequest{Execution: runOfBank, Reason: strings.Repeat("r", orchestration.MaxReasonSize+1), Activity: &workflowservice.PauseActivityRequest_Id{Id: "a"}},
		"neither an id nor a type is given":        &workflowservice.UnpauseActivityRequest{Execution: runOfBank, Activity: &workflowservice.UnpauseActivityRequest_UnpauseAll{}},
		"Jitter is not valid":                      &workflowservice.ResetActivityRequest{Execution: runOfBank, Activity: &workflowservice.ResetActivityRequest_Id{Id: "a"}, Jitter: durationpb.New(-1)},
		"RestoreOriginal cannot be combined":       &workflowservice.UpdateActivityOptionsRequest{Execution: runOfBank, Activity: byID, RestoreOriginal: true, UpdateMask: mask},
		"UpdateMask is not set on request":         &workflowservice.UpdateActivityOptionsRequest{Execution: runOfBank, Activity: byID, ActivityOptions: &activitypb.ActivityOptions{}},
		"ActivityOptions is not set on request":    &workflowservice.UpdateActivityOptionsRequest{Execution: runOfBank, Activity: byID, UpdateMask: mask},
		"Priority key 6 is not valid":              &workflowservice.UpdateActivityOptionsRequest{Execution: runOfBank, Activity: byID, UpdateMask: mask, ActivityOptions: &activitypb.ActivityOptions{Priority: &commonpb.Priority{PriorityKey: 6}}},
		"ActivityOptions.TaskQueue must not begin": &workflowservice.UpdateActivityOptionsRequest{Execution: runOfBank, Activity: byID, UpdateMask: mask, ActivityOptions: &activitypb.ActivityOptions{TaskQueue: &taskqueuepb.TaskQueue{Name: "/_sys/x"}}},
		"Blob data size exceeds limit. ActivityOptions": &workflowservice.UpdateActivityOptionsRequest{Execution: runOfBank, Activity: byID, UpdateMask: mask, ActivityOptions: &activitypb.ActivityOptions{
			RetryPolicy: &commonpb.RetryPolicy{NonRetryableErrorTypes: []string{strings.Repeat("e", orchestration.MaxPayloadSize)}},
		}},
	} {
		inBank(req)
		wantError[*serviceerror.InvalidArgument](t, w.invoke(t.Context(), req), words)
	}
}
