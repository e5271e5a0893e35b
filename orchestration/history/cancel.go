package history

import (
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
)

// RequestCancel records a request to cancel, which workflow code answers as it likes; during a start delay it also ends that. A
// repetition (same request id, or already requested) changes nothing. Errors: NotFound (closed).
func (r *Run) RequestCancel(in Cancel, now time.Time) (Transition, error) {
	if in.RequestID != "" && in.RequestID == r.Header.CancelRequestID {
		return Transition{}, nil
	}
	if err := r.open(); err != nil {
		return Transition{}, err
	}
	if r.cancelRequested() {
		return Transition{}, nil
	}
	s := r.begin(now)
	r.Header.CancelRequestID = in.RequestID
	s.emit(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED,
		Principal: in.By,
		Links:     in.Links,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionCancelRequestedEventAttributes{
			WorkflowExecutionCancelRequestedEventAttributes: &historypb.WorkflowExecutionCancelRequestedEventAttributes{
				Cause:                     in.Reason,
				Identity:                  in.Identity,
				ExternalInitiatedEventId:  in.Initiated,
				ExternalWorkflowExecution: in.Source,
			},
		},
	})
	return s.finish(), nil
}

// cancelRequested tells whether the run has a request to cancel, in history or in the buffer.
func (r *Run) cancelRequested() bool {
	if r.Header.CancelRequested {
		return true
	}
	for _, b := range r.buffer {
		if b.Event.msg.EventType == enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED {
			return true
		}
	}
	return false
}
