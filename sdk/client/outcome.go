package client

import (
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
)

// outcome is what a close event says.
type outcome struct {
	event  enumspb.EventType
	status enumspb.WorkflowExecutionStatus
	// next is the run that goes on, empty at the end of the chain.
	next string
	// result is the result of a completed run and the details of a canceled or terminated one.
	result           *commonpb.Payloads
	failure          *failurepb.Failure
	retryState       enumspb.RetryState
	reason, identity string
}

func outcomeOf(event *historypb.HistoryEvent) outcome {
	o := outcome{event: event.GetEventType()}
	switch event.GetEventType() {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
		a := event.GetWorkflowExecutionCompletedEventAttributes()
		o.status, o.result, o.next = enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED, a.GetResult(), a.GetNewExecutionRunId()
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
		a := event.GetWorkflowExecutionFailedEventAttributes()
		o.status, o.failure, o.next = enumspb.WORKFLOW_EXECUTION_STATUS_FAILED, a.GetFailure(), a.GetNewExecutionRunId()
		o.retryState = a.GetRetryState()
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:
		a := event.GetWorkflowExecutionTimedOutEventAttributes()
		o.status, o.next = enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT, a.GetNewExecutionRunId()
		o.retryState = a.GetRetryState()
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
		a := event.GetWorkflowExecutionCanceledEventAttributes()
		o.status, o.result = enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED, a.GetDetails()
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
		a := event.GetWorkflowExecutionTerminatedEventAttributes()
		o.status, o.result = enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED, a.GetDetails()
		o.reason, o.identity = a.GetReason(), a.GetIdentity()
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
		a := event.GetWorkflowExecutionContinuedAsNewEventAttributes()
		o.status, o.next = enumspb.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW, a.GetNewExecutionRunId()
	}
	return o
}
