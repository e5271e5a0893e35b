package sdk_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/converter"
)

func TestChainsAreReachable(t *testing.T) {
	root := errors.New("root")
	application := sdk.NewNonRetryableError("no funds", "Funds", root)
	var err error = &sdk.WorkflowExecutionError{
		WorkflowID: "w", RunID: "r", WorkflowType: "T",
		Cause: &sdk.ChildWorkflowError{WorkflowID: "c", WorkflowType: "C", Cause: &sdk.ActivityError{
			ActivityType: "Debit", Cause: &sdk.TimeoutError{
				Kind: enumspb.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE, Cause: &sdk.ServerError{
					Message: "s", Cause: &sdk.PanicError{Message: "p", Cause: &sdk.TerminatedError{Cause: application}},
				},
			},
		}},
	}
	var (
		execution  *sdk.WorkflowExecutionError
		child      *sdk.ChildWorkflowError
		activity   *sdk.ActivityError
		timeout    *sdk.TimeoutError
		server     *sdk.ServerError
		panicked   *sdk.PanicError
		terminated *sdk.TerminatedError
		found      *sdk.ApplicationError
	)
	for name, target := range map[string]any{
		"execution": &execution, "child": &child, "activity": &activity, "timeout": &timeout,
		"server": &server, "panic": &panicked, "terminated": &terminated, "application": &found,
	} {
		if !errors.As(err, target) {
			t.Errorf("%s is not reached", name)
		}
	}
	if !errors.Is(err, root) || !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		t.Error("errors.Is disagrees")
	}
	want := "workflow T (w, run r) failed: child workflow C (c) failed: activity Debit failed: ScheduleToClose timeout: " +
		"s: panic: p"
	if err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
}

func TestMessages(t *testing.T) {
	inner := errors.New("inner")
	for want, err := range map[string]error{
		"m":                 sdk.NewApplicationError("m", "T"),
		"m: inner":          sdk.NewNonRetryableError("m", "T", inner),
		"w: inner":          &sdk.ApplicationError{Message: "w: inner", Cause: inner},
		"canceled":          sdk.NewCanceledError(),
		"by hand":           &sdk.CanceledError{Message: "by hand"},
		"Heartbeat timeout": sdk.NewTimeoutError(enumspb.TIMEOUT_TYPE_HEARTBEAT),
		"terminated":        sdk.NewTerminatedError("", ""),
		"terminated: stuck": sdk.NewTerminatedError("stuck", "ops"),
		"panic: boom":       sdk.NewPanicError("boom", ""),
		"panic: inner":      sdk.NewPanicError(inner, ""),
		"s: inner":          sdk.NewServerError("s", false, inner),
	} {
		if err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
	}
}

func TestHasType(t *testing.T) {
	err := fmt.Errorf("x: %w", sdk.NewNonRetryableError("outer", "Outer", sdk.NewApplicationError("inner", "Inner")))
	for errorType, want := range map[string]bool{"Outer": true, "Inner": true, "Other": false} {
		if sdk.HasType(err, errorType) != want {
			t.Errorf("%s: not %v", errorType, want)
		}
	}
	if sdk.HasType(nil, "") || sdk.IsCanceled(nil) {
		t.Error("nil has a type")
	}
	if !sdk.IsCanceled(&sdk.ActivityError{Cause: sdk.NewCanceledError()}) {
		t.Error("a canceled activity is canceled")
	}
}

func TestDetailsOnTheSideThatMadeThem(t *testing.T) {
	details := sdk.NewDetails("a", 2, nil)
	var s string
	var n int
	pointer := &n
	if err := details.Decode(&s, &n, &pointer, new(bool)); err != nil || s != "a" || n != 2 || pointer != nil {
		t.Errorf("got %q %d %v, %v", s, n, pointer, err)
	}
	if err := details.Decode(&n); err == nil {
		t.Error("a string went into an int")
	}
	if err := details.Decode(s); err == nil {
		t.Error("decoded into a value")
	}
	if err := (sdk.Details{}).Decode(&s); !errors.Is(err, sdk.ErrNoDetails) {
		t.Errorf("no details: %v", err)
	}
	if payloads, err := (sdk.Details{}).Payloads(converter.Default()); payloads != nil || err != nil {
		t.Errorf("no details on the wire: %v, %v", payloads, err)
	}
}

