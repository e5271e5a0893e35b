package rehearsal

import (
	"fmt"
	"slices"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	protocolpb "go.temporal.io/api/protocol/v1"
	updatepb "go.temporal.io/api/update/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
)

// updates are those of a run.
type updates struct {
	// pending are neither accepted nor refused.
	pending []*protocolpb.Message
	// accepted are the ids of the events that say so.
	accepted map[string]int64
	outcomes map[string]*updatepb.Outcome
	sent     int
}

// due returns the messages of a task, in the place that a server gives them: right before its Started event.
func (u *updates) due(sequence int64) []*protocolpb.Message {
	for _, message := range u.pending {
		message.SequencingId = &protocolpb.Message_EventId{EventId: sequence}
	}
	return slices.Clone(u.pending)
}

// Update sends an update. An empty id is replaced by one that no other has.
func (s *Server) Update(id, name string, args *commonpb.Payloads) {
	s.updates.sent++
	if id == "" {
		id = fmt.Sprintf("update-%d", s.updates.sent)
	}
	body, err := anypb.New(&updatepb.Request{
		Meta: &updatepb.Meta{UpdateId: id, Identity: "actor"}, Input: &updatepb.Input{Header: &commonpb.Header{}, Name: name, Args: args},
	})
	if err != nil {
		panic(err)
	}
	s.updates.pending = append(s.updates.pending, &protocolpb.Message{Id: id + "/request", ProtocolInstanceId: id, Body: body})
	if s.started == 0 {
		s.schedule()
	}
}

// UpdateOutcome returns how an update ended, nil if it has not. One that was refused has a failure.
func (s *Server) UpdateOutcome(id string) *updatepb.Outcome { return s.updates.outcomes[id] }

func (s *Server) settleUpdate(id string, outcome *updatepb.Outcome) {
	if s.updates.outcomes == nil {
		s.updates.outcomes = make(map[string]*updatepb.Outcome)
	}
	s.updates.outcomes[id] = outcome
}

func (s *Server) takePending(id string) {
	s.updates.pending = slices.DeleteFunc(s.updates.pending, func(m *protocolpb.Message) bool { return m.GetProtocolInstanceId() == id })
}

// refuse forgets the updates that the worker refused.
func (s *Server) refuse(messages []*protocolpb.Message) {
	for _, message := range messages {
		if rejection := (&updatepb.Rejection{}); message.GetBody().MessageIs(rejection) {
			unpack(message, rejection)
			s.takePending(message.GetProtocolInstanceId())
			s.settleUpdate(message.GetProtocolInstanceId(), &updatepb.Outcome{Value: &updatepb.Outcome_Failure{Failure: rejection.GetFailure()}})
		}
	}
}

// advanceUpdate writes the event of a message, for which a command stands.
func (s *Server) advanceUpdate(messageID string, messages []*protocolpb.Message) {
	at := slices.IndexFunc(messages, func(m *protocolpb.Message) bool { return m.GetId() == messageID })
	if at < 0 {
		panic(fmt.Sprintf("rehearsal: no message %q for its command", messageID))
	}
	id := messages[at].GetProtocolInstanceId()
	if acceptance := (&updatepb.Acceptance{}); messages[at].GetBody().MessageIs(acceptance) {
		unpack(messages[at], acceptance)
		s.takePending(id)
		if s.updates.accepted == nil {
			s.updates.accepted = make(map[string]int64)
		}
		s.updates.accepted[id] = s.append(acceptedEvent(id, acceptance))
		return
	}
	response := &updatepb.Response{}
	unpack(messages[at], response)
	s.settleUpdate(id, response.GetOutcome())
	s.append(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionUpdateCompletedEventAttributes{
			WorkflowExecutionUpdateCompletedEventAttributes: &historypb.WorkflowExecutionUpdateCompletedEventAttributes{
				Meta: response.GetMeta(), Outcome: response.GetOutcome(), AcceptedEventId: s.updates.accepted[id],
			},
		},
	})
}

func acceptedEvent(id string, acceptance *updatepb.Acceptance) *historypb.HistoryEvent {
	return &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionUpdateAcceptedEventAttributes{
			WorkflowExecutionUpdateAcceptedEventAttributes: &historypb.WorkflowExecutionUpdateAcceptedEventAttributes{
				ProtocolInstanceId: id, AcceptedRequestMessageId: acceptance.GetAcceptedRequestMessageId(),
				AcceptedRequestSequencingEventId: acceptance.GetAcceptedRequestSequencingEventId(), AcceptedRequest: acceptance.GetAcceptedRequest(),
			},
		},
	}
}

func unpack(message *protocolpb.Message, body proto.Message) {
	if err := message.GetBody().UnmarshalTo(body); err != nil {
		panic(err)
	}
}

// Admit sends an update as a reset does, which takes it over from another run.
func (s *Server) Admit(id, name string, args *commonpb.Payloads) {
	s.happen(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionUpdateAdmittedEventAttributes{
			WorkflowExecutionUpdateAdmittedEventAttributes: &historypb.WorkflowExecutionUpdateAdmittedEventAttributes{
				Origin: enumspb.UPDATE_ADMITTED_EVENT_ORIGIN_REAPPLY,
				Request: &updatepb.Request{
					Meta: &updatepb.Meta{UpdateId: id}, Input: &updatepb.Input{Header: &commonpb.Header{}, Name: name, Args: args},
				},
			},
		},
	})
}

// Discard drops the workflow task in flight, as a server does with one that existed only for updates which were all refused. It returns the
// id of the Started event that is the last again.
func (s *Server) Discard(reply *workflowservice.RespondWorkflowTaskCompletedRequest) int64 {
	s.refuse(reply.GetMessages())
	s.events = s.events[:s.scheduled-1]
	s.scheduled, s.started = 0, 0
	s.flush()
	return s.previous
}
