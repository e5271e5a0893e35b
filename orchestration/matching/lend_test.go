package matching

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// ledger is a Lender that writes down what it is told.
type ledger struct {
	notes   []string
	loans   []Loan
	carried []task
}

func (l *ledger) Lend(to orchestration.NodeID, loan Loan) {
	l.notes = append(l.notes, fmt.Sprintf("lend %s to %d", loan.Worker.Identity, to))
	l.loans = append(l.loans, loan)
}

func (l *ledger) Recall(from orchestration.NodeID, loan Loan) {
	l.notes = append(l.notes, fmt.Sprintf("recall %s from %d", loan.Worker.Identity, from))
}

func (l *ledger) Carry(loan Loan, t task) {
	l.notes = append(l.notes, fmt.Sprintf("carry %s to %s at %d", t, loan.Worker.Identity, loan.Node))
	l.carried = append(l.carried, t)
}

func (l *ledger) want(t *testing.T, notes ...string) {
	t.Helper()
	synctest.Wait()
	if !slices.Equal(l.notes, notes) {
		t.Errorf("told %q, want %q", l.notes, notes)
	}
	l.notes = nil
}

// lendingQueues runs f with queues that lend.
func lendingQueues(t *testing.T, f func(t *testing.T, qs *Queues[task], l *ledger)) {
	t.Helper()
	bubble(t, Options{Exchange: &recorder{}}, func(t *testing.T, qs *Queues[task]) {
		l := &ledger{}
		qs.Lend(l)
		qs.Add(ref(99)) // the queue is known
		pollNow(t, qs)
		f(t, qs, l)
	})
}

func TestNothingIsLentToWhomNothingWasDoneFor(t *testing.T) {
	lendingQueues(t, func(t *testing.T, qs *Queues[task], l *ledger) {
		p := startPoll(qs, worker("a"))
		qs.Active(queueA, 2)
		l.want(t) // only polls that begin to wait are lent
		p.cancel()
		p.wantEmpty(t)
		time.Sleep(activeFor)
		p = startPoll(qs, worker("b"))
		l.want(t) // and only for a while
		p.cancel()
		p.wantEmpty(t)
	})
}

func TestPollsAreLentEvenly(t *testing.T) {
	lendingQueues(t, func(t *testing.T, qs *Queues[task], l *ledger) {
		qs.Active(queueA, 2)
		r, ok := qs.Reserve(queueA, DefaultPriority) // there is work of this node's own, too
		if ok {
			t.Fatalf("reserved %v of nobody", r)
		}
		var polls []*poll
		for i := range 5 {
			polls = append(polls, startPoll(qs, worker(string(rune('a'+i)))))
		}
		l.want(t, "lend b to 2", "lend d to 2")
		for _, p := range polls {
			p.cancel()
			p.wantEmpty(t)
		}
		l.want(t, "recall b from 2", "recall d from 2")
		time.Sleep(activeFor / 2)
		qs.Active(queueA, 2)
		time.Sleep(activeFor / 2) // only the other node has work
		p := startPoll(qs, worker("z"))
		l.want(t, "lend z to 2")
		p.cancel()
		p.wantEmpty(t)
	})
}

func TestOwnTasksTakeWhatIsNotLentFirst(t *testing.T) {
	lendingQueues(t, func(t *testing.T, qs *Queues[task], l *ledger) {
		qs.Active(queueA, 2)
		qs.Reserve(queueA, DefaultPriority)
		stays, lent := startPoll(qs, worker("stays")), startPoll(qs, worker("lent"))
		l.want(t, "lend lent to 2")
		qs.Add(ref(1))
		stays.want(t, 1)
		lent.wantWaiting(t)
		l.want(t)
		r, ok := qs.Reserve(queueA, DefaultPriority)
		if w, _ := r.Worker(); !ok || w.Identity != "lent" {
			t.Fatalf("reserved %v", w)
		}
		l.want(t, "recall lent from 2")
		if qs.Give(queueA, l.loans[0].RequestID, []byte("late")) {
			t.Error("a reserved poll was given a task")
		}
		r.Release()
		qs.Add(ref(2))
		lent.want(t, 2)
		l.want(t)
	})
}

