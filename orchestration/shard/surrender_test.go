package shard

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	querypb "go.temporal.io/api/query/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// signalled sends a signal and yields what the caller is answered, once the turn has applied it.
func (r *rig) signalled(o *Owner, key orchestration.WorkflowKey) chan error {
	done, applied := make(chan error, 1), make(chan struct{})
	go func() {
		done <- o.Update(context.Background(), key, func(tx *Tx) error {
			defer close(applied)
			run, err := tx.Run(orchestration.RunID{})
			if err != nil {
				return err
			}
			tr, err := run.Signal(history.Signal{Name: "s"}, tx.Now())
			tx.Apply(run, tr)
			return err
		})
	}()
	<-applied
	return done
}

func (r *rig) mustStart(key orchestration.WorkflowKey) {
	r.t.Helper()
	if err := r.start(key, history.StartRun{}); err != nil {
		r.t.Fatalf("start: %v", err)
	}
}

func shardsOf(keys ...orchestration.WorkflowKey) (out []orchestration.ShardID) {
	for _, k := range keys {
		out = append(out, k.Shard())
	}
	return out
}

// ofLane is a workflow of the lane with the index, the n-th one.
func ofLane(o *Owner, lane, n int) orchestration.WorkflowKey {
	for i := 0; ; i++ {
		if k := workflowKey(i); o.laneOf(k.Shard()) == o.lanes[lane] {
			if n == 0 {
				return k
			}
			n--
		}
	}
}

func isMoved(err error) bool { return orchestration.CodeOf(err) == orchestration.Moved }

// TestSurrenderLetsWhatIsUnderWayEnd: a commit in flight is waited for and answers its caller, new turns are refused meanwhile, and other shards,
// also those of the same lane, go on.
func TestSurrenderLetsWhatIsUnderWayEnd(t *testing.T) {
	r := newPair(t, t.TempDir(), Config{})
	defer r.close()
	leaves, stays, elsewhere := ofLane(r.Owner, 0, 0), ofLane(r.Owner, 0, 1), ofLane(r.Owner, 1, 0)
	for _, k := range []orchestration.WorkflowKey{leaves, stays, elsewhere} {
		r.mustStart(k)
	}
	held := r.faulty.Hold(1)
	underWay := r.signalled(r.Owner, leaves)
	<-held.Reached()
	left := r.Until(leaves.Shard())
	surrendered := make(chan error, 1)
	go func() { surrendered <- r.Surrender(context.Background(), shardsOf(leaves)) }()
	<-left
	if err := r.Owner.Update(t.Context(), leaves, look); !isMoved(err) {
		t.Errorf("a turn on what leaves: %v", err)
	}
	if err := <-r.signalled(r.Owner, elsewhere); err != nil {
		t.Errorf("another lane: %v", err)
	}
	sameLane := r.signalled(r.Owner, stays)
	select {
	case err := <-surrendered:
		t.Fatalf("surrendered with a commit in flight: %v", err)
	default:
	}
	held.Release()
	for _, answer := range []chan error{underWay, sameLane, surrendered} {
		if err := <-answer; err != nil {
			t.Error(err)
		}
	}
	if err := r.Owner.Update(t.Context(), leaves, look); !isMoved(err) {
		t.Errorf("a turn on what left: %v", err)
	}
	if err := r.Owner.Update(t.Context(), stays, look); err != nil {
		t.Errorf("a turn on what stays: %v", err)
	}
	if err := r.Surrender(t.Context(), shardsOf(leaves)); err != nil {
		t.Errorf("surrendered again: %v", err)
	}
	<-r.Until(leaves.Shard()) // is closed for what is not served
}

