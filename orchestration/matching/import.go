package matching

import (
	"math/bits"
	"time"
)

const (
	importFor = 5 * time.Second // an import that no poll took is dropped: its owner publishes it again
	mostSpare = 64
	turns     = 3 // so many in a row of one side, own or imported, while both wait
)

// imports are references of other nodes, brought here for this node's pollers: they are no backlog, are not published, and may be dropped.
type imports struct {
	references
	spare int // how many a queue wants that has work of its own: as many as it has used up before they were too old
	run   int // imports served in a row while own references waited; negative: own ones while imports waited
}

// Import brings references of other nodes: to polls that wait, or to be kept for the next ones, for 5 s. Those that are known here already, of queues that
// nobody polled for five minutes, or beyond what a queue holds in memory are dropped. paid: their rate tokens are taken already. It yields the queues where
// some are kept now.
func (qs *Queues[T]) Import(refs []Reference, paid bool) (kept []Key) {
	for len(refs) > 0 {
		n := 1
		for n < len(refs) && refs[n].Key == refs[0].Key {
			n++
		}
		if q := qs.peek(refs[0].Key); q != nil {
			q.take(refs[:n], paid, qs.clock())
			if q.imports != nil && len(q.imports.waiting) > 0 {
				kept = append(kept, q.key)
			}
			q.mu.Unlock()
		}
		refs = refs[n:]
	}
	return kept
}

func (q *queue[T]) take(refs []Reference, paid bool, now time.Time) {
	if q.closed || q.pollers.length == 0 && now.Sub(q.lastPoll) > idleAfter {
		return
	}
	if q.imports == nil {
		q.imports = &imports{references: newReferences(), spare: 1}
	}
	if len(q.imports.waiting)+len(refs) > q.owner.maxInMemory {
		q.imports.expire(now)
	}
	for _, ref := range refs {
		if len(q.imports.waiting) >= q.owner.maxInMemory {
			break
		}
		if q.refs.byID[ref.id()] != nil {
			continue
		}
		if e, added := q.imports.addRanked(ref, ref.ReadyAt.UnixNano()); added {
			e.at, e.paid = now.UnixNano(), paid
		}
	}
	q.match(now)
}

// forget drops an import, waiting or offered, if it is known.
func (im *imports) forget(id referenceID) {
	if e := im.byID[id]; e != nil {
		im.drop(e)
	}
}

// first is the import that goes next; nil when none waits. What is too old is dropped.
func (im *imports) first(now time.Time) *entry {
	if im == nil {
		return nil
	}
	for {
		e := im.head()
		if e == nil || !e.old(now) {
			return e
		}
		im.drop(e)
		im.spare = 1
	}
}

func (e *entry) old(now time.Time) bool { return now.UnixNano()-e.at >= int64(importFor) }

// expire drops what is too old, also behind the head.
func (im *imports) expire(now time.Time) {
	if im == nil {
		return
	}
	for _, e := range im.byID {
		if e.index >= 0 && e.old(now) {
			im.drop(e)
			im.spare = 1
		}
	}
}

// pick takes the reference that goes next, and its token.
func (q *queue[T]) pick(now time.Time) *entry {
	own, foreign := q.refs.head(), q.imports.first(now)
	switch {
	case foreign == nil:
		if own == nil || !q.token(now) {
			return nil
		}
		return q.refs.offer()
	case own == nil || q.imports.favoured(foreign, own):
		if !foreign.paid && !q.token(now) {
			return nil
		}
	case q.token(now):
		q.imports.run = min(q.imports.run, 0) - 1
		return q.refs.offer()
	case !foreign.paid:
		return nil
	}
	q.imports.run = max(q.imports.run, 0) + 1
	return q.imports.offer()
}

// favoured tells whether an import goes before the first reference of this node: the more urgent goes, then the older. Clocks of nodes differ, so neither side
// waits for more than a few of the other.
func (im *imports) favoured(foreign, own *entry) bool {
	switch {
	case foreign.priority != own.priority:
		return foreign.priority < own.priority
	case im.run >= turns:
		return false
	case im.run <= -turns:
		return true
	}
	return foreign.ref.ReadyAt.Before(own.ref.ReadyAt)
}

// used notes that a poll found the last import that was kept: more may be kept.
func (q *queue[T]) used(ref *Reference) {
	if q.imports == nil || ref == nil || len(q.imports.waiting) > 0 {
		return
	}
	if e := q.imports.byID[ref.id()]; e == nil || &e.ref != ref {
		return
	}
	q.imports.spare = min(2*q.imports.spare, mostSpare)
	if q.owner.exchange != nil {
		q.ask()
	}
}

// Appetite is what a queue wants of other nodes.
type Appetite struct {
	Polls int // polls that wait and for which there is nothing here
	// Spare is how many references to keep at hand although no poll waits, so that a node busy with its own tasks also serves those of others.
	Spare   int
	Imports int           // that wait here already
	Out     int           // own references that are published and not started
	Idle    time.Duration // since the last poll came or ended; 0: one waits or is being served; negative: nobody polled
	Limit   float64       // the queue's rate limit, tasks per second; negative: none; 0: paused
}

// Hunger tells how much a queue wants. Hungry is called again when clearly more polls wait: than the next power of two from Appetite.Polls.
func (qs *Queues[T]) Hunger(key Key) Appetite {
	q := qs.peek(key)
	if q == nil {
		return Appetite{Idle: -1, Limit: noLimit}
	}
	defer q.mu.Unlock()
	now := qs.clock()
	q.imports.expire(now)
	a := Appetite{Spare: 1, Out: q.refs.out, Limit: q.rate}
	if q.imports != nil {
		a.Spare, a.Imports = q.imports.spare, len(q.imports.waiting)
	}
	switch {
	case q.pollers.length > 0 || q.reserved > 0:
	case q.lastPoll.IsZero():
		a.Idle = -1
	default:
		a.Idle = max(1, now.Sub(q.lastPoll))
	}
	if q.refs.head() == nil && a.Imports == 0 {
		a.Polls = q.pollers.length
	}
	q.hints.hungry, q.hints.told = false, RoundUp(a.Polls)
	return a
}

// RoundUp is the next power of two; 0 for 0.
func RoundUp(n int) int {
	if n <= 0 {
		return 0
	}
	return 1 << bits.Len(uint(n-1))
}
