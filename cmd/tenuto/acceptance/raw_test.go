package acceptance

import (
	"context"
	"errors"
	"fmt"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/types/known/durationpb"
)

// A worker by hand: where a test needs to hold a task in flight, or to answer as no SDK would.

// pollTask takes the next workflow task from the lab's queue.
func (l *lab) pollTask() *workflowservice.PollWorkflowTaskQueueResponse {
	l.Helper()
	var task *workflowservice.PollWorkflowTaskQueueResponse
	eventually(l, func() (err error) {
		task, err = l.pollOnce(l.taskQueue())
		return err
	})
	return task
}

// pollOnce is one poll for a workflow task; an empty answer is an error.
func (l *lab) pollOnce(queue *taskqueuepb.TaskQueue) (*workflowservice.PollWorkflowTaskQueueResponse, error) {
	ctx, cancel := context.WithTimeout(l.ctx, 20*time.Second)
	defer cancel()
	task, err := l.service().PollWorkflowTaskQueue(ctx, &workflowservice.PollWorkflowTaskQueueRequest{
		Namespace: namespace, TaskQueue: queue, Identity: "by hand",
	})
	if err == nil && len(task.GetTaskToken()) == 0 {
		err = errors.New("the poll came back empty")
	}
	return task, err
}

// pollActivity takes the next activity task from the lab's queue.
func (l *lab) pollActivity() *workflowservice.PollActivityTaskQueueResponse {
	l.Helper()
	var task *workflowservice.PollActivityTaskQueueResponse
	eventually(l, func() error {
		ctx, cancel := context.WithTimeout(l.ctx, 10*time.Second)
		defer cancel()
		var err error
		task, err = l.service().PollActivityTaskQueue(ctx, &workflowservice.PollActivityTaskQueueRequest{
			Namespace: namespace, TaskQueue: l.taskQueue(), Identity: "by hand",
		})
		if err == nil && len(task.GetTaskToken()) == 0 {
			err = errors.New("the poll came back empty")
		}
		return err
	})
	return task
}

// answer completes a workflow task with commands.
func (l *lab) answer(task *workflowservice.PollWorkflowTaskQueueResponse, commands ...*commandpb.Command) (*workflowservice.RespondWorkflowTaskCompletedResponse, error) {
	return l.service().RespondWorkflowTaskCompleted(l.ctx, &workflowservice.RespondWorkflowTaskCompletedRequest{
		Namespace: namespace, TaskToken: task.TaskToken, Identity: "by hand", Commands: commands,
	})
}

// mustAnswer is answer where refusal is a failure of the test.
func (l *lab) mustAnswer(task *workflowservice.PollWorkflowTaskQueueResponse, commands ...*commandpb.Command) *workflowservice.RespondWorkflowTaskCompletedResponse {
	l.Helper()
	reply, err := l.answer(task, commands...)
	l.must(err)
	return reply
}

// completeRun is the command that ends a run with a result.
func completeRun(value any) *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
		Attributes: &commandpb.Command_CompleteWorkflowExecutionCommandAttributes{
			CompleteWorkflowExecutionCommandAttributes: &commandpb.CompleteWorkflowExecutionCommandAttributes{Result: encode(value)},
		},
	}
}

// scheduleStep is the command that schedules an activity of type "step" on the lab's queue.
func (l *lab) scheduleStep(id string, tune ...func(*commandpb.ScheduleActivityTaskCommandAttributes)) *commandpb.Command {
	a := &commandpb.ScheduleActivityTaskCommandAttributes{
		ActivityId:          id,
		ActivityType:        &commonpb.ActivityType{Name: "step"},
		TaskQueue:           l.taskQueue(),
		Input:               encode(id),
		StartToCloseTimeout: durationpb.New(10 * time.Second),
	}
	for _, f := range tune {
		f(a)
	}
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
		Attributes:  &commandpb.Command_ScheduleActivityTaskCommandAttributes{ScheduleActivityTaskCommandAttributes: a},
	}
}

// startTimer is the command that starts a timer.
func startTimer(id string, after time.Duration) *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_START_TIMER,
		Attributes: &commandpb.Command_StartTimerCommandAttributes{
			StartTimerCommandAttributes: &commandpb.StartTimerCommandAttributes{TimerId: id, StartToFireTimeout: durationpb.New(after)},
		},
	}
}

// startRequest is a valid raw start of workflow type "flow".
func (l *lab) startRequest() *workflowservice.StartWorkflowExecutionRequest {
	return &workflowservice.StartWorkflowExecutionRequest{
		Namespace:    namespace,
		WorkflowId:   l.newID(),
		WorkflowType: &commonpb.WorkflowType{Name: "flow"},
		TaskQueue:    l.taskQueue(),
		Identity:     "by hand",
		RequestId:    fmt.Sprintf("request-%s-%d", l.queue, l.started.Load()),
	}
}

// encode makes JSON payloads as the official SDK does.
func encode(values ...any) *commonpb.Payloads {
	p, err := converter.GetDefaultDataConverter().ToPayloads(values...)
	if err != nil {
		panic(err)
	}
	return p
}

// stickyAnswer completes a task with no command and asks for the next one on a sticky queue.
func stickyAnswer(token []byte, queue string, timeout time.Duration) *workflowservice.RespondWorkflowTaskCompletedRequest {
	return &workflowservice.RespondWorkflowTaskCompletedRequest{
		Namespace: namespace, TaskToken: token, Identity: "by hand",
		StickyAttributes: &taskqueuepb.StickyExecutionAttributes{
			WorkerTaskQueue:        &taskqueuepb.TaskQueue{Name: queue, Kind: enumspb.TASK_QUEUE_KIND_STICKY},
			ScheduleToStartTimeout: durationpb.New(timeout),
		},
	}
}

// polledBy says whether somebody polls this workflow task queue.
func (l *lab) polledBy(queue string) error {
	d, err := l.client.DescribeTaskQueue(l.ctx, queue, enumspb.TASK_QUEUE_TYPE_WORKFLOW)
	if err != nil {
		return err
	}
	if len(d.Pollers) == 0 {
		return fmt.Errorf("nobody polls %s", queue)
	}
	return nil
}
