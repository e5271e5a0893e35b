package matching

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestBacklogIsReadInOrderWhenSomebodyPolls(t *testing.T) {
	s := &shelf{}
	bubble(t, Options{MaxInMemory: 8, Refill: s.refill}, func(t *testing.T, qs *Queues[task]) {
		s.putRange(1, 100)
		qs.Found(queueA, DefaultPriority, 100)
		time.Sleep(time.Hour)
		if reads, _ := s.seen(); reads != 0 {
			t.Error("rows were read although nobody polls")
		}
		for n := 1; n <= 100; n++ {
			p := startPoll(qs, worker("w"))
			p.want(t, n)
			s.remove(row(n))
			qs.Spilled(queueA, DefaultPriority, -1)
			qs.Taken(*p.offer.Ref, true)
			for _, c := range qs.Queues() {
				if c.Waiting > 8 || c.Stored != int64(100-n) {
					t.Fatalf("after %d: %+v", n, c)
				}
			}
		}
		if !qs.Admit(queueA, DefaultPriority) {
			t.Error("the backlog is empty, but new references must become rows")
		}
		qs.Unadmit(queueA)
	})
}

func TestAdmitBoundsMemory(t *testing.T) {
	s := &shelf{}
	bubble(t, Options{MaxInMemory: 4, Refill: s.refill}, func(t *testing.T, qs *Queues[task]) {
		for n := 1; n <= 4; n++ {
			if !qs.Admit(queueA, DefaultPriority) {
				t.Fatalf("no room for reference %d of 4", n)
			}
		}
		if qs.Admit(queueA, DefaultPriority) {
			t.Fatal("room for a fifth")
		}
		qs.Unadmit(queueA)
		if !qs.Admit(queueA, DefaultPriority) {
			t.Fatal("the place that was given back is gone")
		}
		for n := 1; n <= 4; n++ {
			qs.Add(ref(n))
		}
		qs.Add(ref(5)) // committed without a place: recovery. It is never refused
		if c := qs.Describe(queueA).Backlog; c != 5 {
			t.Errorf("backlog of %d", c)
		}
		s.putRange(6, 6)
		qs.Spilled(queueA, DefaultPriority, 1)
		for n := 1; n <= 4; n++ {
			startPoll(qs, worker("w")).want(t, n)
		}
		s.behave(errOnFire, 0) // too late: the row was loaded when memory ran low
		for n := 5; n <= 6; n++ {
			startPoll(qs, worker("w")).want(t, n)
		}
	})
}

// New references queue behind rows that memory does not hold; once all rows are loaded, behind those.
func TestNewReferencesStayBehindRows(t *testing.T) {
	s := &shelf{}
	bubble(t, Options{MaxInMemory: 8, Refill: s.refill}, func(t *testing.T, qs *Queues[task]) {
		s.putRange(1, 3)
		qs.Found(queueA, DefaultPriority, 3)
		if qs.Admit(queueA, DefaultPriority) {
			t.Fatal("overtook rows in the store")
		}
		startPoll(qs, worker("w")).want(t, 1)
		if !qs.Admit(queueA, DefaultPriority) {
			t.Fatal("all rows are in memory, but there is no place behind them")
		}
		qs.Add(ref(9))
		s.putRange(4, 4)
		qs.Spilled(queueA, DefaultPriority, 1)
		synctest.Wait()
		for _, n := range []int{2, 3, 9, 4} {
			startPoll(qs, worker("w")).want(t, n)
		}
	})
}

func TestRowDeletedWhileRead(t *testing.T) {
	s := &shelf{}
	bubble(t, Options{MaxInMemory: 8, Refill: s.refill}, func(t *testing.T, qs *Queues[task]) {
		s.gate = make(chan struct{}) // of this bubble
		s.putRange(1, 2)
		qs.Found(queueA, DefaultPriority, 2)
		p := startPoll(qs, worker("w"))
		p.wantWaiting(t) // the read has seen both rows
		s.remove(row(1))
		qs.Spilled(queueA, DefaultPriority, -1)
		qs.Remove(row(1))
		close(s.gate)
		p.want(t, 2)
	})
}

