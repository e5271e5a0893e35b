package engine_test

import (
	"context"
	"slices"
	"testing"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	protocolpb "go.temporal.io/api/protocol/v1"
	updatepb "go.temporal.io/api/update/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

func raise(id string) *updatepb.Request {
	return &updatepb.Request{Meta: &updatepb.Meta{UpdateId: id, Identity: "client"}, Input: &updatepb.Input{Name: "raise", Args: text(id)}}
}

type updated struct {
	reply engine.UpdateReply
	err   error
}

// update sends an update in the background.
func (r *rig) update(k orchestration.RunKey, id string, stage history.UpdateStage) chan updated {
	done := make(chan updated, 1)
	go func() {
		reply, err := r.UpdateWorkflow(r.ctx(), engine.UpdateRequest{Run: k, Request: raise(id), Stage: stage})
		done <- updated{reply, err}
	}()
	return done
}

func (u updated) want(t *testing.T, stage history.UpdateStage, success string) {
	t.Helper()
	want := &updatepb.Outcome{}
	if success != "" {
		want.Value = &updatepb.Outcome_Success{Success: text(success)}
	}
	if u.err != nil || u.reply.Stage != stage || success != "" && !proto.Equal(u.reply.Outcome, want) {
		t.Fatalf("%+v, %v; want %v %q", u.reply, u.err, stage, success)
	}
}

// message is what a worker says of an update.
func message(t *testing.T, id, suffix string, body proto.Message) *protocolpb.Message {
	t.Helper()
	packed, err := anypb.New(body)
	if err != nil {
		t.Fatal(err)
	}
	return &protocolpb.Message{Id: id + suffix, ProtocolInstanceId: id, Body: packed}
}

func accept(t *testing.T, id string) *protocolpb.Message {
	return message(t, id, "/accept", &updatepb.Acceptance{AcceptedRequestMessageId: id + "/request", AcceptedRequest: raise(id)})
}

func reject(t *testing.T, id string) *protocolpb.Message {
	return message(t, id, "/reject", &updatepb.Rejection{Failure: &failurepb.Failure{Message: "no"}})
}

func respond(t *testing.T, id string) *protocolpb.Message {
	return message(t, id, "/complete", &updatepb.Response{
		Meta: &updatepb.Meta{UpdateId: id}, Outcome: &updatepb.Outcome{Value: &updatepb.Outcome_Success{Success: text("done " + id)}},
	})
}

// say completes a workflow task with messages; all but rejections have a command.
func (r *rig) say(task *engine.WorkflowTask, messages ...*protocolpb.Message) (engine.WorkflowTaskAccepted, error) {
	r.t.Helper()
	answer := answerOf(r.t, task)
	for _, m := range messages {
		answer.Answer.Messages = append(answer.Answer.Messages, m)
		if !m.Body.MessageIs(&updatepb.Rejection{}) {
			answer.Answer.Commands = append(answer.Answer.Commands, &commandpb.Command{
				CommandType: enumspb.COMMAND_TYPE_PROTOCOL_MESSAGE,
				Attributes: &commandpb.Command_ProtocolMessageCommandAttributes{
					ProtocolMessageCommandAttributes: &commandpb.ProtocolMessageCommandAttributes{MessageId: m.Id},
				},
			})
		}
	}
	return r.CompleteWorkflowTask(r.ctx(), answer)
}

func (r *rig) mustSay(task *engine.WorkflowTask, messages ...*protocolpb.Message) engine.WorkflowTaskAccepted {
	r.t.Helper()
	reply, err := r.say(task, messages...)
	if err != nil {
		r.t.Fatal(err)
	}
	return reply
}

// idle starts a run and completes its first workflow task.
func (r *rig) idle(id string) orchestration.RunKey {
	r.t.Helper()
	k := r.start(id)
	r.complete(r.pollWorkflow())
	return k
}

var idleHistory = []string{"WorkflowExecutionStarted", "WorkflowTaskScheduled", "WorkflowTaskStarted", "WorkflowTaskCompleted"}

// TestUpdateStages: who waits learns each stage when it is committed; who comes later finds it.
func TestUpdateStages(t *testing.T) {
	r := newRig(t)
	k := r.idle("id")
	accepted, completed := r.update(k, "u", history.UpdateAccepted), r.update(k, "u", history.UpdateCompleted)
	task := r.pollWorkflow()
	if len(task.Messages) != 1 || task.Messages[0].ProtocolInstanceId != "u" || task.Messages[0].GetEventId() != 5 || len(task.History) != 6 {
		t.Fatalf("task %+v", task)
	}
	r.mustSay(task, accept(t, "u"))
	(<-accepted).want(t, history.UpdateAccepted, "")
	if err := r.Signal(r.ctx(), k, history.Signal{Name: "go"}); err != nil {
		t.Fatal(err)
	}
	r.mustSay(r.pollWorkflow(), respond(t, "u"))
	(<-completed).want(t, history.UpdateCompleted, "done u")
	(<-r.update(k, "u", history.UpdateCompleted)).want(t, history.UpdateCompleted, "done u")
	r.reopen()
	reply, err := r.PollUpdate(r.ctx(), engine.UpdatePoll{Run: k, ID: "u", Stage: history.UpdateCompleted})
	updated{reply, err}.want(t, history.UpdateCompleted, "done u")
	if _, err := r.PollUpdate(r.ctx(), engine.UpdatePoll{Run: k, ID: "other"}); orchestration.CodeOf(err) != orchestration.NotFound {
		t.Errorf("an update that never was: %v", err)
	}
}

// TestRejectedUpdatesWriteNothing: neither an event nor a commit is left of them, however they come.
func TestRejectedUpdatesWriteNothing(t *testing.T) {
	r := newRig(t)
	k := r.idle("id")
	before, err := r.Describe(r.ctx(), k)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		asked := r.update(k, "u", history.UpdateAccepted)
		if reply := r.mustSay(r.pollWorkflow(), reject(t, "u")); reply.ResetEventID != 3 {
			t.Fatalf("reset to %d", reply.ResetEventID)
		}
		if got := <-asked; got.err != nil || got.reply.Stage != history.UpdateCompleted || got.reply.Outcome.GetFailure().GetMessage() != "no" {
			t.Fatalf("%+v", got)
		}
	}
	after, err := r.Describe(r.ctx(), k)
	if err != nil || after.Info.StateTransitionCount != before.Info.StateTransitionCount || after.WorkflowTask != nil {
		t.Errorf("%v, %v", after, err)
	}
	if got := kinds(r.events(k)); !slices.Equal(got, idleHistory) {
		t.Errorf("history %v", got)
	}
	r.reopen()
	if got := kinds(r.events(k)); !slices.Equal(got, idleHistory) {
		t.Errorf("stored history %v", got)
	}
}

