package sdk

import (
	"context"
	"errors"
	"fmt"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"
)

// CanceledError says that a workflow, activity, timer or scope was canceled on request.
type CanceledError struct {
	Origin
	// Message is what the canceled code reported; usually empty.
	Message string
	// Details are the values that the canceled code reported.
	Details Details
	// Cause is the wrapped error, or nil.
	Cause error
}

// NewCanceledError returns a cancellation with details for the caller.
func NewCanceledError(details ...any) *CanceledError {
	return &CanceledError{Details: NewDetails(details...)}
}

// Error returns the message, or "canceled".
func (e *CanceledError) Error() string {
	if e.Message != "" {
		return e.Message
	}
	return "canceled"
}

// Unwrap returns the cause.
func (e *CanceledError) Unwrap() error { return e.Cause }

// Is reports that a CanceledError is a context.Canceled.
func (e *CanceledError) Is(target error) bool { return target == context.Canceled }

// IsCanceled reports whether err has a [CanceledError] in its chain.
func IsCanceled(err error) bool {
	var canceled *CanceledError
	return errors.As(err, &canceled)
}

// TimeoutError says that one of the timeouts of a workflow or activity passed.
type TimeoutError struct {
	Origin
	// Message is what the server wrote, for example "activity StartToClose timeout".
	Message string
	// Kind tells which timeout it was.
	Kind enumspb.TimeoutType
	// LastHeartbeatDetails are what the activity last recorded, if it did.
	LastHeartbeatDetails Details
	// Cause is the failure of the last attempt, if a retried activity ran out of time, or nil.
	Cause error
}

// NewTimeoutError returns a timeout, for tests and for code that plays the server.
func NewTimeoutError(kind enumspb.TimeoutType, lastHeartbeat ...any) *TimeoutError {
	return &TimeoutError{Kind: kind, LastHeartbeatDetails: NewDetails(lastHeartbeat...)}
}

// Error names the timeout and the cause.
func (e *TimeoutError) Error() string {
	message := e.Message
	if message == "" {
		message = e.Kind.String() + " timeout"
	}
	return withCause(message, e.Cause)
}

// Unwrap returns the cause.
func (e *TimeoutError) Unwrap() error { return e.Cause }

// Is reports that a TimeoutError is a context.DeadlineExceeded.
func (e *TimeoutError) Is(target error) bool { return target == context.DeadlineExceeded }

// TerminatedError says that a workflow was ended from outside, without a chance to react.
type TerminatedError struct {
	Origin
	// Reason is what the caller of Terminate gave.
	Reason string
	// Details are the values that the caller of Terminate gave.
	Details Details
	// Identity names the caller of Terminate, where the server tells it.
	Identity string
	// Cause is the wrapped error, or nil.
	Cause error
}

// NewTerminatedError returns a termination.
func NewTerminatedError(reason, identity string, details ...any) *TerminatedError {
	return &TerminatedError{Reason: reason, Identity: identity, Details: NewDetails(details...)}
}

// Error returns "terminated" and the reason.
func (e *TerminatedError) Error() string {
	if e.Reason == "" {
		return "terminated"
	}
	return "terminated: " + e.Reason
}

// Unwrap returns the cause.
func (e *TerminatedError) Unwrap() error { return e.Cause }

// PanicError says that a workflow or activity panicked. Its stack is in StackTrace, on both sides of the wire.
type PanicError struct {
	Origin
	// Message is the value given to panic, printed.
	Message string
	// NonRetryable ends the retries. Activities that panic are retried, since a panic may be as passing as any error.
	NonRetryable bool
	// Cause is the wrapped error, or nil.
	Cause error
}

// NewPanicError returns the error for a recovered value and the stack of its goroutine.
func NewPanicError(recovered any, stack string) *PanicError {
	panicked := &PanicError{Message: fmt.Sprint(recovered), Origin: Origin{StackTrace: stack}}
	if err, ok := recovered.(error); ok {
		panicked.Cause = err
	}
	return panicked
}

// Error returns "panic:" and the panic's value.
func (e *PanicError) Error() string {
	if strings.HasPrefix(e.Message, "panic: ") {
		return e.Message
	}
	return "panic: " + e.Message
}

// Unwrap returns the error that was given to panic, if it was one.
func (e *PanicError) Unwrap() error { return e.Cause }

// ServerError says that the server failed the work for a reason of its own.
type ServerError struct {
	Origin
	// Message is what the server wrote.
	Message string
	// NonRetryable ends the retries.
	NonRetryable bool
	// Cause is the wrapped error, or nil.
	Cause error
}

// NewServerError returns a server's failure.
func NewServerError(message string, nonRetryable bool, cause error) *ServerError {
	return &ServerError{Message: message, NonRetryable: nonRetryable, Cause: cause}
}

// Error returns the message and the cause.
func (e *ServerError) Error() string { return withCause(e.Message, e.Cause) }

// Unwrap returns the cause.
func (e *ServerError) Unwrap() error { return e.Cause }

func withCause(message string, cause error) string {
	if cause == nil {
		return message
	}
	return message + ": " + cause.Error()
}
