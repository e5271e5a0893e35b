package workflow

import (
	"errors"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/sdk"
)

// ActivityOptions say how activities are executed. One of StartToCloseTimeout and ScheduleToCloseTimeout is required.
type ActivityOptions struct {
	// TaskQueue is where the activity's workers poll. Default: the workflow's task queue.
	TaskQueue string
	// ActivityID names the activity within the workflow; no two open activities may have the same. Default: the id of its event.
	ActivityID string
	// ScheduleToCloseTimeout bounds the activity with all its retries. Default: the rest of the workflow's run timeout.
	ScheduleToCloseTimeout time.Duration
	// ScheduleToStartTimeout bounds the wait for a worker. It is not retried. Default: ScheduleToCloseTimeout.
	ScheduleToStartTimeout time.Duration
	// StartToCloseTimeout bounds one attempt. Default: ScheduleToCloseTimeout.
	StartToCloseTimeout time.Duration
	// HeartbeatTimeout is the longest allowed silence of an attempt. Default: heartbeats are not expected.
	HeartbeatTimeout time.Duration
	// RetryPolicy says when to try again. Default: the server's, which retries for ever within the timeouts.
	RetryPolicy *sdk.RetryPolicy
	// WaitForCancellation makes the future of a cancelled activity wait until the activity has ended, for its cleanup to be over.
	// Default: it settles at once.
	WaitForCancellation bool
	// DisableEagerExecution makes the activity go through its task queue even if this worker has a free slot for it.
	DisableEagerExecution bool
	// Summary is a line for people, shown with the activity. It is encoded by the data converter.
	Summary string
}

var errNoActivityTimeout = errors.New("workflow: one of StartToCloseTimeout and ScheduleToCloseTimeout is required (WithActivityOptions)")

type activityOptionsKey struct{}

// WithActivityOptions returns a context whose activities have the options, in place of those of its parent.
func WithActivityOptions(parent Context, options ActivityOptions) Context {
	return WithValue(parent, activityOptionsKey{}, options)
}

// GetActivityOptions returns the options that activities of the context have.
func GetActivityOptions(ctx Context) ActivityOptions {
	options, _ := ctx.Value(activityOptionsKey{}).(ActivityOptions)
	return options
}

// attributes returns the options as the command has them.
func (o ActivityOptions) attributes() *commandpb.ScheduleActivityTaskCommandAttributes {
	attributes := &commandpb.ScheduleActivityTaskCommandAttributes{
		ActivityId: o.ActivityID,
		// Unset timeouts are sent as zero, as the official SDK does.
		ScheduleToCloseTimeout: durationpb.New(o.ScheduleToCloseTimeout),
		ScheduleToStartTimeout: durationpb.New(o.ScheduleToStartTimeout),
		StartToCloseTimeout:    durationpb.New(o.StartToCloseTimeout),
		HeartbeatTimeout:       durationpb.New(o.HeartbeatTimeout),
		RetryPolicy:            o.RetryPolicy.Proto(),
		RequestEagerExecution:  !o.DisableEagerExecution,
	}
	if o.TaskQueue != "" {
		attributes.TaskQueue = &taskqueuepb.TaskQueue{Name: o.TaskQueue, Kind: enumspb.TASK_QUEUE_KIND_NORMAL}
	}
	return attributes
}
