package worker

import (
	"context"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/sdk/internal/funcname"
	"github.com/tenuto-io/tenuto/sdk/internal/replay"
)

// respondFor bounds the reports of a workflow task's outcome. A task takes seconds; afterwards the server has given it to
// someone else.
const respondFor = 30 * time.Second

type workflowTask = workflowservice.PollWorkflowTaskQueueResponse

// processor turns a workflow task into its outcome: a [replay.Processor].
type processor interface {
	Register(replay.Registration) error
	Handle(ctx context.Context, task *workflowTask) (replay.Reply, error)
	Discarded(runID string, startedID int64)
	Forget(runID string)
	CacheSize() (runs int, bytes int64)
	Close()
}

// workflowHalf is the part of a worker that runs workflows.
type workflowHalf struct {
	w          *Worker
	processor  processor
	registered int
	slots      slots
	// locals bounds local activities.
	locals slots
	// tasks is the parent of the contexts of workflow tasks; cancelTasks ends it, and with it the wait for local activities.
	tasks       context.Context
	cancelTasks context.CancelFunc
	// stickyQueue is this process's own queue, empty without a cache.
	stickyQueue string
	// polls and stickyPolls are those of the task queue and of the sticky one; nil before the start, and without that queue.
	polls, stickyPolls *scale
}

func newWorkflowHalf(w *Worker) *workflowHalf {
	h := &workflowHalf{
		w: w, slots: newSlots(w.options.MaxConcurrentWorkflowTasks), locals: newSlots(w.options.MaxConcurrentLocalActivities),
	}
	h.tasks, h.cancelTasks = context.WithCancel(context.Background())
	if w.options.StickyCacheBytes > 0 && cap(h.slots) > 1 { // a poll of each queue needs one
		h.stickyQueue = w.options.Identity + ":" + w.instance
	}
	h.processor = replay.NewProcessor(h.replayOptions())
	return h
}

func (h *workflowHalf) replayOptions() replay.Options {
	w := h.w
	return replay.Options{
		Namespace:        w.client.Namespace(),
		Identity:         w.options.Identity,
		TaskQueue:        w.taskQueue,
		StickyQueue:      h.stickyQueue,
		StickyTimeout:    w.options.StickyTimeout,
		DataConverter:    w.client.DataConverter(),
		FailureConverter: w.client.FailureConverter(),
		CacheBytes:       max(w.options.StickyCacheBytes, 0),
		DeadlockTimeout:  w.options.DeadlockTimeout,
		Logger:           w.logger,
		HistoryPage:      h.historyPage,
		EagerSlots:       h.wantsEager(),
		LocalActivity:    h.executeLocal,
		Interceptors:     w.options.WorkflowInterceptors,
	}
}

func (h *workflowHalf) register(name string, workflow any) error {
	if name == "" {
		var err error
		if name, err = funcname.Of(workflow); err != nil {
			return err
		}
	}
	h.registered++
	return h.processor.Register(replay.Registration{Name: name, Fn: workflow})
}

func (h *workflowHalf) start() {
	normal := &taskqueuepb.TaskQueue{Name: h.w.taskQueue, Kind: enumspb.TASK_QUEUE_KIND_NORMAL}
	h.polls = h.startPolls("workflow tasks", normal)
	if h.stickyQueue != "" {
		h.stickyPolls = h.startPolls("sticky workflow tasks", &taskqueuepb.TaskQueue{
			Name: h.stickyQueue, Kind: enumspb.TASK_QUEUE_KIND_STICKY, NormalName: h.w.taskQueue,
		})
	}
}

func (h *workflowHalf) startPolls(what string, queue *taskqueuepb.TaskQueue) *scale {
	poll := func(ctx context.Context) (*workflowTask, error) {
		return h.w.service.PollWorkflowTaskQueue(ctx, &workflowservice.PollWorkflowTaskQueueRequest{
			Namespace:         h.w.client.Namespace(),
			TaskQueue:         queue,
			Identity:          h.w.options.Identity,
			WorkerInstanceKey: h.w.instance,
		})
	}
	return startPolls(h.w, h.w.options.WorkflowPollers, h.mostPolls(), &poller[*workflowTask]{
		what: what, slots: h.slots, poll: poll, handle: h.run,
	})
}

// mostPolls is how many polls of one queue may wait. Each holds a slot, for a minute if nothing comes: those of the sticky queue must leave some to those of
// the task queue, where the tasks of a worker arrive that has died, and the other way round.
func (h *workflowHalf) mostPolls() int {
	if h.stickyQueue == "" {
		return mostPolls
	}
	return min(mostPolls, cap(h.slots)/2)
}

// historyPage fetches a page of a history that was too long for its task.
func (h *workflowHalf) historyPage(
	ctx context.Context, execution *commonpb.WorkflowExecution, token []byte,
) (*historypb.History, []byte, error) {
	response, err := h.w.service.GetWorkflowExecutionHistory(ctx, &workflowservice.GetWorkflowExecutionHistoryRequest{
		Namespace: h.w.client.Namespace(), Execution: execution, NextPageToken: token,
	})
	return response.GetHistory(), response.GetNextPageToken(), err
}
