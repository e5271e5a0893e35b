package history

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	protocolpb "go.temporal.io/api/protocol/v1"
	updatepb "go.temporal.io/api/update/v1"
	"google.golang.org/protobuf/proto"
)

func updateRequest(id, input string) *updatepb.Request {
	return &updatepb.Request{
		Meta:  &updatepb.Meta{UpdateId: id, Identity: "client"},
		Input: &updatepb.Input{Name: "Raise", Args: text(input)},
	}
}

func playUpdate(s *stage, l line, _ []string) {
	tr, state, err := s.run.AdmitUpdate(updateRequest(l.word(0), l.pairs["input"]), nil, s.now)
	s.report(tr, err)
	if err == nil {
		s.printf("%s", printState(state))
	}
}

func playLookUp(s *stage, l line, _ []string) { s.printf("%s", printState(s.run.Update(l.word(0)))) }

func printState(u UpdateState) string {
	switch {
	case u.Stage == UpdateUnknown:
		return "unknown"
	case u.CompletedEventID != 0:
		return fmt.Sprintf("is completed by event %d", u.CompletedEventID)
	case u.Outcome != nil:
		return "is completed: " + printOutcome(u.Outcome)
	}
	return "is " + printStage(u.Stage)
}

func printStage(stage UpdateStage) string {
	return map[UpdateStage]string{UpdateAdmitted: "admitted", UpdateAccepted: "accepted", UpdateCompleted: "completed"}[stage]
}

func printOutcome(o *updatepb.Outcome) string {
	if f := o.GetFailure(); f != nil {
		return fmt.Sprintf("failure %s %q", f.GetApplicationFailureInfo().GetType(), f.GetMessage())
	}
	return printMessage(o.GetSuccess().ProtoReflect())
}

func printNews(all []UpdateNews) (out []string) {
	for _, n := range all {
		switch {
		case n.Aborted:
			out = append(out, "update "+n.ID+" aborted")
		case n.Outcome != nil:
			out = append(out, "update "+n.ID+" completed: "+printOutcome(n.Outcome))
		default:
			out = append(out, "update "+n.ID+" "+printStage(n.Stage))
		}
	}
	return out
}

// playLose has another owner take the run over: what was in memory only is gone.
func playLose(s *stage, _ line, _ []string) {
	s.run = s.twin.loadStored(s.t, s.run)
	s.twin.forget(s.run)
	s.twin.follow(s.t, s.run, Transition{})
}

// forget takes tasks out of the queues that were speculative to the end.
func (w *twin) forget(r *Run) {
	kept := map[string]bool{}
	for _, task := range r.Ready(epoch) {
		kept[taskName(task)] = true
	}
	maps.DeleteFunc(w.ready, func(name string, task Task) bool { return task.Speculative && !kept[name] })
}

// playAdmittedEvent writes the event that a reset writes for an update of the run before it.
func playAdmittedEvent(s *stage, l line, _ []string) {
	step := s.run.begin(s.now)
	step.emit(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionUpdateAdmittedEventAttributes{
			WorkflowExecutionUpdateAdmittedEventAttributes: &historypb.WorkflowExecutionUpdateAdmittedEventAttributes{
				Request: updateRequest(l.word(0), ""), Origin: enumspb.UPDATE_ADMITTED_EVENT_ORIGIN_REAPPLY,
			},
		},
	})
	s.report(step.finish(), nil)
}

// replyWords are what a worker's completion can say of updates, beside commands.
var replyWords = map[string]func(l line, id string) (suffix string, body proto.Message){
	"accept": func(l line, id string) (string, proto.Message) {
		a := &updatepb.Acceptance{AcceptedRequestMessageId: id + "/request", AcceptedRequestSequencingEventId: int64(l.int("after"))}
		if !l.has("bare") {
			a.AcceptedRequest = updateRequest(id, "")
		}
		return "/accept", a
	},
	"reject": func(l line, id string) (string, proto.Message) {
		return "/reject", &updatepb.Rejection{RejectedRequestMessageId: id + "/request", Failure: &failurepb.Failure{Message: l.pairs["message"]}}
	},
	"answer": func(l line, id string) (string, proto.Message) {
		r := &updatepb.Response{Meta: &updatepb.Meta{UpdateId: id, Identity: "client"}}
		if !l.has("bare") {
			r.Outcome = &updatepb.Outcome{Value: &updatepb.Outcome_Success{Success: text(l.pairs["result"])}}
		}
		return "/complete", r
	},
	"garbage": func(line, string) (string, proto.Message) { return "/garbage", &commonpb.Payload{} },
}

// say adds a line of a completion: a command, or a message with the command that asks for it (rejections, and silent messages, have none).
func (s *stage) say(in *CompleteWorkflowTask, l line) {
	build, ok := replyWords[l.words[0]]
	if !ok {
		in.Commands = append(in.Commands, s.command(l))
		return
	}
	id := l.word(0)
	suffix, body := build(l, id)
	in.Messages = append(in.Messages, &protocolpb.Message{Id: id + suffix, ProtocolInstanceId: id, Body: packAny(body)})
	if l.words[0] != "reject" && !l.has("silent") {
		in.Commands = append(in.Commands, messageCommand(id+suffix))
	}
}

func messageCommand(id string) *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_PROTOCOL_MESSAGE,
		Attributes: &commandpb.Command_ProtocolMessageCommandAttributes{
			ProtocolMessageCommandAttributes: &commandpb.ProtocolMessageCommandAttributes{MessageId: id},
		},
	}
}

func messageIDs(all []*protocolpb.Message) (out []string) {
	for _, m := range all {
		out = append(out, fmt.Sprintf("%s@%d", m.Id, m.GetEventId()))
	}
	return out
}

// TestBadMessages: what a worker cannot mean of updates fails its workflow task, says why, and changes no update.
func TestBadMessages(t *testing.T) {
	for _, c := range []struct{ lines, message string }{
		{"accept u\naccept u", `message "u/accept" is there twice`},
		{"accept u\naccept u silent", `message "u/accept" is there twice`},
		{"garbage u", `message "u/garbage" has a body of type type.googleapis.com/temporal.api.common.v1.Payload`},
		{"accept other bare", "which is unknown and not in the message"},
		{"answer u", "is not accepted or completed already"},
		{"answer u silent", "is not accepted or completed already"},
		{"accept u\nreject u", "which has been answered before"},
		{"accept u\nanswer u bare", "without an Outcome"},
		{"answer other", "is not accepted or completed already"},
		{"message missing", `refers to message "missing"`},
		{"complete\naccept u", "follows a command that closes"},
	} {
		s := newStage(t)
		s.play("start")
		s.play("update u")
		s.play("poll")
		out := s.complete(c.lines)
		if out.Failed == nil || !strings.Contains(out.Failed.Message, c.message) {
			t.Errorf("%q: %v", c.lines, out.Failed)
			continue
		}
		if cause := out.Events[1].GetWorkflowTaskFailedEventAttributes().GetCause(); cause != enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE {
			t.Errorf("%q: cause %v", c.lines, cause)
		}
		if got := s.run.Update("u").Stage; got != UpdateAdmitted {
			t.Errorf("%q: the update is %v", c.lines, got)
		}
	}
}