// TestSurrenderEndsEveryWait: long polls end with Moved and queries that ride on a task are sent away, at once; heartbeats are committed.
func TestSurrenderEndsEveryWait(t *testing.T) {
	r := newPair(t, t.TempDir(), Config{})
	defer r.close()
	key := ofLane(r.Owner, 0, 0)
	r.mustStart(key)
	r.mustStart(ofLane(r.Owner, 0, 1))
	watching, watched := make(chan struct{}, 1), make(chan error, 1)
	go func() {
		watched <- r.Watch(context.Background(), key, func(*Tx) (bool, error) {
			watching <- struct{}{}
			return false, nil
		})
	}()
	<-watching
	q := NewQuery(&querypb.WorkflowQuery{QueryType: "state"})
	err := r.Owner.Update(t.Context(), key, func(tx *Tx) error {
		run, err := tx.Run(orchestration.RunID{})
		if err != nil {
			return err
		}
		return tx.Ask(run, q)
	})
	if err != nil {
		t.Fatal(err)
	}
	err = r.Owner.UpdateLazily(t.Context(), key, func(tx *Tx) error {
		run, err := tx.Run(orchestration.RunID{})
		if err != nil {
			return err
		}
		tr, err := run.Signal(history.Signal{Name: "in memory for now"}, tx.Now())
		tx.Apply(run, tr)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	held := r.faulty.Hold(1)
	other := r.signalled(r.Owner, ofLane(r.Owner, 0, 1))
	<-held.Reached()
	surrendered := make(chan error, 1)
	go func() { surrendered <- r.Surrender(context.Background(), shardsOf(key)) }()
	if a := <-q.Answer; a != nil {
		t.Errorf("the query was answered: %v", a)
	}
	if err := <-watched; !isMoved(err) {
		t.Errorf("the long poll: %v", err)
	}
	held.Release()
	if err := errors.Join(<-other, <-surrendered); err != nil {
		t.Error(err)
	}
	r.adopt(r.other, shardsOf(key))
	if n := r.events(key); n != 3 { // started, task scheduled, signal
		t.Errorf("%d events are left of 3", n)
	}
}

// events counts the events of a workflow's current run.
func (r *rig) events(key orchestration.WorkflowKey) (n int64) {
	r.t.Helper()
	err := r.Update(context.Background(), key, func(tx *Tx) error {
		run, err := tx.Run(orchestration.RunID{})
		if err == nil {
			n = run.Header.NextEventID - 1
		}
		return err
	})
	if err != nil {
		r.t.Fatalf("%s: %v", key.WorkflowID, err)
	}
	return n
}

// TestSurrenderAndAdoptDeriveAnew: tasks, in memory and in the backlog, leave the queues with their shard and are dispatched, once each, where it
// is adopted, and at its first owner when it comes back.
func TestSurrenderAndAdoptDeriveAnew(t *testing.T) {
	r := newPair(t, t.TempDir(), Config{QueueTasks: 4})
	defer r.close()
	const n = 20
	var moving, all []orchestration.WorkflowKey
	for i := range n {
		all = append(all, workflowKey(i))
		r.mustStart(workflowKey(i))
		if i%2 == 0 {
			moving = append(moving, workflowKey(i))
		}
	}
	queue := queueKey("queue", orchestration.WorkflowTask)
	r.surrender(r.Owner, shardsOf(moving...))
	if got := r.queues.Backlog(queue); got != n/2 {
		t.Errorf("%d tasks wait where half of %d left", got, n)
	}
	r.adopt(r.other, shardsOf(moving...))
	await(t, func() bool { return r.other.queues.Backlog(queue) == n/2 })
	r.surrender(r.other, shardsOf(moving...))
	if got := r.other.queues.Backlog(queue); got != 0 {
		t.Errorf("%d tasks wait where all have left", got)
	}
	r.adopt(r.Owner, shardsOf(moving...))
	await(t, func() bool { return r.queues.Backlog(queue) == n })
	got := map[orchestration.WorkflowKey]int{}
	for d, ok := r.poll(orchestration.WorkflowTask); ok; d, ok = r.poll(orchestration.WorkflowTask) {
		got[d.Workflow.Run.WorkflowKey]++
	}
	for _, k := range all {
		if got[k] != 1 {
			t.Errorf("the task of %s came %d times", k.WorkflowID, got[k])
		}
	}
	if got := r.queues.Backlog(queue); got != 0 {
		t.Errorf("%d tasks wait in the end", got)
	}
}

// await waits for what other goroutines bring about.
func await(t *testing.T, happened func() bool) {
	t.Helper()
	for late := time.Now().Add(10 * time.Second); !happened(); runtime.Gosched() {
		if time.Now().After(late) {
			t.Fatal("it has not happened in 10 seconds")
		}
	}
}

// TestBacklogRowsStayApart: rows that were written by another owner keep their places when the shard's next owner writes more.
func TestBacklogRowsStayApart(t *testing.T) {
	r := newPair(t, t.TempDir(), Config{QueueTasks: 4})
	defer r.close()
	for i := range 12 {
		r.mustStart(workflowKey(i)) // 4 in memory, 8 rows
	}
	r.surrender(r.Owner, everyShard())
	r.adopt(r.other, everyShard())
	if seq := r.other.seq.Load(); seq < 8 {
		t.Errorf("the next row would be %d", seq+1)
	}
	await(t, func() bool { return r.other.queues.Backlog(queueKey("queue", orchestration.WorkflowTask)) == 12 })
}

// TestSurrenderInterrupted: a Surrender whose context ends leaves the shard unserved, and Adopt brings it to its end first.
func TestSurrenderInterrupted(t *testing.T) {
	r := newPair(t, t.TempDir(), Config{})
	defer r.close()
	key := workflowKey(0)
	r.mustStart(key)
	held := r.faulty.Hold(1)
	underWay := r.signalled(r.Owner, key)
	<-held.Reached()
	ctx, cancel := context.WithCancel(t.Context())
	left := r.Until(key.Shard())
	surrendered := make(chan error, 1)
	go func() { surrendered <- r.Surrender(ctx, shardsOf(key)) }()
	<-left
	overlapping, stop := context.WithCancel(t.Context())
	stop()
	if err := r.Adopt(overlapping, shardsOf(key)); err != context.Canceled {
		t.Errorf("an Adopt beside a Surrender: %v", err)
	}
	cancel()
	if err := <-surrendered; err != context.Canceled {
		t.Errorf("interrupted: %v", err)
	}
	if err := r.Owner.Update(t.Context(), key, look); !isMoved(err) {
		t.Errorf("a turn: %v", err)
	}
	adopted := make(chan error, 1)
	go func() { adopted <- r.Adopt(context.Background(), shardsOf(key)) }()
	held.Release()
	if err := errors.Join(<-underWay, <-adopted); err != nil {
		t.Error(err)
	}
	if n := r.events(key); n != 3 {
		t.Errorf("%d events are left of 3", n)
	}
}

// TestAdoptWhatIsServedPartly: shards that are served already stay as they are, and every one of them can be moved afterwards.
func TestAdoptWhatIsServedPartly(t *testing.T) {
	r := newPair(t, t.TempDir(), Config{})
	defer r.close()
	keys := []orchestration.WorkflowKey{workflowKey(0), workflowKey(1), workflowKey(2)}
	for _, k := range keys {
		r.mustStart(k)
	}
	r.surrender(r.Owner, shardsOf(keys...))
	for i := range keys {
		left := r.Until(keys[0].Shard())
		r.adopt(r.Owner, append(shardsOf(keys[:i+1]...), shardsOf(keys[:i+1]...)...))
		select {
		case <-left:
			if i > 0 {
				t.Error("a shard was left on the way")
			}
		default:
		}
	}
	await(t, func() bool { return r.queues.Backlog(workflowTasks) == 3 })
	r.surrender(r.Owner, everyShard())
	r.adopt(r.other, everyShard())
	await(t, func() bool { return r.other.queues.Backlog(workflowTasks) == 3 })
}

// TestSurrenderThatCannotCount: while the store cannot be read a shard is not given up; afterwards it is.
func TestSurrenderThatCannotCount(t *testing.T) {
	r := newPair(t, t.TempDir(), Config{})
	defer r.close()
	key := workflowKey(0)
	r.mustStart(key)
	r.hooks.counted.set(func() error { return store.ErrUnavailable })
	if err := r.Surrender(t.Context(), shardsOf(key)); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("surrender: %v", err)
	}
	if err := r.Adopt(t.Context(), shardsOf(key)); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("adopt: %v", err)
	}
	if err := r.Owner.Update(t.Context(), key, look); !isMoved(err) {
		t.Errorf("a turn: %v", err)
	}
	r.hooks.counted.clear()
	r.surrender(r.Owner, shardsOf(key))
}

