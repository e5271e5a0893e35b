package history

import (
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// external is the item of a signal, or a request to cancel, to another run: from Initiated until its outcome is recorded.
type external struct {
	InitiatedEventID orchestration.EventID     `cbor:"1,keyasint"`
	CompletedEventID orchestration.EventID     `cbor:"2,keyasint"` // WorkflowTaskCompleted of the command
	Cancel           bool                      `cbor:"3,keyasint,omitempty"`
	Namespace        string                    `cbor:"4,keyasint,omitempty"`
	NamespaceID      orchestration.NamespaceID `cbor:"5,keyasint,omitzero"` // zero: there is no such namespace
	WorkflowID       string                    `cbor:"6,keyasint"`
	RunID            string                    `cbor:"7,keyasint,omitempty"`
	Control          string                    `cbor:"8,keyasint,omitempty"`
}

// touchExternal marks the external's item as changed or gone.
func (r *Run) touchExternal(id orchestration.EventID) { r.files.touch(externalItem, eventItemID(id)) }

// addExternal notes what an Initiated event began.
func (r *Run) addExternal(x *external) {
	r.externals[x.InitiatedEventID] = x
	if x.Cancel {
		r.cancels++
	}
	r.touchExternal(x.InitiatedEventID)
}

// removeExternal forgets an external whose outcome is recorded, or whose run closed.
func (r *Run) removeExternal(id orchestration.EventID) {
	if r.externals[id].Cancel {
		r.cancels--
	}
	delete(r.externals, id)
	r.touchExternal(id)
}

func (x *external) execution() *commonpb.WorkflowExecution {
	return &commonpb.WorkflowExecution{WorkflowId: x.WorkflowID, RunId: x.RunID}
}

// signaled is the event that tells what became of a signal.
func (x *external) signaled(outcome Outcome) *historypb.HistoryEvent {
	var cause enumspb.SignalExternalWorkflowExecutionFailedCause
	switch outcome {
	case EffectDone:
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED,
			Attributes: &historypb.HistoryEvent_ExternalWorkflowExecutionSignaledEventAttributes{
				ExternalWorkflowExecutionSignaledEventAttributes: &historypb.ExternalWorkflowExecutionSignaledEventAttributes{
					InitiatedEventId: x.InitiatedEventID, Namespace: x.Namespace, NamespaceId: namespaceText(x.NamespaceID),
					WorkflowExecution: x.execution(), Control: x.Control,
				},
			},
		}
	case EffectNoNamespace:
		cause = enumspb.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_NAMESPACE_NOT_FOUND
	case EffectTooMany:
		cause = enumspb.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_SIGNAL_COUNT_LIMIT_EXCEEDED
	default:
		cause = enumspb.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND
	}
	return &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED,
		Attributes: &historypb.HistoryEvent_SignalExternalWorkflowExecutionFailedEventAttributes{
			SignalExternalWorkflowExecutionFailedEventAttributes: &historypb.SignalExternalWorkflowExecutionFailedEventAttributes{
				Cause: cause, WorkflowTaskCompletedEventId: x.CompletedEventID, Namespace: x.Namespace, NamespaceId: namespaceText(x.NamespaceID),
				WorkflowExecution: x.execution(), InitiatedEventId: x.InitiatedEventID, Control: x.Control,
			},
		},
	}
}

// canceled is the event that tells what became of a request to cancel.
func (x *external) canceled(outcome Outcome) *historypb.HistoryEvent {
	cause := enumspb.CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND
	switch outcome {
	case EffectDone:
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED,
			Attributes: &historypb.HistoryEvent_ExternalWorkflowExecutionCancelRequestedEventAttributes{
				ExternalWorkflowExecutionCancelRequestedEventAttributes: &historypb.ExternalWorkflowExecutionCancelRequestedEventAttributes{
					InitiatedEventId: x.InitiatedEventID, Namespace: x.Namespace, NamespaceId: namespaceText(x.NamespaceID), WorkflowExecution: x.execution(),
				},
			},
		}
	case EffectNoNamespace:
		cause = enumspb.CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_NAMESPACE_NOT_FOUND
	}
	return &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED,
		Attributes: &historypb.HistoryEvent_RequestCancelExternalWorkflowExecutionFailedEventAttributes{
			RequestCancelExternalWorkflowExecutionFailedEventAttributes: &historypb.RequestCancelExternalWorkflowExecutionFailedEventAttributes{
				Cause: cause, WorkflowTaskCompletedEventId: x.CompletedEventID, Namespace: x.Namespace, NamespaceId: namespaceText(x.NamespaceID),
				WorkflowExecution: x.execution(), InitiatedEventId: x.InitiatedEventID, Control: x.Control,
			},
		},
	}
}
