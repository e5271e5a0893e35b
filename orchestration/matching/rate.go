package matching

import "time"

// rateWish is the latest rate that a worker wished for a queue. It lapses when no poll repeats it for five minutes.
type rateWish struct {
	perSecond float64
	at        time.Time // zero: nobody wished
}

func (w rateWish) lapsed(now time.Time) bool { return !w.at.IsZero() && now.Sub(w.at) > idleAfter }

// setRate applies the override, or else the latest wish, and of that the part of this node.
func (q *queue[T]) setRate(now time.Time) {
	if q.wish.lapsed(now) {
		q.wish = rateWish{}
	}
	rate := float64(noLimit)
	switch {
	case q.override != nil:
		rate = *q.override
	case q.wish.perSecond > 0:
		rate = q.wish.perSecond
	}
	q.limit.set(rate/float64(q.nodes), now)
	q.rate = rate
	if q.limit.current() == noLimit {
		q.rate = noLimit
	}
}

// Limit overrides the rate that workers wish for a queue, in tasks per second; 0 pauses it: no reference is offered and no poller reserved,
// but queries pass. Nil returns to the workers' latest wish.
func (qs *Queues[T]) Limit(key Key, perSecond *float64) {
	q := qs.lock(key)
	defer q.mu.Unlock()
	now := qs.clock()
	q.touched, q.override = now, nil
	if perSecond != nil {
		rate := max(0, *perSecond)
		q.override = &rate
	}
	q.setRate(now)
	q.match(now)
}
