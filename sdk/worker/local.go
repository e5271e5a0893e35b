package worker

import (
	"context"
	"reflect"

	commonpb "go.temporal.io/api/common/v1"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/activity"
	"github.com/tenuto-io/tenuto/sdk/internal/replay"
)

// executeLocal makes one attempt at a local activity: of the function registered under its name, or of the one that workflow code gave.
func (h *workflowHalf) executeLocal(ctx context.Context, attempt replay.LocalAttempt) (*commonpb.Payloads, error) {
	if !h.locals.take(ctx) {
		return nil, ctx.Err()
	}
	defer h.locals.free()
	f, err := h.localFunction(attempt)
	if err != nil {
		return nil, err
	}
	data, info := h.w.client.DataConverter(), h.localInfo(attempt)
	return f.call(activity.NewContext(ctx, activity.Environment{
		Info:    info,
		Decoder: data,
		Logger: h.w.logger.With("workflow_id", info.WorkflowID, "run_id", info.RunID,
			"activity_type", info.ActivityType, "activity_id", info.ActivityID, "attempt", info.Attempt),
	}), invocation{data, attempt.Input, attempt.Header, h.w.options.ActivityInterceptors})
}

func (h *workflowHalf) localFunction(attempt replay.LocalAttempt) (*function, error) {
	if h.w.activities != nil {
		if f := h.w.activities.registry[attempt.Type]; f != nil {
			return f, nil
		}
	}
	if attempt.Fn == nil {
		return nil, sdk.NewApplicationError("activity "+attempt.Type+" is not registered with this worker", "NotRegistered")
	}
	f, err := newFunction(reflect.ValueOf(attempt.Fn))
	if err != nil {
		return nil, sdk.NewNonRetryableError("local activity "+attempt.Type, "InvalidFunction", err)
	}
	return f, nil
}

func (h *workflowHalf) localInfo(attempt replay.LocalAttempt) activity.Info {
	return activity.Info{
		Namespace:              h.w.client.Namespace(),
		WorkflowID:             attempt.Execution.GetWorkflowId(),
		RunID:                  attempt.Execution.GetRunId(),
		WorkflowType:           attempt.WorkflowType,
		ActivityID:             attempt.ID,
		ActivityType:           attempt.Type,
		TaskQueue:              h.w.taskQueue,
		Local:                  true,
		Attempt:                attempt.Attempt,
		ScheduledTime:          attempt.LocalActivity.Scheduled,
		AttemptScheduledTime:   attempt.Scheduled,
		StartedTime:            attempt.Scheduled,
		Deadline:               attempt.Deadline,
		ScheduleToCloseTimeout: attempt.ScheduleToCloseTimeout,
		StartToCloseTimeout:    attempt.StartToCloseTimeout,
		RetryPolicy:            &attempt.RetryPolicy,
	}
}
