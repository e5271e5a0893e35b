package bench

import (
	"context"
	"fmt"
	"sync"
	"time"

	historypb "go.temporal.io/api/history/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// pollTimeout is a little more than a server's long poll.
const pollTimeout = 70 * time.Second

// work runs the load's worker: pollers for new workflows, for workflows it knows (its sticky queue), and for activities.
func (r *raw) work(ctx context.Context, running *sync.WaitGroup) error {
	sticky := r.home.queue + "-sticky"
	for n := range r.count {
		service := r.poller(n)
		running.Go(func() {
			r.loop(ctx, func() error { _, err := r.workflowTaskOf(ctx, service, r.home, r.home.normal(), sticky); return err })
		})
		running.Go(func() {
			r.loop(ctx, func() error {
				_, err := r.workflowTaskOf(ctx, service, r.home, r.home.sticky(sticky), sticky)
				return err
			})
		})
		running.Go(func() {
			r.loop(ctx, func() error { _, err := r.activityTask(ctx, service, r.home); return err })
		})
	}
	return nil
}

func (r *raw) loop(ctx context.Context, once func() error) {
	for ctx.Err() == nil {
		err := r.patiently(ctx, once)
		// NotFound: the task timed out or its workflow is closed. The server gives it to somebody else, or nobody needs it.
		if err != nil && ctx.Err() == nil && status.Code(err) != codes.NotFound {
			r.broken(fmt.Errorf("worker: %w", err))
			return
		}
	}
}

// answered is what became of a workflow task; of a poll that brought none, the zero value.
type answered struct {
	workflow  string // its id
	scheduled int    // activities
	ended     bool
}

// workflowTask polls a place's queue for a workflow task and answers it, as a worker without memory does.
func (r *raw) workflowTask(ctx context.Context, service workflowservice.WorkflowServiceClient, at place) (answered, error) {
	return r.workflowTaskOf(ctx, service, at, at.normal(), "")
}

// workflowTaskOf polls a queue for a workflow task and answers it. sticky is the queue of the worker that keeps what it has seen; empty: none does.
func (r *raw) workflowTaskOf(
	ctx context.Context, service workflowservice.WorkflowServiceClient, at place, queue *taskqueuepb.TaskQueue, sticky string,
) (answered, error) {
	poll, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	task, err := service.PollWorkflowTaskQueue(poll, &workflowservice.PollWorkflowTaskQueueRequest{Namespace: at.namespace, TaskQueue: queue, Identity: identity})
	if err != nil || len(task.GetTaskToken()) == 0 {
		return answered{}, err
	}
	r.arrived(task.GetScheduledTime())
	if r.order {
		r.arrivals.add(task.GetScheduledTime().AsTime())
	}
	seen, err := r.seen(ctx, service, at, task)
	if err != nil {
		return answered{}, err
	}
	flow := r.flow
	if task.GetWorkflowType().GetName() == childName {
		flow.rounds, flow.sleep, flow.signals = 0, 0, 0
	}
	commands, ended := flow.next(seen, task.GetWorkflowExecution().GetWorkflowId(), at.normal())
	answer := &workflowservice.RespondWorkflowTaskCompletedRequest{
		Namespace: at.namespace, TaskToken: task.GetTaskToken(), Identity: identity, Commands: commands,
	}
	if sticky != "" {
		// Noted first: the next task may be here before the answer to this one.
		r.cache.note(task.GetWorkflowExecution().GetRunId(), seen, ended)
		answer.StickyAttributes = &taskqueuepb.StickyExecutionAttributes{
			WorkerTaskQueue: at.sticky(sticky), ScheduleToStartTimeout: durationpb.New(5 * time.Second),
		}
	}
	call, cancel := answering(ctx)
	defer cancel()
	if _, err := service.RespondWorkflowTaskCompleted(call, answer); err != nil {
		return answered{}, err
	}
	out := answered{workflow: task.GetWorkflowExecution().GetWorkflowId(), ended: ended}
	if ended {
		r.ended(out.workflow)
	} else {
		out.scheduled = r.flow.width * min(1, len(commands))
	}
	return out, nil
}

// arrived counts how long a task waited: from the moment when the server scheduled it, by the server's clock, to now, by ours.
func (t *tally) arrived(scheduled *timestamppb.Timestamp) {
	t.waits.add(time.Since(scheduled.AsTime()))
}

// answering outlives the end of the load, so that a task that was taken is answered in full.
func answering(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), callTimeout)
}

// seen is how far the task's workflow has come. A task from the sticky queue brings only the events since the worker's last answer; one with the first
// event brings all, in pages.
func (r *raw) seen(
	ctx context.Context, service workflowservice.WorkflowServiceClient, at place, task *workflowservice.PollWorkflowTaskQueueResponse,
) (p progress, err error) {
	events, token := task.GetHistory().GetEvents(), task.GetNextPageToken()
	if partial(events) {
		known, ok := r.cache.known(task.GetWorkflowExecution().GetRunId())
		if !ok {
			return p, fmt.Errorf("workflow %s: a partial history, but the worker never saw its start", task.GetWorkflowExecution().GetWorkflowId())
		}
		p = known
	}
	p.see(events)
	for len(token) > 0 {
		call, cancel := context.WithTimeout(ctx, callTimeout)
		page, err := service.GetWorkflowExecutionHistory(call, &workflowservice.GetWorkflowExecutionHistoryRequest{
			Namespace: at.namespace, Execution: task.GetWorkflowExecution(), NextPageToken: token,
		})
		cancel()
		if err != nil {
			return p, err
		}
		p.see(page.GetHistory().GetEvents())
		token = page.GetNextPageToken()
	}
	return p, nil
}

func partial(events []*historypb.HistoryEvent) bool {
	return len(events) == 0 || events[0].GetEventId() > 1
}

// activityTask polls a place's queue for an activity task and completes it. It returns how many it completed: one, or none when the poll brought none.
func (r *raw) activityTask(ctx context.Context, service workflowservice.WorkflowServiceClient, at place) (int, error) {
	poll, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	task, err := service.PollActivityTaskQueue(poll, &workflowservice.PollActivityTaskQueueRequest{
		Namespace: at.namespace, TaskQueue: at.normal(), Identity: identity,
	})
	if err != nil || len(task.GetTaskToken()) == 0 {
		return 0, err
	}
	r.arrived(task.GetCurrentAttemptScheduledTime())
	call, cancel := answering(ctx)
	defer cancel()
	_, err = service.RespondActivityTaskCompleted(call, &workflowservice.RespondActivityTaskCompletedRequest{
		Namespace: at.namespace, TaskToken: task.GetTaskToken(), Identity: identity, Result: payload,
	})
	return 1, err
}

// cache is what the worker remembers of the open runs whose tasks come to its sticky queue.
type cache struct {
	mu sync.Mutex
	of map[string]progress
}

func (c *cache) known(run string) (p progress, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, ok = c.of[run]
	return p, ok
}

func (c *cache) note(run string, p progress, closed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if closed {
		delete(c.of, run)
	} else {
		c.of[run] = p
	}
}
