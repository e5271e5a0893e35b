package worker

import (
	"context"
	"errors"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/sdk"
)

// reportFor is the least time for which an outcome is reported again and again, also if its deadline is near.
const reportFor = 10 * time.Second

// report tells the server how the attempt ended, until the server no longer waits for it.
func (a *attempt) report(o outcome) {
	ctx, cancel := a.reportContext()
	defer cancel()
	err := a.respond(ctx, o)
	if refused(err) && o.ending == endCompleted {
		// A result that the server will not take, such as one too large, would otherwise be lost in silence until a timeout.
		failure := sdk.NewNonRetryableError("the server refused the activity's result", "ResultRefused", err)
		err = a.respond(ctx, outcome{ending: endFailed, err: failure})
	}
	var notFound *serviceerror.NotFound
	switch {
	case errors.As(err, &notFound):
		a.logger.Debug("the server no longer waits for this attempt", "error", err)
	case err != nil:
		a.logger.Warn("the outcome of an activity was not reported", "error", err)
	}
}

func refused(err error) bool {
	var invalid *serviceerror.InvalidArgument
	return errors.As(err, &invalid)
}

// reportContext does not descend from the attempt's: a canceled attempt is reported too.
func (a *attempt) reportContext() (context.Context, context.CancelFunc) {
	if a.info.Deadline.IsZero() {
		return context.WithCancel(context.Background())
	}
	deadline := time.Now().Add(reportFor)
	if a.info.Deadline.After(deadline) {
		deadline = a.info.Deadline
	}
	return context.WithDeadline(context.Background(), deadline)
}

func (a *attempt) respond(ctx context.Context, o outcome) error {
	w := a.half.w
	namespace, identity, token := w.client.Namespace(), w.options.Identity, a.task.GetTaskToken()
	var err error
	switch o.ending {
	case endCompleted:
		_, err = w.service.RespondActivityTaskCompleted(ctx, &workflowservice.RespondActivityTaskCompletedRequest{
			Namespace: namespace, Identity: identity, TaskToken: token, Result: o.result,
		})
	case endCanceled:
		_, err = w.service.RespondActivityTaskCanceled(ctx, &workflowservice.RespondActivityTaskCanceledRequest{
			Namespace: namespace, Identity: identity, TaskToken: token, Details: a.canceledDetails(o.err),
		})
	case endFailed:
		a.logFailure(o.err)
		_, err = w.service.RespondActivityTaskFailed(ctx, &workflowservice.RespondActivityTaskFailedRequest{
			Namespace: namespace, Identity: identity, TaskToken: token,
			Failure:              w.failureOf(o.err),
			LastHeartbeatDetails: a.beats.last(),
		})
	}
	return err
}

func (a *attempt) canceledDetails(err error) *commonpb.Payloads {
	var canceled *sdk.CanceledError
	if !errors.As(err, &canceled) {
		return nil
	}
	payloads, err := protect(func() (*commonpb.Payloads, error) {
		return canceled.Details.Payloads(a.half.w.client.DataConverter())
	})
	if err != nil {
		a.logger.Warn("cancellation details cannot be encoded", "error", err)
	}
	return payloads
}

func (a *attempt) logFailure(err error) {
	var application *sdk.ApplicationError
	var panicked *sdk.PanicError
	switch {
	case errors.As(err, &panicked):
		a.logger.Error("activity panicked", "error", err, "stack", panicked.StackTrace)
	case errors.As(err, &application) && application.Category == enumspb.APPLICATION_ERROR_CATEGORY_BENIGN:
		a.logger.Debug("activity failed", "error", err)
	default:
		a.logger.Warn("activity failed", "error", err)
	}
}