func TestGive(t *testing.T) {
	lendingQueues(t, func(t *testing.T, qs *Queues[task], l *ledger) {
		qs.Active(queueA, 2)
		p := startPoll(qs, worker("w"))
		l.want(t, "lend w to 2")
		id := l.loans[0].RequestID
		if qs.Give(queueA, "another", []byte("task")) || qs.Give(Key{Name: "b"}, id, []byte("task")) {
			t.Error("given to a poll that there is not")
		}
		if !qs.Give(queueA, id, []byte("task")) {
			t.Fatal("not given")
		}
		synctest.Wait()
		if string(p.offer.Carried) != "task" || p.offer.RequestID != id || p.offer.Empty() {
			t.Errorf("offered %+v", p.offer)
		}
		if qs.Give(queueA, id, []byte("task")) {
			t.Error("given twice")
		}
		l.want(t) // who gave it knows
		time.Sleep(activeFor / 2)
		p = startPoll(qs, worker("next")) // what was given counts as work of that node
		l.want(t, "lend next to 2")
		p.cancel()
		p.wantEmpty(t)
	})
}

// The poll's context ends in the moment in which it is given a task: the caller gets it, and gives it back.
func TestGiveToAPollThatEnds(t *testing.T) {
	lendingQueues(t, func(t *testing.T, qs *Queues[task], l *ledger) {
		qs.Active(queueA, 2)
		p := startPoll(qs, worker("w"))
		given := make(chan bool)
		go func() {
			p.cancel()
			given <- qs.Give(queueA, l.loans[0].RequestID, []byte("task"))
		}()
		if ok := <-given; ok {
			synctest.Wait()
			if string(p.offer.Carried) != "task" {
				t.Errorf("given, and the poll ended with %+v", p.offer)
			}
			return
		}
		p.wantEmpty(t)
	})
}

func TestALimitedQueueLendsNothing(t *testing.T) {
	lendingQueues(t, func(t *testing.T, qs *Queues[task], l *ledger) {
		qs.Active(queueA, 2)
		w := worker("w")
		w.MaxTasksPerSecond = 10
		p := startPoll(qs, w)
		l.want(t)
		p.cancel()
		p.wantEmpty(t)
	})
}

func loanOf(node orchestration.NodeID, id string) Loan {
	return Loan{Key: queueA, Node: node, Worker: worker("borrowed"), RequestID: id}
}

func TestReserveOfABorrowedPoll(t *testing.T) {
	lendingQueues(t, func(t *testing.T, qs *Queues[task], l *ledger) {
		qs.Borrow(loanOf(3, "one"))
		own := startPoll(qs, worker("own"))
		r, ok := qs.Reserve(queueA, DefaultPriority)
		if _, id := r.Worker(); !ok || id == "one" {
			t.Fatal("a borrowed poll went before an own one")
		}
		r.Deliver("to own")
		synctest.Wait()
		if own.offer.Task != "to own" {
			t.Errorf("offered %+v", own.offer)
		}
		r, ok = qs.Reserve(queueA, DefaultPriority)
		if w, id := r.Worker(); !ok || id != "one" || w.Identity != "borrowed" {
			t.Fatalf("reserved %v %q", w, id)
		}
		if _, again := qs.Reserve(queueA, DefaultPriority); again {
			t.Error("one loan was reserved twice")
		}
		r.Release()
		r, ok = qs.Reserve(queueA, DefaultPriority)
		if !ok {
			t.Fatal("a released loan is gone")
		}
		r.Deliver("first")
		r.Deliver("second")
		l.want(t, "carry first to borrowed at 3")
	})
}

func TestLoansEnd(t *testing.T) {
	none := func(t *testing.T, qs *Queues[task], why string) {
		t.Helper()
		if _, ok := qs.Reserve(queueA, DefaultPriority); ok {
			t.Errorf("a loan is used %s", why)
		}
	}
	lendingQueues(t, func(t *testing.T, qs *Queues[task], _ *ledger) {
		qs.Borrow(loanOf(3, "one"))
		qs.Forgo(queueA, 4, "one")
		qs.Forgo(queueA, 3, "two")
		qs.Forgo(Key{Name: "b"}, 3, "one")
		qs.Forgo(queueA, 3, "one")
		none(t, qs, "that was recalled")
		qs.Borrow(loanOf(3, "one"))
		qs.Borrow(loanOf(3, "two"))
		qs.Lost(3)
		none(t, qs, "of a lost node")
		qs.Borrow(loanOf(3, "one"))
		time.Sleep(borrowedFor)
		none(t, qs, "of a poll that has ended long ago")
		qs.Add(ref(1))
		qs.Borrow(loanOf(3, "one"))
		none(t, qs, "past a task that waits")
	})
}

func TestLoansAreBounded(t *testing.T) {
	lendingQueues(t, func(t *testing.T, qs *Queues[task], _ *ledger) {
		for i := range 2 * mostBorrowed {
			qs.Borrow(loanOf(3, fmt.Sprint(i)))
		}
		n := 0
		for {
			if _, ok := qs.Reserve(queueA, DefaultPriority); !ok {
				break
			}
			n++
		}
		if n != mostBorrowed {
			t.Errorf("%d loans were kept", n)
		}
	})
}
