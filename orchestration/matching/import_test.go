package matching

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// polledBefore has the queue polled just now.
func polledBefore(qs *Queues[task]) {
	startPoll(qs, worker("before")).cancel()
	synctest.Wait()
}

func TestImportServesAWaitingPoll(t *testing.T) {
	exchanging(t, Options{}, func(t *testing.T, qs *Queues[task], _ *recorder) {
		p := startPoll(qs, worker("w"))
		if kept := qs.Import([]Reference{ref(1), ref(2)}, false); len(kept) != 1 || kept[0] != queueA {
			t.Errorf("kept in %v", kept)
		}
		p.want(t, 1)
		if kept := qs.Import([]Reference{ref(1)}, false); len(kept) != 1 {
			t.Errorf("kept in %v", kept) // of the first import
		}
		startPoll(qs, worker("w")).want(t, 2)
		if o := pollNow(t, qs); !o.Empty() {
			t.Errorf("a reference that a poll has was offered again: %+v", o)
		}
		qs.Taken(ref(1), true)
		qs.Taken(ref(2), false)
		if d := qs.Describe(queueA); d.Backlog != 0 || d.Dispatched != 1 || d.Added != 0 {
			t.Errorf("described as %+v", d)
		}
	})
}

func TestImportsOfManyQueues(t *testing.T) {
	exchanging(t, Options{}, func(t *testing.T, qs *Queues[task], _ *recorder) {
		p := startPoll(qs, worker("w"))
		other := ref(2)
		other.Key.Name = "nobody polls it"
		if kept := qs.Import([]Reference{other, ref(1), other}, false); len(kept) != 0 {
			t.Errorf("kept in %v", kept)
		}
		p.want(t, 1)
	})
}

func TestImportsAreDroppedWhenOld(t *testing.T) {
	exchanging(t, Options{}, func(t *testing.T, qs *Queues[task], _ *recorder) {
		polledBefore(qs)
		qs.Import([]Reference{ref(1)}, false)
		time.Sleep(3 * time.Second)
		qs.Import([]Reference{ref(2)}, false)
		time.Sleep(2 * time.Second)
		startPoll(qs, worker("w")).want(t, 2)
		if o := pollNow(t, qs); !o.Empty() {
			t.Errorf("an import of 5 s ago was offered: %+v", o)
		}
	})
}

func TestImportsAreBounded(t *testing.T) {
	exchanging(t, Options{MaxInMemory: 4}, func(t *testing.T, qs *Queues[task], _ *recorder) {
		polledBefore(qs)
		for n := range 10 {
			qs.Import([]Reference{ref(n)}, false)
		}
		if a := qs.Hunger(queueA); a.Imports != 4 {
			t.Errorf("%d imports are kept", a.Imports)
		}
		time.Sleep(importFor)
		qs.Import([]Reference{ref(10), ref(11)}, false)
		if a := qs.Hunger(queueA); a.Imports != 2 {
			t.Errorf("%d imports are kept, the old ones among them", a.Imports)
		}
		for _, c := range qs.Queues() {
			if c.Imports != 2 || c.Waiting != 0 {
				t.Errorf("counted as %+v", c)
			}
		}
	})
}

func TestImportsWaitForNobodyForLong(t *testing.T) {
	exchanging(t, Options{}, func(t *testing.T, qs *Queues[task], _ *recorder) {
		polledBefore(qs)
		time.Sleep(4 * time.Minute)
		qs.Import([]Reference{ref(1)}, false)
		if a := qs.Hunger(queueA); a.Imports != 1 {
			t.Errorf("appetite %+v", a)
		}
		time.Sleep(2 * time.Minute)
		qs.Import([]Reference{ref(2)}, false)
		if a := qs.Hunger(queueA); a.Imports != 0 {
			t.Errorf("kept for a queue that nobody polls: %+v", a)
		}
	})
}

func TestAReturnedImportIsOfferedAgain(t *testing.T) {
	exchanging(t, Options{}, func(t *testing.T, qs *Queues[task], _ *recorder) {
		p := startPoll(qs, worker("w"))
		qs.Import([]Reference{ref(1)}, false)
		p.want(t, 1)
		qs.Return(*p.offer.Ref)
		p = startPoll(qs, worker("w"))
		p.want(t, 1)
		qs.SetAside(*p.offer.Ref) // its owner knows what to do
		if o := pollNow(t, qs); !o.Empty() {
			t.Errorf("offered after it was set aside: %+v", o)
		}
	})
}

// The owner of an import's run may have become this node: what it removes is gone, wherever it came from.
func TestRemoveForgetsAnImport(t *testing.T) {
	exchanging(t, Options{}, func(t *testing.T, qs *Queues[task], _ *recorder) {
		polledBefore(qs)
		qs.Add(ref(1))
		qs.Import([]Reference{ref(1), ref(2)}, false) // the first is known already
		qs.Remove(ref(1))
		qs.Remove(ref(2))
		qs.Remove(ref(3))
		if o := pollNow(t, qs); !o.Empty() {
			t.Errorf("offered after it was removed: %+v", o)
		}
	})
}

