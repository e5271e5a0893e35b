package converter_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/converter"
)

var failures = converter.NewFailureConverter(converter.FailureOptions{})

// errs are one of each type, deep where chains occur.
func errs() map[string]error {
	application := &sdk.ApplicationError{
		Message: "insufficient funds", Type: "Funds", NonRetryable: true, NextRetryDelay: 3 * time.Second,
		Category: enumspb.APPLICATION_ERROR_CATEGORY_BENIGN, Details: sdk.NewDetails("a", 7), Cause: errors.New("root"),
	}
	return map[string]error{
		"plain":       errors.New("plain"),
		"typed":       &os.PathError{Op: "open", Path: "/x", Err: os.ErrNotExist},
		"wrapped":     fmt.Errorf("outer: %w", errors.New("inner")),
		"joined":      errors.Join(errors.New("a"), errors.New("b")),
		"application": application,
		"canceled":    sdk.NewCanceledError("by", 1),
		"timeout": &sdk.TimeoutError{
			Message: "activity Heartbeat timeout", Kind: enumspb.TIMEOUT_TYPE_HEARTBEAT,
			LastHeartbeatDetails: sdk.NewDetails(42), Cause: application,
		},
		"terminated": sdk.NewTerminatedError("", "ops"),
		"server":     sdk.NewServerError("broken", true, nil),
		"panic":      sdk.NewPanicError("boom", "goroutine 1\nmain.go:3"),
		"activity": &sdk.ActivityError{
			ActivityType: "Debit", ActivityID: "5", ScheduledEventID: 5, StartedEventID: 6, Identity: "w",
			RetryState: enumspb.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED, Cause: application,
		},
		"child": &sdk.ChildWorkflowError{
			Namespace: "n", WorkflowID: "w", RunID: "r", WorkflowType: "T", InitiatedEventID: 7, StartedEventID: 8,
			RetryState: enumspb.RETRY_STATE_TIMEOUT, Cause: application,
		},
	}
}

func TestEveryErrorSurvivesTheWire(t *testing.T) {
	for name, err := range errs() {
		t.Run(name, func(t *testing.T) {
			failure := failures.ErrorToFailure(err)
			if failure.GetSource() != "TenutoGo" {
				t.Errorf("source %q", failure.GetSource())
			}
			received := failures.FailureToError(failure)
			if received.Error() != err.Error() {
				t.Errorf("message %q, want %q", received, err)
			}
			// A received error that is handed on is the same failure, to the byte.
			if again := failures.ErrorToFailure(received); !proto.Equal(again, failure) {
				t.Errorf("handed on:\n%v\nwas\n%v", again, failure)
			}
		})
	}
}

// TestOfficialSDKReadsOurFailures sends ours through the official converter, which keeps a received failure as it is.
func TestOfficialSDKReadsOurFailures(t *testing.T) {
	theirs := temporal.GetDefaultFailureConverter()
	for name, err := range errs() {
		t.Run(name, func(t *testing.T) {
			failure := failures.ErrorToFailure(err)
			received := theirs.FailureToError(failure)
			if again := theirs.ErrorToFailure(received); !proto.Equal(again, failure) {
				t.Errorf("theirs\n%v\nours\n%v", again, failure)
			}
		})
	}
	var application *temporal.ApplicationError
	received := theirs.FailureToError(failures.ErrorToFailure(errs()["activity"]))
	var detail string
	if !errors.As(received, &application) || application.Type() != "Funds" || !application.NonRetryable() ||
		application.NextRetryDelay() != 3*time.Second || application.Details(&detail) != nil || detail != "a" {
		t.Errorf("they see %v", received)
	}
	var panicked *temporal.PanicError
	if !errors.As(theirs.FailureToError(failures.ErrorToFailure(errs()["panic"])), &panicked) ||
		!strings.Contains(panicked.StackTrace(), "main.go:3") {
		t.Error("they see no panic")
	}
}

func TestWeReadFailuresOfTheOfficialSDK(t *testing.T) {
	theirs := temporal.GetDefaultFailureConverter()
	hidden := temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{EncodeCommonAttributes: true})
	for name, convert := range map[string]func(error) *failurepb.Failure{
		"readable": theirs.ErrorToFailure, "encoded": hidden.ErrorToFailure,
	} {
		t.Run(name, func(t *testing.T) {
			sent := temporal.NewApplicationErrorWithOptions("message", "Kind", temporal.ApplicationErrorOptions{
				NonRetryable: true, Cause: errors.New("cause"), Details: []any{"d"}, NextRetryDelay: time.Second,
			})
			received := failures.FailureToError(convert(sent))
			var application *sdk.ApplicationError
			if !errors.As(received, &application) {
				t.Fatalf("got %T", received)
			}
			detail, err := sdk.DetailAs[string](application.Details)
			if err != nil || detail != "d" || application.Type != "Kind" || !application.NonRetryable ||
				application.NextRetryDelay != time.Second || received.Error() != "message: cause" || application.Source != "GoSDK" {
				t.Errorf("got %+v, %v", application, err)
			}
		})
	}
	if got := failures.FailureToError(theirs.ErrorToFailure(temporal.NewCanceledError("x"))); !sdk.IsCanceled(got) {
		t.Errorf("canceled: %v", got)
	}
	timeout := failures.FailureToError(theirs.ErrorToFailure(temporal.NewTimeoutError(enumspb.TIMEOUT_TYPE_HEARTBEAT, nil, "hb")))
	if !errors.Is(timeout, context.DeadlineExceeded) {
		t.Errorf("timeout: %v", timeout)
	}
}

