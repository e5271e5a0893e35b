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

var workflowTasks = queueKey("queue", orchestration.WorkflowTask)

// TestAdoptedShardsAreRecovered: what waited with the last owner is dispatched by the next one without anybody asking for it, also when its first
// scans fail; and nothing of other shards is.
func TestAdoptedShardsAreRecovered(t *testing.T) {
	r := newPair(t, t.TempDir(), Config{})
	defer r.close()
	for i := range 10 {
		r.mustStart(workflowKey(i))
	}
	moving := shardsOf(workflowKey(0), workflowKey(3), workflowKey(7))
	r.surrender(r.Owner, moving)
	lost, calls := times(1, store.ErrUnavailable)
	r.hooks.scanned.set(lost)
	r.adopt(r.other, moving)
	await(t, func() bool { return r.other.queues.Backlog(workflowTasks) == 3 })
	if n := calls.Load(); n != 2 {
		t.Errorf("%d scans", n)
	}
	if n := r.queues.Backlog(workflowTasks); n != 7 {
		t.Errorf("%d tasks wait at the first owner", n)
	}
}

// TestScanThatIsOvertaken: a scan's page that was read before its shards left, and came back, notes nothing: the rows may be others now.
func TestScanThatIsOvertaken(t *testing.T) {
	r := newPair(t, t.TempDir(), Config{})
	defer r.close()
	key := workflowKey(0)
	if err := r.start(key, history.StartRun{StartDelay: time.Minute}); err != nil {
		t.Fatal(err)
	}
	run := r.runOf(key)
	r.surrender(r.Owner, shardsOf(key))
	r.adopt(r.Owner, shardsOf(key))
	before := r.served.view()
	entered, resume := make(chan struct{}), make(chan struct{})
	r.hooks.scanned.set(func() error {
		r.hooks.scanned.clear()
		close(entered)
		<-resume
		return nil
	})
	l := r.laneOf(key.Shard())
	scanned := make(chan error, 1)
	go func() { scanned <- r.recover(context.Background(), before, time.Time{}, r.time().Add(horizon)) }()
	<-entered
	r.surrender(r.Owner, shardsOf(key))
	close(resume)
	if err := <-scanned; err != nil {
		t.Fatal(err)
	}
	if _, known := l.timers.entryOf(run.RunID); known {
		t.Error("a run of a shard that is not served is noted")
	}
	r.served.adopt(shardsOf(key), r.time())
	if r.served.still(key.Shard(), before) {
		t.Error("a view from before a shard left holds when it has come back")
	}
}

// TestOwnerOfNothingAsksNothing: it reads neither wake rows nor backlogs of others.
func TestOwnerOfNothingAsksNothing(t *testing.T) {
	r := newPair(t, t.TempDir(), Config{})
	defer r.close()
	r.hooks.scanned.set(func() error { return errors.New("asked") }) // not counted: the owner beside it may ask at any time
	if err := r.other.recover(t.Context(), r.other.served.view(), time.Time{}, r.time().Add(horizon)); err != nil {
		t.Error(err)
	}
	if refs, err := r.other.refill(t.Context(), workflowTasks, nil, 10); refs != nil || err != nil {
		t.Errorf("%v, %v", refs, err)
	}
	if err := r.other.Update(t.Context(), workflowKey(0), look); !isMoved(err) || len(r.other.cache.all()) != 0 {
		t.Errorf("a turn: %v; %d actors", err, len(r.other.cache.all()))
	}
}
