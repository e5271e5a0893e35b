package matching

// Reservation is a waiting poller, here or borrowed, that was taken for a fused start. Deliver or Release ends it; the first of them counts, so that
// Release may be deferred.
type Reservation[T any] struct {
	queue    *queue[T]
	node     *node[poller[T]] // nil: it is borrowed
	borrowed *node[borrowing]
	priority int32
	ended    bool
}

// Reserve takes a waiting poller, or the loan of one on another node, if the queue has no ready reference of equal or higher priority and no such backlog row that it does not
// know, is not paused, and has a rate token to spare. Priority is as in Reference.
func (qs *Queues[T]) Reserve(key Key, priority int32) (*Reservation[T], bool) {
	q := qs.peek(key)
	if q == nil {
		return nil, false
	}
	defer q.mu.Unlock()
	priority = normalPriority(priority)
	now := qs.clock()
	q.lending.own = now
	if q.pollers.length == 0 && q.borrowed.length == 0 || q.unloadedBefore(priority) {
		return nil, false
	}
	if e := q.refs.head(); e != nil && e.priority <= priority {
		return nil, false
	}
	if e := q.imports.first(now); e != nil && e.priority <= priority || !q.token(now) {
		return nil, false
	}
	n := q.pollers.popFront()
	if n == nil {
		b := q.borrowed.take(now)
		if b == nil {
			q.refund(nil)
			return nil, false
		}
		return &Reservation[T]{queue: q, borrowed: b, priority: priority}, true
	}
	q.reclaim(&n.value)
	n.value.state = pollReserved
	q.reserved++
	return &Reservation[T]{queue: q, node: n, priority: priority}, true
}

// Worker is who polls, and the poll's request id.
func (r *Reservation[T]) Worker() (Worker, string) {
	if r.borrowed != nil {
		return r.borrowed.value.loan.Worker, r.borrowed.value.loan.RequestID
	}
	return r.node.value.worker, r.node.value.requestID
}

// Deliver hands the poller a task whose start is committed.
func (r *Reservation[T]) Deliver(task T) {
	q := r.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if r.end() {
		now := q.owner.clock()
		q.touched = now
		t := q.tally(r.priority)
		t.added.add(1, now)
		t.dispatched.add(1, now)
		q.synced.add(1, now)
		q.owner.waited(q.key.Namespace, 0)
		if r.borrowed != nil {
			q.owner.lender.Carry(r.borrowed.value.loan, task)
			return
		}
		r.node.value.finish(Offer[T]{Task: task, Delivered: true})
	}
}

// Release puts the poller back in front, as if it had never been reserved. If its context has ended, its poll ends empty.
func (r *Reservation[T]) Release() {
	q := r.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if !r.end() {
		return
	}
	q.refund(nil)
	if r.borrowed != nil {
		q.borrowed.pushFront(r.borrowed)
		return
	}
	if p := &r.node.value; p.abandoned || q.closed {
		p.finish(Offer[T]{})
	} else {
		p.state = pollWaiting
		q.pollers.pushFront(r.node)
		q.hungers()
	}
	q.match(q.owner.clock())
}

func (r *Reservation[T]) end() bool {
	if r.ended {
		return false
	}
	r.ended = true
	if r.borrowed == nil {
		r.queue.reserved--
	}
	return true
}
