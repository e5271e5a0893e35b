package shard

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
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
	// Lanes is the number of committers. Default 1, which is all that SQLite can use.
	Lanes int
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

// Owner serves workflows. One per process and store.
type Owner struct {
	store  store.Store
	reader store.Reader
	log    *slog.Logger
	now    func() time.Time

	queues *matching.Queues[Delivery]
	lanes  []*lane
	cache  *cache
	timers *timers
	closed closedRing
	seq    atomic.Int64 // last backlog seq given out

	bulk sync.Mutex // held by whoever locks more than one workflow

	// forgot is when heartbeats that lived in memory only were last lost: when this owner opened, or when it last dropped a workflow whose
	// commit failed. Unix nanoseconds.
	forgot atomic.Int64

	ctx  context.Context // ends when the owner is closed
	stop context.CancelCauseFunc
	wg   sync.WaitGroup
}

// Open takes the lanes, reads what waits in the store's backlog and starts recovery in the background. Calls may come at once: a run that is
// asked for is recovered first.
func Open(ctx context.Context, c Config) (*Owner, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Lanes <= 0 {
		c.Lanes = 1
	}
	if c.CacheRuns <= 0 {
		c.CacheRuns = 5000
	}
	o := &Owner{store: c.Store, reader: c.Reader, log: c.Logger, now: c.Now, timers: newTimers(), cache: newCache(c.CacheRuns)}
	o.ctx, o.stop = context.WithCancelCause(context.Background())
	o.forgot.Store(c.Now().UnixNano())
	o.queues = matching.New[Delivery](matching.Options{Refill: o.refill, MaxInMemory: c.QueueTasks})
	if err := o.acquire(ctx, c.Lanes); err != nil {
		o.queues.Close()
		o.stop(err)
		return nil, err
	}
	for _, l := range o.lanes {
		o.wg.Go(l.commitLoop)
		o.wg.Go(l.effectLoop)
	}
	o.wg.Go(o.recoverLoop)
	o.wg.Go(o.timerLoop)
	o.wg.Go(o.delayLoop)
	return o, nil
}

// acquire takes the lanes, and then notes what waits in the backlog: nobody else writes to it any more.
func (o *Owner) acquire(ctx context.Context, lanes int) error {
	for i := range lanes {
		fence, err := o.store.AcquireLane(ctx, orchestration.LaneID(i))
		if err != nil {
			return err
		}
		o.lanes = append(o.lanes, newLane(o, fence))
	}
	counts, err := o.store.BacklogQueues(ctx, nil)
	for _, n := range counts {
		o.seq.Store(max(o.seq.Load(), n.MaxSeq))
		o.queues.Found(matching.Key{Namespace: n.Namespace, Name: n.Queue, Kind: n.Kind}, n.Count)
	}
	return err
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
