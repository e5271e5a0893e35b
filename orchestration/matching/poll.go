package matching

import (
	"context"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// poller is one waiting poll. Its channel gets exactly one offer, sent under the queue's mutex (or by Deliver), and never blocks.
type poller[T any] struct {
	worker    Worker
	requestID string
	state     pollState
	lentTo    orchestration.NodeID // who else may give it a task; 0: nobody
	abandoned bool                 // its context ended while it was reserved
	offers    chan Offer[T]
}

type pollState uint8

const (
	pollWaiting  pollState = iota
	pollReserved           // taken off the list by Reserve
	pollDone               // an offer was sent
)

func (p *poller[T]) finish(o Offer[T]) {
	p.state = pollDone
	o.RequestID = p.requestID
	p.offers <- o
}

// Poll waits for a task until ctx ends; then the offer is empty and the error nil. If the poller is reserved when ctx ends, Poll waits
// for the end of the reservation and returns what was delivered: the caller looks at ctx then. A task that Hand or Give gave away in the
// moment when ctx ended is returned likewise; a reference never is, it goes to the next poller.
//
// Errors: Unavailable after Close.
func (qs *Queues[T]) Poll(ctx context.Context, key Key, w Worker) (Offer[T], error) {
	if ctx.Err() != nil {
		return Offer[T]{}, nil
	}
	id := qs.requestID()
	now := qs.clock()
	q := qs.lock(key)
	if q.closed {
		q.mu.Unlock()
		return Offer[T]{}, errClosed
	}
	q.seen(w, now)
	if o, ok := q.next(now); ok {
		q.read(now)
		q.used(o.Ref)
		o.Behind = o.Ref != nil && q.behind(now)
		q.mu.Unlock()
		o.RequestID = id
		return o, nil
	}
	n := &node[poller[T]]{value: poller[T]{worker: w, requestID: id, offers: make(chan Offer[T], 1)}}
	q.pollers.pushFront(n)
	q.read(now)
	q.arm(now)
	q.hungers()
	q.lend(n, now)
	q.mu.Unlock()

	select {
	case o := <-n.value.offers:
		if o.Ref != nil && ctx.Err() != nil {
			return q.giveBack(o), nil
		}
		return o, nil
	case <-ctx.Done():
		return q.leave(n), nil
	}
}

// leave ends a poll whose context has ended.
func (q *queue[T]) leave(n *node[poller[T]]) Offer[T] {
	q.mu.Lock()
	p := &n.value
	q.lastPoll = q.owner.clock()
	if p.state == pollWaiting {
		p.state = pollDone
		q.pollers.remove(n)
		q.reclaim(p)
		q.waits()
		q.mu.Unlock()
		return Offer[T]{}
	}
	p.abandoned = true
	q.mu.Unlock()
	o := <-p.offers
	if o.Ref == nil {
		return o
	}
	return q.giveBack(o)
}

// giveBack returns a reference that was matched with a poll that had ended.
func (q *queue[T]) giveBack(o Offer[T]) Offer[T] {
	q.owner.Return(*o.Ref)
	return Offer[T]{}
}

// seen notes a poll: who polls, and the rate that it wishes.
func (q *queue[T]) seen(w Worker, now time.Time) {
	q.touched, q.lastPoll = now, now
	q.workers.seen(w, now)
	q.sticky = q.sticky || w.Sticky
	if w.MaxTasksPerSecond > 0 {
		q.wish = rateWish{perSecond: w.MaxTasksPerSecond, at: now}
	}
	if w.MaxTasksPerSecond > 0 || q.wish.lapsed(now) {
		q.setRate(now)
	}
	q.polled(now)
}

// Polled tells whether the queue has a poller now, or had one within the given time, here or on another node.
func (qs *Queues[T]) Polled(key Key, within time.Duration) bool {
	return qs.polledHere(key, within) || qs.exchange != nil && qs.exchange.Polled(key, within)
}

func (qs *Queues[T]) polledHere(key Key, within time.Duration) bool {
	q := qs.peek(key)
	if q == nil {
		return false
	}
	defer q.mu.Unlock()
	return q.pollers.length > 0 || q.reserved > 0 || !q.lastPoll.IsZero() && qs.clock().Sub(q.lastPoll) <= within
}

// Gone ends the polls of one worker process empty, and forgets that it polled: unless another worker polls it, the queue counts as
// unpolled from now on. An empty instanceKey means every worker of the queue: a sticky queue has only one.
func (qs *Queues[T]) Gone(key Key, instanceKey string) {
	q := qs.peek(key)
	if q == nil {
		return
	}
	defer q.mu.Unlock()
	for n := q.pollers.head; n != nil; {
		next := n.next
		if instanceKey == "" || n.value.worker.InstanceKey == instanceKey {
			q.pollers.remove(n)
			q.reclaim(&n.value)
			n.value.finish(Offer[T]{})
		}
		n = next
	}
	q.lastPoll = q.workers.gone(instanceKey)
	q.left()
	q.waits()
}
