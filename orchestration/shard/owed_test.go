package shard

import (
	"testing"

	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// TestTracesAreOwedByTheCommit: the commit of a close notes the run, whatever becomes of its answer, and one that is not stored notes nothing.
func TestTracesAreOwedByTheCommit(t *testing.T) {
	moved := 0
	r := newRigOf(t, t.TempDir(), Config{
		Traced: func(run *history.Run) bool { return run.Key.WorkflowID != workflowKey(2).WorkflowID },
		Moved:  func(*history.Run) { moved++ },
	})
	defer r.close()
	owed := func() []store.OwedTrace {
		t.Helper()
		out, err := r.sqlite.OwedTraces(t.Context(), store.OwedScan{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	terminate := func(n int) {
		r.turn(workflowKey(n), func(tx *Tx, run *Run) (history.Transition, error) {
			return run.Terminate(history.Terminate{}, tx.Now())
		})
	}
	for n := range 3 {
		r.mustStart(workflowKey(n))
	}
	if len(owed()) != 0 || moved != 3 {
		t.Fatalf("%d owed by open runs, %d moved", len(owed()), moved)
	}
	r.faulty.FailBefore(1, store.ErrUnavailable)
	terminate(0)
	if len(owed()) != 0 {
		t.Error("a refused commit owes a trace")
	}
	key := r.runOf(workflowKey(1))
	r.faulty.FailAfter(1, store.ErrUnknownOutcome)
	terminate(1)
	terminate(2) // which is not traced
	got := owed()
	if len(got) != 1 || got[0].Key != key || got[0].Shard != key.Shard() || got[0].Trace != [16]byte(key.RunID) || got[0].Closed != r.time() {
		t.Errorf("owed: %+v", got)
	}
	if moved != 3 {
		t.Errorf("%d moved", moved)
	}
}
