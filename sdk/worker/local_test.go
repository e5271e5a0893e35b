package worker

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/activity"
	"github.com/tenuto-io/tenuto/sdk/converter"
	"github.com/tenuto-io/tenuto/sdk/internal/machine"
	"github.com/tenuto-io/tenuto/sdk/internal/replay"
)

// attemptAt is an attempt at a local activity with an input of one string.
func attemptAt(t *testing.T, name string, fn any) replay.LocalAttempt {
	t.Helper()
	input, err := converter.Default().ToPayloads("x")
	if err != nil {
		t.Fatal(err)
	}
	return replay.LocalAttempt{
		LocalActivity: &machine.LocalActivity{ID: "1", LocalActivityRequest: machine.LocalActivityRequest{
			Type: name, Fn: fn, Input: input, StartToCloseTimeout: time.Minute,
			Header: &commonpb.Header{Fields: map[string]*commonpb.Payload{"mark": {Data: []byte("m")}}},
		}},
		Execution: &commonpb.WorkflowExecution{WorkflowId: "w", RunId: "r"}, WorkflowType: "W", Attempt: 2,
	}
}

func echo(ctx context.Context, text string) (string, error) {
	info := activity.GetInfo(ctx)
	if !info.Local || info.Attempt != 2 || info.WorkflowID != "w" || info.WorkflowType != "W" || info.TaskToken != nil || info.StartToCloseTimeout != time.Minute {
		return "", errors.New("other info")
	}
	activity.RecordHeartbeat(ctx, "ignored")
	return text, nil
}

func TestLocalActivityIsTheRegisteredOneOrTheOneGiven(t *testing.T) {
	s := newFakeServer()
	w := New(s.dial(t), "q", Options{})
	w.RegisterActivityAs("Registered", echo)
	broken := func(context.Context, string) (string, error) { return "", errors.New("the one given") }
	for name, fn := range map[string]any{"Registered": broken, "Given": echo} {
		result, err := w.workflows.executeLocal(t.Context(), attemptAt(t, name, fn))
		if err != nil || string(result.GetPayloads()[0].GetData()) != `"x"` {
			t.Errorf("%s: %v, %v", name, result, err)
		}
	}
	_, err := w.workflows.executeLocal(t.Context(), attemptAt(t, "Unknown", nil))
	if !sdk.HasType(err, "NotRegistered") {
		t.Errorf("unknown: %v", err)
	}
	_, err = w.workflows.executeLocal(t.Context(), attemptAt(t, "Odd", func(...int) {}))
	if !sdk.HasType(err, "InvalidFunction") {
		t.Errorf("odd: %v", err)
	}
}

func TestLocalActivityWaitsForASlotNoLongerThanItsContext(t *testing.T) {
	s := newFakeServer()
	w := New(s.dial(t), "q", Options{MaxConcurrentLocalActivities: 1})
	w.workflows.locals.take(t.Context())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.workflows.executeLocal(ctx, attemptAt(t, "Given", echo)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestInterceptorsSurroundActivities(t *testing.T) {
	var saw []string
	note := func(mark string) activity.Interceptor {
		return func(ctx context.Context, call activity.Call, next func(context.Context) error) error {
			saw = append(saw, mark+" "+activity.GetInfo(ctx).ActivityType+" "+string(call.Header["mark"].GetData()))
			if err := next(ctx); err != nil {
				return sdk.NewNonRetryableError("seen by "+mark, "Seen", err)
			}
			return nil
		}
	}
	s := newFakeServer()
	w := New(s.dial(t), "q", Options{DisableWorkflows: true, ActivityPollers: 1, ActivityInterceptors: []activity.Interceptor{note("a"), note("b")}})
	w.RegisterActivityAs("Act", func(context.Context, string) error { return errors.New("no") })
	start(t, w)
	task := taskOf(t, "Act", "x")
	task.Header = &commonpb.Header{Fields: map[string]*commonpb.Payload{"mark": {Data: []byte("m")}}}
	s.activities <- task
	failure := report[failedReport](t, s).GetFailure()
	if failure.GetMessage() != "seen by a" || failure.GetCause().GetMessage() != "seen by b" {
		t.Errorf("failure %v", failure)
	}
	if got := strings.Join(saw, ", "); got != "a Act m, b Act m" {
		t.Error(got)
	}
}