// TestSurrenderByAnOwnerAtItsEnd: who is fenced cannot give anything up properly, and says so.
func TestSurrenderByAnOwnerAtItsEnd(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	r.mustStart(workflowKey(0))
	held := r.faulty.Hold(1)
	underWay := r.signalled(r.Owner, workflowKey(0))
	<-held.Reached()
	if _, err := r.sqlite.AcquireLane(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	left := r.Until(workflowKey(0).Shard())
	surrendered := make(chan error, 1)
	go func() { surrendered <- r.Surrender(context.Background(), shardsOf(workflowKey(0))) }()
	<-left
	held.Release()
	for what, err := range map[string]error{"the commit": <-underWay, "the surrender": <-surrendered, "an adoption": r.Adopt(t.Context(), everyShard())} {
		if orchestration.CodeOf(err) != orchestration.Unavailable {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestTurnThatWaitsForASuccessorLearnsThatItMoved: of a workflow that failed in flight, the next turn waits for the end of the flight.
func TestTurnThatWaitsForASuccessorLearnsThatItMoved(t *testing.T) {
	r := newPair(t, t.TempDir(), Config{})
	defer r.close()
	key := workflowKey(0)
	r.mustStart(key)
	held := r.faulty.Hold(1)
	first := r.signalled(r.Owner, key)
	<-held.Reached()
	_ = r.Owner.Update(t.Context(), key, func(*Tx) error { panic(errors.New("a defect")) })
	next := make(chan error, 1)
	go func() { next <- r.Owner.Update(context.Background(), key, look) }()
	left := r.Until(key.Shard())
	surrendered := make(chan error, 1)
	go func() { surrendered <- r.Surrender(context.Background(), shardsOf(key)) }()
	<-left
	held.Release()
	if err := <-next; !isMoved(err) {
		t.Errorf("the waiting turn: %v", err)
	}
	if err := errors.Join(<-first, <-surrendered); err != nil {
		t.Error(err)
	}
}

// TestNotAlive: an owner that is not sure of its lease refuses turns and lets no timer fire; it goes on when it is sure again.
func TestNotAlive(t *testing.T) {
	var alive atomic.Bool
	alive.Store(true)
	r := newRigOf(t, t.TempDir(), Config{Alive: alive.Load})
	defer r.close()
	for i := range 2 {
		if err := r.start(workflowKey(i), history.StartRun{StartDelay: time.Hour}); err != nil {
			t.Fatal(err)
		}
	}
	l := r.lanes[0]
	due := []orchestration.RunKey{r.runOf(workflowKey(0)), r.runOf(workflowKey(1))}
	r.forgetMemory()
	alive.Store(false)
	if err := r.Owner.Update(t.Context(), workflowKey(0), look); orchestration.CodeOf(err) != orchestration.Unavailable {
		t.Errorf("a turn: %v", err)
	}
	r.fireAll(l, due)
	for _, key := range due {
		e, known := l.timers.entryOf(key.RunID)
		if !known || !e.due.Equal(r.time().Add(time.Second)) {
			t.Errorf("%s is noted %v, for %v", key.WorkflowID, known, e.due)
		}
	}
	if n := len(r.cache.all()); n != 0 {
		t.Errorf("%d actors were made", n)
	}
	alive.Store(true)
	r.advance(time.Hour)
	await(t, func() bool { return r.queues.Backlog(queueKey("queue", orchestration.WorkflowTask)) == 2 })
}

// runOf is the key of a workflow's current run.
func (r *rig) runOf(key orchestration.WorkflowKey) (run orchestration.RunKey) {
	r.t.Helper()
	err := r.Update(context.Background(), key, func(tx *Tx) error {
		cur, _, err := tx.Current()
		run = key.Run(cur.RunID)
		return err
	})
	if err != nil {
		r.t.Fatalf("%s: %v", key.WorkflowID, err)
	}
	return run
}