// TestAnswerThatComesTwice: the second is not taken for an answer to the next speculative task, which has the same event ids.
func TestAnswerThatComesTwice(t *testing.T) {
	r := newRig(t)
	k := r.idle("id")
	first := r.update(k, "first", history.UpdateAccepted)
	task := r.pollWorkflow()
	r.mustSay(task, reject(t, "first"))
	<-first
	second := r.update(k, "second", history.UpdateAccepted)
	next := r.pollWorkflow()
	if next.StartedEventID != task.StartedEventID || next.ScheduledEventID != task.ScheduledEventID {
		t.Fatalf("other event ids: %+v, %+v", task, next)
	}
	if _, err := r.say(task, reject(t, "first")); orchestration.CodeOf(err) != orchestration.NotFound {
		t.Errorf("the second answer: %v", err)
	}
	r.mustSay(next, accept(t, "second"))
	(<-second).want(t, history.UpdateAccepted, "")
}

// TestUpdateWaitEndsWithItsStage: in the end the caller is told how far the update is, and asks again.
func TestUpdateWaitEndsWithItsStage(t *testing.T) {
	r := newRig(t)
	k := r.idle("id")
	ctx, cancel := context.WithTimeout(r.ctx(), 300*time.Millisecond)
	defer cancel()
	reply, err := r.UpdateWorkflow(ctx, engine.UpdateRequest{Run: k, Request: raise("u"), Stage: history.UpdateAccepted})
	updated{reply, err}.want(t, history.UpdateAdmitted, "")
	again := r.update(k, "u", history.UpdateAccepted)
	r.mustSay(r.pollWorkflow(), accept(t, "u"))
	(<-again).want(t, history.UpdateAccepted, "")
	reply, err = r.PollUpdate(r.ctx(), engine.UpdatePoll{Run: k, ID: "u"})
	updated{reply, err}.want(t, history.UpdateAccepted, "")
}

