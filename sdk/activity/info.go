package activity

import (
	"context"
	"time"

	"github.com/tenuto-io/tenuto/sdk"
)

// Info describes the running attempt. It must not be changed.
type Info struct {
	// Namespace, WorkflowID, RunID and WorkflowType name the workflow that scheduled the activity.
	Namespace, WorkflowID, RunID, WorkflowType string
	// ActivityID identifies the activity within its workflow, ActivityType is its registered name.
	ActivityID, ActivityType string
	// TaskQueue is where the task was found.
	TaskQueue string
	// Local: the activity runs within a workflow task. It has no TaskToken, and heartbeats do nothing.
	Local bool
	// TaskToken completes this attempt from anywhere, after [ErrResultPending].
	TaskToken []byte
	// Attempt is 1 for the first run and grows by one with each retry.
	Attempt int32
	// ScheduledTime is when the workflow scheduled the activity, AttemptScheduledTime when this attempt was due, and
	// StartedTime when the server handed it out; all by the server's clock.
	ScheduledTime, AttemptScheduledTime, StartedTime time.Time
	// Deadline is when the server will give up on this attempt, by this machine's clock. Zero: never.
	Deadline time.Time
	// ScheduleToCloseTimeout, StartToCloseTimeout and HeartbeatTimeout are zero if unlimited.
	ScheduleToCloseTimeout, StartToCloseTimeout, HeartbeatTimeout time.Duration
	// RetryPolicy is the policy that the server applies, nil if it did not tell.
	RetryPolicy *sdk.RetryPolicy
}

// GetInfo returns the description of the running attempt. It panics outside of an activity.
func GetInfo(ctx context.Context) Info { return environmentOf(ctx).Info }

// IsActivity reports whether ctx is that of an activity.
func IsActivity(ctx context.Context) bool { return ctx.Value(environmentKey{}) != nil }
