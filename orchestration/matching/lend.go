package matching

import (
	"math"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Lender brings the polls of this node to other nodes, and their tasks to the polls. So a node that makes a task ready can commit its start in the same
// transaction, for a poll that waits elsewhere. Everything about loans is a hint: the poll stays here, and who has work for it first uses it.
//
// Its methods must neither block nor call Queues back before they return: they are called with a queue's mutex held.
type Lender[T any] interface {
	// Lend tells a node that it may give a task to a poll of this one.
	Lend(to orchestration.NodeID, l Loan)
	// Recall tells a node that a loan of this one is over.
	Recall(from orchestration.NodeID, l Loan)
	// Carry brings a task, whose start for the loan's poll is committed, to the loan's node, which calls Give there.
	Carry(l Loan, task T)
}

// Loan is a poll that another node may give a task to.
type Loan struct {
	Key       Key
	Node      orchestration.NodeID // where it waits
	Worker    Worker
	RequestID string // of the poll: that of the start
}

// activeFor is how long a node counts as one whose tasks come here after one of them did.
const activeFor = 2 * time.Second

// lending is which polls of a queue are lent to whom.
type lending struct {
	active map[orchestration.NodeID]time.Time // the last time a task of that node was worked at here
	loans  map[orchestration.NodeID]int
	total  int
	own    time.Time // when a task of this node last asked for a poll
}

// Active notes that a task of another node was worked at by a poller of this one: polls that wait are lent to it from now on, and for two seconds.
func (qs *Queues[T]) Active(key Key, node orchestration.NodeID) {
	q := qs.peek(key)
	if q == nil {
		return
	}
	defer q.mu.Unlock()
	if q.lending.active == nil {
		q.lending.active = make(map[orchestration.NodeID]time.Time, 1)
		q.lending.loans = make(map[orchestration.NodeID]int, 1)
	}
	q.lending.active[node] = qs.clock()
}

// lend lends a poll that has begun to wait to whoever has the fewest of those that wait here, this node included; it keeps what is even. A queue with
// a rate limit lends none: who borrows would have to know the limit.
func (q *queue[T]) lend(n *node[poller[T]], now time.Time) {
	l := &q.lending
	if q.owner.lender == nil || len(l.active) == 0 || q.rate >= 0 {
		return
	}
	var to orchestration.NodeID
	fewest := math.MaxInt
	if now.Sub(l.own) < activeFor {
		fewest = q.pollers.length - l.total - 1
	}
	for node, at := range l.active {
		if now.Sub(at) >= activeFor {
			delete(l.active, node)
		} else if l.loans[node] < fewest {
			to, fewest = node, l.loans[node]
		}
	}
	if to == 0 {
		return
	}
	n.value.lentTo = to
	l.loans[to]++
	l.total++
	q.pollers.remove(n)
	q.pollers.pushBack(n) // this node's own tasks take those first that are not lent
	q.owner.lender.Lend(to, q.loan(&n.value))
}

// reclaim ends the loan of a poll that is used here, or ends.
func (q *queue[T]) reclaim(p *poller[T]) {
	if p.lentTo == 0 {
		return
	}
	q.owner.lender.Recall(p.lentTo, q.loan(p))
	q.returned(p)
}

// returned notes that a poll is lent no more.
func (q *queue[T]) returned(p *poller[T]) {
	q.lending.total--
	if q.lending.loans[p.lentTo]--; q.lending.loans[p.lentTo] == 0 {
		delete(q.lending.loans, p.lentTo)
	}
	p.lentTo = 0
}

func (q *queue[T]) loan(p *poller[T]) Loan {
	return Loan{Key: q.key, Worker: p.worker, RequestID: p.requestID}
}

// Give hands a poll the task that a node has started for it, as it came. false: the poll does not wait any more, and nobody got the task.
func (qs *Queues[T]) Give(key Key, requestID string, task []byte) bool {
	q := qs.peek(key)
	if q == nil {
		return false
	}
	defer q.mu.Unlock()
	for n := q.pollers.tail; n != nil; n = n.prev { // lent ones are last
		if n.value.requestID != requestID {
			continue
		}
		if from := n.value.lentTo; from != 0 {
			q.lending.active[from] = qs.clock()
			q.returned(&n.value)
		}
		q.pollers.remove(n)
		n.value.finish(Offer[T]{Carried: task})
		q.lastPoll = qs.clock()
		q.waits()
		return true
	}
	return false
}
