package history

import (
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Signal records an external signal; during a start delay (not during a back-off) it also ends that. A known RequestID changes nothing. Errors: NotFound
// (closed), InvalidArgument (too many signals).
func (r *Run) Signal(in Signal, now time.Time) (Transition, error) {
	if r.knows(in.RequestID) {
		return Transition{}, nil
	}
	if err := r.open(); err != nil {
		return Transition{}, err
	}
	if r.signals() >= orchestration.MaxSignalsPerRun {
		return Transition{}, orchestration.Errorf(orchestration.InvalidArgument, "exceeded workflow execution limit for signal events")
	}
	s := r.begin(now)
	r.remember(in.RequestID, in.Source != nil)
	s.emit(signaled(in))
	if r.Header.FirstTaskDue != 0 && r.Header.Patient {
		s.wantTask = false
	}
	return s.finish(), nil
}

// signaled is the event WorkflowExecutionSignaled.
func signaled(in Signal) *historypb.HistoryEvent {
	return &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
		Principal: in.By,
		Links:     in.Links,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionSignaledEventAttributes{
			WorkflowExecutionSignaledEventAttributes: &historypb.WorkflowExecutionSignaledEventAttributes{
				SignalName:                in.Name,
				Input:                     in.Input,
				Identity:                  in.Identity,
				Header:                    in.Header,
				RequestId:                 in.RequestID,
				ExternalWorkflowExecution: in.Source,
			},
		},
	}
}

// signals counts the signals of the run, buffered ones included.
func (r *Run) signals() int {
	n := r.Header.Signals
	for _, b := range r.buffer {
		if b.Event.msg.EventType == enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED {
			n++
		}
	}
	return n
}
