package machine

import (
	"fmt"
	"strconv"

	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/sdk"
)

// SignalExternal asks for a signal to another workflow, or to a child. It calls settle once, when the signal is in the other's history or
// cannot be.
func (r *Run) SignalExternal(attributes *commandpb.SignalExternalWorkflowExecutionCommandAttributes, settle func(error)) {
	r.mutating("SignalExternal")
	if attributes.Namespace == "" {
		attributes.Namespace = r.Namespace()
	}
	attributes.Control = r.expect(settle)
	r.request(&commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION,
		Attributes: &commandpb.Command_SignalExternalWorkflowExecutionCommandAttributes{
			SignalExternalWorkflowExecutionCommandAttributes: attributes,
		},
	})
}

// CancelExternal asks for the cancellation of another workflow. It calls settle once, when the request is in the other's history or cannot
// be.
func (r *Run) CancelExternal(attributes *commandpb.RequestCancelExternalWorkflowExecutionCommandAttributes, settle func(error)) {
	r.mutating("CancelExternal")
	if attributes.Namespace == "" {
		attributes.Namespace = r.Namespace()
	}
	attributes.Control = r.expect(settle)
	r.request(&commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION,
		Attributes: &commandpb.Command_RequestCancelExternalWorkflowExecutionCommandAttributes{
			RequestCancelExternalWorkflowExecutionCommandAttributes: attributes,
		},
	})
}

// expect awaits the answer to the next command. It returns the command's mark, by which old official workers find it.
func (r *Run) expect(settle func(error)) (control string) {
	if r.external == nil {
		r.external = make(map[int64]func(error))
	}
	id := r.nextEventID()
	r.external[id] = settle
	return strconv.FormatInt(id, 10)
}

// answered settles the request of an event. The request to cancel a child has nobody waiting: the child's end is its answer.
func (r *Run) answered(initiatedID int64, err error) {
	if settle := r.external[initiatedID]; settle != nil {
		delete(r.external, initiatedID)
		settle(err)
	}
}

func (r *Run) externalAnswer(event *historypb.HistoryEvent) {
	switch event.GetEventType() {
	case enumspb.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED:
		r.answered(event.GetExternalWorkflowExecutionSignaledEventAttributes().GetInitiatedEventId(), nil)
	case enumspb.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
		r.answered(event.GetExternalWorkflowExecutionCancelRequestedEventAttributes().GetInitiatedEventId(), nil)
	case enumspb.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
		e := event.GetSignalExternalWorkflowExecutionFailedEventAttributes()
		r.answered(e.GetInitiatedEventId(), signalFailure(e.GetCause()))
	case enumspb.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
		e := event.GetRequestCancelExternalWorkflowExecutionFailedEventAttributes()
		r.answered(e.GetInitiatedEventId(), cancelFailure(e.GetCause()))
	}
}

func signalFailure(cause enumspb.SignalExternalWorkflowExecutionFailedCause) error {
	switch cause {
	case enumspb.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND:
		return &sdk.UnknownExternalWorkflowExecutionError{}
	case enumspb.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_NAMESPACE_NOT_FOUND:
		return &sdk.NamespaceNotFoundError{}
	}
	return fmt.Errorf("unable to signal the workflow: %s", cause)
}

func cancelFailure(cause enumspb.CancelExternalWorkflowExecutionFailedCause) error {
	switch cause {
	case enumspb.CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND:
		return &sdk.UnknownExternalWorkflowExecutionError{}
	case enumspb.CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_NAMESPACE_NOT_FOUND:
		return &sdk.NamespaceNotFoundError{}
	}
	return fmt.Errorf("unable to cancel the workflow: %s", cause)
}
