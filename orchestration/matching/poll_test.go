package matching

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

func TestPollTakesWhatWaits(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		qs.Add(ref(1))
		p := startPoll(qs, worker("w"))
		p.want(t, 1)
		if p.offer.RequestID == "" {
			t.Error("the offer has no request id")
		}
		if o := pollNow(t, qs); !o.Empty() {
			t.Errorf("the reference was offered twice: %+v", o)
		}
	})
}

// A reference that had waited says whether more do: then one more poll would have been of use. One that met a poll says nothing.
func TestBehind(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		qs.Add(ref(1))
		qs.Add(ref(2))
		qs.Add(ref(3))
		for i, want := range []bool{true, true, false} {
			if o := pollNow(t, qs); o.Empty() || o.Behind != want {
				t.Errorf("poll %d: %+v, want behind %v", i+1, o, want)
			}
		}
		p := startPoll(qs, worker("w"))
		qs.Add(ref(4))
		qs.Add(ref(5))
		p.want(t, 4)
		if p.offer.Behind {
			t.Error("a poll that had waited is told that it came late")
		}
		qs.Add(ref(6))
		limit := 10.0
		qs.Limit(queueA, &limit)
		if o := pollNow(t, qs); o.Empty() || o.Behind {
			t.Errorf("got %+v: another poll would have found no token", o)
		}
	})
}

func TestAddWakesTheNewestPoller(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		old, newest := startPoll(qs, worker("old")), startPoll(qs, worker("new"))
		qs.Add(ref(1))
		newest.want(t, 1)
		old.wantWaiting(t)
		qs.Add(ref(2))
		old.want(t, 2)
		if old.offer.RequestID == newest.offer.RequestID {
			t.Error("two polls have one request id")
		}
	})
}

func TestQueuesAreApart(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		p := startPoll(qs, worker("w"))
		for _, other := range []Key{
			{Namespace: orchestration.NamespaceID{2}, Name: "a", Kind: orchestration.ActivityTask},
			{Namespace: queueA.Namespace, Name: "b", Kind: orchestration.ActivityTask},
			{Namespace: queueA.Namespace, Name: "a", Kind: orchestration.WorkflowTask},
		} {
			r := ref(1)
			r.Key = other
			qs.Add(r)
		}
		p.wantWaiting(t)
		p.cancel()
	})
}

func TestPollEndsEmptyWithItsContext(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		p := startPoll(qs, worker("w"))
		p.cancel()
		p.wantEmpty(t)
		qs.Add(ref(1))
		if o := pollNow(t, qs); o.Ref == nil {
			t.Error("the reference went to the poll that had ended")
		}
	})
}

func TestPollWithEndedContextTakesNothing(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		qs.Add(ref(1))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if o, err := qs.Poll(ctx, queueA, worker("w")); err != nil || !o.Empty() {
			t.Errorf("got %+v, %v", o, err)
		}
		startPoll(qs, worker("w")).want(t, 1)
	})
}

// A poll that is matched and cancelled in the same moment must not swallow the reference.
func TestReferenceMatchedWithAnEndedPollGoesOn(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		patient := startPoll(qs, worker("patient"))
		hasty := startPoll(qs, worker("hasty"))
		hasty.cancel() // its goroutine has not run yet
		qs.Add(ref(1))
		hasty.wantEmpty(t)
		patient.want(t, 1)
	})
}

func TestReturnGoesBackToTheFront(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		qs.Add(ref(1))
		qs.Add(ref(2))
		first := startPoll(qs, worker("w"))
		first.want(t, 1)
		qs.Return(*first.offer.Ref)
		startPoll(qs, worker("w")).want(t, 1)
		qs.Return(ref(2)) // it was not offered: nothing to return
		startPoll(qs, worker("w")).want(t, 2)
		if o := pollNow(t, qs); !o.Empty() {
			t.Errorf("got %+v", o)
		}
	})
}

func TestRemoveForgets(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		qs.Add(ref(1))
		qs.Add(ref(2))
		qs.Remove(ref(1))
		p := startPoll(qs, worker("w"))
		p.want(t, 2)
		qs.Remove(ref(2))
		qs.Return(*p.offer.Ref) // too late: cancelled while its start was tried
		qs.Remove(ref(3))       // never known
		if o := pollNow(t, qs); !o.Empty() {
			t.Errorf("a removed reference came back: %+v", o)
		}
	})
}

