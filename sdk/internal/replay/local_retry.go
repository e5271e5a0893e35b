package replay

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"

	"github.com/tenuto-io/tenuto/sdk"
)

// timeout tells how the context of an attempt ended.
func (a *LocalAttempt) timeout(ctx context.Context) error {
	if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return sdk.NewCanceledError()
	}
	kind := enumspb.TIMEOUT_TYPE_START_TO_CLOSE
	if !time.Now().Before(a.expires) {
		kind = enumspb.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE
	}
	return &sdk.TimeoutError{Message: "deadline exceeded", Kind: kind}
}

// noRetry is how markers say that there is to be no other attempt.
const noRetry time.Duration = -1

// backoff returns the time until the next attempt, or noRetry.
func (p *Processor) backoff(a LocalAttempt, err error) time.Duration {
	policy := a.RetryPolicy
	if policy.MaximumAttempts > 0 && a.Attempt >= policy.MaximumAttempts || !p.retryable(err, policy.NonRetryableErrorTypes) {
		return noRetry
	}
	delay := interval(policy, a.Attempt)
	if application, ok := err.(*sdk.ApplicationError); ok && application.NextRetryDelay > 0 {
		delay = application.NextRetryDelay
	}
	if time.Now().Add(delay).After(a.expires) {
		return noRetry
	}
	return delay
}

// interval is the policy's, with the defaults of a server.
func interval(policy sdk.RetryPolicy, attempt int32) time.Duration {
	if policy.InitialInterval == 0 {
		policy.InitialInterval = time.Second
	}
	if policy.BackoffCoefficient == 0 {
		policy.BackoffCoefficient = 2
	}
	if policy.MaximumInterval == 0 {
		policy.MaximumInterval = 100 * policy.InitialInterval
	}
	delay := float64(policy.InitialInterval) * math.Pow(policy.BackoffCoefficient, float64(attempt-1))
	return time.Duration(min(delay, float64(policy.MaximumInterval)))
}

// retryable decides by the failure that would be recorded, as a server does for other activities.
func (p *Processor) retryable(err error, final []string) bool {
	failure := p.failureOf(err)
	switch info := failure.GetFailureInfo().(type) {
	case *failurepb.Failure_CanceledFailureInfo, *failurepb.Failure_TerminatedFailureInfo:
		return false
	case *failurepb.Failure_TimeoutFailureInfo:
		return info.TimeoutFailureInfo.GetTimeoutType() == enumspb.TIMEOUT_TYPE_START_TO_CLOSE
	case *failurepb.Failure_ApplicationFailureInfo:
		return !info.ApplicationFailureInfo.GetNonRetryable() && !slices.Contains(final, info.ApplicationFailureInfo.GetType())
	}
	return true
}
