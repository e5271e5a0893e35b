package history

import (
	"math"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"pgregory.net/rapid"

	"github.com/tenuto-io/tenuto/orchestration"
)

func TestRetryInterval(t *testing.T) {
	for _, c := range []struct {
		initial     time.Duration
		coefficient float64
		maximum     time.Duration
		want        []time.Duration // after attempts 1, 2, 3 …
	}{
		{0, 0, 0, []time.Duration{1e9, 2e9, 4e9, 8e9, 16e9, 32e9, 64e9, 100e9, 100e9}},
		{time.Second, 1, 0, []time.Duration{1e9, 1e9, 1e9}},
		{100 * time.Millisecond, 1.5, time.Second, []time.Duration{100e6, 150e6, 225e6, 337500 * time.Microsecond}},
		{time.Hour, 10, math.MaxInt64, []time.Duration{time.Hour, 10 * time.Hour, 100 * time.Hour, 1000 * time.Hour, 1e4 * time.Hour, 1e5 * time.Hour, 1e6 * time.Hour, math.MaxInt64}},
	} {
		p := completeRetryPolicy(&commonpb.RetryPolicy{InitialInterval: durationpb.New(c.initial), BackoffCoefficient: c.coefficient, MaximumInterval: durationpb.New(c.maximum)})
		for i, want := range c.want {
			if got := retryInterval(p, int32(i+1)); got != want {
				t.Errorf("initial %v coefficient %v: after attempt %d %v, want %v", c.initial, c.coefficient, i+1, got, want)
			}
		}
	}
}

// Whatever the policy, pauses never shrink, are never negative and never above the maximum.
func TestRetryIntervalGrows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := completeRetryPolicy(&commonpb.RetryPolicy{
			InitialInterval:    durationpb.New(time.Duration(rapid.Int64Range(0, math.MaxInt64).Draw(t, "initial"))),
			BackoffCoefficient: rapid.Float64Range(1, 1e6).Draw(t, "coefficient"),
		})
		last := time.Duration(0)
		for attempt := int32(1); attempt < math.MaxInt32/3; attempt *= 3 {
			d := retryInterval(p, attempt)
			if d < last || d > p.MaximumInterval.AsDuration() {
				t.Fatalf("attempt %d: %v after %v, at most %v", attempt, d, last, p.MaximumInterval.AsDuration())
			}
			last = d
		}
	})
}

