package shard

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// TestPollerOutlivesAPanic: a transition that panics while a task is fused with a waiting poller leaves the poller in its queue.
func TestPollerOutlivesAPanic(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	if err := r.start(workflowKey(0), history.StartRun{}); err != nil {
		t.Fatal(err)
	}
	key := queueKey("queue", orchestration.QueryTask) // tasks of this kind cannot be started
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan matching.Offer[Delivery], 1)
	go func() {
		offer, _ := r.queues.Poll(ctx, key, matching.Worker{Identity: "worker"})
		ended <- offer
	}()
	for r.queues.Describe(key).Waiting == 0 {
		runtime.Gosched()
	}
	err := r.Update(t.Context(), workflowKey(0), func(tx *Tx) error {
		run, err := tx.Run(orchestration.RunID{})
		tx.ready = append(tx.ready, readyTask{run, history.Task{Kind: orchestration.QueryTask, Queue: "queue"}})
		return err
	})
	if orchestration.CodeOf(err) != orchestration.DataLoss {
		t.Fatalf("a panicking turn: %v", err)
	}
	res, ok := r.queues.Reserve(key, defaultPriority)
	if !ok {
		t.Fatal("the poller is not in its queue")
	}
	res.Release()
	cancel()
	if offer := <-ended; !offer.Empty() {
		t.Errorf("the poller got %+v", offer)
	}
	if err := r.Update(t.Context(), workflowKey(0), look); err != nil {
		t.Errorf("the workflow afterwards: %v", err)
	}
}

// TestPanicDropsWhatIsNotInFlight: of a workflow whose turn panics, the commit in flight counts, and what came after it is refused.
func TestPanicDropsWhatIsNotInFlight(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	if err := r.start(workflowKey(0), history.StartRun{}); err != nil {
		t.Fatal(err)
	}
	signal := func(name string) chan error {
		done := make(chan error, 1)
		applied := make(chan struct{})
		go func() {
			done <- r.Update(context.Background(), workflowKey(0), func(tx *Tx) error {
				defer close(applied)
				run, err := tx.Run(orchestration.RunID{})
				if err != nil {
					return err
				}
				tr, err := run.Signal(history.Signal{Name: name}, tx.Now())
				tx.Apply(run, tr)
				return err
			})
		}()
		<-applied
		return done
	}
	held := r.faulty.Hold(1)
	first := signal("in flight")
	<-held.Reached()
	second := signal("queued")
	err := r.Update(t.Context(), workflowKey(0), func(*Tx) error { panic(errors.New("a defect")) })
	if orchestration.CodeOf(err) != orchestration.DataLoss {
		t.Errorf("the panicking turn: %v", err)
	}
	if err := <-second; orchestration.CodeOf(err) != orchestration.Unavailable {
		t.Errorf("the turn that was queued: %v", err)
	}
	held.Release()
	if err := <-first; err != nil {
		t.Errorf("the turn in flight: %v", err)
	}
	err = r.Update(t.Context(), workflowKey(0), func(tx *Tx) error {
		run, err := tx.Run(orchestration.RunID{})
		if err == nil && run.Header.NextEventID != 4 { // started, task scheduled, one signal
			t.Errorf("next event %d", run.Header.NextEventID)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestRefusedEncodingIsAlone: a workflow that cannot be encoded is refused with DataLoss and read again.
func TestRefusedEncodingIsAlone(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	if err := r.start(workflowKey(0), history.StartRun{}); err != nil {
		t.Fatal(err)
	}
	err := r.Update(t.Context(), workflowKey(0), func(tx *Tx) error {
		run, err := tx.Run(orchestration.RunID{})
		if err != nil {
			return err
		}
		tr, err := run.Signal(history.Signal{Name: "\xff"}, tx.Now())
		tx.Apply(run, tr)
		return err
	})
	if orchestration.CodeOf(err) != orchestration.DataLoss {
		t.Fatalf("an event that is no UTF-8: %v", err)
	}
	if err := r.Update(t.Context(), workflowKey(0), look); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
