package matching

import (
	"sync"
	"time"
)

// queue is one task queue. Every field is guarded by mu; nothing waits while it is held.
//
// Invariants, outside of mu: if a poller waits, then no query does, and a reference waits only for want of a rate token.
// places ≥ 0. A poller is on the list iff its state is pollWaiting.
type queue[T any] struct {
	owner *Queues[T]
	key   Key

	mu        sync.Mutex
	forgotten bool // no longer in the map: look again
	closed    bool

	pollers  list[poller[T]] // newest first, those that are lent last
	reserved int
	lending  lending
	borrowed borrowed
	hands    list[hand[T]] // oldest first
	refs     references
	imports  *imports                  // nil until the first
	places   int                       // reserved by Admit, not yet used
	stored   int64                     // backlog rows in the store
	storedOf [LowestPriority + 1]int64 // stored, by priority

	limit    limiter
	rate     float64  // in force for all nodes; negative: none
	nodes    int      // that count it each for itself, this one included
	lease    lease    // of a limit that is counted elsewhere
	override *float64 // set by Limit; else the latest wish counts
	wish     rateWish
	hints    hints

	workers  workers
	lastPoll time.Time // when the last poll came or ended
	wanted   time.Time // when the exchange last wanted references
	touched  time.Time // when the queue was last made or asked for anything
	backlog  backlogReader
	timer    *time.Timer // fires when a token or a retry of a refill is due; nil until first needed

	tallies [LowestPriority + 1]*tally // by priority; nil: no task of it came yet
	synced  meter                      // tasks that met a waiting poller the moment they were ready; it knows of every task
	sticky  bool                       // a worker polled it as its own
	blocked time.Time                  // when a task last had to wait for a rate token
}

func newQueue[T any](owner *Queues[T], key Key) *queue[T] {
	return &queue[T]{owner: owner, key: key, refs: newReferences(), rate: noLimit, nodes: 1, closed: owner.isClosed(), touched: owner.clock()}
}

// next takes what the next poller gets: a query, or the first reference, its own or imported, if there is a token for it.
func (q *queue[T]) next(now time.Time) (Offer[T], bool) {
	if h := q.hands.popFront(); h != nil {
		h.value.take()
		return Offer[T]{Task: h.value.task, Delivered: true}, true
	}
	e := q.pick(now)
	if e == nil {
		return Offer[T]{}, false
	}
	return Offer[T]{Ref: &e.ref}, true
}

// behind tells whether another poll would get a task at once. Rows of the backlog count: they are being read. Without a rate token nothing would come of it.
func (q *queue[T]) behind(now time.Time) bool {
	return (q.refs.head() != nil || q.imports.first(now) != nil || q.unloaded() > 0) && q.hasToken(now)
}

// match serves waiting pollers while there is something for them.
func (q *queue[T]) match(now time.Time) {
	for q.pollers.length > 0 {
		o, ok := q.next(now)
		if !ok {
			break
		}
		p := &q.pollers.popFront().value
		q.reclaim(p)
		p.finish(o)
		q.lastPoll = now
	}
	q.read(now)
	q.arm(now)
	q.waits()
}

// arm sets the timer for the next moment at which a waiting poller may be served without anybody calling.
func (q *queue[T]) arm(now time.Time) {
	if q.pollers.length == 0 || q.closed {
		return
	}
	due := time.Duration(-1)
	if !q.lease.shared && (q.refs.head() != nil || q.imports.first(now) != nil) {
		if d, ok := q.limit.wait(now); ok {
			due = d
		}
	}
	if d, ok := q.backlog.retry(now); ok && q.unloaded() > 0 && (due < 0 || d < due) {
		due = d
	}
	switch {
	case due < 0:
	case q.timer == nil:
		q.timer = time.AfterFunc(due, q.fire)
	default:
		q.timer.Reset(due)
	}
}

func (q *queue[T]) fire() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.match(q.owner.clock())
}

// offered is the entry of a reference that a poller has, and what holds it: the queue's own references, or its imports. nil: removed meanwhile.
func (q *queue[T]) offered(ref Reference) (*references, *entry) {
	if e := q.refs.offered(ref); e != nil || q.imports == nil {
		return &q.refs, e
	}
	if e := q.imports.offered(ref); e != nil {
		return &q.imports.references, e
	}
	return &q.refs, nil
}

// forget drops a reference; e is nil if only the store knows it.
func (q *queue[T]) forget(id referenceID, e *entry) {
	if e != nil {
		q.refs.drop(e)
		q.settled(e)
	}
	q.backlog.passedBy(id)
}

// idle tells whether the queue may be forgotten.
func (q *queue[T]) idle(now time.Time) bool {
	q.workers.prune(now)
	q.imports.expire(now)
	if q.imports != nil && len(q.imports.byID) > 0 {
		return false
	}
	return q.pollers.length == 0 && q.reserved == 0 && q.hands.length == 0 && len(q.refs.byID) == 0 && q.places == 0 && q.stored == 0 &&
		!q.backlog.reading && q.override == nil && now.Sub(q.touched) >= idleAfter
}

func (q *queue[T]) close() {
	q.closed = true
	for n := q.pollers.popFront(); n != nil; n = q.pollers.popFront() {
		n.value.finish(Offer[T]{})
	}
	for n := q.hands.popFront(); n != nil; n = q.hands.popFront() {
		n.value.fail(errClosed)
	}
	if q.timer != nil {
		q.timer.Stop()
	}
}