func TestDecideRetry(t *testing.T) {
	application := func(info *failurepb.ApplicationFailureInfo) *failurepb.Failure {
		return &failurepb.Failure{FailureInfo: &failurepb.Failure_ApplicationFailureInfo{ApplicationFailureInfo: info}}
	}
	timeout := func(kind enumspb.TimeoutType) *failurepb.Failure {
		return &failurepb.Failure{FailureInfo: &failurepb.Failure_TimeoutFailureInfo{TimeoutFailureInfo: &failurepb.TimeoutFailureInfo{TimeoutType: kind}}}
	}
	policy := completeRetryPolicy(&commonpb.RetryPolicy{MaximumAttempts: 5, NonRetryableErrorTypes: []string{"Fatal", "TemporalTimeout:Heartbeat"}})
	for name, c := range map[string]struct {
		attempt  int32
		canceled int64
		failure  *failurepb.Failure
		state    enumspb.RetryState
		pause    time.Duration
	}{
		"plain":                   {1, 0, &failurepb.Failure{}, enumspb.RETRY_STATE_IN_PROGRESS, time.Second},
		"third":                   {3, 0, application(&failurepb.ApplicationFailureInfo{}), enumspb.RETRY_STATE_IN_PROGRESS, 4 * time.Second},
		"last":                    {5, 0, &failurepb.Failure{}, enumspb.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED, 0},
		"flagged":                 {1, 0, application(&failurepb.ApplicationFailureInfo{NonRetryable: true}), enumspb.RETRY_STATE_NON_RETRYABLE_FAILURE, 0},
		"listed":                  {1, 0, application(&failurepb.ApplicationFailureInfo{Type: "Fatal"}), enumspb.RETRY_STATE_NON_RETRYABLE_FAILURE, 0},
		"listed and last":         {5, 0, application(&failurepb.ApplicationFailureInfo{Type: "Fatal"}), enumspb.RETRY_STATE_NON_RETRYABLE_FAILURE, 0},
		"own delay":               {4, 0, application(&failurepb.ApplicationFailureInfo{NextRetryDelay: durationpb.New(time.Minute)}), enumspb.RETRY_STATE_IN_PROGRESS, time.Minute},
		"own delay past the end":  {1, 0, application(&failurepb.ApplicationFailureInfo{NextRetryDelay: durationpb.New(time.Hour + 1)}), enumspb.RETRY_STATE_TIMEOUT, 0},
		"own delay up to the end": {1, 0, application(&failurepb.ApplicationFailureInfo{NextRetryDelay: durationpb.New(time.Hour)}), enumspb.RETRY_STATE_IN_PROGRESS, time.Hour},
		"negative own delay":      {1, 0, application(&failurepb.ApplicationFailureInfo{NextRetryDelay: durationpb.New(-1)}), enumspb.RETRY_STATE_IN_PROGRESS, 0},
		"canceled":                {1, 9, &failurepb.Failure{}, enumspb.RETRY_STATE_CANCEL_REQUESTED, 0},
		"start to close":          {1, 0, timeout(enumspb.TIMEOUT_TYPE_START_TO_CLOSE), enumspb.RETRY_STATE_IN_PROGRESS, time.Second},
		"heartbeat, listed":       {1, 0, timeout(enumspb.TIMEOUT_TYPE_HEARTBEAT), enumspb.RETRY_STATE_NON_RETRYABLE_FAILURE, 0},
		"schedule to start":       {1, 0, timeout(enumspb.TIMEOUT_TYPE_SCHEDULE_TO_START), enumspb.RETRY_STATE_TIMEOUT, 0},
		"schedule to close":       {1, 0, timeout(enumspb.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE), enumspb.RETRY_STATE_TIMEOUT, 0},
		"gave way": {1, 0, &failurepb.Failure{FailureInfo: &failurepb.Failure_CanceledFailureInfo{CanceledFailureInfo: &failurepb.CanceledFailureInfo{}}},
			enumspb.RETRY_STATE_NON_RETRYABLE_FAILURE, 0},
		"server": {1, 0, serverFailure("too large"), enumspb.RETRY_STATE_NON_RETRYABLE_FAILURE, 0},
	} {
		a := &activity{ScheduledTime: instantOf(epoch), ScheduleToClose: time.Hour, Retry: retryPolicy{policy}, CancelEventID: c.canceled, Attempt: attempt{Number: c.attempt}}
		if state, pause := a.decideRetry(c.failure, epoch); state != c.state || pause != c.pause {
			t.Errorf("%s: %v after %v, want %v after %v", name, state, pause, c.state, c.pause)
		}
	}
}

func TestTaskBackoff(t *testing.T) {
	want := map[int32]time.Duration{1: 0, 2: 0, 3: time.Second, 4: 2 * time.Second, 5: 4 * time.Second, 12: 512 * time.Second, 13: 10 * time.Minute, math.MaxInt32: 10 * time.Minute}
	for attempt, d := range want {
		if got := taskBackoff(attempt); got != d {
			t.Errorf("attempt %d: %v, want %v", attempt, got, d)
		}
	}
}

func TestKeptFailure(t *testing.T) {
	small := &failurepb.Failure{Message: "m", StackTrace: "s", Cause: &failurepb.Failure{Message: "c"}}
	if kept := keptFailure(small); kept != small {
		t.Errorf("a small failure was changed to %v", kept)
	}
	long := strings.Repeat("ä", 5000)
	large := &failurepb.Failure{Message: long, StackTrace: long, FailureInfo: &failurepb.Failure_ApplicationFailureInfo{
		ApplicationFailureInfo: &failurepb.ApplicationFailureInfo{Type: "Fatal", NonRetryable: true, Details: text(long)},
	}}
	kept := keptFailure(large)
	if proto.Size(kept) > orchestration.MaxKeptFailure {
		t.Errorf("%d bytes are kept", proto.Size(kept))
	}
	if info := kept.GetApplicationFailureInfo(); info.Type != "Fatal" || !info.NonRetryable {
		t.Errorf("type and flag are lost: %v", info)
	}
	if !strings.HasPrefix(kept.Message, "ää") || !strings.HasSuffix(kept.Message, "(truncated)") {
		t.Errorf("message is %q", kept.Message)
	}
	timeout := timeoutFailure(&activity{Attempt: attempt{Heartbeat: payloads{text(long)}}}, enumspb.TIMEOUT_TYPE_HEARTBEAT)
	if kept := keptFailure(timeout); kept.GetTimeoutFailureInfo().GetTimeoutType() != enumspb.TIMEOUT_TYPE_HEARTBEAT {
		t.Errorf("timeout type is lost: %v", kept)
	}
}
