package worker

import (
	"context"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
)

type activityTask = workflowservice.PollActivityTaskQueueResponse

// activityHalf is the part of a worker that runs activities.
type activityHalf struct {
	w        *Worker
	registry registry
	slots    slots
	polls    *scale // nil before the start
	// base is the parent of all activity contexts; cancelAll ends it.
	base      context.Context
	cancelAll context.CancelCauseFunc
}

func newActivityHalf(w *Worker) *activityHalf {
	h := &activityHalf{w: w, registry: registry{}, slots: newSlots(w.options.MaxConcurrentActivities)}
	h.base, h.cancelAll = context.WithCancelCause(context.Background())
	return h
}

func (h *activityHalf) start() {
	h.polls = startPolls(h.w, h.w.options.ActivityPollers, mostPolls, &poller[*activityTask]{
		what: "activities", slots: h.slots, poll: h.poll, handle: h.run,
	})
}

func (h *activityHalf) poll(ctx context.Context) (*activityTask, error) {
	return h.w.service.PollActivityTaskQueue(ctx, &workflowservice.PollActivityTaskQueueRequest{
		Namespace:         h.w.client.Namespace(),
		TaskQueue:         &taskqueuepb.TaskQueue{Name: h.w.taskQueue, Kind: enumspb.TASK_QUEUE_KIND_NORMAL},
		Identity:          h.w.options.Identity,
		WorkerInstanceKey: h.w.instance,
	})
}

// run executes a task and reports its outcome. The caller holds its slot.
func (h *activityHalf) run(task *activityTask) { newAttempt(h, task, time.Now()).run() }

// takeEager says whether an activity may be asked for eagerly, and holds a slot for it if so.
func (h *activityHalf) takeEager(activityType, taskQueue string) bool {
	return h.registry[activityType] != nil && taskQueue == h.w.taskQueue && h.w.accepting.Err() == nil && h.slots.tryTake()
}

// runEager runs the tasks that came with the answer to a workflow task, in the slots held for them, and frees the others.
func (h *activityHalf) runEager(tasks []*activityTask, held int) {
	for _, task := range tasks {
		held--
		h.w.running.Go(func() {
			defer h.slots.free()
			h.run(task)
		})
	}
	for range held {
		h.slots.free()
	}
}
