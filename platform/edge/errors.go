package edge

import (
	"context"
	"errors"

	"go.temporal.io/api/serviceerror"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tenuto-io/tenuto/orchestration"
)

// statusOf maps an error to the status that clients see, with the detail types that SDKs branch on. known is false for an error whose text is
// not for clients: it belongs in the log.
func statusOf(err error) (st *status.Status, known bool) {
	var e *orchestration.Error
	if errors.As(err, &e) {
		if public := publicError(e); public != nil {
			return serviceerror.ToStatus(public), true
		}
		return status.Convert(errInternal), false
	}
	var several *orchestration.OperationsError
	if errors.As(err, &several) {
		return serviceerror.ToStatus(serviceerror.NewMultiOperationExecution(several.Message, operationErrors(several.Operations))), true
	}
	if errors.Is(err, context.Canceled) {
		return status.New(codes.Canceled, "The call was canceled."), true
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return status.New(codes.DeadlineExceeded, "The deadline of the call has passed."), true
	}
	if errors.As(err, new(outage)) {
		return status.New(codes.Unavailable, "The server cannot reach its storage; try again."), false
	}
	if st, ok := status.FromError(err); ok {
		return st, true
	}
	return status.Convert(errInternal), false
}

// publicError is the protocol's error for an engine error, or nil for a code that is none.
func publicError(e *orchestration.Error) error {
	switch e.Code {
	case orchestration.InvalidArgument:
		return serviceerror.NewInvalidArgument(e.Message)
	case orchestration.NotFound:
		return serviceerror.NewNotFound(e.Message)
	case orchestration.NamespaceNotFound:
		return serviceerror.NewNamespaceNotFound(e.Namespace)
	case orchestration.NamespaceExists:
		return serviceerror.NewNamespaceAlreadyExists(e.Message)
	case orchestration.AlreadyStarted:
		return serviceerror.NewWorkflowExecutionAlreadyStarted(e.Message, e.StartRequestID, e.RunID)
	case orchestration.FailedPrecondition:
		return serviceerror.NewFailedPrecondition(e.Message)
	case orchestration.ResourceExhausted:
		return &serviceerror.ResourceExhausted{Cause: e.Cause, Scope: e.Scope, Message: e.Message}
	case orchestration.WorkflowNotReady:
		return serviceerror.NewWorkflowNotReady(e.Message)
	case orchestration.Unavailable:
		return serviceerror.NewUnavailable(e.Message)
	case orchestration.Moved:
		return publicError(changing())
	case orchestration.QueryFailed:
		return serviceerror.NewQueryFailedWithFailure(e.Message, e.Failure)
	case orchestration.Unimplemented:
		return serviceerror.NewUnimplemented(e.Message)
	case orchestration.Canceled:
		return serviceerror.NewCanceled(e.Message)
	case orchestration.DeadlineExceeded:
		return serviceerror.NewDeadlineExceeded(e.Message)
	case orchestration.DataLoss:
		return serviceerror.NewDataLoss(e.Message)
	case orchestration.AlreadyExists:
		return serviceerror.NewAlreadyExists(e.Message)
	case orchestration.PermissionDenied:
		return serviceerror.NewPermissionDenied(e.Message, "")
	}
	return nil
}

// invalid is the error of a request that can never succeed.
func invalid(format string, args ...any) *orchestration.Error {
	return orchestration.Errorf(orchestration.InvalidArgument, format, args...)
}

// notBuilt is the error of a request that asks for what this release does not do: better refused than ignored.
func notBuilt(what string) *orchestration.Error {
	return orchestration.Errorf(orchestration.Unimplemented, "%s is not implemented by this server.", what)
}

// unbuilt is the error of a whole method that this release does not build.
func unbuilt(method string) *orchestration.Error {
	return &orchestration.Error{Code: orchestration.Unimplemented, Message: unbuiltMessage(method)}
}

// outage wraps the error of a store that failed: clients are told to try again, and the log gets the cause.
type outage struct{ cause error }

func (o outage) Error() string { return o.cause.Error() }
func (o outage) Unwrap() error { return o.cause }

// directoryError is what a call that the directory refused fails with. What is no *orchestration.Error comes from its store.
func directoryError(err error) error {
	if err == nil || orchestration.CodeOf(err) != 0 {
		return err
	}
	return outage{err}
}