func TestPlainErrorsHaveTheTypesThatOfficialPoliciesName(t *testing.T) {
	theirs := temporal.GetDefaultFailureConverter()
	for _, err := range []error{
		errors.New("x"), fmt.Errorf("w: %w", errors.New("x")), &os.PathError{Err: os.ErrClosed}, context.DeadlineExceeded,
		errors.Join(errors.New("a"), errors.New("b")), context.Canceled,
	} {
		ours, want := failures.ErrorToFailure(err), theirs.ErrorToFailure(err)
		if got := ours.GetApplicationFailureInfo().GetType(); got != want.GetApplicationFailureInfo().GetType() {
			t.Errorf("%T: type %q, want %q", err, got, want.GetApplicationFailureInfo().GetType())
		}
	}
}

func TestAddingContextKeepsTypeAndRetryRules(t *testing.T) {
	inner := &sdk.ApplicationError{
		Message: "no funds", Type: "Funds", NonRetryable: true, Details: sdk.NewDetails(5), Cause: errors.New("root"),
	}
	for name, err := range map[string]error{
		"once":   fmt.Errorf("debit: %w", inner),
		"twice":  fmt.Errorf("transfer: %w", fmt.Errorf("debit: %w", inner)),
		"joined": errors.Join(errors.New("other"), inner),
	} {
		failure := failures.ErrorToFailure(err)
		info := failure.GetApplicationFailureInfo()
		if failure.GetMessage() != err.Error() || info.GetType() != "Funds" || !info.GetNonRetryable() ||
			len(info.GetDetails().GetPayloads()) != 1 || failure.GetCause().GetMessage() != "root" {
			t.Errorf("%s: %v", name, failure)
		}
	}
}

func TestALinkOfTheProtocolIsNotLookedThrough(t *testing.T) {
	inner := sdk.NewNonRetryableError("no funds", "Funds", nil)
	failure := failures.ErrorToFailure(fmt.Errorf("transfer: %w", &sdk.ActivityError{ActivityType: "Debit", Cause: inner}))
	if info := failure.GetApplicationFailureInfo(); info.GetType() != "wrapError" || info.GetNonRetryable() {
		t.Errorf("top %v", failure)
	}
	if failure.GetCause().GetActivityFailureInfo() == nil || failure.GetCause().GetCause().GetApplicationFailureInfo().GetType() != "Funds" {
		t.Errorf("causes %v", failure.GetCause())
	}
}

func TestWithACodecNoMessageLeaks(t *testing.T) {
	data := converter.NewCodecDataConverter(converter.Default(), newAES(t, "k", map[string][]byte{"k": key(3)}))
	hiding := converter.NewFailureConverter(converter.FailureOptions{DataConverter: data, EncodeAttributes: true})
	err := &sdk.ActivityError{ActivityType: "Debit", Cause: &sdk.PanicError{
		Message: "secret balance", Origin: sdk.Origin{StackTrace: "secret stack"},
		Cause: sdk.NewApplicationError("secret cause", "Kind", "secret detail"),
	}}
	failure := hiding.ErrorToFailure(err)
	wire, marshalErr := proto.Marshal(failure)
	if marshalErr != nil {
		t.Fatal(marshalErr)
	}
	if strings.Contains(string(wire), "secret") {
		t.Error("the wire tells the secret")
	}
	if !strings.Contains(string(wire), "Kind") {
		t.Error("the error type must stay readable for retry policies")
	}
	received := hiding.FailureToError(failure)
	var panicked *sdk.PanicError
	if !errors.As(received, &panicked) || panicked.StackTrace != "secret stack" || received.Error() != err.Error() {
		t.Errorf("got %v", received)
	}
	// Without the key the chain is still there, with stand-ins for the messages.
	blind := failures.FailureToError(failure)
	if !errors.As(blind, &panicked) || panicked.Message != "Encoded failure" {
		t.Errorf("without the key: %v", blind)
	}
}

func TestUnencodableDetailsDoNotHideTheFailure(t *testing.T) {
	failure := failures.ErrorToFailure(sdk.NewApplicationError("m", "T", make(chan int)))
	if failure.GetMessage() != "m" || failure.GetApplicationFailureInfo().GetDetails() != nil {
		t.Errorf("got %v", failure)
	}
}

func TestUnknownFailuresAreHandedOn(t *testing.T) {
	failure := &failurepb.Failure{
		Message: "nexus", Source: "other", Cause: &failurepb.Failure{Message: "why"},
		FailureInfo: &failurepb.Failure_ResetWorkflowFailureInfo{ResetWorkflowFailureInfo: &failurepb.ResetWorkflowFailureInfo{
			LastHeartbeatDetails: &commonpb.Payloads{},
		}},
	}
	received := failures.FailureToError(failure)
	var foreign *sdk.ForeignError
	if !errors.As(received, &foreign) || received.Error() != "nexus: why" {
		t.Errorf("got %v", received)
	}
	if failures.ErrorToFailure(received) != failure {
		t.Error("it was changed on the way")
	}
}

func TestNilIsNil(t *testing.T) {
	if failures.ErrorToFailure(nil) != nil || failures.FailureToError(nil) != nil {
		t.Error("nil became something")
	}
}
