package shard

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/matching"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Config is what an Owner needs. Store, Reader and Logger are required.
type Config struct {
	Store  store.Store
	Reader store.Reader
	Logger *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Lanes are the fences that this owner commits under, one committer for each. nil: it is alone with its store, acquires lane 0 and serves every
	// shard; else it serves none before Adopt.
	Lanes []store.Fence
	// Alive tells whether this process may count on its shards being its own: its lease has not run out. While it is false every turn is refused.
	// It must be cheap. nil: always.
	Alive func() bool
	// Exchange brings the task queues of other nodes together with those of this one; nil: there are no others.
	Exchange matching.Exchange
	// Send is told of effects that a run's commits want sent to other runs: it looks them up with history.Run.Effect, and reports their outcome as turns of the
	// run. It must neither block nor call the owner. What it does not report is told again after the run was recovered, here or elsewhere. nil: nobody sends.
	Send func(run orchestration.RunKey, effects []orchestration.EventID)
	// Listed is told, once it is committed, of each row of lists that has changed; first: its run is new. It must neither block nor call the owner.
	// nil: nobody is.
	Listed func(row *store.Visibility, first bool)
	// Waited is told how long each task had waited for the worker that got it; see matching.Options. nil: nobody is.
	Waited func(ns orchestration.NamespaceID, wait time.Duration)
	// Traced tells whether the spans of a run that closes are to be sent to a collector; the commit of its close notes it then, see store.Traces. It must be
	// cheap. nil: none are.
	Traced func(*history.Run) bool
	// Moved is told, once it is committed, that the history of an open run has grown. It must neither block nor call the owner. nil: nobody is.
	Moved func(*history.Run)
	// CacheRuns bounds how many workflows stay in memory when nothing happens to them. Default 5,000.
	CacheRuns int
	// QueueTasks bounds how many waiting tasks of one queue stay in memory; the rest are rows of the backlog. Default 1,000, at least 4.
	QueueTasks int
}

// The owner's rhythm. Times are those of the engine's rules.
const (
	horizon      = 10 * time.Minute // wake rows up to here are in memory
	delayEvery   = 30 * time.Second // how often wake rows are moved later
	loadPage     = 500              // runs per load in recovery and in the timer loop
	stickyUnseen = 10 * time.Second // a sticky queue that nobody polled for so long is left
	lazyCommit   = time.Second      // heartbeats may live in memory only for so long
)

// Owner serves the workflows of some shards: all of them when it is alone with its store. One per process and store.
type Owner struct {
	store  store.Store
	reader store.Reader
	log    *slog.Logger
	now    func() time.Time

	alive func() bool
	send  func(orchestration.RunKey, []orchestration.EventID)

	listed func(*store.Visibility, bool)
	traced func(*history.Run) bool
	moved  func(*history.Run)

	queues *matching.Queues[Delivery]
	lanes  []*lane
	served *served
	fresh  *fresh
	cache  *cache
	closed closedRing
	seq    atomic.Int64 // last backlog seq given out

	// forgot is when heartbeats that lived in memory only were last lost otherwise than with their shard's last owner: when a workflow was dropped
	// whose commit failed. Unix nanoseconds.
	forgot atomic.Int64

	ctx  context.Context // ends when the owner is closed
	stop context.CancelCauseFunc
	wg   sync.WaitGroup
}

// Open makes an owner that commits through its lanes. One that is alone with its store (Config.Lanes is nil) serves every shard from now on; see Adopt.
func Open(ctx context.Context, c Config) (*Owner, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Alive == nil {
		c.Alive = func() bool { return true }
	}
	if c.Send == nil {
		c.Send = func(orchestration.RunKey, []orchestration.EventID) {}
	}
	if c.Listed == nil {
		c.Listed = func(*store.Visibility, bool) {}
	}
	if c.Traced == nil {
		c.Traced = func(*history.Run) bool { return false }
	}
	if c.Moved == nil {
		c.Moved = func(*history.Run) {}
	}
	if c.CacheRuns <= 0 {
		c.CacheRuns = 5000
	}
	o := &Owner{
		store: c.Store, reader: c.Reader, log: c.Logger, now: c.Now, alive: c.Alive, send: c.Send, listed: c.Listed, traced: c.Traced, moved: c.Moved,
		served: newServed(), fresh: newFresh(), cache: newCache(c.CacheRuns),
	}
	o.ctx, o.stop = context.WithCancelCause(context.Background())
	o.queues = matching.New[Delivery](matching.Options{Refill: o.refill, MaxInMemory: c.QueueTasks, Exchange: c.Exchange, Waited: c.Waited})
	if err := o.begin(ctx, c.Lanes); err != nil {
		o.queues.Close()
		o.stop(err)
		return nil, err
	}
	for _, l := range o.lanes {
		o.wg.Go(l.commitLoop)
		o.wg.Go(l.effectLoop)
		o.wg.Go(func() { o.timerLoop(l) })
	}
	o.wg.Go(o.recoverLoop)
	o.wg.Go(o.delayLoop)
	o.wg.Go(o.sweepLoop)
	return o, nil
}

// begin makes the lanes. An owner that has to acquire its own is alone.
func (o *Owner) begin(ctx context.Context, fences []store.Fence) error {
	if fences != nil {
		if len(fences) == 0 {
			return errors.New("shard: an owner needs a lane to commit through")
		}
		for _, f := range fences {
			o.lanes = append(o.lanes, newLane(o, f))
		}
		return nil
	}
	f, err := o.store.AcquireLane(ctx, 0)
	if err != nil {
		return err
	}
	o.lanes = []*lane{newLane(o, f)}
	return o.Adopt(ctx, everyShard())
}

// Queues are the task queues that this owner feeds.
func (o *Owner) Queues() *matching.Queues[Delivery] { return o.queues }

// Done is closed when the owner stops, by Close or because another owner fenced it; Err says which.
func (o *Owner) Done() <-chan struct{} { return o.ctx.Done() }

// Err is why the owner stopped; nil while it serves.
func (o *Owner) Err() error { return context.Cause(o.ctx) }

// Close ends every wait, commits what is queued and stops. Nothing may be called after it.
func (o *Owner) Close(ctx context.Context) error {
	o.queues.Close()
	flushed := make(chan struct{})
	go func() {
		defer close(flushed)
		o.flush()
	}()
	var err error
	select {
	case <-flushed:
	case <-ctx.Done():
		err = ctx.Err()
	}
	o.stop(orchestration.Errorf(orchestration.Unavailable, "the server is shutting down"))
	o.wg.Wait()
	return err
}

// flush waits until every lane has nothing queued and nothing in flight, heartbeats included.
func (o *Owner) flush() {
	for _, wf := range o.cache.all() {
		wf.mu.Lock()
		o.enqueue(wf)
		wf.mu.Unlock()
	}
	for _, l := range o.lanes {
		l.idle(o.ctx)
	}
}

func (o *Owner) laneOf(s orchestration.ShardID) *lane { return o.lanes[int(s)%len(o.lanes)] }
