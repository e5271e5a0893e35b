package worker

import (
	"context"
	"errors"
	"log/slog"

	commandpb "go.temporal.io/api/command/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/sdk/internal/replay"
)

// run handles a workflow task, and those that the server returns with its answers, until there is none.
func (h *workflowHalf) run(task *workflowTask) {
	for len(task.GetTaskToken()) > 0 {
		runID := task.GetWorkflowExecution().GetRunId()
		logger := h.w.logger.With("workflow_id", task.GetWorkflowExecution().GetWorkflowId(), "run_id", runID,
			"workflow_type", task.GetWorkflowType().GetName())
		reply, err := h.processor.Handle(h.tasks, task)
		if err == nil {
			task, err = h.respond(runID, reply, logger)
		}
		if err != nil {
			// What the server knows now is uncertain, so the cached state is too: the next task replays.
			h.processor.Forget(runID)
			logWorkflowTask(logger, err)
			return
		}
	}
}

func logWorkflowTask(logger *slog.Logger, err error) {
	var notFound *serviceerror.NotFound
	if errors.As(err, &notFound) {
		logger.Debug("the server no longer waits for this workflow task", "error", err)
		return
	}
	logger.Warn("workflow task was not answered", "error", err)
}

// respond reports an outcome and returns the task that came with the answer, nil if none.
func (h *workflowHalf) respond(runID string, reply replay.Reply, logger *slog.Logger) (*workflowTask, error) {
	ctx, cancel := context.WithTimeout(context.Background(), respondFor)
	defer cancel()
	switch {
	case reply.Completed != nil:
		return h.complete(ctx, runID, reply.Completed)
	case reply.Failed != nil:
		failure := reply.Failed.GetFailure()
		logger.Error("workflow task failed", "cause", reply.Failed.GetCause().String(),
			"error", failure.GetMessage(), "stack", failure.GetStackTrace())
		_, err := h.w.service.RespondWorkflowTaskFailed(ctx, reply.Failed)
		return nil, err
	case reply.Query != nil:
		_, err := h.w.service.RespondQueryTaskCompleted(ctx, reply.Query)
		return nil, err
	default:
		return nil, errors.New("worker: the task has no outcome")
	}
}

func (h *workflowHalf) complete(
	ctx context.Context, runID string, request *workflowservice.RespondWorkflowTaskCompletedRequest,
) (*workflowTask, error) {
	request.WorkerInstanceKey = h.w.instance
	request.ReturnNewWorkflowTask = true
	if h.w.accepting.Err() != nil {
		// The worker is stopping. A further task would only delay it, and one sent to its own queue would wait there for nobody.
		request.ReturnNewWorkflowTask, request.StickyAttributes = false, nil
	}
	held := h.holdEager(request.GetCommands())
	response, err := h.w.service.RespondWorkflowTaskCompleted(ctx, request)
	if held > 0 {
		h.w.activities.runEager(response.GetActivityTasks(), held)
	}
	if last := response.GetResetHistoryEventId(); last > 0 {
		h.processor.Discarded(runID, last)
	}
	return response.GetWorkflowTask(), err
}

// wantsEager returns what tells the processor whether asking for an eager activity is worth it, nil if it never is. The slot
// is only held in holdEager, where its release is certain.
func (h *workflowHalf) wantsEager() func() bool {
	activities := h.w.activities
	if activities == nil || h.w.options.DisableEagerActivities {
		return nil
	}
	return func() bool { return len(activities.slots) < cap(activities.slots) }
}

// holdEager holds a slot for each activity that the commands ask for eagerly, takes back the requests for which there is
// none, and returns the number of slots held.
func (h *workflowHalf) holdEager(commands []*commandpb.Command) int {
	held := 0
	for _, command := range commands {
		schedule := command.GetScheduleActivityTaskCommandAttributes()
		if !schedule.GetRequestEagerExecution() {
			continue
		}
		activities := h.w.activities
		if activities != nil && activities.takeEager(schedule.GetActivityType().GetName(), schedule.GetTaskQueue().GetName()) {
			held++
			continue
		}
		schedule.RequestEagerExecution = false
	}
	return held
}
