package machine

import (
	"cmp"
	"fmt"
	"slices"

	historypb "go.temporal.io/api/history/v1"
	protocolpb "go.temporal.io/api/protocol/v1"
	updatepb "go.temporal.io/api/update/v1"
)

// updateRequests returns the updates that a task brings: in replay those that it accepted, since others left no trace, and else the
// messages that came with it and what a reset brought along.
func (r *Run) updateRequests(task Task) ([]*update, error) {
	var requests []*update
	for _, event := range task.Events {
		if u := r.admit(event); u != nil && !task.Replaying {
			requests = append(requests, u)
		}
	}
	if task.Replaying {
		for _, event := range task.Answers {
			if event.GetWorkflowExecutionUpdateAcceptedEventAttributes() == nil {
				continue
			}
			u, err := r.accepted(event)
			if err != nil {
				return nil, err
			}
			requests = append(requests, u)
		}
		return requests, nil
	}
	for _, message := range task.Messages {
		u, err := requestOf(message)
		if err != nil {
			return nil, err
		}
		requests = append(requests, u)
	}
	slices.SortStableFunc(requests, func(a, b *update) int { return cmp.Compare(a.sequence, b.sequence) })
	return requests, nil
}

// admit keeps the request of an update that a reset brought along.
func (r *Run) admit(event *historypb.HistoryEvent) *update {
	request := event.GetWorkflowExecutionUpdateAdmittedEventAttributes().GetRequest()
	if request == nil {
		return nil
	}
	id := request.GetMeta().GetUpdateId()
	if r.updates.admitted == nil {
		r.updates.admitted = make(map[string]*updatepb.Request)
	}
	r.updates.admitted[id] = request
	return &update{instance: id, messageID: id + "/request", sequence: event.GetEventId(), request: request}
}

// accepted returns the update that an event says was accepted.
func (r *Run) accepted(event *historypb.HistoryEvent) (*update, error) {
	e := event.GetWorkflowExecutionUpdateAcceptedEventAttributes()
	u := &update{
		instance: e.GetProtocolInstanceId(), messageID: e.GetAcceptedRequestMessageId(), sequence: e.GetAcceptedRequestSequencingEventId(),
		request: e.GetAcceptedRequest(),
	}
	if u.request == nil {
		u.request = r.updates.admitted[u.instance]
	}
	if u.request == nil {
		return nil, fmt.Errorf("event %d: the history does not have the request of update %q", event.GetEventId(), u.instance)
	}
	delete(r.updates.admitted, u.instance)
	return u, nil
}

func requestOf(message *protocolpb.Message) (*update, error) {
	request := &updatepb.Request{}
	if err := message.GetBody().UnmarshalTo(request); err != nil {
		return nil, fmt.Errorf("message %q is not understood: %w", message.GetId(), err)
	}
	return &update{
		instance: message.GetProtocolInstanceId(), messageID: message.GetId(), sequence: message.GetEventId(), request: request,
	}, nil
}
