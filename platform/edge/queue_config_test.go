package edge_test

import (
	"context"
	"strings"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// limitRequest sets a rate limit.
func limitRequest(rate float32, reason string) *workflowservice.UpdateTaskQueueConfigRequest {
	return &workflowservice.UpdateTaskQueueConfigRequest{
		Namespace: "bank", Identity: "me", TaskQueue: "transfers", TaskQueueType: enumspb.TASK_QUEUE_TYPE_ACTIVITY,
		UpdateQueueRateLimit: &workflowservice.UpdateTaskQueueConfigRequest_RateLimitUpdate{
			RateLimit: &taskqueuepb.RateLimit{RequestsPerSecond: rate}, Reason: reason,
		},
	}
}

func TestUpdateTaskQueueConfig(t *testing.T) {
	w := newWorld(t)
	var queue engine.QueueRequest
	var got *engine.QueueLimit
	w.engine.limitQueue = func(r engine.QueueRequest, l *engine.QueueLimit) (*taskqueuepb.TaskQueueConfig, error) {
		queue, got = r, l
		return &taskqueuepb.TaskQueueConfig{QueueRateLimit: &taskqueuepb.RateLimitConfig{Metadata: &taskqueuepb.ConfigMetadata{Reason: "done"}}}, nil
	}
	resp, err := w.workflows.UpdateTaskQueueConfig(t.Context(), limitRequest(2.5, "why"))
	if err != nil || resp.GetConfig().GetQueueRateLimit().GetMetadata().GetReason() != "done" {
		t.Errorf("%v, %v", resp, err)
	}
	if queue != (engine.QueueRequest{Namespace: w.ns.ID, Queue: "transfers", Kind: enumspb.TASK_QUEUE_TYPE_ACTIVITY}) {
		t.Errorf("%+v", queue)
	}
	if *got.PerSecond != 2.5 || got.Reason != "why" || got.Identity != "me" {
		t.Errorf("%+v", got)
	}
	r := limitRequest(0, "back")
	r.UpdateQueueRateLimit.RateLimit = nil
	if _, err := w.workflows.UpdateTaskQueueConfig(t.Context(), r); err != nil || got.PerSecond != nil || got.Reason != "back" {
		t.Errorf("%v: %+v", err, got)
	}
	r.UpdateQueueRateLimit, r.TaskQueueType = nil, enumspb.TASK_QUEUE_TYPE_WORKFLOW
	if _, err := w.workflows.UpdateTaskQueueConfig(t.Context(), r); err != nil || got != nil {
		t.Errorf("%v: %+v", err, got)
	}
}

func TestBadTaskQueueConfigs(t *testing.T) {
	w := newWorld(t)
	for words, spoil := range map[string]func(*workflowservice.UpdateTaskQueueConfigRequest){
		"TaskQueue is not set":                  func(r *workflowservice.UpdateTaskQueueConfigRequest) { r.TaskQueue = "" },
		"TaskQueueType is not set":              func(r *workflowservice.UpdateTaskQueueConfigRequest) { r.TaskQueueType = 0 },
		"TaskQueueType has the unknown value 9": func(r *workflowservice.UpdateTaskQueueConfigRequest) { r.TaskQueueType = 9 },
		"Identity length exceeds limit":         func(r *workflowservice.UpdateTaskQueueConfigRequest) { r.Identity = strings.Repeat("i", 1001) },
	} {
		r := limitRequest(1, "")
		spoil(r)
		_, err := w.workflows.UpdateTaskQueueConfig(t.Context(), r)
		wantError[*serviceerror.InvalidArgument](t, err, words)
	}
	for words, ask := range map[string]func(*workflowservice.UpdateTaskQueueConfigRequest){
		"UpdateFairnessKeyRateLimitDefault": func(r *workflowservice.UpdateTaskQueueConfigRequest) {
			r.UpdateFairnessKeyRateLimitDefault = r.UpdateQueueRateLimit
		},
		"SetFairnessWeightOverrides": func(r *workflowservice.UpdateTaskQueueConfigRequest) {
			r.SetFairnessWeightOverrides = map[string]float32{"k": 1}
		},
		"UnsetFairnessWeightOverrides": func(r *workflowservice.UpdateTaskQueueConfigRequest) { r.UnsetFairnessWeightOverrides = []string{"k"} },
		"Nexus task queues":            func(r *workflowservice.UpdateTaskQueueConfigRequest) { r.TaskQueueType = enumspb.TASK_QUEUE_TYPE_NEXUS },
		"UpdateQueueConcurrencyLimit": func(r *workflowservice.UpdateTaskQueueConfigRequest) {
			r.UpdateQueueConcurrencyLimit = &workflowservice.UpdateTaskQueueConfigRequest_ConcurrencyLimitUpdate{}
		},
	} {
		r := limitRequest(1, "")
		ask(r)
		_, err := w.workflows.UpdateTaskQueueConfig(t.Context(), r)
		if s := status.Convert(err); s.Code() != codes.Unimplemented || !strings.Contains(s.Message(), words) {
			t.Errorf("%s: %v", words, err)
		}
	}
}

func TestDescribeTaskQueueTellsItsConfig(t *testing.T) {
	w := newWorld(t)
	answer := engine.QueueDescription{
		Stats:      &taskqueuepb.TaskQueueStats{ApproximateBacklogCount: 7},
		ByPriority: map[int32]*taskqueuepb.TaskQueueStats{2: {ApproximateBacklogCount: 7}},
		Config:     &taskqueuepb.TaskQueueConfig{QueueRateLimit: &taskqueuepb.RateLimitConfig{}},
	}
	w.engine.describeQueue = func(context.Context, engine.QueueRequest) (engine.QueueDescription, error) { return answer, nil }
	describe := func(config, stats bool) *workflowservice.DescribeTaskQueueResponse {
		t.Helper()
		d, err := w.workflows.DescribeTaskQueue(t.Context(), &workflowservice.DescribeTaskQueueRequest{
			Namespace: "bank", TaskQueue: &taskqueuepb.TaskQueue{Name: "transfers"}, ReportConfig: config, ReportStats: stats,
		})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if d := describe(false, false); d.Config != nil || d.EffectiveRateLimit != nil || d.StatsByPriorityKey != nil {
		t.Errorf("what was not asked for: %v", d)
	}
	if d := describe(true, true); d.Config.GetQueueRateLimit() == nil || d.EffectiveRateLimit != nil || d.StatsByPriorityKey[2].GetApproximateBacklogCount() != 7 {
		t.Errorf("without a limit: %v", d)
	}
	rate := 12.5
	answer.Limit = &rate
	if l := describe(true, false).EffectiveRateLimit; l.GetRequestsPerSecond() != 12.5 || l.GetRateLimitSource() != enumspb.RATE_LIMIT_SOURCE_WORKER {
		t.Errorf("a worker's limit: %v", l)
	}
	answer.LimitSet = true
	if l := describe(true, false).EffectiveRateLimit; l.GetRateLimitSource() != enumspb.RATE_LIMIT_SOURCE_API {
		t.Errorf("an operator's limit: %v", l)
	}
}

func TestTaskQueuePartitions(t *testing.T) {
	w := newWorld(t)
	p, err := w.workflows.ListTaskQueuePartitions(t.Context(), &workflowservice.ListTaskQueuePartitionsRequest{
		Namespace: "bank", TaskQueue: &taskqueuepb.TaskQueue{Name: "transfers"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range [][]*taskqueuepb.TaskQueuePartitionMetadata{p.ActivityTaskQueuePartitions, p.WorkflowTaskQueuePartitions} {
		if len(kind) != 1 || kind[0].Key != "transfers" || kind[0].OwnerHostName != "here" {
			t.Errorf("%v", kind)
		}
	}
	_, err = w.workflows.ListTaskQueuePartitions(t.Context(), &workflowservice.ListTaskQueuePartitionsRequest{Namespace: "bank"})
	wantError[*serviceerror.InvalidArgument](t, err, "TaskQueue is not set")
}

func (f *fakeEngine) LimitQueue(_ context.Context, r engine.QueueRequest, l *engine.QueueLimit) (*taskqueuepb.TaskQueueConfig, error) {
	return f.limitQueue(r, l)
}
