package matching

import (
	"iter"
	"time"
)

// Stats is how much goes through a queue.
type Stats struct {
	// Backlog counts tasks that wait: in memory and in the store. Offered ones are not in it.
	Backlog int64
	// Oldest is the age of the oldest waiting task that memory knows; 0 when nothing waits.
	Oldest time.Duration
	// AddRate and DispatchRate are tasks per second over the last 30 seconds, fused starts included, queries not.
	AddRate, DispatchRate float64
	// Added and Dispatched are totals since the queue was made.
	Added, Dispatched int64
}

// Description is what can be seen of a queue.
type Description struct {
	Stats
	ByPriority map[int32]Stats // of priorities that had a task since the queue was made; their sums are Stats
	Pollers    []Poller        // of the last five minutes, latest first
	Waiting    int             // polls that wait now, reserved ones included
	// LastPoll is when the last poll came or ended; zero: none did since the queue was made.
	LastPoll time.Time
	// Synced tasks met a waiting poller the moment they were ready; since the queue was made. SyncRate is their number per second, as AddRate counts.
	Synced   int64
	SyncRate float64
	// Limit is the rate limit in force for all nodes, in tasks per second; negative: none; 0: paused. LimitSet tells that Queues.Limit set it.
	Limit    float64
	LimitSet bool
	// Limited tells that tasks had to wait for the rate limit in the last 30 seconds.
	Limited bool
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
		ByPriority: q.stats(now),
		Pollers:    q.workers.list(now),
		Waiting:    q.pollers.length + q.reserved,
		Synced:     q.synced.total, SyncRate: q.synced.perSecond(now),
		LastPoll: q.lastPoll,
		Limit:    q.rate, LimitSet: q.override != nil,
		Limited: !q.blocked.IsZero() && now.Sub(q.blocked) < meterBuckets*meterBucket,
	}
	for _, s := range d.ByPriority {
		d.add(s)
	}
	if len(q.refs.waiting) == 0 && q.unloaded() > 0 {
		q.startPass(1, now) // nobody polls: the head alone is read, so that its age can be told next time
	}
	return d
}

// add adds what another priority counts.
func (s *Stats) add(o Stats) {
	s.Backlog += o.Backlog
	s.Oldest = max(s.Oldest, o.Oldest)
	s.AddRate += o.AddRate
	s.DispatchRate += o.DispatchRate
	s.Added += o.Added
	s.Dispatched += o.Dispatched
}

// stats counts by priority.
func (q *queue[T]) stats(now time.Time) map[int32]Stats {
	out := make(map[int32]Stats)
	waiting, oldest := q.refs.waitingOf()
	for p := int32(HighestPriority); p <= LowestPriority; p++ {
		t, backlog := q.tallies[p], waiting[p]+max(0, q.storedOf[p]-q.refs.rowsOf[p])
		if t == nil && backlog == 0 {
			continue
		}
		s := Stats{Backlog: backlog}
		if !oldest[p].IsZero() {
			s.Oldest = max(0, now.Sub(oldest[p]))
		}
		if t != nil {
			s.AddRate, s.DispatchRate = t.added.perSecond(now), t.dispatched.perSecond(now)
			s.Added, s.Dispatched = t.added.total, t.dispatched.total
		}
		out[p] = s
	}
	return out
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
	Sticky  bool  // it is a worker's own queue
}

// Queues yields every queue that is known, in no order. Counts of different queues are of different moments.
func (qs *Queues[T]) Queues() iter.Seq2[Key, Counts] {
	return func(yield func(Key, Counts) bool) {
		for q := range qs.all() {
			q.mu.Lock()
			c := Counts{Pollers: q.pollers.length + q.reserved, Waiting: len(q.refs.waiting), Stored: q.stored, Sticky: q.sticky}
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
