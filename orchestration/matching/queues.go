package matching

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"hash/maphash"
	"iter"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Refill reads the head of a queue's backlog in dispatch order, at most limit references after the given one (nil: from the head).
// Fewer than limit means: that is all. The references carry Backlog.
type Refill func(ctx context.Context, key Key, after *Reference, limit int) ([]Reference, error)

// Options of Queues.
type Options struct {
	// Clock tells the time for ages and rates; default time.Now. Waiting is done with the runtime's timers.
	Clock func() time.Time
	// MaxInMemory is how many references one queue holds in memory before Admit refuses; default 1000, at least 4.
	MaxInMemory int
	// Refill reads backlog rows; nil: there is no backlog, and Spilled must not be called.
	Refill Refill
	// Exchange brings the pollers and references of other nodes together with those of this one; nil: there is only this node.
	Exchange Exchange
	// Waited is told of each task that a worker got how long it had waited for one. It must neither block nor call the queues. nil: nobody is.
	Waited func(ns orchestration.NamespaceID, wait time.Duration)
}

// Lend has polls lent to other nodes, and theirs borrowed, from now on. Call it before the first poll.
func (qs *Queues[T]) Lend(l Lender[T]) { qs.lender = l }

const (
	defaultMaxInMemory = 1000
	idleAfter          = 5 * time.Minute // a queue with nothing in it is forgotten after this, a worker that no longer polls too
	sweepEvery         = time.Minute
	mapShards          = 64
)

// Queues are the task queues of one node. All methods may be called concurrently; only Poll and Hand wait.
type Queues[T any] struct {
	clock       func() time.Time
	maxInMemory int
	refill      Refill
	exchange    Exchange  // nil: there is only this node
	lender      Lender[T] // nil: no polls are lent
	waited      func(orchestration.NamespaceID, time.Duration)

	seed   maphash.Seed
	shards [mapShards]shard[T]

	pollPrefix string // random per process
	polls      atomic.Uint64

	ctx     context.Context // ends with Close; for refills
	cancel  context.CancelFunc
	refills sync.WaitGroup
	closing sync.RWMutex // guards what follows; held for reading while a refill is started
	closed  bool
	sweeper *time.Timer
}

type shard[T any] struct {
	mu     sync.Mutex
	queues map[Key]*queue[T]
}

// New makes an empty set of queues. Close it.
func New[T any](o Options) *Queues[T] {
	qs := &Queues[T]{clock: o.Clock, maxInMemory: o.MaxInMemory, refill: o.Refill, exchange: o.Exchange, waited: o.Waited, seed: maphash.MakeSeed()}
	if qs.waited == nil {
		qs.waited = func(orchestration.NamespaceID, time.Duration) {}
	}
	if qs.clock == nil {
		qs.clock = time.Now
	}
	if qs.maxInMemory == 0 {
		qs.maxInMemory = defaultMaxInMemory
	}
	qs.maxInMemory = max(4, qs.maxInMemory)
	for i := range qs.shards {
		qs.shards[i].queues = make(map[Key]*queue[T])
	}
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	qs.pollPrefix = hex.EncodeToString(b[:]) + "-"
	qs.ctx, qs.cancel = context.WithCancel(context.Background())
	qs.closing.Lock()
	defer qs.closing.Unlock()
	qs.sweeper = time.AfterFunc(sweepEvery, qs.sweep)
	return qs
}

// lock is the queue of the key, locked, made if it is new.
func (qs *Queues[T]) lock(key Key) *queue[T] {
	for {
		s := qs.shard(key)
		s.mu.Lock()
		q := s.queues[key]
		if q == nil {
			q = newQueue(qs, key)
			s.queues[key] = q
		}
		s.mu.Unlock()
		q.mu.Lock()
		if !q.forgotten {
			return q
		}
		q.mu.Unlock() // swept between the two locks: the next look makes a new one
	}
}

// peek is the queue of the key, locked; nil if there is none.
func (qs *Queues[T]) peek(key Key) *queue[T] {
	s := qs.shard(key)
	s.mu.Lock()
	q := s.queues[key]
	s.mu.Unlock()
	if q == nil {
		return nil
	}
	q.mu.Lock()
	if q.forgotten {
		q.mu.Unlock()
		return nil
	}
	return q
}

func (qs *Queues[T]) shard(key Key) *shard[T] {
	return &qs.shards[maphash.Comparable(qs.seed, key)%mapShards]
}

func (qs *Queues[T]) requestID() string {
	return qs.pollPrefix + strconv.FormatUint(qs.polls.Add(1), 36)
}

// all yields every queue there is, unlocked, holding no lock while it yields.
func (qs *Queues[T]) all() iter.Seq[*queue[T]] {
	return func(yield func(*queue[T]) bool) {
		var batch []*queue[T]
		for i := range qs.shards {
			s := &qs.shards[i]
			batch = batch[:0]
			s.mu.Lock()
			for _, q := range s.queues {
				batch = append(batch, q)
			}
			s.mu.Unlock()
			for _, q := range batch {
				if !yield(q) {
					return
				}
			}
		}
	}
}

// sweep forgets queues that were idle for long, and workers that no longer poll the others.
func (qs *Queues[T]) sweep() {
	now := qs.clock()
	for i := range qs.shards {
		s := &qs.shards[i]
		s.mu.Lock()
		for key, q := range s.queues {
			q.mu.Lock()
			if q.idle(now) {
				q.forgotten = true
				delete(s.queues, key)
			}
			q.mu.Unlock()
		}
		s.mu.Unlock()
	}
	qs.closing.RLock()
	defer qs.closing.RUnlock()
	if !qs.closed {
		qs.sweeper.Reset(sweepEvery)
	}
}

// Close ends every poll empty and every Hand with Unavailable, and waits for refills in flight. What the queues hold is given up: it
// is derived again from the store. A reservation in flight still ends as its holder says.
func (qs *Queues[T]) Close() {
	qs.closing.Lock()
	qs.closed = true
	qs.sweeper.Stop()
	qs.closing.Unlock()
	qs.cancel()
	for q := range qs.all() {
		q.mu.Lock()
		q.close()
		q.mu.Unlock()
	}
	qs.refills.Wait()
}

// isClosed is asked when a queue is made. Close marks first and visits the queues afterwards, so that none escapes it.
func (qs *Queues[T]) isClosed() bool {
	qs.closing.RLock()
	defer qs.closing.RUnlock()
	return qs.closed
}

var errClosed = orchestration.Errorf(orchestration.Unavailable, "The server is shutting down.")
