package matching

import (
	"iter"
	"time"
)

// Description is what can be seen of a queue.
type Description struct {
	Pollers []Poller // of the last five minutes, latest first
	Waiting int      // polls that wait now, reserved ones included
	// Backlog counts tasks that wait: in memory and in the store. Offered ones are not in it.
	Backlog int64
	// Oldest is the age of the oldest waiting task that memory knows; 0 when nothing waits.
	Oldest time.Duration
	// AddRate and DispatchRate are tasks per second over the last 30 seconds, fused starts included, queries not.
	AddRate, DispatchRate float64
	// Added, Dispatched and Synced are totals since the queue was made. Synced tasks met a waiting poller the moment they were ready.
	Added, Dispatched, Synced int64
	// Limit is the rate limit in force, in tasks per second; negative: none; 0: paused.
	Limit float64
}

// Describe shows a queue. A queue that nobody knows is empty.
func (qs *Queues[T]) Describe(key Key) Description {
	q := qs.peek(key)
	if q == nil {
		return Description{Limit: noLimit}
	}
	defer q.mu.Unlock()
	now := qs.clock()
	d := Description{
		Pollers: q.workers.list(now),
		Waiting: q.pollers.length + q.reserved,
		Backlog: q.waitingCount(),
		AddRate: q.added.perSecond(now), DispatchRate: q.dispatched.perSecond(now),
		Added: q.added.total, Dispatched: q.dispatched.total, Synced: q.synced.total,
		Limit: q.rate,
	}
	if oldest := q.refs.oldest(); !oldest.IsZero() {
		d.Oldest = max(0, now.Sub(oldest))
	} else if q.unloaded() > 0 {
		q.startPass(1, now) // nobody polls: the head alone is read, so that its age can be told next time
	}
	return d
}

// Backlog is Describe's Backlog alone, cheap enough to ask at each poll.
func (qs *Queues[T]) Backlog(key Key) int64 {
	q := qs.peek(key)
	if q == nil {
		return 0
	}
	defer q.mu.Unlock()
	return q.waitingCount()
}

func (q *queue[T]) waitingCount() int64 {
	return int64(len(q.refs.waiting)) + max(0, q.unloaded())
}

// Counts are the sizes of one queue.
type Counts struct {
	Pollers int   // polls that wait, reserved ones included
	Waiting int   // references in memory
	Offered int   // references that pollers are starting
	Stored  int64 // backlog rows in the store, those in memory included
	Imports int   // references of other nodes that are kept for polls here
}

// Queues yields every queue that is known, in no order. Counts of different queues are of different moments.
func (qs *Queues[T]) Queues() iter.Seq2[Key, Counts] {
	return func(yield func(Key, Counts) bool) {
		for q := range qs.all() {
			q.mu.Lock()
			c := Counts{Pollers: q.pollers.length + q.reserved, Waiting: len(q.refs.waiting), Stored: q.stored}
			c.Offered = len(q.refs.byID) - c.Waiting
			if q.imports != nil {
				c.Imports = len(q.imports.waiting)
			}
			gone := q.forgotten
			q.mu.Unlock()
			if !gone && !yield(q.key, c) {
				return
			}
		}
	}
}
