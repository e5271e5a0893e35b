package engine_test

import (
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// wantNone expects that nothing can be read of a run.
func (r *rig) wantNone(k orchestration.RunKey) {
	r.t.Helper()
	if _, err := r.Describe(r.ctx(), k); orchestration.CodeOf(err) != orchestration.NotFound {
		r.t.Errorf("describe of a deleted run: %v", err)
	}
	if _, err := r.History(r.ctx(), engine.HistoryRequest{Run: k}); orchestration.CodeOf(err) != orchestration.NotFound {
		r.t.Errorf("history of a deleted run: %v", err)
	}
	page, err := r.List(r.ctx(), engine.ListRequest{Namespace: namespace})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, w := range page.Executions {
		if w.Execution.RunId == k.RunID.String() {
			r.t.Errorf("a deleted run is listed")
		}
	}
}

func TestDeleteVerb(t *testing.T) {
	r := newRig(t)
	open := r.start("open")
	task := r.pollWorkflow()
	if err := r.Delete(r.ctx(), key("open"), history.Terminate{Reason: "unwanted"}); err != nil { // the current run
		t.Fatal(err)
	}
	r.wantNone(open)
	if _, err := r.CompleteWorkflowTask(r.ctx(), answerOf(t, task)); orchestration.CodeOf(err) != orchestration.NotFound {
		t.Errorf("an answer to a deleted run: %v", err)
	}

	closed := r.start("closed")
	r.complete(r.pollWorkflow(), completeWorkflow())
	if err := r.Delete(r.ctx(), closed, history.Terminate{}); err != nil {
		t.Fatal(err)
	}
	r.wantNone(closed)
	for _, k := range []orchestration.RunKey{open, closed, key("open"), key("never"), closed.Run(orchestration.NewRunID(time.Now()))} {
		if err := r.Delete(r.ctx(), k, history.Terminate{}); orchestration.CodeOf(err) != orchestration.NotFound {
			t.Errorf("deletion of %v: %v, want NotFound", k, err)
		}
	}
	r.reopen()
	r.wantNone(open)
	r.wantNone(closed)
}

// TestDeleteOfAnOlderRun leaves the current one alone.
func TestDeleteOfAnOlderRun(t *testing.T) {
	r := newRig(t)
	first := r.start("id")
	r.complete(r.pollWorkflow(), completeWorkflow())
	second := r.start("id")
	if err := r.Delete(r.ctx(), first, history.Terminate{}); err != nil {
		t.Fatal(err)
	}
	r.wantNone(first)
	d, err := r.Describe(r.ctx(), key("id"))
	if err != nil || d.Info.Execution.RunId != second.RunID.String() {
		t.Errorf("current run: %v, %v", d, err)
	}
}

// TestDeleteAtTheOwner: with several nodes, the verb works where the workflow is served.
func TestDeleteAtTheOwner(t *testing.T) {
	f := newFleetRig(t, 2)
	a, b := f.nodes[0], f.nodes[1]
	k := a.start(f.ownedBy(a, "w"))
	if err := b.Delete(t.Context(), k, history.Terminate{}); orchestration.CodeOf(err) != orchestration.Moved {
		t.Errorf("elsewhere: %v, want Moved", err)
	}
	if err := a.Delete(t.Context(), k, history.Terminate{}); err != nil {
		t.Error(err)
	}
	a.wantNone(k)
}