func TestAddTwiceIsOnce(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		qs.Add(ref(1))
		qs.Add(ref(1))
		p := startPoll(qs, worker("w"))
		p.want(t, 1)
		qs.Add(ref(1)) // offered: it must not be offered to a second poller
		if o := pollNow(t, qs); !o.Empty() {
			t.Errorf("offered twice: %+v", o)
		}
		qs.Taken(ref(1), true)
		qs.Add(ref(1)) // unstarted: the same attempt waits again
		startPoll(qs, worker("w")).want(t, 1)
	})
}

func TestPriorityThenArrival(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		for n, priority := range map[int]int32{1: 5, 2: 0, 3: 1, 4: 3} {
			r := ref(n)
			r.Priority = priority
			if n != 4 {
				qs.Add(r)
			}
		}
		late := ref(4)
		late.Priority = 3
		qs.Add(late)
		for _, n := range []int{3, 2, 4, 1} {
			startPoll(qs, worker("w")).want(t, n)
		}
	})
}

func TestPassIsFairness(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		for n, pass := range []int64{30, 10, 20} {
			r := ref(n + 1)
			r.Pass = pass
			qs.Add(r)
		}
		for _, n := range []int{2, 3, 1} {
			startPoll(qs, worker("w")).want(t, n)
		}
	})
}

func TestPolled(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		if qs.Polled(queueA, time.Hour) {
			t.Error("polled before anybody polled")
		}
		p := startPoll(qs, worker("w"))
		time.Sleep(time.Minute)
		if !qs.Polled(queueA, 0) {
			t.Error("a poller waits, but the queue counts as unpolled")
		}
		qs.Add(ref(1))
		p.want(t, 1)
		if !qs.Polled(queueA, time.Second) {
			t.Error("a poll was served just now, but the queue counts as unpolled")
		}
		p = startPoll(qs, worker("w"))
		time.Sleep(time.Minute)
		p.cancel()
		time.Sleep(9 * time.Second)
		if !qs.Polled(queueA, 10*time.Second) {
			t.Error("the last poll ended 9 s ago, but the queue counts as unpolled for 10 s")
		}
		time.Sleep(2 * time.Second)
		if qs.Polled(queueA, 10*time.Second) {
			t.Error("the last poll ended 11 s ago, but the queue counts as polled within 10 s")
		}
	})
}

func TestGoneEndsThePollsOfOneProcess(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		stays, goes := startPoll(qs, worker("stays")), startPoll(qs, worker("goes"))
		qs.Gone(queueA, worker("goes").InstanceKey)
		goes.wantEmpty(t)
		stays.wantWaiting(t)
		if !qs.Polled(queueA, time.Second) {
			t.Error("another worker still polls")
		}
		if ps := qs.Describe(queueA).Pollers; len(ps) != 1 || ps[0].Identity != "stays" {
			t.Errorf("pollers: %+v", ps)
		}
		qs.Gone(queueA, "")
		stays.wantEmpty(t)
		if qs.Polled(queueA, time.Hour) {
			t.Error("nobody is left, but the queue counts as polled")
		}
		qs.Gone(Key{Name: "unknown"}, "")
	})
}

func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		qs := New[task](Options{})
		waiting, reserved := startPoll(qs, worker("waiting")), startPoll(qs, worker("reserved"))
		r, ok := qs.Reserve(queueA, DefaultPriority)
		if !ok {
			t.Fatal("no reservation")
		}
		qs.Close()
		waiting.wantEmpty(t)
		reserved.wantWaiting(t)
		r.Release()
		reserved.wantEmpty(t)

		if _, err := qs.Poll(t.Context(), queueA, worker("late")); orchestration.CodeOf(err) != orchestration.Unavailable {
			t.Errorf("poll after close: %v", err)
		}
		other := queueA
		other.Name = "made after close"
		if err := qs.Hand(t.Context(), other, "query"); orchestration.CodeOf(err) != orchestration.Unavailable {
			t.Errorf("hand after close: %v", err)
		}
		qs.Add(ref(1))
		if c := qs.Describe(queueA).Backlog; c != 0 {
			t.Errorf("a closed queue holds %d references", c)
		}
	})
}
