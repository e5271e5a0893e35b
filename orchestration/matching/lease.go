package matching

import "time"

// leaseFor is how long tokens that the exchange brought may be used. Those of a slice that nothing used must not add up.
const leaseFor = time.Second

// lease is this node's slice of a rate limit that nodes share.
type lease struct {
	tokens int
	until  time.Time
	asked  bool // the exchange is to bring some
	shared bool // when asked last: the limit is counted elsewhere
}

// token takes a rate token, and notes when there is none.
func (q *queue[T]) token(now time.Time) bool {
	ok := q.takeToken(now)
	if !ok {
		q.blocked = now
	}
	return ok
}

// takeToken takes a rate token: of a lease if the limit is shared, else of this node's own count.
func (q *queue[T]) takeToken(now time.Time) bool {
	if q.owner.exchange == nil || q.limit.interval == 0 {
		return q.limit.take(now)
	}
	l := &q.lease
	if l.tokens > 0 && now.Before(l.until) {
		l.tokens--
		return true
	}
	if !l.asked {
		l.asked = q.owner.exchange.Tokens(q.key, q.rate)
		l.shared = l.asked
	}
	return !l.shared && q.limit.take(now)
}

// hasToken tells whether the next task would find a token.
func (q *queue[T]) hasToken(now time.Time) bool {
	if q.lease.shared {
		return q.lease.tokens > 0 && now.Before(q.lease.until)
	}
	d, ok := q.limit.wait(now)
	return ok && d == 0
}

// refund gives a token back that moved no task.
func (q *queue[T]) refund(e *entry) {
	switch {
	case e != nil && e.paid: // where it was popped: gone, and the queue is a task slower
	case q.lease.shared:
		q.lease.tokens++
	default:
		q.limit.refund()
	}
}

// Grant brings tokens that Exchange.Tokens was asked for. They are good for one second.
func (qs *Queues[T]) Grant(key Key, tokens int) {
	q := qs.peek(key)
	if q == nil {
		return
	}
	defer q.mu.Unlock()
	now := qs.clock()
	if !now.Before(q.lease.until) {
		q.lease.tokens = 0
	}
	q.lease.tokens += tokens
	q.lease.until, q.lease.asked = now.Add(leaseFor), false
	q.match(now)
}

// Held notes that tasks of the queue wait for its rate limit where nodes share it.
func (qs *Queues[T]) Held(key Key) {
	if q := qs.peek(key); q != nil {
		q.blocked = qs.clock()
		q.mu.Unlock()
	}
}

// Share tells that the limit is counted by each of so many nodes for itself: each may have that part of it. It ends the wait for a Grant.
func (qs *Queues[T]) Share(key Key, nodes int) {
	q := qs.peek(key)
	if q == nil {
		return
	}
	defer q.mu.Unlock()
	now := qs.clock()
	q.nodes, q.lease = max(1, nodes), lease{}
	q.setRate(now)
	q.match(now)
}
