package engine_test

import (
	"testing"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// poll waits for the outcome of an update in the background.
func (r *rig) pollUpdate(k orchestration.RunKey, id string) chan updated {
	done := make(chan updated, 1)
	go func() {
		reply, err := r.PollUpdate(r.ctx(), engine.UpdatePoll{Run: k, ID: id, Stage: history.UpdateCompleted})
		done <- updated{reply, err}
	}()
	return done
}

// accepted is an idle run that has accepted an update, and those who wait for its outcome: the one who sent it, and one who polls.
func (r *rig) accepted(id, update string) (orchestration.RunKey, []chan updated) {
	r.t.Helper()
	k := r.idle(id)
	sent := r.update(k, update, history.UpdateCompleted)
	r.mustSay(r.pollWorkflow(), accept(r.t, update))
	r.awaitStage(k, update, history.UpdateAccepted)
	return k, []chan updated{sent, r.pollUpdate(k, update)}
}

// TestUpdateFollowsAReset: whoever waits for an update that the run had accepted hears how the run that took its place answers it.
func TestUpdateFollowsAReset(t *testing.T) {
	r := newRig(t)
	k, waiting := r.accepted("id", "u")
	next := r.reset(engine.ResetRequest{Run: k, Event: 4, Reapply: everything})
	waiting = append(waiting, r.pollUpdate(k, "u"))
	r.mustSay(r.pollWorkflow(), accept(t, "u"), respond(t, "u"))
	for _, w := range waiting {
		got := <-w
		if got.want(t, history.UpdateCompleted, "done u"); got.reply.Run != next {
			t.Errorf("answered by %v", got.reply.Run)
		}
	}
	r.reopen()
	(<-r.pollUpdate(k, "u")).want(t, history.UpdateCompleted, "done u")
	(<-r.update(k, "u", history.UpdateCompleted)).want(t, history.UpdateCompleted, "done u")
}

// TestUpdateFollowsResets: the acceptance is before the point of the reset; then the run is reset again.
func TestUpdateFollowsResets(t *testing.T) {
	r := newRig(t)
	k, waiting := r.accepted("id", "u")
	r.signal(k, "go")
	task := r.pollWorkflow()
	r.complete(task)
	next := r.reset(engine.ResetRequest{Run: k, Event: task.StartedEventID + 1, Reapply: everything})
	last := r.reset(engine.ResetRequest{Run: next, Event: task.StartedEventID + 1, Reapply: everything})
	r.mustSay(r.pollWorkflow(), respond(t, "u"))
	for _, w := range waiting {
		got := <-w
		if got.want(t, history.UpdateCompleted, "done u"); got.reply.Run != last {
			t.Errorf("answered by %v", got.reply.Run)
		}
	}
}

// TestUpdateLeftOutOfAReset: it fails with the run that had accepted it, and is not known to the other.
func TestUpdateLeftOutOfAReset(t *testing.T) {
	r := newRig(t)
	k, waiting := r.accepted("id", "u")
	next := r.reset(engine.ResetRequest{Run: k, Event: 4, Reapply: history.Reapply{Signals: true}})
	for _, w := range append(waiting, r.pollUpdate(k, "u")) {
		if got := <-w; got.err != nil || got.reply.Outcome.GetFailure().GetApplicationFailureInfo().GetType() != "AcceptedUpdateCompletedWorkflow" {
			t.Errorf("%+v", got)
		}
	}
	if got := <-r.pollUpdate(next, "u"); orchestration.CodeOf(got.err) != orchestration.NotFound {
		t.Errorf("%+v", got)
	}
}

// TestUpdateFollowsAResetOfAnEarlierRun: the run that had accepted it continued the one that is reset.
func TestUpdateFollowsAResetOfAnEarlierRun(t *testing.T) {
	r := newRig(t)
	first := r.start("id")
	r.complete(r.pollWorkflow(), continueAsNew())
	r.complete(r.pollWorkflow())
	waiting := r.update(key("id"), "u", history.UpdateCompleted)
	task := r.pollWorkflow()
	r.mustSay(task, accept(t, "u"))
	r.awaitStage(task.Run, "u", history.UpdateAccepted)
	next := r.reset(engine.ResetRequest{Run: first, Event: 4, Reapply: everything})
	pinned := r.pollUpdate(task.Run, "u")
	r.mustSay(r.pollWorkflow(), accept(t, "u"), respond(t, "u"))
	for _, w := range []chan updated{waiting, pinned} {
		got := <-w
		if got.want(t, history.UpdateCompleted, "done u"); got.reply.Run != next {
			t.Errorf("answered by %v", got.reply.Run)
		}
	}
}

// TestOutcomeIsFinal: an update that failed with its run stays failed when that is reset later, and the run that begins does it anew.
func TestOutcomeIsFinal(t *testing.T) {
	r := newRig(t)
	k, waiting := r.accepted("id", "u")
	r.signal(k, "go")
	r.complete(r.pollWorkflow(), completeWorkflow())
	for _, w := range waiting {
		if got := <-w; got.reply.Outcome.GetFailure() == nil {
			t.Errorf("%+v", got)
		}
	}
	r.reset(engine.ResetRequest{Run: k, Event: 4, Reapply: everything})
	if got := <-r.pollUpdate(k, "u"); got.err != nil || got.reply.Outcome.GetFailure() == nil {
		t.Errorf("%+v", got)
	}
	r.mustSay(r.pollWorkflow(), accept(t, "u"), respond(t, "u"))
	(<-r.pollUpdate(key("id"), "u")).want(t, history.UpdateCompleted, "done u")
}
