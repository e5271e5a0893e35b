package converter

import (
	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"

	"github.com/tenuto-io/tenuto/sdk"
)

// FailureToError returns the error type of package sdk that stands for the failure, or an [sdk.ForeignError].
func (c *failureConverter) FailureToError(failure *failurepb.Failure) error {
	if failure == nil {
		return nil
	}
	cause := c.FailureToError(failure.GetCause())
	shown := c.reveal(failure)
	from := sdk.Origin{Source: failure.GetSource(), StackTrace: shown.StackTrace}
	switch info := failure.GetFailureInfo().(type) {
	case *failurepb.Failure_ApplicationFailureInfo:
		return c.applicationError(info.ApplicationFailureInfo, from, shown.Message, cause)
	case *failurepb.Failure_CanceledFailureInfo:
		details := c.received(info.CanceledFailureInfo.GetDetails())
		return &sdk.CanceledError{Origin: from, Message: shown.Message, Details: details, Cause: cause}
	case *failurepb.Failure_TimeoutFailureInfo:
		return &sdk.TimeoutError{
			Origin: from, Message: shown.Message, Kind: info.TimeoutFailureInfo.GetTimeoutType(), Cause: cause,
			LastHeartbeatDetails: c.received(info.TimeoutFailureInfo.GetLastHeartbeatDetails()),
		}
	case *failurepb.Failure_TerminatedFailureInfo:
		identity := info.TerminatedFailureInfo.GetIdentity()
		return &sdk.TerminatedError{Origin: from, Reason: shown.Message, Identity: identity, Cause: cause}
	case *failurepb.Failure_ServerFailureInfo:
		nonRetryable := info.ServerFailureInfo.GetNonRetryable()
		return &sdk.ServerError{Origin: from, Message: shown.Message, NonRetryable: nonRetryable, Cause: cause}
	case *failurepb.Failure_ActivityFailureInfo:
		return activityError(info.ActivityFailureInfo, from, shown.Message, cause)
	case *failurepb.Failure_ChildWorkflowExecutionFailureInfo:
		return childError(info.ChildWorkflowExecutionFailureInfo, from, shown.Message, cause)
	}
	return &sdk.ForeignError{Failure: failure, Cause: cause}
}

func (c *failureConverter) applicationError(
	info *failurepb.ApplicationFailureInfo, from sdk.Origin, message string, cause error,
) error {
	if info.GetType() == panicType {
		return &sdk.PanicError{Origin: from, Message: message, NonRetryable: info.GetNonRetryable(), Cause: cause}
	}
	return &sdk.ApplicationError{
		Origin:         from,
		Message:        message,
		Type:           info.GetType(),
		NonRetryable:   info.GetNonRetryable(),
		NextRetryDelay: info.GetNextRetryDelay().AsDuration(),
		Category:       info.GetCategory(),
		Details:        c.received(info.GetDetails()),
		Cause:          cause,
	}
}

func (c *failureConverter) received(payloads *commonpb.Payloads) sdk.Details {
	return sdk.ReceivedDetails(payloads, c.data)
}

func activityError(info *failurepb.ActivityFailureInfo, from sdk.Origin, message string, cause error) error {
	return &sdk.ActivityError{
		Origin:           from,
		Message:          message,
		ActivityType:     info.GetActivityType().GetName(),
		ActivityID:       info.GetActivityId(),
		ScheduledEventID: info.GetScheduledEventId(),
		StartedEventID:   info.GetStartedEventId(),
		Identity:         info.GetIdentity(),
		RetryState:       info.GetRetryState(),
		Cause:            cause,
	}
}

func childError(info *failurepb.ChildWorkflowExecutionFailureInfo, from sdk.Origin, message string, cause error) error {
	return &sdk.ChildWorkflowError{
		Origin:           from,
		Message:          message,
		Namespace:        info.GetNamespace(),
		WorkflowID:       info.GetWorkflowExecution().GetWorkflowId(),
		RunID:            info.GetWorkflowExecution().GetRunId(),
		WorkflowType:     info.GetWorkflowType().GetName(),
		InitiatedEventID: info.GetInitiatedEventId(),
		StartedEventID:   info.GetStartedEventId(),
		RetryState:       info.GetRetryState(),
		Cause:            cause,
	}
}
