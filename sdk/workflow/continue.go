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
	"github.com/tenuto-io/tenuto/sdk/internal/funcname"
)

// ContinueAsNewError ends a run and begins another of the same workflow id, when the workflow function returns it. Make one with
// [ContinueAsNew].
type ContinueAsNewError struct {
	// WorkflowType is the name of the next run's workflow.
	WorkflowType string
	command      *commandpb.ContinueAsNewWorkflowExecutionCommandAttributes
}

// Error says what is meant, for those who return it from elsewhere.
func (e *ContinueAsNewError) Error() string { return "continue as new " + e.WorkflowType }

// Command returns the wish as the protocol has it.
func (e *ContinueAsNewError) Command() *commandpb.ContinueAsNewWorkflowExecutionCommandAttributes {
	return e.command
}

// ContinueAsNewOptions say how the next run differs from this one. What is left empty stays as it is, and so do memo and search attributes.
type ContinueAsNewOptions struct {
	TaskQueue               string
	RunTimeout, TaskTimeout time.Duration
	RetryPolicy             *sdk.RetryPolicy
	// StartDelay is the time before the next run's first workflow task.
	StartDelay time.Duration
}

type continueAsNewOptionsKey struct{}

// WithContinueAsNewOptions returns a context in which [ContinueAsNew] has the options, in place of those of its parent.
func WithContinueAsNewOptions(parent Context, options ContinueAsNewOptions) Context {
	return WithValue(parent, continueAsNewOptionsKey{}, options)
}

// ContinueAsNew returns the error that the workflow function must return to go on as a new run with a fresh history, of a workflow that
// takes an I, usually itself. Do so when [Info] says ContinueAsNewSuggested, once handlers have finished ([AllHandlersFinished]) and signals
// are drained.
//
//	return workflow.ContinueAsNew(ctx, Counter, count)
func ContinueAsNew[I, O any](ctx Context, fn func(Context, I) (O, error), input I) error {
	return continueFunction(ctx, fn, input)
}

// ContinueAsNewNoInput is [ContinueAsNew] for workflows without an input.
func ContinueAsNewNoInput[O any](ctx Context, fn func(Context) (O, error)) error {
	return continueFunction(ctx, fn)
}

// ContinueAsNewNoResult is [ContinueAsNew] for workflows without a result.
func ContinueAsNewNoResult[I any](ctx Context, fn func(Context, I) error, input I) error {
	return continueFunction(ctx, fn, input)
}

// ContinueAsNewNoInputNoResult is [ContinueAsNew] for workflows with neither input nor result.
func ContinueAsNewNoInputNoResult(ctx Context, fn func(Context) error) error {
	return continueFunction(ctx, fn)
}

// ContinueAsNewByName is [ContinueAsNew] for a workflow by its registered name, with any number of arguments.
func ContinueAsNewByName(ctx Context, name string, args ...any) error {
	options, _ := ctx.Value(continueAsNewOptionsKey{}).(ContinueAsNewOptions)
	input, err := runOf(ctx).Data().ToPayloads(args...)
	if err != nil {
		return fmt.Errorf("workflow: input of the next run: %w", err)
	}
	command := &commandpb.ContinueAsNewWorkflowExecutionCommandAttributes{
		WorkflowType:         &commonpb.WorkflowType{Name: name},
		Input:                input,
		WorkflowRunTimeout:   durationOrNil(options.RunTimeout),
		WorkflowTaskTimeout:  durationOrNil(options.TaskTimeout),
		BackoffStartInterval: durationOrNil(options.StartDelay),
		RetryPolicy:          options.RetryPolicy.Proto(),
		Header:               outHeader(ctx, StartNextRun, name),
	}
	if options.TaskQueue != "" {
		command.TaskQueue = &taskqueuepb.TaskQueue{Name: options.TaskQueue, Kind: enumspb.TASK_QUEUE_KIND_NORMAL}
	}
	return &ContinueAsNewError{WorkflowType: name, command: command}
}

func continueFunction(ctx Context, fn any, args ...any) error {
	name, err := funcname.Of(fn)
	if err != nil {
		return fmt.Errorf("workflow: next run: %w", err)
	}
	return ContinueAsNewByName(ctx, name, args...)
}

func durationOrNil(d time.Duration) *durationpb.Duration {
	if d == 0 {
		return nil
	}
	return durationpb.New(d)
}
