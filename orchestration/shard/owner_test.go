package shard

import (
	"context"
	"errors"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

func TestOpenThatFailsLeavesNothingRunning(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	r.hooks.counted.set(func() error { return store.ErrUnavailable })
	o, err := Open(t.Context(), Config{Store: r.hooks, Reader: r.sqlite, Logger: newLogs().logger()})
	if o != nil || !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("%v, %v", o, err)
	}
}

func TestOpenWantsALane(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	if _, err := Open(t.Context(), Config{Store: r.hooks, Reader: r.sqlite, Logger: newLogs().logger(), Lanes: []store.Fence{}}); err == nil {
		t.Error("opened without one")
	}
}

// TestFencedOwnerAnswersEverybody: whoever waits on an owner that another one fences is told so.
func TestFencedOwnerAnswersEverybody(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	if err := r.start(workflowKey(0), history.StartRun{}); err != nil {
		t.Fatal(err)
	}
	watching := make(chan struct{}, 1)
	watched := make(chan error, 1)
	go func() {
		watched <- r.Watch(context.Background(), workflowKey(0), func(*Tx) (bool, error) {
			select {
			case watching <- struct{}{}:
			default:
			}
			return false, nil
		})
	}()
	<-watching
	if _, err := r.sqlite.AcquireLane(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if err := r.start(workflowKey(1), history.StartRun{}); orchestration.CodeOf(err) != orchestration.Unavailable {
		t.Errorf("a start: %v", err)
	}
	<-r.Done()
	if err := <-watched; orchestration.CodeOf(err) != orchestration.Unavailable {
		t.Errorf("a watch: %v", err)
	}
	if err := r.Update(t.Context(), workflowKey(0), look); orchestration.CodeOf(err) != orchestration.Unavailable || r.Err() == nil {
		t.Errorf("a call afterwards: %v, %v", err, r.Err())
	}
}
