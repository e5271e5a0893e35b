package matching

import (
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

const (
	borrowedFor  = time.Minute // no poll waits longer
	mostBorrowed = 256         // of one queue
)

// borrowed are polls of other nodes that this one may start tasks for, oldest first.
type borrowed struct {
	list[borrowing]
}

type borrowing struct {
	loan Loan
	at   time.Time
}

// Borrow takes a loan. It is used by the next task that finds no poll waiting here, and forgotten after a minute.
func (qs *Queues[T]) Borrow(l Loan) {
	q := qs.peek(l.Key)
	if q == nil {
		return // nothing was ever asked of the queue here: there is nothing to lend for
	}
	defer q.mu.Unlock()
	if !q.closed && q.borrowed.length < mostBorrowed {
		q.borrowed.pushBack(&node[borrowing]{value: borrowing{loan: l, at: qs.clock()}})
	}
}

// Forgo forgets a loan that is over.
func (qs *Queues[T]) Forgo(key Key, from orchestration.NodeID, requestID string) {
	q := qs.peek(key)
	if q == nil {
		return
	}
	defer q.mu.Unlock()
	q.borrowed.drop(func(l *Loan) bool { return l.Node == from && l.RequestID == requestID })
}

// Lost forgets every loan of a node that cannot be reached.
func (qs *Queues[T]) Lost(node orchestration.NodeID) {
	for q := range qs.all() {
		q.mu.Lock()
		q.borrowed.drop(func(l *Loan) bool { return l.Node == node })
		q.mu.Unlock()
	}
}

// take is the oldest loan that may still hold; nil when there is none.
func (b *borrowed) take(now time.Time) *node[borrowing] {
	for n := b.popFront(); n != nil; n = b.popFront() {
		if now.Sub(n.value.at) < borrowedFor {
			return n
		}
	}
	return nil
}

func (b *borrowed) drop(is func(*Loan) bool) {
	for n := b.head; n != nil; {
		next := n.next
		if is(&n.value.loan) {
			b.remove(n)
		}
		n = next
	}
}