// TestUpdateInlineWithTheAnswer: an update that came while a task was in flight goes to its worker with the reply, if that asks for more.
func TestUpdateInlineWithTheAnswer(t *testing.T) {
	r := newRig(t)
	k := r.start("id")
	task := r.pollWorkflow()
	asked := r.update(k, "u", history.UpdateAccepted)
	r.awaitStage(k, "u", history.UpdateAdmitted)
	answer := answerOf(t, task)
	answer.ReturnNew = true
	reply, err := r.CompleteWorkflowTask(r.ctx(), answer)
	if err != nil || reply.New == nil || len(reply.New.Messages) != 1 {
		t.Fatalf("%+v, %v", reply, err)
	}
	r.mustSay(reply.New, accept(t, "u"), respond(t, "u"))
	(<-asked).want(t, history.UpdateCompleted, "done u")
}

// awaitStage waits until an update of the run has come to a stage.
func (r *rig) awaitStage(k orchestration.RunKey, id string, stage history.UpdateStage) {
	r.t.Helper()
	for ctx := r.ctx(); ctx.Err() == nil; {
		reply, err := r.PollUpdate(ctx, engine.UpdatePoll{Run: k, ID: id})
		if err == nil && reply.Stage >= stage {
			return
		}
	}
	r.t.Fatalf("update %s never was %v", id, stage)
}

// TestUpdateSurvivesItsOwner: an update that was only admitted is asked again where its run went, and answered there.
func TestUpdateSurvivesItsOwner(t *testing.T) {
	f := newFleetRig(t, 2)
	old, heir := f.nodes[0], f.nodes[1]
	k := old.idle(f.ownedBy(old, "id"))
	asked := old.update(k, "u", history.UpdateAccepted)
	task := old.pollWorkflow()
	f.move(k, heir)
	if got := <-asked; orchestration.CodeOf(got.err) != orchestration.Moved {
		t.Fatalf("the old owner answers %+v", got)
	}
	again := heir.update(k, "u", history.UpdateCompleted)
	heir.awaitStage(k, "u", history.UpdateAdmitted)
	if _, err := heir.say(task, accept(t, "u")); orchestration.CodeOf(err) != orchestration.NotFound {
		t.Errorf("an answer to a task that went with its owner: %v", err)
	}
	heir.mustSay(heir.pollWorkflow(), accept(t, "u"), respond(t, "u"))
	(<-again).want(t, history.UpdateCompleted, "done u")
	if got := kinds(heir.events(k)); len(got) != 9 {
		t.Errorf("history %v", got)
	}
}

// TestUpdateOfAnotherNodesRun: a worker that polls one node gets the updates of runs that another one owns.
func TestUpdateOfAnotherNodesRun(t *testing.T) {
	f := newFleetRig(t, 2)
	owner, other := f.nodes[0], f.nodes[1]
	k := owner.start(f.ownedBy(owner, "id"))
	owner.complete(other.pollWorkflow())
	asked := owner.update(k, "u", history.UpdateAccepted)
	task := other.pollWorkflow()
	if len(task.Messages) != 1 || task.Nonce == 0 {
		t.Fatalf("task %+v", task)
	}
	owner.mustSay(task, accept(t, "u"))
	(<-asked).want(t, history.UpdateAccepted, "")
	if _, err := other.UpdateWorkflow(other.ctx(), engine.UpdateRequest{Run: k, Request: raise("v"), Stage: history.UpdateAccepted}); orchestration.CodeOf(err) != orchestration.Moved {
		t.Errorf("an update at the wrong node: %v", err)
	}
	if _, err := other.PollUpdate(other.ctx(), engine.UpdatePoll{Run: k, ID: "u"}); orchestration.CodeOf(err) != orchestration.Moved {
		t.Errorf("a look at the wrong node: %v", err)
	}
	if _, _, err := other.UpdateWithStart(other.ctx(), startOf(k.WorkflowID), engine.UpdateRequest{Run: key(k.WorkflowID), Request: raise("w")}); orchestration.CodeOf(err) != orchestration.Moved {
		t.Errorf("an update with start at the wrong node: %v", err)
	}
}

// TestUpdateWhoseCommitFails: what was promised of a commit that failed is taken back, and the update is asked again.
func TestUpdateWhoseCommitFails(t *testing.T) {
	r := newRig(t)
	k := r.idle("id")
	asked := r.update(k, "u", history.UpdateAccepted)
	task := r.pollWorkflow()
	r.faulty.FailBefore(1, store.ErrUnavailable)
	if _, err := r.say(task, accept(t, "u")); orchestration.CodeOf(err) != orchestration.Unavailable {
		t.Fatalf("%v", err)
	}
	task = r.pollWorkflow() // the asker has had the update admitted again
	r.mustSay(task, accept(t, "u"))
	(<-asked).want(t, history.UpdateAccepted, "")
	if got := kinds(r.events(k)); len(got) != 8 {
		t.Errorf("history %v", got)
	}
}

