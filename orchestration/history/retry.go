package history

import (
	"math"
	"slices"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	"google.golang.org/protobuf/types/known/durationpb"
)

// The retry policy of activities that set none, and of the parts that they leave out.
const (
	defaultInitialInterval    = time.Second
	defaultBackoffCoefficient = 2.0
	defaultMaximumFactor      = 100 // the maximum interval is so many initial ones
)

// completeRetryPolicy fills in defaults. The policy itself stays as it is.
func completeRetryPolicy(p *commonpb.RetryPolicy) *commonpb.RetryPolicy {
	full := &commonpb.RetryPolicy{
		InitialInterval:        p.GetInitialInterval(),
		BackoffCoefficient:     p.GetBackoffCoefficient(),
		MaximumInterval:        p.GetMaximumInterval(),
		MaximumAttempts:        p.GetMaximumAttempts(),
		NonRetryableErrorTypes: p.GetNonRetryableErrorTypes(),
	}
	if full.InitialInterval.AsDuration() == 0 {
		full.InitialInterval = durationpb.New(defaultInitialInterval)
	}
	if full.BackoffCoefficient == 0 {
		full.BackoffCoefficient = defaultBackoffCoefficient
	}
	if full.MaximumInterval.AsDuration() == 0 {
		full.MaximumInterval = durationpb.New(saturate(float64(full.InitialInterval.AsDuration()) * defaultMaximumFactor))
	}
	return full
}

// saturate is d nanoseconds, or the longest duration there is.
func saturate(d float64) time.Duration {
	if d >= math.MaxInt64 {
		return math.MaxInt64
	}
	return time.Duration(d)
}

// retryInterval is the pause after the given failed attempt (from 1): initial × coefficient^(attempt-1), at most the maximum.
func retryInterval(p *commonpb.RetryPolicy, attempt int32) time.Duration {
	interval := float64(p.InitialInterval.AsDuration()) * math.Pow(p.BackoffCoefficient, float64(attempt-1))
	return min(saturate(interval), p.MaximumInterval.AsDuration())
}

// timeoutTypePrefix names timeouts in a policy's list of errors that are not retried, as in "TemporalTimeout:StartToClose".
const timeoutTypePrefix = "TemporalTimeout:"

// retryable tells whether the failure itself allows a retry.
func retryable(f *failurepb.Failure, never []string) bool {
	switch info := f.GetFailureInfo().(type) {
	case *failurepb.Failure_ApplicationFailureInfo:
		return !info.ApplicationFailureInfo.NonRetryable && !slices.Contains(never, info.ApplicationFailureInfo.Type)
	case *failurepb.Failure_TimeoutFailureInfo:
		t := info.TimeoutFailureInfo.TimeoutType
		return !countsWait(t) && !slices.Contains(never, timeoutTypePrefix+t.String())
	case *failurepb.Failure_ServerFailureInfo:
		return !info.ServerFailureInfo.NonRetryable
	case *failurepb.Failure_CanceledFailureInfo, *failurepb.Failure_TerminatedFailureInfo:
		return false
	}
	return true
}

// countsWait tells the time-outs that bound more than one attempt's work: they are never retried.
func countsWait(t enumspb.TimeoutType) bool {
	return t == enumspb.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE || t == enumspb.TIMEOUT_TYPE_SCHEDULE_TO_START
}

// decideRetry says whether a failed attempt is followed by another one, and after which pause.
func (a *activity) decideRetry(f *failurepb.Failure, now time.Time) (enumspb.RetryState, time.Duration) {
	switch {
	case a.CancelEventID != 0:
		return enumspb.RETRY_STATE_CANCEL_REQUESTED, 0
	case countsWait(f.GetTimeoutFailureInfo().GetTimeoutType()):
		return enumspb.RETRY_STATE_TIMEOUT, 0
	}
	number := a.Attempt.count()
	if a.Attempt.Reset&countAnew != 0 {
		number = 0
	}
	return nextAttempt(a.Retry.msg, number, f, a.expires(), now)
}

// nextAttempt says what a complete policy decides after the given failed attempt (from 1; 0: one that does not count), and after which pause the next
// one follows: none that would begin after expires (unset: never). The failure's own next-retry-delay wins over the policy's interval.
func nextAttempt(policy *commonpb.RetryPolicy, number int32, f *failurepb.Failure, expires instant, now time.Time) (enumspb.RetryState, time.Duration) {
	switch {
	case !retryable(f, policy.NonRetryableErrorTypes):
		return enumspb.RETRY_STATE_NON_RETRYABLE_FAILURE, 0
	case policy.MaximumAttempts > 0 && number >= policy.MaximumAttempts:
		return enumspb.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED, 0
	}
	pause := retryInterval(policy, max(number, 1))
	if own := f.GetApplicationFailureInfo().GetNextRetryDelay(); own != nil {
		pause = max(own.AsDuration(), 0)
	}
	if expires != 0 && instantOf(now).after(pause) > expires {
		return enumspb.RETRY_STATE_TIMEOUT, 0
	}
	return enumspb.RETRY_STATE_IN_PROGRESS, pause
}

// retryActivity makes the next attempt wait for its turn. No event: history learns of attempts when the activity closes.
func (s *step) retryActivity(a *activity, f *failurepb.Failure, pause time.Duration) {
	was, now := a.Attempt, instantOf(s.now)
	a.Attempt = attempt{
		Number:        was.Number + 1,
		Base:          was.Base,
		ScheduledTime: now.after(pause),
		Waiting:       pause > 0,
		Heartbeat:     was.Heartbeat,
		LastFailure:   failure{keptFailure(f)},
		LastIdentity:  was.Identity,
		LastStarted:   was.StartedTime,
		LastEnd:       now,
		RetryInterval: pause,
	}
	a.grace = 0
	if was.Reset&countAnew != 0 {
		a.Attempt.Base = was.Number
	}
	if was.Reset&dropHeartbeat != 0 {
		a.Attempt.Heartbeat = payloads{}
	}
	s.run.touchActivity(a.ScheduledEventID)
	s.out.Changed = true
	if a.ready() {
		s.ready(a.task())
	}
}
