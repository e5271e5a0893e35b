package converter

import (
	"errors"
	"reflect"

	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/sdk"
)

const panicType = "PanicError"

// ErrorToFailure represents err and its causes. An error of another type, such as one of fmt.Errorf, becomes an application
// failure. If it wraps an [sdk.ApplicationError] it keeps that one's type, retry rules and details under its own message:
// adding context to an error does not make it retryable.
func (c *failureConverter) ErrorToFailure(err error) *failurepb.Failure {
	if err == nil {
		return nil
	}
	if foreign, ok := err.(*sdk.ForeignError); ok {
		return foreign.Failure
	}
	failure := &failurepb.Failure{Source: Source}
	cause := c.describe(failure, err)
	failure.Cause = c.ErrorToFailure(cause)
	c.hide(failure)
	return failure
}

// describe fills in everything but the cause, which it returns.
func (c *failureConverter) describe(failure *failurepb.Failure, err error) (cause error) {
	switch e := err.(type) {
	case *sdk.ApplicationError:
		c.application(failure, e, e.Message)
		return e.Cause
	case *sdk.PanicError:
		origin(failure, e.Origin, e.Message)
		failure.FailureInfo = &failurepb.Failure_ApplicationFailureInfo{ApplicationFailureInfo: &failurepb.ApplicationFailureInfo{
			Type: panicType, NonRetryable: e.NonRetryable,
		}}
		return e.Cause
	case *sdk.CanceledError:
		origin(failure, e.Origin, e.Error())
		failure.FailureInfo = &failurepb.Failure_CanceledFailureInfo{CanceledFailureInfo: &failurepb.CanceledFailureInfo{
			Details: c.details(e.Details),
		}}
		return e.Cause
	case *sdk.TimeoutError:
		origin(failure, e.Origin, e.Message)
		failure.FailureInfo = &failurepb.Failure_TimeoutFailureInfo{TimeoutFailureInfo: &failurepb.TimeoutFailureInfo{
			TimeoutType: e.Kind, LastHeartbeatDetails: c.details(e.LastHeartbeatDetails),
		}}
		return e.Cause
	case *sdk.TerminatedError:
		origin(failure, e.Origin, e.Reason)
		failure.FailureInfo = &failurepb.Failure_TerminatedFailureInfo{TerminatedFailureInfo: &failurepb.TerminatedFailureInfo{
			Identity: e.Identity,
		}}
		return e.Cause
	case *sdk.ServerError:
		origin(failure, e.Origin, e.Message)
		failure.FailureInfo = &failurepb.Failure_ServerFailureInfo{ServerFailureInfo: &failurepb.ServerFailureInfo{
			NonRetryable: e.NonRetryable,
		}}
		return e.Cause
	case *sdk.ActivityError:
		describeActivity(failure, e)
		return e.Cause
	case *sdk.ChildWorkflowError:
		describeChild(failure, e)
		return e.Cause
	}
	return c.plain(failure, err)
}

// plain represents an error that is not of this SDK.
func (c *failureConverter) plain(failure *failurepb.Failure, err error) (cause error) {
	if wrapped := wrappedApplication(err); wrapped != nil {
		c.application(failure, wrapped, err.Error())
		return wrapped.Cause
	}
	failure.Message = err.Error()
	failure.FailureInfo = &failurepb.Failure_ApplicationFailureInfo{ApplicationFailureInfo: &failurepb.ApplicationFailureInfo{
		Type: typeName(err),
	}}
	return errors.Unwrap(err)
}

func (c *failureConverter) application(failure *failurepb.Failure, e *sdk.ApplicationError, message string) {
	origin(failure, e.Origin, message)
	info := &failurepb.ApplicationFailureInfo{
		Type: e.Type, NonRetryable: e.NonRetryable, Category: e.Category, Details: c.details(e.Details),
	}
	if e.NextRetryDelay > 0 {
		info.NextRetryDelay = durationpb.New(e.NextRetryDelay)
	}
	failure.FailureInfo = &failurepb.Failure_ApplicationFailureInfo{ApplicationFailureInfo: info}
}

// details encodes what can be encoded: details that cannot must not hide the failure that carries them.
func (c *failureConverter) details(details sdk.Details) *commonpb.Payloads {
	return payloadsOrNil(details.Payloads(c.data))
}

func describeActivity(failure *failurepb.Failure, e *sdk.ActivityError) {
	origin(failure, e.Origin, orElse(e.Message, "activity error"))
	failure.FailureInfo = &failurepb.Failure_ActivityFailureInfo{ActivityFailureInfo: &failurepb.ActivityFailureInfo{
		ScheduledEventId: e.ScheduledEventID,
		StartedEventId:   e.StartedEventID,
		Identity:         e.Identity,
		ActivityType:     &commonpb.ActivityType{Name: e.ActivityType},
		ActivityId:       e.ActivityID,
		RetryState:       e.RetryState,
	}}
}

func describeChild(failure *failurepb.Failure, e *sdk.ChildWorkflowError) {
	origin(failure, e.Origin, orElse(e.Message, "child workflow execution error"))
	info := &failurepb.ChildWorkflowExecutionFailureInfo{
		Namespace:         e.Namespace,
		WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: e.WorkflowID, RunId: e.RunID},
		WorkflowType:      &commonpb.WorkflowType{Name: e.WorkflowType},
		InitiatedEventId:  e.InitiatedEventID,
		StartedEventId:    e.StartedEventID,
		RetryState:        e.RetryState,
	}
	failure.FailureInfo = &failurepb.Failure_ChildWorkflowExecutionFailureInfo{ChildWorkflowExecutionFailureInfo: info}
}

// origin keeps where a received error was made, so that handing it on does not make it ours.
func origin(failure *failurepb.Failure, from sdk.Origin, message string) {
	failure.Message = message
	failure.StackTrace = from.StackTrace
	failure.Source = orElse(from.Source, Source)
}

// wrappedApplication finds an ApplicationError beneath wrappers that add nothing but text. An ActivityError or another
// link of the protocol's own ends the search: the error inside is that link's cause.
func wrappedApplication(err error) *sdk.ApplicationError {
	for err != nil {
		switch e := err.(type) {
		case *sdk.ApplicationError:
			return e
		case *sdk.ActivityError, *sdk.ChildWorkflowError, *sdk.WorkflowExecutionError, *sdk.CanceledError, *sdk.TimeoutError,
			*sdk.TerminatedError, *sdk.ServerError, *sdk.PanicError, *sdk.ForeignError:
			return nil
		case interface{ Unwrap() []error }:
			for _, branch := range e.Unwrap() {
				if found := wrappedApplication(branch); found != nil {
					return found
				}
			}
			return nil
		}
		err = errors.Unwrap(err)
	}
	return nil
}

// typeName is the bare name of the error's Go type, and empty for errors.New, whose type says nothing.
func typeName(err error) string {
	t := reflect.TypeOf(err)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == reflect.TypeOf(errors.New("")).Elem() {
		return ""
	}
	return t.Name()
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
