package history

import (
	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	protocolpb "go.temporal.io/api/protocol/v1"
	updatepb "go.temporal.io/api/update/v1"
)

// open reads the messages of a completion.
func (p *plan) open(messages []*protocolpb.Message) (bad *refusal) {
	p.replies, bad = newInbox(messages)
	p.inbox = p.replies
	return bad
}

// judgeMessage judges the protocol message that a command asks for.
func judgeMessage(p *plan, c *commandpb.Command) *refusal {
	id := c.GetProtocolMessageCommandAttributes().GetMessageId()
	if id == "" {
		return refuse(c, "MessageId is not set on ProtocolMessageCommand.")
	}
	r := p.inbox.take(id)
	if r == nil {
		return refuse(c, "ProtocolMessageCommand refers to message %q, which the completion does not have", id)
	}
	return p.judgeReply(r)
}

// judgeRest judges the messages that no command asks for.
func (p *plan) judgeRest(commands []*commandpb.Command) *refusal {
	for _, r := range p.inbox.rest(commands) {
		if bad := p.judgeReply(r); bad != nil {
			return bad
		}
	}
	return nil
}

// judgeReply holds what a worker says of an update against how far that has come. An update that this owner does not know may have been admitted
// by the one before it: then the worker's message brings the request along.
func (p *plan) judgeReply(r *reply) *refusal {
	stage, moved := p.updates[r.update]
	if !moved {
		stage = p.run.Update(r.update).Stage
	}
	switch {
	case r.acceptance != nil:
		request := r.acceptance.GetAcceptedRequest()
		switch {
		case stage > UpdateAdmitted || moved:
			return badMessage("message %q accepts update %q, which has been answered before", r.message, r.update)
		case stage == UpdateUnknown && request.GetMeta().GetUpdateId() != r.update:
			return badMessage("message %q accepts update %q, which is unknown and not in the message", r.message, r.update)
		}
		p.updates[r.update], p.writes = UpdateAccepted, true
	case r.rejection != nil:
		if stage > UpdateAdmitted || moved {
			return badMessage("message %q rejects update %q, which has been answered before", r.message, r.update)
		}
		if stage == UpdateAdmitted && p.run.updates[r.update] != nil {
			p.writes = true
		}
		p.updates[r.update] = UpdateUnknown
	case r.response != nil:
		switch {
		case stage != UpdateAccepted:
			return badMessage("message %q completes update %q, which is not accepted or completed already", r.message, r.update)
		case r.response.GetOutcome().GetValue() == nil:
			return badMessage("message %q completes update %q without an Outcome", r.message, r.update)
		}
		p.updates[r.update], p.writes = UpdateCompleted, true
	}
	return nil
}

// passMessage obeys the protocol message that a command asks for.
func passMessage(o *orders, c *commandpb.Command) {
	o.heed(o.inbox.take(c.GetProtocolMessageCommandAttributes().GetMessageId()))
}

// heed does what a worker says of an update.
func (o *orders) heed(r *reply) {
	switch {
	case r.acceptance != nil:
		o.acceptUpdate(r)
	case r.rejection != nil:
		o.rejectUpdate(r.update, &updatepb.Outcome{Value: &updatepb.Outcome_Failure{Failure: r.rejection.GetFailure()}})
	case r.response != nil:
		o.completeUpdate(r)
	}
}

// heedRest obeys the messages that no command asks for.
func (o *orders) heedRest(commands []*commandpb.Command) {
	for _, r := range o.inbox.rest(commands) {
		o.heed(r)
	}
}

func (o *orders) acceptUpdate(r *reply) {
	request, by := r.acceptance.GetAcceptedRequest(), (*commonpb.Principal)(nil)
	if a := o.run.admittedUpdate(r.update); a != nil {
		request, by = a.request, a.by
	}
	o.append(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
		Principal: by,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionUpdateAcceptedEventAttributes{
			WorkflowExecutionUpdateAcceptedEventAttributes: &historypb.WorkflowExecutionUpdateAcceptedEventAttributes{
				ProtocolInstanceId:               r.update,
				AcceptedRequestMessageId:         r.acceptance.GetAcceptedRequestMessageId(),
				AcceptedRequestSequencingEventId: r.acceptance.GetAcceptedRequestSequencingEventId(),
				AcceptedRequest:                  request,
			},
		},
	})
	o.run.dismissUpdate(r.update)
	o.out.Updates = append(o.out.Updates, UpdateNews{ID: r.update, Stage: UpdateAccepted})
}

func (o *orders) completeUpdate(r *reply) {
	o.append(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionUpdateCompletedEventAttributes{
			WorkflowExecutionUpdateCompletedEventAttributes: &historypb.WorkflowExecutionUpdateCompletedEventAttributes{
				Meta:            &updatepb.Meta{UpdateId: r.update, Identity: r.response.GetMeta().GetIdentity()},
				AcceptedEventId: o.run.updates[r.update].AcceptedEventID,
				Outcome:         r.response.GetOutcome(),
			},
		},
	})
	o.out.Updates = append(o.out.Updates, UpdateNews{ID: r.update, Stage: UpdateCompleted, Outcome: r.response.GetOutcome()})
}

// rejectUpdate answers whoever waits for the update. Of one that was only admitted nothing is left.
func (s *step) rejectUpdate(id string, outcome *updatepb.Outcome) {
	s.run.dismissUpdate(id)
	if u := s.run.updates[id]; u != nil {
		u.Rejected = true
		s.run.touchUpdate(id)
		s.out.Changed = true
	}
	s.out.Volatile = true
	s.out.Updates = append(s.out.Updates, UpdateNews{ID: id, Stage: UpdateCompleted, Outcome: outcome})
}

// rejectUnprocessed rejects the updates that went to a worker and came back without a word.
func (s *step) rejectUnprocessed() {
	for _, a := range append([]*admittedUpdate(nil), s.run.admitted...) {
		if a.sentIn != 0 {
			s.rejectUpdate(a.id(), unprocessed())
		}
	}
}