func TestDetailsOnTheSideThatReceivedThem(t *testing.T) {
	payloads, err := sdk.NewDetails("a", 2).Payloads(converter.Default())
	if err != nil {
		t.Fatal(err)
	}
	received := sdk.ReceivedDetails(payloads, converter.Default())
	if received.Len() != 2 {
		t.Errorf("%d details", received.Len())
	}
	if s, err := sdk.DetailAs[string](received); s != "a" || err != nil {
		t.Errorf("got %q, %v", s, err)
	}
	if again, err := received.Payloads(nil); again != payloads || err != nil {
		t.Errorf("handed on: %v, %v", again, err)
	}
}

func TestRetryPolicyRoundTrip(t *testing.T) {
	policy := &sdk.RetryPolicy{
		InitialInterval: time.Second, BackoffCoefficient: 1.5, MaximumInterval: time.Minute, MaximumAttempts: 4,
		NonRetryableErrorTypes: []string{"A", "B"},
	}
	got := sdk.RetryPolicyFromProto(policy.Proto())
	if got.InitialInterval != time.Second || got.BackoffCoefficient != 1.5 || got.MaximumInterval != time.Minute ||
		got.MaximumAttempts != 4 || len(got.NonRetryableErrorTypes) != 2 {
		t.Errorf("got %+v", got)
	}
	zero := (&sdk.RetryPolicy{}).Proto()
	if zero.GetBackoffCoefficient() != 2 || zero.GetInitialInterval() != nil || zero.GetMaximumInterval() != nil {
		t.Errorf("the zero policy: %v", zero)
	}
	if (*sdk.RetryPolicy)(nil).Proto() != nil || sdk.RetryPolicyFromProto(nil) != nil {
		t.Error("nil became something")
	}
}

func TestSearchAttributeKeys(t *testing.T) {
	moment := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	var attributes sdk.SearchAttributes
	customer, tags, note := sdk.KeywordKey("k"), sdk.KeywordListKey("l"), sdk.TextKey("t")
	count, share, due, urgent := sdk.IntKey("i"), sdk.DoubleKey("d"), sdk.DatetimeKey("m"), sdk.BoolKey("b")
	attributes = customer.Set(attributes, "a")
	attributes = tags.Set(attributes, []string{"a", "b"})
	attributes = note.Set(attributes, "some words")
	attributes = count.Set(attributes, math.MaxInt64)
	attributes = share.Set(attributes, 0.5)
	attributes = due.Set(attributes, moment)
	attributes = urgent.Set(attributes, true)
	attributes["gone"] = sdk.Unset()
	wire := attributes.Proto()
	if got, ok, err := tags.Get(wire); len(got) != 2 || !ok || err != nil {
		t.Error(got, ok, err)
	}
	if got, ok, err := count.Get(wire); got != math.MaxInt64 || !ok || err != nil {
		t.Error(got, ok, err)
	}
	if got, ok, err := due.Get(wire); !got.Equal(moment) || !ok || err != nil {
		t.Error(got, ok, err)
	}
	for _, name := range []string{"gone", "never"} {
		if _, ok, err := sdk.KeywordKey(name).Get(wire); ok || err != nil {
			t.Error(name, ok, err)
		}
	}
	if _, ok, err := sdk.IntKey(customer.Name()).Get(wire); !ok || err == nil {
		t.Error("a word is a number")
	}
}

func TestSearchAttributes(t *testing.T) {
	moment := time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("x", 3600))
	attributes := sdk.SearchAttributes{
		"k": sdk.Keyword("a"), "l": sdk.KeywordList("a", "b"), "t": sdk.Text("some words"), "i": sdk.Int(math.MaxInt64),
		"d": sdk.Double(0.5), "n": sdk.Double(math.NaN()), "b": sdk.Bool(true), "m": sdk.Datetime(moment), "u": sdk.Unset(),
	}
	want := map[string][2]string{
		"k": {"Keyword", `"a"`}, "l": {"KeywordList", `["a","b"]`}, "t": {"Text", `"some words"`},
		"i": {"Int", "9223372036854775807"}, "d": {"Double", "0.5"}, "n": {"Double", "0"}, "b": {"Bool", "true"},
		"m": {"Datetime", `"2026-01-02T02:04:05.000000006Z"`}, "u": {"", ""},
	}
	fields := attributes.Proto().GetIndexedFields()
	for name, kindAndData := range want {
		payload := fields[name]
		if got := [2]string{string(payload.GetMetadata()["type"]), string(payload.GetData())}; got != kindAndData {
			t.Errorf("%s: got %v, want %v", name, got, kindAndData)
		}
	}
	if (sdk.SearchAttributes{}).Proto() != nil {
		t.Error("no attributes are something on the wire")
	}
}
