package matching

import (
	"testing"
	"testing/synctest"
	"time"
)

// urgent is the n-th reference, of a priority.
func urgent(n int, priority int32) Reference {
	r := ref(n)
	r.Priority = priority
	return r
}

// inMemory is how many references wait in memory.
func inMemory(qs *Queues[task]) (n int) {
	for _, c := range qs.Queues() {
		n += c.Waiting
	}
	return n
}

// TestUrgentTasksPassABacklog of less urgent rows: they find room in a full memory, where the row that goes last gives way.
func TestUrgentTasksPassABacklog(t *testing.T) {
	s := &shelf{}
	bubble(t, Options{MaxInMemory: 4, Refill: s.refill}, func(t *testing.T, qs *Queues[task]) {
		s.putRange(1, 20)
		qs.Found(queueA, DefaultPriority, 20)
		startPoll(qs, worker("w")).want(t, 1)
		s.remove(row(1))
		qs.Spilled(queueA, DefaultPriority, -1)
		qs.Taken(ref(1), true)
		synctest.Wait()
		if n := inMemory(qs); n != 4 {
			t.Fatalf("%d references in memory, room for 4", n)
		}
		if qs.Admit(queueA, DefaultPriority) || qs.Admit(queueA, LowestPriority) {
			t.Fatal("a task overtakes rows that are as urgent")
		}
		if !qs.Admit(queueA, HighestPriority) {
			t.Fatal("no room for an urgent task")
		}
		qs.Add(urgent(100, HighestPriority))
		if n := inMemory(qs); n != 4 || qs.Describe(queueA).Backlog != 20 {
			t.Errorf("%d references in memory, backlog of %d", n, qs.Describe(queueA).Backlog)
		}
		startPoll(qs, worker("w")).want(t, 100)
		for n := 2; n <= 20; n++ { // none of the others is lost, nor out of order
			startPoll(qs, worker("w")).want(t, n)
			s.remove(row(n))
			qs.Spilled(queueA, DefaultPriority, -1)
			qs.Taken(ref(n), true)
		}
	})
}

// TestUrgentRowsHoldBackOnlyTheirLike: a row that memory does not know holds back fused starts of its own priority and of less urgent ones.
func TestUrgentRowsHoldBackOnlyTheirLike(t *testing.T) {
	s := &shelf{}
	bubble(t, Options{Refill: s.refill}, func(t *testing.T, qs *Queues[task]) {
		s.behave(errOnFire, 0)
		p := startPoll(qs, worker("w"))
		qs.Found(queueA, 2, 1)
		synctest.Wait()
		for priority, want := range map[int32]bool{1: true, 2: false, 3: false, 0: false, 5: false} {
			r, ok := qs.Reserve(queueA, priority)
			if ok {
				r.Release()
			}
			if ok != want {
				t.Errorf("priority %d: reserved %v", priority, ok)
			}
		}
		p.cancel()
	})
}

func TestStatsByPriority(t *testing.T) {
	s := &shelf{}
	bubble(t, Options{MaxInMemory: 4, Refill: s.refill}, func(t *testing.T, qs *Queues[task]) {
		if d := qs.Describe(queueA); len(d.ByPriority) != 0 {
			t.Errorf("an unknown queue: %+v", d)
		}
		qs.Add(urgent(1, 1))
		time.Sleep(10 * time.Second)
		qs.Add(urgent(2, 5))
		qs.Add(urgent(3, 0))
		qs.Spilled(queueA, 5, 7)
		startPoll(qs, worker("w")).want(t, 1)
		qs.Taken(urgent(1, 1), true)
		d := qs.Describe(queueA)
		if len(d.ByPriority) != 3 {
			t.Fatalf("%+v", d.ByPriority)
		}
		for priority, want := range map[int32]Stats{
			1: {Added: 1, Dispatched: 1, AddRate: 0.1, DispatchRate: 1},
			3: {Backlog: 1, Added: 1, AddRate: 1},
			5: {Backlog: 8, Added: 8, AddRate: 8},
		} {
			if got := d.ByPriority[priority]; got != want {
				t.Errorf("priority %d: got %+v, want %+v", priority, got, want)
			}
		}
		if d.Backlog != 9 || d.Added != 10 || d.Dispatched != 1 || d.DispatchRate != 1 {
			t.Errorf("sums: %+v", d.Stats)
		}
		time.Sleep(5 * time.Second)
		if d := qs.Describe(queueA); d.Oldest != 5*time.Second || d.ByPriority[3].Oldest != 5*time.Second {
			t.Errorf("oldest: %+v", d)
		}
	})
}

// TestLimitedIsTold for as long as rates are counted.
func TestLimitedIsTold(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		paused := 0.0
		first := startPoll(qs, worker("w"))
		first.cancel()
		first.wantEmpty(t)
		qs.Limit(queueA, &paused)
		qs.Add(ref(1))
		if d := qs.Describe(queueA); d.Limited || !d.LimitSet || d.Limit != 0 {
			t.Errorf("nobody polled: %+v", d)
		}
		p := startPoll(qs, worker("w"))
		p.wantWaiting(t)
		p.cancel()
		p.wantEmpty(t)
		time.Sleep(29 * time.Second)
		if d := qs.Describe(queueA); !d.Limited {
			t.Errorf("29 s later: %+v", d)
		}
		time.Sleep(2 * time.Second)
		if d := qs.Describe(queueA); d.Limited {
			t.Errorf("31 s later: %+v", d)
		}
	})
}
