package history

import (
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	updatepb "go.temporal.io/api/update/v1"
	"google.golang.org/protobuf/proto"
)

// Reapply says what of a run's later history a reset records again.
type Reapply struct {
	Signals bool
	Updates bool
	Cancels bool // requests to cancel
}

// Wants tells whether the event is to be recorded again.
func (w Reapply) Wants(ev *historypb.HistoryEvent) bool {
	switch ev.EventType {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
		return w.Signals
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
		return w.Updates
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
		return w.Cancels
	}
	return false
}

// reapply records an event of another run again, unless this run has what it says.
func (s *step) reapply(ev *historypb.HistoryEvent) {
	if Settles(ev) {
		s.settleAgain(ev)
		return
	}
	switch ev.EventType {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
		if id := ev.GetWorkflowExecutionSignaledEventAttributes().RequestId; id == "" || s.run.requests[id] == nil {
			s.append(anew(ev))
		}
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED:
		s.readmit(ev.GetWorkflowExecutionUpdateAdmittedEventAttributes().GetRequest(), ev.Principal)
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
		s.readmit(ev.GetWorkflowExecutionUpdateAcceptedEventAttributes().GetAcceptedRequest(), ev.Principal)
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
		if !s.run.Header.CancelRequested {
			s.append(anew(ev))
		}
	}
}

// anew is the event as one that has not been recorded yet.
func anew(ev *historypb.HistoryEvent) *historypb.HistoryEvent {
	again := proto.CloneOf(ev)
	again.EventId, again.EventTime = 0, nil
	return again
}

// readmit records that an update which another run had accepted is to be answered by this one. An acceptance without its request follows an
// admission that has it.
func (s *step) readmit(request *updatepb.Request, by *commonpb.Principal) {
	if request == nil || s.run.updates[request.GetMeta().GetUpdateId()] != nil {
		return
	}
	s.append(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED,
		Principal: by,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionUpdateAdmittedEventAttributes{
			WorkflowExecutionUpdateAdmittedEventAttributes: &historypb.WorkflowExecutionUpdateAdmittedEventAttributes{
				Request: request,
				Origin:  enumspb.UPDATE_ADMITTED_EVENT_ORIGIN_REAPPLY,
			},
		},
	})
}
