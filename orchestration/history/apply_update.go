package history

import (
	historypb "go.temporal.io/api/history/v1"
)

func (r *Run) applyUpdateAdmitted(ev *historypb.HistoryEvent) {
	id := ev.GetWorkflowExecutionUpdateAdmittedEventAttributes().GetRequest().GetMeta().GetUpdateId()
	r.updates[id] = &workflowUpdate{AdmittedEventID: ev.EventId}
	r.touchUpdate(id)
}

func (r *Run) applyUpdateAccepted(ev *historypb.HistoryEvent) {
	id := ev.GetWorkflowExecutionUpdateAcceptedEventAttributes().GetProtocolInstanceId()
	u := &workflowUpdate{AcceptedEventID: ev.EventId}
	if before := r.updates[id]; before != nil {
		u.AdmittedEventID = before.AdmittedEventID
	}
	r.updates[id] = u
	r.touchUpdate(id)
}

func (r *Run) applyUpdateCompleted(ev *historypb.HistoryEvent) {
	id := ev.GetWorkflowExecutionUpdateCompletedEventAttributes().GetMeta().GetUpdateId()
	r.updates[id].CompletedEventID = ev.EventId
	r.touchUpdate(id)
}

// touchUpdate marks the update's item as changed.
func (r *Run) touchUpdate(id string) { r.files.touch(updateItem, id) }
