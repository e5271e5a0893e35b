package machine

import (
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/sdk"
)

// childEnd is what an event says about the end of a child.
type childEnd struct {
	initiatedID int64
	namespace   string
	execution   *commonpb.WorkflowExecution
	result      *commonpb.Payloads
	retryState  enumspb.RetryState
	// cause is nil for a child that completed.
	cause func(*Run) error
}

func childEndOf(event *historypb.HistoryEvent) childEnd {
	switch event.GetEventType() {
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED:
		e := event.GetChildWorkflowExecutionFailedEventAttributes()
		return childEnd{e.GetInitiatedEventId(), e.GetNamespace(), e.GetWorkflowExecution(), nil, e.GetRetryState(), func(r *Run) error {
			return r.failure(e.GetFailure())
		}}
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED:
		e := event.GetChildWorkflowExecutionCanceledEventAttributes()
		return childEnd{e.GetInitiatedEventId(), e.GetNamespace(), e.GetWorkflowExecution(), nil, enumspb.RETRY_STATE_NON_RETRYABLE_FAILURE,
			func(r *Run) error {
				return &sdk.CanceledError{Details: sdk.ReceivedDetails(e.GetDetails(), r.config.Data)}
			}}
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT:
		e := event.GetChildWorkflowExecutionTimedOutEventAttributes()
		return childEnd{e.GetInitiatedEventId(), e.GetNamespace(), e.GetWorkflowExecution(), nil, e.GetRetryState(), func(*Run) error {
			return &sdk.TimeoutError{Message: "Child workflow timeout", Kind: enumspb.TIMEOUT_TYPE_START_TO_CLOSE}
		}}
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED:
		e := event.GetChildWorkflowExecutionTerminatedEventAttributes()
		return childEnd{e.GetInitiatedEventId(), e.GetNamespace(), e.GetWorkflowExecution(), nil, enumspb.RETRY_STATE_NON_RETRYABLE_FAILURE,
			func(*Run) error { return sdk.NewTerminatedError("", "") }}
	default:
		e := event.GetChildWorkflowExecutionCompletedEventAttributes()
		return childEnd{initiatedID: e.GetInitiatedEventId(), namespace: e.GetNamespace(), execution: e.GetWorkflowExecution(), result: e.GetResult()}
	}
}
