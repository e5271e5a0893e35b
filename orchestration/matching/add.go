package matching

// Admit reserves a place in memory for one more reference. False: there is no room, or backlog rows as urgent wait that memory does not hold
// yet; the caller commits a backlog row then, and reports it with Spilled. True: after the commit Add follows, or Unadmit. Priority is as in Reference.
func (qs *Queues[T]) Admit(key Key, priority int32) bool {
	q := qs.lock(key)
	defer q.mu.Unlock()
	q.touched = qs.clock()
	if priority = normalPriority(priority); q.unloadedBefore(priority) || !q.makeRoom(priority) {
		return false
	}
	q.places++
	return true
}

// Unadmit gives back a place that Admit reserved: the commit failed.
func (qs *Queues[T]) Unadmit(key Key) {
	q := qs.lock(key)
	defer q.mu.Unlock()
	q.places = max(0, q.places-1)
}

// Add makes a committed reference available; it uses up a place that Admit reserved, if there is one. A reference that is here already
// (waiting or offered) stays once.
func (qs *Queues[T]) Add(ref Reference) {
	q := qs.lock(ref.Key)
	defer q.mu.Unlock()
	q.places = max(0, q.places-1)
	if q.closed {
		return
	}
	now := qs.clock()
	q.touched = now
	e, added := q.refs.add(ref)
	if !added {
		return
	}
	q.tally(e.priority).added.add(1, now)
	q.match(now)
	met := int64(0)
	if e.index < 0 {
		met = 1
	}
	q.synced.add(met, now)
}

// Remove forgets a reference, waiting or offered: the task was started, cancelled or timed out elsewhere. O(log n).
func (qs *Queues[T]) Remove(ref Reference) {
	q := qs.peek(ref.Key)
	if q == nil {
		return
	}
	defer q.mu.Unlock()
	now := qs.clock()
	q.touched = now
	q.forget(ref.id(), q.refs.byID[ref.id()])
	q.read(now) // nobody here may poll, if other nodes' pollers started it
	if q.imports != nil {
		q.imports.forget(ref.id())
	}
}

// Return puts an offered reference back in its old place: its start failed for a passing reason. The rate token comes back too.
// A reference that was removed meanwhile stays away.
func (qs *Queues[T]) Return(ref Reference) {
	q := qs.peek(ref.Key)
	if q == nil {
		return
	}
	defer q.mu.Unlock()
	refs, e := q.offered(ref)
	if e == nil {
		return
	}
	q.refund(e)
	refs.putBack(e)
	q.match(qs.clock())
}

// SetAside keeps a reference from every poller, offered or waiting: its run cannot be read. It stays known, so that its backlog row, if it has one, is
// neither read again nor waited for.
func (qs *Queues[T]) SetAside(ref Reference) {
	q := qs.lock(ref.Key)
	defer q.mu.Unlock()
	now := qs.clock()
	q.touched = now
	if refs, e := q.offered(ref); e != nil {
		q.refund(e)
		if refs != &q.refs {
			refs.drop(e)
		}
	}
	if e := q.refs.byID[ref.id()]; e != nil {
		q.refs.withhold(e)
		if e.row == 0 {
			q.forget(ref.id(), e)
		}
	}
	q.match(now)
}

// Taken forgets an offered reference for good: its start is committed (ok), or can never be, because the task was started, cancelled
// or closed by somebody else.
func (qs *Queues[T]) Taken(ref Reference, ok bool) {
	q := qs.lock(ref.Key)
	defer q.mu.Unlock()
	now := qs.clock()
	q.touched = now
	refs, e := q.offered(ref)
	if ok {
		q.tally(ref.priority()).dispatched.add(1, now)
		qs.waited(ref.Key.Namespace, max(0, now.Sub(ref.ReadyAt))) // by two clocks, if the task was another node's
	} else {
		q.refund(e)
	}
	if refs == &q.refs {
		q.forget(ref.id(), e)
	} else {
		refs.drop(e)
	}
	if !ok {
		q.match(now)
	}
}
