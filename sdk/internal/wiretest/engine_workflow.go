package wiretest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
)

// PollWorkflowTaskQueue waits for a workflow task or a query.
func (e *Engine) PollWorkflowTaskQueue(
	ctx context.Context, request *workflowservice.PollWorkflowTaskQueueRequest,
) (*workflowservice.PollWorkflowTaskQueueResponse, error) {
	queue := request.GetTaskQueue()
	sticky := queue.GetKind() == enumspb.TASK_QUEUE_KIND_STICKY
	task := &workflowservice.PollWorkflowTaskQueueResponse{}
	err := e.wait(ctx, func() bool {
		if e.stopped[request.GetWorkerInstanceKey()] {
			return true
		}
		if sticky {
			e.queues[queue.GetName()] = true
		}
		found := e.nextTask(queue.GetName(), sticky)
		if found == nil && !sticky {
			found = e.nextQuery(queue.GetName())
		}
		if found != nil {
			task = found
		}
		return found != nil
	})
	return task, err
}

func (e *Engine) nextTask(queue string, sticky bool) *workflowservice.PollWorkflowTaskQueueResponse {
	for _, r := range e.runs {
		// The tasks of a cached workflow go to the worker that has it.
		cached := e.queues[r.sticky]
		if !r.scheduled || sticky != cached || queue != r.sticky && (cached || queue != r.start.GetTaskQueue().GetName()) {
			continue
		}
		return r.startTask(sticky)
	}
	return nil
}

func (r *run) startTask(sticky bool) *workflowservice.PollWorkflowTaskQueueResponse {
	r.scheduled = false
	r.started = r.add(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED,
		Attributes: &historypb.HistoryEvent_WorkflowTaskStartedEventAttributes{
			WorkflowTaskStartedEventAttributes: &historypb.WorkflowTaskStartedEventAttributes{
				ScheduledEventId: int64(len(r.events)),
			},
		},
	}).GetEventId()
	events := r.events
	if sticky {
		events = events[r.previous:]
	}
	r.taskAttempts++
	return &workflowservice.PollWorkflowTaskQueueResponse{
		TaskToken:              []byte(fmt.Sprintf("%s\x00%d", r.id.GetWorkflowId(), r.started)),
		WorkflowExecution:      r.id,
		WorkflowType:           r.start.GetWorkflowType(),
		PreviousStartedEventId: r.previous,
		StartedEventId:         r.started,
		Attempt:                r.taskAttempts,
		History:                &historypb.History{Events: slices.Clone(events)},
	}
}

func (e *Engine) nextQuery(queue string) *workflowservice.PollWorkflowTaskQueueResponse {
	for i, q := range e.queries {
		// A query sees what the workflow has done, so it waits for the current task.
		if q.r.started != 0 || q.r.scheduled || queue != q.r.start.GetTaskQueue().GetName() {
			continue
		}
		e.queries = slices.Delete(e.queries, i, i+1)
		e.asked[q.token] = q
		return &workflowservice.PollWorkflowTaskQueueResponse{
			TaskToken:              []byte(q.token),
			WorkflowExecution:      q.r.id,
			WorkflowType:           q.r.start.GetWorkflowType(),
			PreviousStartedEventId: q.r.previous,
			Query:                  q.query,
			History:                &historypb.History{Events: slices.Clone(q.r.events)},
		}
	}
	return nil
}

// RespondQueryTaskCompleted passes an answer on.
func (e *Engine) RespondQueryTaskCompleted(
	_ context.Context, request *workflowservice.RespondQueryTaskCompletedRequest,
) (*workflowservice.RespondQueryTaskCompletedResponse, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	q := e.asked[string(request.GetTaskToken())]
	if q == nil {
		return nil, serviceerror.NewNotFound("no such query")
	}
	q.answer = request
	e.touch()
	return &workflowservice.RespondQueryTaskCompletedResponse{}, nil
}

