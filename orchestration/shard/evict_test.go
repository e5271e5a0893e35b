package shard

import (
	"context"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

func look(tx *Tx) error {
	_, err := tx.Run(orchestration.RunID{})
	return err
}

// TestReadsKeepTheCacheBounded: reads commit nothing, and must not fill memory all the same.
func TestReadsKeepTheCacheBounded(t *testing.T) {
	r := newRigOf(t, t.TempDir(), Config{CacheRuns: 10})
	defer r.close()
	for i := range 300 {
		if err := r.Update(t.Context(), workflowKey(i), look); orchestration.CodeOf(err) != orchestration.NotFound {
			t.Fatal(err)
		}
	}
	if n := len(r.cache.all()); n > 11 {
		t.Errorf("%d workflows in memory, the bound is 10", n)
	}
}

// TestWhoIsInUseStays: workflows on which somebody waits are neither evicted nor in the way of those that can be.
func TestWhoIsInUseStays(t *testing.T) {
	r := newRigOf(t, t.TempDir(), Config{CacheRuns: 4})
	defer r.close()
	ctx, cancel := context.WithCancel(t.Context())
	const watched = 8
	ended := make(chan error, watched)
	for i := range watched {
		looked := make(chan struct{}, 1)
		go func() {
			ended <- r.Watch(ctx, workflowKey(i), func(*Tx) (bool, error) {
				looked <- struct{}{}
				return false, nil
			})
		}()
		<-looked
	}
	for i := range 200 {
		_ = r.Update(t.Context(), workflowKey(100+i), look)
	}
	if n := len(r.cache.all()); n < watched || n > 3*watched {
		t.Errorf("%d workflows in memory, %d of them in use", n, watched)
	}
	cancel()
	for range watched {
		if err := <-ended; err != context.Canceled {
			t.Errorf("watch ended with %v", err)
		}
	}
}

// TestClosedRunsDoNotCollect: a workflow that is always open, in one run after the other, keeps only the current one in memory.
func TestClosedRunsDoNotCollect(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	for range 10 {
		err := r.Update(t.Context(), workflowKey(0), func(tx *Tx) error {
			if _, ok, err := tx.Current(); err != nil {
				return err
			} else if ok {
				old, err := tx.Run(orchestration.RunID{})
				if err != nil {
					return err
				}
				end, err := old.Terminate(history.Terminate{}, tx.Now())
				if err != nil {
					return err
				}
				tx.Apply(old, end)
			}
			in := history.StartRun{Type: "Type", TaskQueue: "queue"}
			in.Key.RunID = orchestration.NewRunID(tx.Now())
			tx.Start(in)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	wf, err := r.lock(t.Context(), workflowKey(0))
	if err != nil {
		t.Fatal(err)
	}
	defer wf.mu.Unlock()
	if len(wf.runs) != 1 {
		t.Errorf("%d runs in memory", len(wf.runs))
	}
}

func TestTooManyWatchersAreRefused(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	wf, err := r.lock(t.Context(), workflowKey(0))
	if err != nil {
		t.Fatal(err)
	}
	wf.watchers = maxWatchers
	wf.mu.Unlock()
	err = r.Watch(t.Context(), workflowKey(0), func(*Tx) (bool, error) { return false, nil })
	if orchestration.CodeOf(err) != orchestration.ResourceExhausted {
		t.Errorf("one too many: %v", err)
	}
}

// TestLazyUpdateIsCommittedInTime: a heartbeat's answer does not wait for its commit, which follows by itself.
func TestLazyUpdateIsCommittedInTime(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	if err := r.start(workflowKey(0), history.StartRun{}); err != nil {
		t.Fatal(err)
	}
	before := r.faulty.Commits()
	err := r.UpdateLazily(t.Context(), workflowKey(0), func(tx *Tx) error {
		run, err := tx.Run(orchestration.RunID{})
		if err != nil {
			return err
		}
		tr, err := run.Signal(history.Signal{Name: "s"}, tx.Now())
		tx.Apply(run, tr)
		return err
	})
	if err != nil || r.faulty.Commits() != before {
		t.Fatalf("%v, %d commits", err, r.faulty.Commits()-before)
	}
	wf, err := r.lock(t.Context(), workflowKey(0))
	if err != nil {
		t.Fatal(err)
	}
	committed := wf.await()
	wf.mu.Unlock()
	select {
	case err := <-committed:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * lazyCommit):
		t.Error("never committed")
	}
}
