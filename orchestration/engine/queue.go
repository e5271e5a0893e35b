package engine

import (
	"context"

	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// DescribeQueue shows who polls a queue and what waits in it. A queue that nobody has used is empty, not an error.
func (e *Engine) DescribeQueue(_ context.Context, in QueueRequest) (QueueDescription, error) {
	d := e.owner.Queues().Describe(queueKey(in))
	out := QueueDescription{Stats: &taskqueuepb.TaskQueueStats{
		ApproximateBacklogCount: d.Backlog,
		ApproximateBacklogAge:   durationpb.New(d.Oldest),
		TasksAddRate:            float32(d.AddRate),
		TasksDispatchRate:       float32(d.DispatchRate),
	}}
	for _, p := range d.Pollers {
		out.Pollers = append(out.Pollers, &taskqueuepb.PollerInfo{
			Identity: p.Identity, LastAccessTime: timestamppb.New(p.LastAccess), RatePerSecond: p.MaxTasksPerSecond,
		})
	}
	return out, nil
}

// WorkerGone ends the polls of a worker process that shuts down, so that no task is handed to it any more, and leaves its sticky queue.
func (e *Engine) WorkerGone(_ context.Context, in WorkerGone) error {
	q := e.owner.Queues()
	if in.StickyQueue != "" {
		q.Gone(matching.Key{Namespace: in.Namespace, Name: in.StickyQueue, Kind: orchestration.WorkflowTask}, "")
	}
	if in.TaskQueue != "" && in.InstanceKey != "" {
		for _, kind := range []orchestration.TaskKind{orchestration.WorkflowTask, orchestration.ActivityTask} {
			q.Gone(matching.Key{Namespace: in.Namespace, Name: in.TaskQueue, Kind: kind}, in.InstanceKey)
		}
	}
	return nil
}

// Waiting is how many polls wait at a queue now.
func (e *Engine) Waiting(in QueueRequest) int {
	return e.owner.Queues().Describe(queueKey(in)).Waiting
}

func queueKey(in QueueRequest) matching.Key {
	kind := orchestration.WorkflowTask
	if in.Kind == enumspb.TASK_QUEUE_TYPE_ACTIVITY {
		kind = orchestration.ActivityTask
	}
	return matching.Key{Namespace: in.Namespace, Name: in.Queue, Kind: kind}
}
