package sdk

import (
	"errors"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
)

// Origin says where an error was made. It is empty for errors made in this process.
type Origin struct {
	// Source names the SDK that made the failure, for example "TenutoGo" or "PythonSDK".
	Source string
	// StackTrace is the stack at the origin, where its SDK recorded one.
	StackTrace string
}

// ApplicationError is what application code returns to fail an activity or a workflow on its own terms. Any other error
// becomes an ApplicationError on the wire, with the bare name of its Go type as Type.
type ApplicationError struct {
	Origin
	// Message is for people.
	Message string
	// Type is for programs: retry policies name it in NonRetryableErrorTypes and callers branch on it.
	Type string
	// NonRetryable ends the retries, whatever the retry policy says.
	NonRetryable bool
	// NextRetryDelay, if positive, replaces the delay that the retry policy would give.
	NextRetryDelay time.Duration
	// Category BENIGN marks an expected failure, which servers and workers log quietly.
	Category enumspb.ApplicationErrorCategory
	// Details are values for the caller.
	Details Details
	// Cause is the wrapped error, or nil.
	Cause error
}

// NewApplicationError returns a retryable error.
func NewApplicationError(message, errorType string, details ...any) *ApplicationError {
	return &ApplicationError{Message: message, Type: errorType, Details: NewDetails(details...)}
}

// NewNonRetryableError returns an error that is not retried. The cause may be nil.
func NewNonRetryableError(message, errorType string, cause error, details ...any) *ApplicationError {
	return &ApplicationError{
		Message: message, Type: errorType, NonRetryable: true, Cause: cause, Details: NewDetails(details...),
	}
}

// Error returns the message, and the cause unless the message already ends in it, as that of a wrapping error does.
func (e *ApplicationError) Error() string {
	if e.Cause == nil {
		return e.Message
	}
	cause := e.Cause.Error()
	if strings.HasSuffix(e.Message, cause) {
		return e.Message
	}
	return e.Message + ": " + cause
}

// Unwrap returns the cause.
func (e *ApplicationError) Unwrap() error { return e.Cause }

// HasType reports whether err has an [ApplicationError] of the given type in its chain.
func HasType(err error, errorType string) bool {
	for {
		var application *ApplicationError
		if !errors.As(err, &application) {
			return false
		}
		if application.Type == errorType {
			return true
		}
		err = application.Cause
	}
}