// A row that is committed while a read is under way, which cannot show it, is read at once afterwards.
func TestRowCommittedWhileRead(t *testing.T) {
	s := &shelf{}
	bubble(t, Options{Refill: s.refill}, func(t *testing.T, qs *Queues[task]) {
		s.gate = make(chan struct{})
		qs.Found(queueA, DefaultPriority, 1) // its deletion is not reported yet
		p := startPoll(qs, worker("w"))
		s.putRange(2, 2)
		qs.Spilled(queueA, DefaultPriority, 1)
		close(s.gate)
		p.want(t, 2)
	})
}

func TestFailedRefillIsTriedAgainWithBackOff(t *testing.T) {
	s := &shelf{err: errOnFire}
	bubble(t, Options{Refill: s.refill}, func(t *testing.T, qs *Queues[task]) {
		s.putRange(1, 1)
		qs.Found(queueA, DefaultPriority, 1)
		p := startPoll(qs, worker("w"))
		time.Sleep(time.Minute)
		if reads, _ := s.seen(); reads < 8 || reads > 15 {
			t.Errorf("%d reads in a minute of failure", reads)
		}
		s.behave(nil, 0)
		time.Sleep(refillLastRetry)
		p.want(t, 1)
	})
}

// An urgent row must not wait until a full memory of less urgent ones is drained.
func TestUrgentRowTakesThePlaceOfALessUrgentOne(t *testing.T) {
	s := &shelf{}
	bubble(t, Options{MaxInMemory: 8, Refill: s.refill}, func(t *testing.T, qs *Queues[task]) {
		s.putRange(1, 20)
		qs.Found(queueA, DefaultPriority, 20)
		startPoll(qs, worker("w")).want(t, 1)
		time.Sleep(refillRescan)

		for n := 21; n <= 23; n++ {
			urgent := row(n)
			urgent.Priority = 1
			s.put(urgent)
		}
		qs.Spilled(queueA, DefaultPriority, 3)
		synctest.Wait()
		for _, c := range qs.Queues() {
			if c.Waiting != 8 {
				t.Errorf("memory holds %d of 8", c.Waiting)
			}
		}
		for n := 21; n <= 23; n++ {
			startPoll(qs, worker("w")).want(t, n)
		}
		for n := 2; n <= 20; n++ {
			startPoll(qs, worker("w")).want(t, n)
		}
	})
}

// Recovery may find a task twice: by its run's state, and by its row.
func TestReferenceLearnsOfItsRow(t *testing.T) {
	s := &shelf{}
	bubble(t, Options{Refill: s.refill}, func(t *testing.T, qs *Queues[task]) {
		s.putRange(1, 1)
		qs.Add(ref(1))
		qs.Found(queueA, DefaultPriority, 1)
		startPoll(qs, worker("w")).want(t, 1)
		if o := pollNow(t, qs); !o.Empty() {
			t.Errorf("offered twice: %+v", o)
		}
		if !qs.Admit(queueA, DefaultPriority) {
			t.Error("the row counts as waiting although its task is in memory")
		}
	})
}

func TestDescribeReadsTheHeadOfAnUnpolledBacklog(t *testing.T) {
	s := &shelf{}
	bubble(t, Options{Refill: s.refill}, func(t *testing.T, qs *Queues[task]) {
		s.putRange(1, 500)
		qs.Found(queueA, DefaultPriority, 500)
		time.Sleep(time.Hour)
		qs.Describe(queueA)
		synctest.Wait()
		d := qs.Describe(queueA)
		if reads, limit := s.seen(); d.Oldest != time.Hour || d.Backlog != 500 || reads != 1 || limit != 1 {
			t.Errorf("oldest %v, backlog %d, %d reads of %d", d.Oldest, d.Backlog, reads, limit)
		}
	})
}

func TestCloseEndsARefill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{gate: make(chan struct{})}
		qs := New[task](Options{Refill: s.refill})
		s.putRange(1, 1)
		qs.Found(queueA, DefaultPriority, 1)
		p := startPoll(qs, worker("w"))
		qs.Close()
		p.wantEmpty(t)
	})
}