func TestImportsGoInTurn(t *testing.T) {
	const own, foreign = 100, 200
	for name, age := range map[string]time.Duration{"older": time.Hour, "younger": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			exchanging(t, Options{}, func(t *testing.T, qs *Queues[task], _ *recorder) {
				polledBefore(qs)
				for n := range 40 {
					qs.Add(ref(own + n))
					r := ref(foreign + n)
					r.ReadyAt = r.ReadyAt.Add(-age)
					qs.Import([]Reference{r}, false)
				}
				imported := 0
				for range 40 {
					if o := pollNow(t, qs); number(*o.Ref) >= foreign {
						imported++
					}
				}
				if want := map[string]int{"older": 30, "younger": 10}[name]; imported != want {
					t.Errorf("%d of 40 polls got an import; want %d", imported, want)
				}
			})
		})
	}
}

func TestTheMoreUrgentGoesFirst(t *testing.T) {
	exchanging(t, Options{}, func(t *testing.T, qs *Queues[task], _ *recorder) {
		polledBefore(qs)
		for n := range 10 {
			r := ref(n)
			r.Priority = 2
			qs.Add(r)
			r = ref(100 + n)
			r.Priority = 1 + int32(n%2)*2
			qs.Import([]Reference{r}, false)
		}
		for i := range 20 {
			o := pollNow(t, qs)
			if want := []int32{1, 2, 2, 3}[i/5]; o.Ref.Priority != want {
				t.Fatalf("poll %d got priority %d; want %d", i, o.Ref.Priority, want)
			}
		}
	})
}

func TestNoFusedStartPastAnImport(t *testing.T) {
	ahead := time.Duration(0)
	clock := func() time.Time { return time.Now().Add(ahead) }
	exchanging(t, Options{Clock: clock}, func(t *testing.T, qs *Queues[task], _ *recorder) {
		w := worker("w")
		w.MaxTasksPerSecond = 1
		p := startPoll(qs, w)
		qs.Add(ref(1))
		p.want(t, 1)
		startPoll(qs, w)
		qs.Import([]Reference{ref(2)}, false) // it waits for a token
		ahead = 2 * time.Second               // which is there, but nobody has looked
		if _, ok := qs.Reserve(queueA, DefaultPriority); ok {
			t.Error("reserved past an import")
		}
		r, ok := qs.Reserve(queueA, HighestPriority)
		if !ok {
			t.Fatal("a more urgent task does not pass")
		}
		r.Deliver("task")
	})
}

// A queue busy with its own tasks keeps as many imports at hand as it uses up.
func TestSpareGrowsWithUse(t *testing.T) {
	exchanging(t, Options{}, func(t *testing.T, qs *Queues[task], x *recorder) {
		polledBefore(qs)
		for want, n := 1, 0; want <= mostSpare; want *= 2 {
			a := qs.Hunger(queueA)
			if a.Spare != want {
				t.Fatalf("wants %d to spare; want %d", a.Spare, want)
			}
			x.told()
			for range a.Spare {
				n++
				qs.Import([]Reference{ref(n)}, false)
			}
			for i := range a.Spare {
				if o := pollNow(t, qs); o.Ref == nil {
					t.Fatalf("import %d is missing", i)
				}
			}
			x.want(t, "hungry")
		}
		if a := qs.Hunger(queueA); a.Spare != mostSpare {
			t.Errorf("wants %d to spare", a.Spare)
		}
		qs.Import([]Reference{ref(1000)}, false)
		time.Sleep(importFor)
		if a := qs.Hunger(queueA); a.Spare != 1 {
			t.Errorf("wants %d to spare after some got too old", a.Spare)
		}
	})
}

// Between the poll's answer "somebody else has started it" and its booking, the task may have been unstarted and offered to another poll.
func TestAnOfferIsNotMistakenForALaterOne(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		qs.Add(ref(1))
		first := startPoll(qs, worker("first"))
		first.want(t, 1)
		qs.Remove(ref(1)) // another node's poller started it
		qs.Add(ref(1))    // and gave it back
		second := startPoll(qs, worker("second"))
		second.want(t, 1)
		qs.Taken(*first.offer.Ref, false)
		qs.Return(*first.offer.Ref)
		qs.Return(*second.offer.Ref) // its start failed for a passing reason
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if o, _ := qs.Poll(ctx, queueA, worker("third")); o.Ref == nil {
			t.Error("the task is lost")
		}
	})
}

func TestRoundUp(t *testing.T) {
	for n, want := range map[int]int{-1: 0, 0: 0, 1: 1, 2: 2, 3: 4, 4: 4, 5: 8, 1000: 1024} {
		if got := RoundUp(n); got != want {
			t.Errorf("RoundUp(%d) = %d; want %d", n, got, want)
		}
	}
}
