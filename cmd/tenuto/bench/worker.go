package bench

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

// pollTimeout is a little more than a server's long poll.
const pollTimeout = 70 * time.Second

const stickySuffix = "-sticky"

// work runs the load's worker until ctx ends: pollers for new workflows, for workflows it knows (its sticky queue), and for activities.
func (l *load) work(ctx context.Context, running *sync.WaitGroup) {
	l.steps.of = make(map[string]int)
	for range l.pollers {
		running.Go(func() { l.loop(ctx, func() error { return l.workflowTask(ctx, l.queue("")) }) })
		running.Go(func() { l.loop(ctx, func() error { return l.workflowTask(ctx, l.queue(stickySuffix)) }) })
		running.Go(func() { l.loop(ctx, func() error { return l.activityTask(ctx) }) })
	}
}

func (l *load) loop(ctx context.Context, once func() error) {
	for ctx.Err() == nil {
		err := l.patiently(ctx, once)
		// NotFound: the task timed out or its workflow is closed. The server gives it to somebody else, or nobody needs it.
		if err != nil && ctx.Err() == nil && status.Code(err) != codes.NotFound {
			l.fail(fmt.Errorf("worker: %w", err))
			return
		}
	}
}

// workflowTask polls for a workflow task and answers it: the next activity of the chain, or the end.
func (l *load) workflowTask(ctx context.Context, queue *taskqueuepb.TaskQueue) error {
	poll, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	task, err := l.service.PollWorkflowTaskQueue(poll, &workflowservice.PollWorkflowTaskQueueRequest{
		Namespace: l.namespace, TaskQueue: queue, Identity: identity,
	})
	if err != nil || len(task.GetTaskToken()) == 0 {
		return err
	}
	steps, err := l.completed(ctx, task)
	if err != nil {
		return err
	}
	// Noted first: the next task may be here before the answer to this one.
	l.steps.note(task.GetWorkflowExecution().GetRunId(), steps, steps >= l.activities)
	call, cancel := answering(ctx)
	defer cancel()
	_, err = l.service.RespondWorkflowTaskCompleted(call, &workflowservice.RespondWorkflowTaskCompletedRequest{
		Namespace: l.namespace, TaskToken: task.GetTaskToken(), Identity: identity,
		Commands: []*commandpb.Command{l.command(steps)},
		StickyAttributes: &taskqueuepb.StickyExecutionAttributes{
			WorkerTaskQueue: l.queue(stickySuffix), ScheduleToStartTimeout: durationpb.New(5 * time.Second),
		},
	})
	return err
}

// answering outlives the end of the load, so that a task that was taken is answered in full.
func answering(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), callTimeout)
}

// command is what a workflow does after so many activities.
func (l *load) command(steps int) *commandpb.Command {
	if steps >= l.activities {
		return &commandpb.Command{
			CommandType: enumspb.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
			Attributes: &commandpb.Command_CompleteWorkflowExecutionCommandAttributes{
				CompleteWorkflowExecutionCommandAttributes: &commandpb.CompleteWorkflowExecutionCommandAttributes{Result: payload},
			},
		}
	}
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
		Attributes: &commandpb.Command_ScheduleActivityTaskCommandAttributes{
			ScheduleActivityTaskCommandAttributes: &commandpb.ScheduleActivityTaskCommandAttributes{
				ActivityId: strconv.Itoa(steps + 1), ActivityType: &commonpb.ActivityType{Name: "bench"},
				TaskQueue: l.queue(""), Input: payload, StartToCloseTimeout: durationpb.New(time.Minute),
			},
		},
	}
}

// completed is how many activities of the task's workflow have completed. A task from the sticky queue brings only the events since the
// worker's last answer; one with the first event brings all, in pages.
func (l *load) completed(ctx context.Context, task *workflowservice.PollWorkflowTaskQueueResponse) (int, error) {
	events, token := task.GetHistory().GetEvents(), task.GetNextPageToken()
	steps := 0
	if len(events) == 0 || events[0].GetEventId() > 1 {
		known, ok := l.steps.known(task.GetWorkflowExecution().GetRunId())
		if !ok {
			return 0, fmt.Errorf("workflow %s: a partial history, but the worker never saw its start", task.GetWorkflowExecution().GetWorkflowId())
		}
		steps = known
	}
	steps += activitiesCompleted(events)
	for len(token) > 0 {
		call, cancel := context.WithTimeout(ctx, callTimeout)
		page, err := l.service.GetWorkflowExecutionHistory(call, &workflowservice.GetWorkflowExecutionHistoryRequest{
			Namespace: l.namespace, Execution: task.GetWorkflowExecution(), NextPageToken: token,
		})
		cancel()
		if err != nil {
			return 0, err
		}
		steps += activitiesCompleted(page.GetHistory().GetEvents())
		token = page.GetNextPageToken()
	}
	return steps, nil
}

func activitiesCompleted(events []*historypb.HistoryEvent) (n int) {
	for _, e := range events {
		if e.GetEventType() == enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED {
			n++
		}
	}
	return n
}

// activityTask polls for an activity task and completes it.
func (l *load) activityTask(ctx context.Context) error {
	poll, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	task, err := l.service.PollActivityTaskQueue(poll, &workflowservice.PollActivityTaskQueueRequest{
		Namespace: l.namespace, TaskQueue: l.queue(""), Identity: identity,
	})
	if err != nil || len(task.GetTaskToken()) == 0 {
		return err
	}
	call, cancel := answering(ctx)
	defer cancel()
	_, err = l.service.RespondActivityTaskCompleted(call, &workflowservice.RespondActivityTaskCompletedRequest{
		Namespace: l.namespace, TaskToken: task.GetTaskToken(), Identity: identity, Result: payload,
	})
	return err
}

// stepCounts is the worker's cache: how many activities of each open run it has seen complete.
type stepCounts struct {
	mu sync.Mutex
	of map[string]int
}

func (s *stepCounts) known(run string) (steps int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	steps, ok = s.of[run]
	return steps, ok
}

func (s *stepCounts) note(run string, steps int, closed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if closed {
		delete(s.of, run)
	} else {
		s.of[run] = steps
	}
}
