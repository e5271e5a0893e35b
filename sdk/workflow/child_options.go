package workflow

import (
	"fmt"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/internal/machine"
)

// ChildOptions say how child workflows are started. The zero value is a good child.
type ChildOptions struct {
	// Namespace is where the child runs. Default: the parent's.
	Namespace string
	// WorkflowID names the child. Default: an id that no other workflow has.
	WorkflowID string
	// TaskQueue is where the child's workers poll. Default: the parent's task queue.
	TaskQueue string
	// ExecutionTimeout, RunTimeout and TaskTimeout bound the child's chain of runs, one run, and one workflow task. Zero: the server's
	// defaults, which are unlimited but for the last; a child of a context without options has its parent's, as in the official SDK.
	ExecutionTimeout, RunTimeout, TaskTimeout time.Duration
	// ParentClosePolicy says what becomes of the child when the parent ends before it. Default: it is terminated.
	ParentClosePolicy enumspb.ParentClosePolicy
	// ReusePolicy says whether the id of a closed workflow may be used again. Default: it may.
	ReusePolicy enumspb.WorkflowIdReusePolicy
	// RetryPolicy starts the child again when it fails. Default: it is not retried.
	RetryPolicy *sdk.RetryPolicy
	// CronSchedule starts the child again and again. Default: once.
	CronSchedule string
	// Memo is shown with the child and not indexed. The data converter encodes the values.
	Memo map[string]any
	// SearchAttributes are indexed, so no codec encrypts them.
	SearchAttributes sdk.SearchAttributes
	// Summary is a line for people, and Details some text, shown with the child. The data converter encodes them.
	Summary, Details string
}

type childOptionsKey struct{}

// WithChildOptions returns a context whose child workflows have the options, in place of those of its parent.
func WithChildOptions(parent Context, options ChildOptions) Context {
	return WithValue(parent, childOptionsKey{}, options)
}

// GetChildOptions returns the options that child workflows of the context have.
func GetChildOptions(ctx Context) ChildOptions {
	options, ok := ctx.Value(childOptionsKey{}).(ChildOptions)
	if !ok {
		start := runOf(ctx).Start
		options.ExecutionTimeout = start.GetWorkflowExecutionTimeout().AsDuration()
		options.RunTimeout = start.GetWorkflowRunTimeout().AsDuration()
		options.TaskTimeout = start.GetWorkflowTaskTimeout().AsDuration()
	}
	return options
}

// attributes returns the options as the command has them.
func (o ChildOptions) attributes(run *machine.Run) (*commandpb.StartChildWorkflowExecutionCommandAttributes, error) {
	attributes := &commandpb.StartChildWorkflowExecutionCommandAttributes{
		Namespace:  o.Namespace,
		WorkflowId: o.WorkflowID,
		// Unset timeouts are sent as zero, as the official SDK does.
		WorkflowExecutionTimeout: durationpb.New(o.ExecutionTimeout),
		WorkflowRunTimeout:       durationpb.New(o.RunTimeout),
		WorkflowTaskTimeout:      durationpb.New(o.TaskTimeout),
		ParentClosePolicy:        o.ParentClosePolicy,
		WorkflowIdReusePolicy:    o.ReusePolicy,
		RetryPolicy:              o.RetryPolicy.Proto(),
		CronSchedule:             o.CronSchedule,
		SearchAttributes:         o.SearchAttributes.Proto(),
	}
	if o.TaskQueue != "" {
		attributes.TaskQueue = &taskqueuepb.TaskQueue{Name: o.TaskQueue, Kind: enumspb.TASK_QUEUE_KIND_NORMAL}
	}
	if len(o.Memo) == 0 {
		return attributes, nil
	}
	fields, err := memoFields(run, o.Memo)
	if err != nil {
		return nil, fmt.Errorf("workflow: child: %w", err)
	}
	attributes.Memo = &commonpb.Memo{Fields: fields}
	return attributes, nil
}

// memoFields encodes the values of a memo.
func memoFields(run *machine.Run, values map[string]any) (map[string]*commonpb.Payload, error) {
	fields := make(map[string]*commonpb.Payload, len(values))
	for key, value := range values {
		payload, err := run.Data().ToPayload(value)
		if err != nil {
			return nil, fmt.Errorf("memo %q: %w", key, err)
		}
		fields[key] = payload
	}
	return fields, nil
}
