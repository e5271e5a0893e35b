package shard

import (
	"testing"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// TestRenewalThatIsLost: the answer to the renewal that is to resolve a lost commit may be lost itself, again and again.
func TestRenewalThatIsLost(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	for name, c := range map[string]struct {
		lose func()
		want orchestration.Code
	}{
		"applied":     {func() { r.faulty.FailAfter(1, store.ErrUnknownOutcome) }, 0},
		"not applied": {func() { r.faulty.FailBefore(1, store.ErrUnknownOutcome) }, orchestration.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			lost, calls := times(2, store.ErrUnavailable)
			r.hooks.renewed.set(lost)
			c.lose()
			if err := r.start(workflowKey(0), history.StartRun{}); orchestration.CodeOf(err) != c.want {
				t.Errorf("the commit: %v", err)
			}
			if n := calls.Load(); n != 3 {
				t.Errorf("%d renewals", n)
			}
			if err := r.start(workflowKey(1), history.StartRun{}); err != nil {
				t.Errorf("the next commit: %v", err)
			}
		})
		r.turn(workflowKey(0), func(tx *Tx, run *Run) (history.Transition, error) {
			return run.Terminate(history.Terminate{}, tx.Now())
		})
	}
}

// TestRenewalThatIsFenced: if somebody else has acquired the lane, the outcome is not ours to learn.
func TestRenewalThatIsFenced(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	if _, err := r.sqlite.AcquireLane(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	r.faulty.FailBefore(1, store.ErrUnknownOutcome)
	if err := r.start(workflowKey(0), history.StartRun{}); orchestration.CodeOf(err) != orchestration.Unavailable {
		t.Errorf("the commit: %v", err)
	}
	<-r.Done()
}

// TestFrozenLaneDelaysNoOther: while one lane cannot learn the outcome of its commit, the timers and turns of another one go on.
func TestFrozenLaneDelaysNoOther(t *testing.T) {
	r := newPair(t, t.TempDir(), Config{})
	defer r.close()
	frozen, sleeper := ofLane(r.Owner, 0, 0), ofLane(r.Owner, 1, 0)
	r.mustStart(frozen)
	if err := r.start(sleeper, history.StartRun{StartDelay: rescueLater}); err != nil {
		t.Fatal(err)
	}
	asked, thaw := make(chan struct{}), make(chan struct{})
	r.hooks.renewed.set(func() error {
		r.hooks.renewed.clear()
		close(asked)
		<-thaw
		return nil
	})
	r.faulty.FailAfter(1, store.ErrUnknownOutcome)
	underWay := r.signalled(r.Owner, frozen)
	<-asked
	// A turn that panics leaves a workflow that nobody can enter before its flight has ended, also no timer.
	_ = r.Owner.Update(t.Context(), frozen, func(*Tx) error { panic("a defect") })
	r.forward(rescueLater)
	await(t, func() bool { return r.queues.Backlog(workflowTasks) == 2 })
	if err := <-r.signalled(r.Owner, sleeper); err != nil {
		t.Error(err)
	}
	close(thaw)
	if err := <-underWay; err != nil {
		t.Error(err)
	}
}
