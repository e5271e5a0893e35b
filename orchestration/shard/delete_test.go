package shard

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// delete deletes the current run of a workflow.
func (r *rig) delete(key orchestration.WorkflowKey) error {
	return r.Update(context.Background(), key, func(tx *Tx) error {
		run, err := tx.Run(orchestration.RunID{})
		if err == nil && !tx.Delete(run, history.Terminate{Reason: "unwanted"}) {
			err = errors.New("never stored")
		}
		return err
	})
}

// runs is how many of a workflow's runs the store lists.
func (r *rig) listed() int64 {
	r.t.Helper()
	n, err := r.sqlite.Count(context.Background(), store.ListQuery{Namespace: testNamespace})
	if err != nil {
		r.t.Fatalf("count: %v", err)
	}
	return n
}

// TestDeletedRunLeavesTheOwner: no memory, timer or task is left of a run that was deleted while it was open.
func TestDeletedRunLeavesTheOwner(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	key := workflowKey(0)
	if err := r.start(key, history.StartRun{RunTimeout: time.Hour}); err != nil {
		t.Fatal(err)
	}
	if err := r.delete(key); err != nil {
		t.Fatal(err)
	}
	r.flush()
	if n := len(r.cache.all()); n != 0 {
		t.Errorf("%d workflows are in memory", n)
	}
	if n := len(r.lanes[0].timers.byRun); n != 0 {
		t.Errorf("%d runs have timers", n)
	}
	if d, ok := r.poll(orchestration.WorkflowTask); ok {
		t.Errorf("a task of it was delivered: %+v", d)
	}
	if n := r.listed(); n != 0 {
		t.Errorf("%d runs are listed", n)
	}
	if err := r.start(key, history.StartRun{}); err != nil {
		t.Errorf("the workflow id cannot be used again: %v", err)
	}
}

// TestDeletionWhoseOutcomeIsLost: whether the run has gone is asked of the store.
func TestDeletionWhoseOutcomeIsLost(t *testing.T) {
	for name, c := range map[string]struct {
		lose func(*rig)
		want orchestration.Code
		left int64
	}{
		"applied":     {func(r *rig) { r.faulty.FailAfter(1, store.ErrUnknownOutcome) }, 0, 0},
		"not applied": {func(r *rig) { r.faulty.FailBefore(1, store.ErrUnknownOutcome) }, orchestration.Unavailable, 1},
		"refused":     {func(r *rig) { r.faulty.FailBefore(1, store.ErrUnavailable) }, orchestration.Unavailable, 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, t.TempDir())
			defer r.close()
			if err := r.start(workflowKey(0), history.StartRun{}); err != nil {
				t.Fatal(err)
			}
			c.lose(r)
			if err := r.delete(workflowKey(0)); orchestration.CodeOf(err) != c.want {
				t.Errorf("deletion: %v", err)
			}
			if n := r.listed(); n != c.left {
				t.Errorf("%d runs are listed", n)
			}
			if err := r.delete(workflowKey(0)); c.left == 1 && err != nil {
				t.Errorf("deletion again: %v", err)
			}
			if n := r.listed(); n != 0 {
				t.Errorf("%d runs are listed in the end", n)
			}
		})
	}
}

// TestDeletionInFlight: until the deletion is stored, no turn finds the run or what it was the current run of.
func TestDeletionInFlight(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	key := workflowKey(0)
	if err := r.start(key, history.StartRun{}); err != nil {
		t.Fatal(err)
	}
	r.forgetMemory() // so that the current run is not known either
	var gone orchestration.RunID
	held := r.faulty.Hold(1)
	deleted := make(chan error, 1)
	go func() {
		deleted <- r.Update(context.Background(), key, func(tx *Tx) error {
			run, err := tx.Run(orchestration.RunID{})
			if err == nil {
				gone = run.Key.RunID
				tx.wf.currentKnown = false
				tx.Delete(run, history.Terminate{})
			}
			return err
		})
	}()
	<-held.Reached()
	started := make(chan error, 1)
	go func() {
		started <- r.Update(context.Background(), key, func(tx *Tx) error {
			if _, err := tx.Run(gone); orchestration.CodeOf(err) != orchestration.NotFound {
				t.Errorf("the run is found: %v", err)
			}
			if _, ok, err := tx.Current(); ok || err != nil {
				t.Errorf("the run is current: %v", err)
			}
			held.Release()
			tx.Start(history.StartRun{Key: key.Run(orchestration.NewRunID(tx.Now())), Type: "Type", TaskQueue: "queue"})
			return nil
		})
	}()
	if err := errors.Join(<-deleted, <-started); err != nil {
		t.Fatal(err)
	}
	if n := r.listed(); n != 1 {
		t.Errorf("%d runs are listed", n)
	}
}

// TestDeletionOfWhatWasNeverStored: a run that starts in the very turn is not deleted, but waited for.
func TestDeletionOfWhatWasNeverStored(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	err := r.Update(t.Context(), workflowKey(0), func(tx *Tx) error {
		run := tx.Start(history.StartRun{Key: workflowKey(0).Run(orchestration.NewRunID(tx.Now())), Type: "Type", TaskQueue: "queue"})
		if tx.Delete(run, history.Terminate{}) {
			t.Error("it was deleted")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.delete(workflowKey(0)); err != nil {
		t.Error(err)
	}
}

// TestLongRunIsSwept: a run of many commits is gone at once, and its history soon after.
func TestLongRunIsSwept(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	key := workflowKey(0)
	if err := r.start(key, history.StartRun{}); err != nil {
		t.Fatal(err)
	}
	for range store.DeleteAtOnce + 10 {
		r.turn(key, func(tx *Tx, run *Run) (history.Transition, error) {
			return run.Signal(history.Signal{Name: "s"}, tx.Now())
		})
	}
	if err := r.delete(key); err != nil {
		t.Fatal(err)
	}
	if n := r.listed(); n != 0 {
		t.Errorf("%d runs are listed", n)
	}
	r.reopen() // which begins with a sweep
	var left int
	for left = 1; left > 0; {
		if err := r.db.Read.QueryRowContext(t.Context(), "SELECT (SELECT count(*) FROM history) + (SELECT count(*) FROM debris)").Scan(&left); err != nil {
			t.Fatal(err)
		}
	}
}