// taskOf returns the run whose current workflow task has the token. The lock is held.
func (e *Engine) taskOf(token []byte) (*run, error) {
	id, started, _ := strings.Cut(string(token), "\x00")
	r := e.runs[id]
	if r == nil || r.started == 0 || started != fmt.Sprint(r.started) {
		return nil, serviceerror.NewNotFound("no such workflow task")
	}
	return r, nil
}

// RespondWorkflowTaskCompleted carries out the commands.
func (e *Engine) RespondWorkflowTaskCompleted(
	_ context.Context, request *workflowservice.RespondWorkflowTaskCompletedRequest,
) (*workflowservice.RespondWorkflowTaskCompletedResponse, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	r, err := e.taskOf(request.GetTaskToken())
	if err != nil {
		return nil, err
	}
	if closes(request.GetCommands()) && len(r.buffered) > 0 {
		r.failTask(enumspb.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND, nil)
		return nil, serviceerror.NewInvalidArgument("UnhandledCommand")
	}
	r.previous, r.taskAttempts = r.started, 0
	r.sticky = request.GetStickyAttributes().GetWorkerTaskQueue().GetName()
	completed := r.add(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
		Attributes: &historypb.HistoryEvent_WorkflowTaskCompletedEventAttributes{
			WorkflowTaskCompletedEventAttributes: &historypb.WorkflowTaskCompletedEventAttributes{
				ScheduledEventId: r.started - 1, StartedEventId: r.started, Identity: request.GetIdentity(),
				SdkMetadata: request.GetSdkMetadata(),
			},
		},
	})
	for _, command := range request.GetCommands() {
		if err := r.do(command, completed.GetEventId()); err != nil {
			return nil, err
		}
	}
	r.endTask()
	return &workflowservice.RespondWorkflowTaskCompletedResponse{}, nil
}

// RespondWorkflowTaskFailed tries the task again, a moment later.
func (e *Engine) RespondWorkflowTaskFailed(
	_ context.Context, request *workflowservice.RespondWorkflowTaskFailedRequest,
) (*workflowservice.RespondWorkflowTaskFailedResponse, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	r, err := e.taskOf(request.GetTaskToken())
	if err != nil {
		return nil, err
	}
	r.failTask(request.GetCause(), request)
	return &workflowservice.RespondWorkflowTaskFailedResponse{}, nil
}

func (r *run) failTask(cause enumspb.WorkflowTaskFailedCause, request *workflowservice.RespondWorkflowTaskFailedRequest) {
	r.add(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED,
		Attributes: &historypb.HistoryEvent_WorkflowTaskFailedEventAttributes{
			WorkflowTaskFailedEventAttributes: &historypb.WorkflowTaskFailedEventAttributes{
				ScheduledEventId: r.started - 1, StartedEventId: r.started, Cause: cause, Failure: request.GetFailure(),
			},
		},
	})
	r.sticky = ""
	r.endTask()
	time.AfterFunc(20*time.Millisecond, func() {
		r.e.mu.Lock()
		defer r.e.mu.Unlock()
		r.scheduleTask()
	})
}

// ShutdownWorker gives a sticky queue up and answers the polls of the worker.
func (e *Engine) ShutdownWorker(
	_ context.Context, request *workflowservice.ShutdownWorkerRequest,
) (*workflowservice.ShutdownWorkerResponse, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.queues, request.GetStickyTaskQueue())
	if request.GetWorkerInstanceKey() != "" {
		e.stopped[request.GetWorkerInstanceKey()] = true
	}
	e.touch()
	return &workflowservice.ShutdownWorkerResponse{}, nil
}

func closes(commands []*commandpb.Command) bool {
	return slices.ContainsFunc(commands, func(command *commandpb.Command) bool {
		switch command.GetCommandType() {
		case enumspb.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION, enumspb.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION,
			enumspb.COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION:
			return true
		}
		return false
	})
}