// TestUpdateWithStartOverRuns: what an update with start does about a run that is there, and one that is over.
func TestUpdateWithStartOverRuns(t *testing.T) {
	r := newRig(t)
	send := func(start, update string, conflict enumspb.WorkflowIdConflictPolicy) chan updated {
		in := startOf("id")
		in.Run.RequestID, in.ConflictPolicy = start, conflict
		done := make(chan updated, 1)
		go func() {
			_, reply, err := r.UpdateWithStart(r.ctx(), in, engine.UpdateRequest{Run: key("id"), Request: raise(update), Stage: history.UpdateCompleted})
			done <- updated{reply, err}
		}()
		return done
	}
	fail, use := enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL, enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
	first := send("s1", "u1", fail)
	task := r.pollWorkflow()
	if len(task.Messages) != 1 || len(task.History) != 3 {
		t.Fatalf("first task %+v", task)
	}
	again := send("s1", "u1", fail) // while the first one waits
	r.mustSay(task, accept(t, "u1"), respond(t, "u1"))
	var run orchestration.RunKey
	for _, asked := range []chan updated{first, again, send("s1", "u1", fail), send("another", "u1", fail)} {
		got := <-asked
		got.want(t, history.UpdateCompleted, "done u1")
		run = got.reply.Run
	}
	refused := (<-send("s2", "u2", fail)).err
	e, ok := refused.(*orchestration.OperationsError)
	if !ok || len(e.Operations) != 2 || e.Operations[1] != nil || e.Operations[0].Code != orchestration.AlreadyStarted {
		t.Fatalf("over a running one: %+v", refused)
	}
	second := send("s3", "u3", use)
	r.mustSay(r.pollWorkflow(), accept(t, "u3"), respond(t, "u3"))
	(<-second).want(t, history.UpdateCompleted, "done u3")
	if err := r.Terminate(r.ctx(), key("id"), orchestration.RunID{}, history.Terminate{}); err != nil {
		t.Fatal(err)
	}
	(<-send("s4", "u3", fail)).want(t, history.UpdateCompleted, "done u3") // a repetition, though the run is over
	third := send("s5", "u5", fail)
	r.mustSay(r.pollWorkflow(), accept(t, "u5"), respond(t, "u5"))
	if got := <-third; got.err != nil || got.reply.Run == run {
		t.Errorf("over a closed one: %+v", got)
	}
}

// TestUpdateFollowsItsWorkflow: an update that a run did not take before it continued as new is asked of the successor. One that it had accepted failed
// with it.
func TestUpdateFollowsItsWorkflow(t *testing.T) {
	r := newRig(t)
	k := r.idle("id")
	taken := r.update(key("id"), "taken", history.UpdateCompleted)
	r.mustSay(r.pollWorkflow(), accept(t, "taken"))
	r.awaitStage(k, "taken", history.UpdateAccepted)
	left, pinned := r.update(key("id"), "left", history.UpdateCompleted), r.update(k, "pinned", history.UpdateCompleted)
	r.awaitStage(k, "left", history.UpdateAdmitted)
	r.awaitStage(k, "pinned", history.UpdateAdmitted)
	task := r.pollWorkflow()
	if len(task.Messages) != 2 {
		t.Fatalf("task %+v", task)
	}
	r.complete(task, continueAsNew())
	if got := <-taken; got.err != nil || got.reply.Outcome.GetFailure().GetApplicationFailureInfo().GetType() != "AcceptedUpdateCompletedWorkflow" {
		t.Errorf("accepted before: %+v", got)
	}
	if got := <-pinned; orchestration.CodeOf(got.err) != orchestration.NotFound {
		t.Errorf("asked of the run that has closed: %+v", got)
	}
	r.awaitStage(key("id"), "left", history.UpdateAdmitted)
	next := r.pollWorkflow()
	if next.Run == k || len(next.Messages) != 1 || next.Messages[0].ProtocolInstanceId != "left" {
		t.Fatalf("the successor's task %+v", next)
	}
	r.mustSay(next, accept(t, "left"), respond(t, "left"))
	(<-left).want(t, history.UpdateCompleted, "done left")
}
