package workflow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/internal/funcname"
	"github.com/tenuto-io/tenuto/sdk/internal/machine"
)

// LocalActivityOptions say how local activities are executed. One of the timeouts is required.
type LocalActivityOptions struct {
	// ScheduleToCloseTimeout bounds the activity with all its retries. Default: StartToCloseTimeout.
	ScheduleToCloseTimeout time.Duration
	// StartToCloseTimeout bounds one attempt. Default: ScheduleToCloseTimeout.
	StartToCloseTimeout time.Duration
	// RetryPolicy says when to try again. Default: after 1 s, doubled each time up to 100 s, for as long as ScheduleToCloseTimeout allows.
	RetryPolicy *sdk.RetryPolicy
	// Summary is a line for people, shown with the activity. It is encoded by the data converter.
	Summary string
}

var errNoLocalActivityTimeout = errors.New("workflow: one of StartToCloseTimeout and ScheduleToCloseTimeout is required (WithLocalActivityOptions)")

type localActivityOptionsKey struct{}

// WithLocalActivityOptions returns a context whose local activities have the options, in place of those of its parent.
func WithLocalActivityOptions(parent Context, options LocalActivityOptions) Context {
	return WithValue(parent, localActivityOptionsKey{}, options)
}

// GetLocalActivityOptions returns the options that local activities of the context have.
func GetLocalActivityOptions(ctx Context) LocalActivityOptions {
	options, _ := ctx.Value(localActivityOptionsKey{}).(LocalActivityOptions)
	return options
}

// ExecuteLocalActivity executes an activity in this worker, within the workflow task, and returns its future result without waiting. Nothing
// of it is on the server until its result is, with the end of the workflow task, so it costs no commit of its own, and it is executed again
// if the worker is lost. Use it for steps of milliseconds; one that takes longer than a workflow task may keeps extending the task, in a
// worker that caches runs.
//
// The function is the one given, or the one registered under its name, which a method value of a nil pointer needs. Retries that are due
// within a workflow task happen in the worker, later ones after a timer of the workflow.
func ExecuteLocalActivity[I, O any](ctx Context, activity func(context.Context, I) (O, error), input I) Future[O] {
	return executeLocalFunction[O](ctx, activity, input)
}

// ExecuteLocalActivityNoInput is [ExecuteLocalActivity] for activities without an input.
func ExecuteLocalActivityNoInput[O any](ctx Context, activity func(context.Context) (O, error)) Future[O] {
	return executeLocalFunction[O](ctx, activity)
}

// ExecuteLocalActivityNoResult is [ExecuteLocalActivity] for activities without a result.
func ExecuteLocalActivityNoResult[I any](ctx Context, activity func(context.Context, I) error, input I) Future[struct{}] {
	return executeLocalFunction[struct{}](ctx, activity, input)
}

// ExecuteLocalActivityNoInputNoResult is [ExecuteLocalActivity] for activities with neither input nor result.
func ExecuteLocalActivityNoInputNoResult(ctx Context, activity func(context.Context) error) Future[struct{}] {
	return executeLocalFunction[struct{}](ctx, activity)
}

// ExecuteLocalActivityByName is [ExecuteLocalActivity] for an activity that is registered with this worker, with any number of arguments. O
// is its result type; use any for one without a result.
func ExecuteLocalActivityByName[O any](ctx Context, name string, args ...any) Future[O] {
	return executeLocal[O](ctx, name, nil, args)
}

func executeLocalFunction[O any](ctx Context, activity any, args ...any) Future[O] {
	name, err := funcname.Of(activity)
	if err != nil {
		return newPromise[O](runOf(ctx)).fail(fmt.Errorf("workflow: local activity: %w", err))
	}
	return executeLocal[O](ctx, name, activity, args)
}

func executeLocal[O any](ctx Context, name string, fn any, args []any) Future[O] {
	run := runOf(ctx)
	run.Guard("ExecuteLocalActivity")
	p, options := newPromise[O](run), GetLocalActivityOptions(ctx)
	if options.StartToCloseTimeout <= 0 && options.ScheduleToCloseTimeout <= 0 {
		return p.fail(errNoLocalActivityTimeout)
	}
	request := options.request()
	var err error
	if request.Input, err = run.Data().ToPayloads(args...); err != nil {
		return p.fail(fmt.Errorf("workflow: input of local activity %s: %w", name, err))
	}
	if request.Metadata, err = summaryOf(run, options.Summary); err != nil {
		return p.fail(fmt.Errorf("workflow: summary of local activity %s: %w", name, err))
	}
	request.Header = outHeader(ctx, StartLocalActivity, name)
	request.Type, request.Fn, request.Scheduled = name, fn, run.Now
	Go(ctx, func(ctx Context) {
		outcome := attemptLocal(ctx, request)
		p.settle(func() (O, error) { return decodeResult[O](run, "local activity", name, outcome.Result, outcome.Err) })
	})
	return p
}

// request returns the options as the run has them.
func (o LocalActivityOptions) request() machine.LocalActivityRequest {
	if o.ScheduleToCloseTimeout <= 0 {
		o.ScheduleToCloseTimeout = o.StartToCloseTimeout
	}
	if o.StartToCloseTimeout <= 0 {
		o.StartToCloseTimeout = o.ScheduleToCloseTimeout
	}
	var policy sdk.RetryPolicy
	if o.RetryPolicy != nil {
		policy = *o.RetryPolicy
	}
	return machine.LocalActivityRequest{
		Attempt: 1, ScheduleToCloseTimeout: o.ScheduleToCloseTimeout, StartToCloseTimeout: o.StartToCloseTimeout, RetryPolicy: policy,
	}
}

// attemptLocal executes until there is a result or no further retry. A retry that is too far away for the worker to wait waits for a timer.
func attemptLocal(ctx Context, request machine.LocalActivityRequest) machine.LocalOutcome {
	run := runOf(ctx)
	for {
		ended := newPromise[machine.LocalOutcome](run)
		stop := func() {}
		request.Settle = func(outcome machine.LocalOutcome) {
			stop()
			ended.settle(func() (machine.LocalOutcome, error) { return outcome, nil })
		}
		activity := run.StartLocalActivity(request)
		stop = onCancel(ctx, activity.Cancel)
		outcome, _ := ended.Get(ctx)
		if outcome.Err == nil || sdk.IsCanceled(outcome.Err) || outcome.Backoff <= 0 {
			return outcome
		}
		_ = Sleep(ctx, outcome.Backoff) // The next attempt is cancelled too.
		request.Attempt = outcome.Attempt + 1
	}
}
