package worker

import (
	"context"
	"errors"
	"log/slog"
	"time"

	commonpb "go.temporal.io/api/common/v1"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/activity"
)

// attempt is one execution of an activity task.
type attempt struct {
	half   *activityHalf
	task   *activityTask
	info   activity.Info
	logger *slog.Logger
	beats  *heartbeats
}

func newAttempt(h *activityHalf, task *activityTask, now time.Time) *attempt {
	info := infoOf(task, now)
	info.TaskQueue = h.w.taskQueue
	return &attempt{
		half: h,
		task: task,
		info: info,
		logger: h.w.logger.With("workflow_id", info.WorkflowID, "run_id", info.RunID,
			"activity_type", info.ActivityType, "activity_id", info.ActivityID, "attempt", info.Attempt),
	}
}

func (a *attempt) run() {
	ctx, cancel := context.WithCancelCause(a.half.base)
	defer cancel(nil)
	if !a.info.Deadline.IsZero() {
		var release context.CancelFunc
		ctx, release = context.WithDeadline(ctx, a.info.Deadline)
		defer release()
	}
	a.beats = newHeartbeats(ctx, a, cancel)
	result, err := a.call(ctx)
	a.beats.stop()
	a.report(a.outcomeOf(ctx, result, err))
}

func (a *attempt) call(ctx context.Context) (*commonpb.Payloads, error) {
	f := a.half.registry[a.info.ActivityType]
	if f == nil {
		// Retryable: another worker of the queue may have it, or this one in its next version.
		return nil, sdk.NewApplicationError("activity "+a.info.ActivityType+" is not registered with this worker", "NotRegistered")
	}
	data := a.half.w.client.DataConverter()
	return f.call(activity.NewContext(ctx, activity.Environment{
		Info:          a.info,
		LastHeartbeat: a.task.GetHeartbeatDetails(),
		Decoder:       data,
		Record:        a.beats.record,
		Logger:        a.logger,
	}), invocation{data, a.task.GetInput(), a.task.GetHeader(), a.half.w.options.ActivityInterceptors})
}

// ending is how an attempt ends on the wire.
type ending int

const (
	endCompleted ending = iota
	endFailed
	endCanceled
	endSilent // nothing is reported
)

type outcome struct {
	ending ending
	result *commonpb.Payloads // of a completed attempt
	err    error              // of a failed or canceled attempt
}

// outcomeOf decides what to report. A cancellation counts as one only if the server asked for it.
func (a *attempt) outcomeOf(ctx context.Context, result *commonpb.Payloads, err error) outcome {
	cause := context.Cause(ctx)
	switch {
	case err == nil:
		return outcome{ending: endCompleted, result: result}
	case errors.Is(err, activity.ErrResultPending), errors.Is(cause, activity.ErrGone):
		return outcome{ending: endSilent}
	case sdk.IsCanceled(cause) && errors.Is(err, context.Canceled):
		return outcome{ending: endCanceled, err: err}
	default:
		return outcome{ending: endFailed, err: err}
	}
}

func infoOf(task *activityTask, now time.Time) activity.Info {
	return activity.Info{
		Namespace:              task.GetWorkflowNamespace(),
		WorkflowID:             task.GetWorkflowExecution().GetWorkflowId(),
		RunID:                  task.GetWorkflowExecution().GetRunId(),
		WorkflowType:           task.GetWorkflowType().GetName(),
		ActivityID:             task.GetActivityId(),
		ActivityType:           task.GetActivityType().GetName(),
		TaskToken:              task.GetTaskToken(),
		Attempt:                task.GetAttempt(),
		ScheduledTime:          task.GetScheduledTime().AsTime(),
		AttemptScheduledTime:   task.GetCurrentAttemptScheduledTime().AsTime(),
		StartedTime:            task.GetStartedTime().AsTime(),
		Deadline:               deadlineOf(task, now),
		ScheduleToCloseTimeout: task.GetScheduleToCloseTimeout().AsDuration(),
		StartToCloseTimeout:    task.GetStartToCloseTimeout().AsDuration(),
		HeartbeatTimeout:       task.GetHeartbeatTimeout().AsDuration(),
		RetryPolicy:            sdk.RetryPolicyFromProto(task.GetRetryPolicy()),
	}
}

// deadlineOf works out when the server gives up on the attempt. It subtracts server times only from each other, so that a
// clock that differs from the server's does no harm.
func deadlineOf(task *activityTask, now time.Time) time.Time {
	var deadline time.Time
	if timeout := task.GetStartToCloseTimeout().AsDuration(); timeout > 0 {
		deadline = now.Add(timeout)
	}
	if timeout := task.GetScheduleToCloseTimeout().AsDuration(); timeout > 0 {
		spent := task.GetStartedTime().AsTime().Sub(task.GetScheduledTime().AsTime())
		if end := now.Add(timeout - spent); deadline.IsZero() || end.Before(deadline) {
			deadline = end
		}
	}
	return deadline
}
