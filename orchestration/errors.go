package orchestration

import (
	"errors"
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
)

// Code classes errors by what the caller can do about them. The edge maps each to one gRPC status.
type Code int

// The codes, with the status and detail type that clients see.
const (
	InvalidArgument    Code = iota + 1 // InvalidArgument: the request can never succeed
	NotFound                           // NotFound: no such run, task, or it is closed already
	NamespaceNotFound                  // NotFound with NamespaceNotFoundFailure
	NamespaceExists                    // AlreadyExists with NamespaceAlreadyExistsFailure
	AlreadyStarted                     // AlreadyExists with WorkflowExecutionAlreadyStartedFailure
	FailedPrecondition                 // FailedPrecondition
	ResourceExhausted                  // ResourceExhausted with cause and scope
	Unavailable                        // Unavailable: try again
	QueryFailed                        // InvalidArgument with QueryFailedFailure
	Unimplemented                      // Unimplemented
	Canceled                           // Canceled: the caller went away
	DeadlineExceeded                   // DeadlineExceeded
	DataLoss                           // DataLoss: a stored row cannot be read; the run is set aside
	PermissionDenied                   // PermissionDenied
	Moved                              // never leaves the servers: another node owns the workflow, or is about to; find out which and ask it
	WorkflowNotReady                   // FailedPrecondition with WorkflowNotReadyFailure
	AlreadyExists                      // AlreadyExists: something of that name, but another, is there
)

// Error is what every verb of the engine returns when it refuses: one sentence for a person, and the facts that SDKs branch on.
type Error struct {
	Code    Code
	Message string
	// RunID and StartRequestID describe the run in the way; set with AlreadyStarted.
	RunID          string
	StartRequestID string
	// Failure is the worker's own failure; set with QueryFailed when there is one.
	Failure *failurepb.Failure
	// Cause and Scope say what ran out; set with ResourceExhausted.
	Cause enumspb.ResourceExhaustedCause
	Scope enumspb.ResourceExhaustedScope
	// Namespace is the name that was not found or exists already.
	Namespace string
}

// Error implements error.
func (e *Error) Error() string { return e.Message }

// Errorf makes an Error of a code.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// OperationsError refuses a request of several operations because of one of them. Clients see the status of that one, and MultiOperationExecutionFailure.
type OperationsError struct {
	Message    string
	Operations []*Error // in order; nil for those that were given up because of another
}

// Error implements error.
func (e *OperationsError) Error() string { return e.Message }

// RefusedOperation makes an OperationsError of a request of several operations, of which the i-th was refused.
func RefusedOperation(i, of int, why *Error) *OperationsError {
	e := &OperationsError{Message: "The operations could not be executed together: " + why.Message, Operations: make([]*Error, of)}
	e.Operations[i] = why
	return e
}

// CodeOf is the code of err, or 0 when err is nil or not an *Error.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}
