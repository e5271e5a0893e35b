package history

import (
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/proto"
)

// Reapply says what of a run's later history a reset records again.
type Reapply struct {
	Signals bool
	Cancels bool // requests to cancel
}

// Wants tells whether the event is to be recorded again.
func (w Reapply) Wants(ev *historypb.HistoryEvent) bool {
	switch ev.EventType {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
		return w.Signals
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
		return w.Cancels
	}
	return false
}

// reapply records an event of another run again. A signal whose request id this run knows was recorded before.
func (s *step) reapply(ev *historypb.HistoryEvent) {
	switch ev.EventType {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
		if id := ev.GetWorkflowExecutionSignaledEventAttributes().RequestId; id != "" && s.run.requests[id] != nil {
			return
		}
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
		if s.run.Header.CancelRequested {
			return
		}
	default:
		return
	}
	again := proto.CloneOf(ev)
	again.EventId, again.EventTime = 0, nil
	s.append(again)
}
