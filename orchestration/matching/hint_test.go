package matching

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// exchanging runs f with queues that have an exchange.
func exchanging(t *testing.T, o Options, f func(t *testing.T, qs *Queues[task], x *recorder)) {
	t.Helper()
	x := &recorder{}
	o.Exchange = x
	bubble(t, o, func(t *testing.T, qs *Queues[task]) { f(t, qs, x) })
}

func (r *recorder) want(t *testing.T, calls ...string) {
	t.Helper()
	if got := r.told(); !slices.Equal(got, calls) {
		t.Fatalf("the exchange was told %v; want %v", got, calls)
	}
}

func TestWaitingIsToldOnce(t *testing.T) {
	exchanging(t, Options{}, func(t *testing.T, qs *Queues[task], x *recorder) {
		for n := range 100 {
			qs.Add(ref(n))
		}
		x.want(t, "waiting")
		qs.Publishable(queueA, Selection{Most: 10, Again: time.Hour})
		qs.Add(ref(100))
		x.want(t) // there was more: the exchange looks again by itself
		qs.Publishable(queueA, Selection{Most: 100, Again: time.Hour})
		x.want(t)
		qs.Add(ref(101))
		x.want(t, "waiting")
	})
}

// What waits although somebody polls, for want of a token, is told when nobody polls any more.
func TestWaitingIsToldWhenThePollersLeave(t *testing.T) {
	for how, leave := range map[string]func(*poll, *Queues[task]){
		"ended": func(p *poll, _ *Queues[task]) { p.cancel() },
		"gone":  func(_ *poll, qs *Queues[task]) { qs.Gone(queueA, "") },
	} {
		t.Run(how, func(t *testing.T) {
			exchanging(t, Options{}, func(t *testing.T, qs *Queues[task], x *recorder) {
				off := 0.0
				qs.Limit(queueA, &off)
				p := startPoll(qs, worker("w"))
				x.told()
				qs.Add(ref(1))
				x.want(t)
				if refs, more := qs.Publishable(queueA, Selection{Most: 1}); len(refs) > 0 || more {
					t.Errorf("published past a poller: %v, %v", refs, more)
				}
				leave(p, qs)
				synctest.Wait()
				if calls := x.told(); !slices.Contains(calls, "waiting") {
					t.Errorf("told %v", calls)
				}
			})
		})
	}
}

func TestHungerIsToldWhenItGrows(t *testing.T) {
	exchanging(t, Options{}, func(t *testing.T, qs *Queues[task], x *recorder) {
		startPoll(qs, worker("w"))
		x.want(t, "seen", "hungry")
		startPoll(qs, worker("w"))
		startPoll(qs, worker("w"))
		x.want(t) // it has not looked yet
		if a := qs.Hunger(queueA); a.Polls != 3 || a.Idle != 0 || a.Limit != noLimit || a.Imports != 0 {
			t.Errorf("appetite %+v", a)
		}
		startPoll(qs, worker("w"))
		x.want(t) // reckoned with: 3 is as good as 4
		startPoll(qs, worker("w"))
		x.want(t, "hungry")
		for range 5 {
			qs.Add(ref(1))
			qs.Taken(ref(1), true)
		}
		synctest.Wait()
		x.want(t)
		if a := qs.Hunger(queueA); a.Polls != 0 {
			t.Errorf("appetite %+v", a)
		}
	})
}

// A poller that was reserved waits again when the start fails.
func TestHungerIsToldOfAReleasedPoller(t *testing.T) {
	exchanging(t, Options{}, func(t *testing.T, qs *Queues[task], x *recorder) {
		startPoll(qs, worker("w"))
		r, _ := qs.Reserve(queueA, DefaultPriority)
		if a := qs.Hunger(queueA); a.Polls != 0 || a.Idle != 0 {
			t.Errorf("appetite while the only poller is reserved: %+v", a)
		}
		x.told()
		r.Release()
		x.want(t, "hungry")
	})
}

func TestHungerOfAQueueThatNobodyPolls(t *testing.T) {
	exchanging(t, Options{}, func(t *testing.T, qs *Queues[task], _ *recorder) {
		if a := qs.Hunger(queueA); a.Idle >= 0 || a.Polls != 0 {
			t.Errorf("unknown queue: %+v", a)
		}
		qs.Add(ref(1))
		if a := qs.Hunger(queueA); a.Idle >= 0 {
			t.Errorf("never polled: %+v", a)
		}
		startPoll(qs, worker("w")).want(t, 1)
		time.Sleep(7 * time.Second)
		if a := qs.Hunger(queueA); a.Idle != 7*time.Second {
			t.Errorf("polled 7 s ago: %+v", a)
		}
	})
}

func TestSeenIsToldOnceASecond(t *testing.T) {
	exchanging(t, Options{}, func(t *testing.T, qs *Queues[task], x *recorder) {
		for n := range 25 {
			qs.Add(ref(n))
			startPoll(qs, worker("w")).want(t, n)
			time.Sleep(100 * time.Millisecond)
		}
		seen := slices.DeleteFunc(x.told(), func(call string) bool { return call != "seen" })
		if len(seen) != 3 {
			t.Errorf("seen %d times in 2.5 s", len(seen))
		}
	})
}

func TestLeftIsToldWhenTheLastWorkerGoes(t *testing.T) {
	exchanging(t, Options{}, func(t *testing.T, qs *Queues[task], x *recorder) {
		startPoll(qs, worker("a"))
		startPoll(qs, worker("b"))
		x.told()
		qs.Gone(queueA, worker("a").InstanceKey)
		x.want(t)
		qs.Gone(queueA, worker("b").InstanceKey)
		x.want(t, "left")
		startPoll(qs, worker("a"))
		x.want(t, "seen", "hungry")
	})
}

func TestSettledIsToldOfWhatWasPublished(t *testing.T) {
	exchanging(t, Options{}, func(t *testing.T, qs *Queues[task], x *recorder) {
		for n := 1; n <= 6; n++ {
			qs.Add(of(ref(n), 1))
		}
		qs.Publishable(queueA, Selection{Most: 4, Again: time.Hour})
		qs.Remove(ref(1)) // started by another node, or cancelled
		startPoll(qs, worker("w")).want(t, 2)
		qs.Taken(ref(2), true)
		qs.SetAside(ref(3))
		qs.Remove(ref(6))
		if !slices.Equal(x.settled, []int{1, 2, 3}) {
			t.Errorf("settled %v", x.settled)
		}
		if a := qs.Hunger(queueA); a.Out != 1 {
			t.Errorf("appetite %+v with one published", a)
		}
		qs.Drop(shardsOf(1))
		if !slices.Equal(x.settled, []int{1, 2, 3, 4}) {
			t.Errorf("settled %v", x.settled)
		}
	})
}

func TestPolledElsewhere(t *testing.T) {
	exchanging(t, Options{}, func(t *testing.T, qs *Queues[task], x *recorder) {
		if qs.Polled(queueA, time.Hour) {
			t.Error("polled before anybody polled")
		}
		x.polled = true
		if !qs.Polled(queueA, time.Hour) {
			t.Error("another node polls, but the queue counts as unpolled")
		}
	})
}
