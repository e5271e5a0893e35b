package workflow

import (
	"context"
	"fmt"

	commonpb "go.temporal.io/api/common/v1"

	"github.com/tenuto-io/tenuto/sdk/internal/funcname"
	"github.com/tenuto-io/tenuto/sdk/internal/machine"
)

// ExecuteActivity schedules an activity and returns its future result without waiting. The activity runs under the name of the
// function, on any worker that registered it; a method value may be of a nil pointer, since only its name is used. The context
// gives the options ([WithActivityOptions]) and its cancellation cancels the activity.
//
// The future's error is a *sdk.ActivityError, or a *sdk.CanceledError if the activity was cancelled before it ended.
func ExecuteActivity[I, O any](ctx Context, activity func(context.Context, I) (O, error), input I) Future[O] {
	return executeFunction[O](ctx, activity, input)
}

// ExecuteActivityNoInput is [ExecuteActivity] for activities without an input.
func ExecuteActivityNoInput[O any](ctx Context, activity func(context.Context) (O, error)) Future[O] {
	return executeFunction[O](ctx, activity)
}

// ExecuteActivityNoResult is [ExecuteActivity] for activities without a result.
func ExecuteActivityNoResult[I any](ctx Context, activity func(context.Context, I) error, input I) Future[struct{}] {
	return executeFunction[struct{}](ctx, activity, input)
}

// ExecuteActivityNoInputNoResult is [ExecuteActivity] for activities with neither input nor result.
func ExecuteActivityNoInputNoResult(ctx Context, activity func(context.Context) error) Future[struct{}] {
	return executeFunction[struct{}](ctx, activity)
}

// ExecuteActivityByName schedules an activity by its registered name with any number of arguments, for activities of workers in
// other languages or registered under a name of their own. O is its result type; use any for one without a result.
func ExecuteActivityByName[O any](ctx Context, name string, args ...any) Future[O] {
	run := runOf(ctx)
	run.Guard("ExecuteActivity")
	p, options := newPromise[O](run), GetActivityOptions(ctx)
	if options.StartToCloseTimeout <= 0 && options.ScheduleToCloseTimeout <= 0 {
		return p.fail(errNoActivityTimeout)
	}
	input, err := run.Data().ToPayloads(args...)
	if err != nil {
		return p.fail(fmt.Errorf("workflow: input of activity %s: %w", name, err))
	}
	summary, err := summaryOf(run, options.Summary)
	if err != nil {
		return p.fail(fmt.Errorf("workflow: summary of activity %s: %w", name, err))
	}
	attributes := options.attributes()
	attributes.ActivityType = &commonpb.ActivityType{Name: name}
	attributes.Input = input
	attributes.Header = outHeader(ctx, StartActivity, name)
	stop := func() {}
	activity := run.ScheduleActivity(machine.ActivityRequest{
		Attributes:          attributes,
		Metadata:            summary,
		WaitForCancellation: options.WaitForCancellation,
		Settle: func(result *commonpb.Payloads, err error) {
			stop()
			p.settle(func() (O, error) { return decodeResult[O](run, "activity", name, result, err) })
		},
	})
	stop = onCancel(ctx, activity.Cancel)
	return p
}

func executeFunction[O any](ctx Context, activity any, args ...any) Future[O] {
	name, err := funcname.Of(activity)
	if err != nil {
		return newPromise[O](runOf(ctx)).fail(fmt.Errorf("workflow: activity: %w", err))
	}
	return ExecuteActivityByName[O](ctx, name, args...)
}

func decodeResult[O any](run *machine.Run, kind, name string, result *commonpb.Payloads, err error) (O, error) {
	var value O
	if err == nil {
		if err = run.Data().FromPayloads(result, &value); err != nil {
			err = fmt.Errorf("workflow: result of %s %s: %w", kind, name, err)
		}
	}
	return value, err
}
