package matching

import (
	"context"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

const (
	refillFirstRetry = 100 * time.Millisecond
	refillLastRetry  = 10 * time.Second
	refillRescan     = time.Second // how often new rows make a full memory look for more urgent ones
	refillTimeout    = 30 * time.Second
)

// backlogReader is the state of a queue's refills: passes over the store's rows, from the head, one pass at a time.
//
// A pass begins at the head each time, because a new row may be more urgent than those read before; what is in memory is recognised and
// skipped, and it is little, for passes begin when memory runs low. While a pass runs, gone collects what was started or removed: its
// read may be older than that.
type backlogReader struct {
	reading bool
	gone    map[referenceID]struct{}
	left    map[orchestration.ShardID]struct{} // shards that were dropped while it runs
	news    bool                               // rows were committed since the last pass began
	began   time.Time                          // when the last pass began
	backoff time.Duration
	again   time.Time // after a pass that brought nothing: not before this
}

// passedBy notes that a reference is gone, for a pass whose read may still show it.
func (b *backlogReader) passedBy(id referenceID) {
	if b.reading {
		b.gone[id] = struct{}{}
	}
}

// retry is how long until the next pass is allowed, if it has to wait at all.
func (b *backlogReader) retry(now time.Time) (time.Duration, bool) {
	if b.reading || !b.again.After(now) {
		return 0, false
	}
	return b.again.Sub(now), true
}

// begin starts a pass.
func (b *backlogReader) begin(now time.Time) {
	b.reading, b.news, b.began = true, false, now
	b.gone = make(map[referenceID]struct{})
	b.left = nil
}

// end ends a pass. After one that brought nothing into a memory with room (the store failed, or its rows are being deleted) the next
// has to wait.
func (b *backlogReader) end(useful bool, now time.Time) {
	b.reading, b.gone, b.left = false, nil, nil
	switch {
	case useful:
		b.backoff, b.again = 0, time.Time{}
	case !b.news:
		b.backoff = min(max(2*b.backoff, refillFirstRetry), refillLastRetry)
		b.again = now.Add(b.backoff)
	}
}

// Spilled reports backlog rows of the queue, all of one priority: n > 0 were committed, n < 0 were deleted. Report a deletion before Taken or Remove.
func (qs *Queues[T]) Spilled(key Key, priority int32, n int64) { qs.spilled(key, priority, n, true) }

// Found reports backlog rows that the store had already when this owner came. They do not count as added.
func (qs *Queues[T]) Found(key Key, priority int32, n int64) { qs.spilled(key, priority, n, false) }

func (qs *Queues[T]) spilled(key Key, priority int32, n int64, added bool) {
	priority = normalPriority(priority)
	q := qs.lock(key)
	defer q.mu.Unlock()
	now := qs.clock()
	q.touched = now
	q.stored += n
	q.storedOf[priority] += n
	if n <= 0 {
		return
	}
	q.backlog.news, q.backlog.backoff, q.backlog.again = true, 0, time.Time{}
	if added {
		q.tally(priority).added.add(n, now)
	}
	q.read(now)
}

// unloaded is how many rows wait in the store that memory does not hold. It may be off for the moment between a commit and its report.
func (q *queue[T]) unloaded() int64 { return q.stored - q.refs.rows }

// unloadedBefore tells whether such rows wait as are as urgent as the priority, or more.
func (q *queue[T]) unloadedBefore(priority int32) bool {
	if q.unloaded() <= 0 {
		return false
	}
	for p := int32(HighestPriority); p <= priority; p++ {
		if q.storedOf[p] > q.refs.rowsOf[p] {
			return true
		}
	}
	return false
}

// full tells that memory holds as many waiting references as it may. Offered ones do not count: pollers bound them.
func (q *queue[T]) full() bool { return len(q.refs.waiting)+q.places >= q.owner.maxInMemory }

// low tells that memory is about to run out of waiting references.
func (q *queue[T]) low() bool { return len(q.refs.waiting) <= q.owner.maxInMemory/4 }

// read begins a pass over the backlog if rows wait there and memory runs low, or if new rows may be more urgent than those in memory.
// Nothing is read for a queue that nobody polls, here or on another node.
func (q *queue[T]) read(now time.Time) {
	if q.unloaded() <= 0 || q.pollers.length == 0 && now.Sub(q.lastPoll) > idleAfter && now.Sub(q.wanted) > idleAfter {
		return
	}
	if q.low() || q.backlog.news && now.Sub(q.backlog.began) >= refillRescan {
		q.startPass(max(2, q.owner.maxInMemory/4), now)
	}
}

// startPass begins a pass that reads pages of limit rows, unless one is running, failed lately, or the queues are closed. With limit 1
// only the head is read.
func (q *queue[T]) startPass(limit int, now time.Time) {
	if q.backlog.reading || q.closed || q.owner.refill == nil || q.backlog.again.After(now) {
		return
	}
	q.owner.closing.RLock()
	defer q.owner.closing.RUnlock()
	if q.owner.closed {
		return
	}
	q.backlog.begin(now)
	q.owner.refills.Go(func() { q.pass(limit) })
}

// pass reads the backlog from its head until memory is full or the rows end.
func (q *queue[T]) pass(limit int) {
	var after *Reference
	for loaded, more := 0, true; more; {
		page, err := q.readPage(after, limit)
		q.mu.Lock()
		n, full := q.load(page)
		loaded += n
		more = err == nil && !full && len(page) == limit && limit > 1 && !q.closed
		now := q.owner.clock()
		if more {
			after = &page[len(page)-1]
		} else {
			q.backlog.end(loaded > 0 || !q.low(), now)
		}
		q.match(now)
		q.mu.Unlock()
	}
}

func (q *queue[T]) readPage(after *Reference, limit int) ([]Reference, error) {
	ctx, cancel := context.WithTimeout(q.owner.ctx, refillTimeout)
	defer cancel()
	return q.owner.refill(ctx, q.key, after, limit)
}

// load takes a page of rows into memory. full tells that the rest of the backlog is not wanted now.
func (q *queue[T]) load(page []Reference) (loaded int, full bool) {
	for _, ref := range page {
		_, gone := q.backlog.gone[ref.id()]
		_, left := q.backlog.left[ref.Shard]
		if gone || left {
			continue
		}
		ref.Key = q.key
		if q.refs.byID[ref.id()] == nil && !q.makeRoom(ref.priority()) {
			return loaded, true
		}
		if _, added := q.refs.add(ref); added {
			loaded++
		}
	}
	return loaded, false
}

// makeRoom tells whether memory may take a row of this priority. In a full memory the last loaded row goes back to being only a row,
// if it is less urgent.
func (q *queue[T]) makeRoom(priority int32) bool {
	if !q.full() {
		return true
	}
	last := q.refs.last()
	if last == nil || last.priority <= priority {
		return false
	}
	q.refs.drop(last)
	return true
}
