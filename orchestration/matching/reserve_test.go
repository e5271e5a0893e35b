package matching

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestReserveAndDeliver(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		if _, ok := qs.Reserve(queueA, DefaultPriority); ok {
			t.Fatal("reserved a poller of a queue that has none")
		}
		p := startPoll(qs, worker("w"))
		r, ok := qs.Reserve(queueA, DefaultPriority)
		if !ok {
			t.Fatal("no reservation")
		}
		if _, again := qs.Reserve(queueA, DefaultPriority); again {
			t.Fatal("one poller was reserved twice")
		}
		w, id := r.Worker()
		if w.Identity != "w" || id == "" {
			t.Errorf("worker %+v, request id %q", w, id)
		}
		qs.Add(ref(1))
		p.wantWaiting(t) // a reserved poller is not served otherwise
		r.Deliver("done")
		r.Release() // no longer of any effect
		synctest.Wait()
		if !p.offer.Delivered || p.offer.Task != "done" || p.offer.RequestID != id {
			t.Errorf("got %+v", p.offer)
		}
	})
}

func TestReleaseGoesBackToTheFront(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		other, p := startPoll(qs, worker("other")), startPoll(qs, worker("reserved"))
		r, _ := qs.Reserve(queueA, DefaultPriority)
		r.Release()
		r.Deliver("too late")
		qs.Add(ref(1))
		p.want(t, 1)
		other.wantWaiting(t)
		other.cancel()
	})
}

func TestReleasedPollerTakesWhatCameMeanwhile(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		p := startPoll(qs, worker("w"))
		r, _ := qs.Reserve(queueA, DefaultPriority)
		qs.Add(ref(1))
		r.Release()
		p.want(t, 1)
	})
}

// The commit of a fused start may be under way when the poll's context ends: Poll waits for its outcome.
func TestContextEndsWhileReserved(t *testing.T) {
	for _, delivered := range []bool{true, false} {
		bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
			p := startPoll(qs, worker("w"))
			r, _ := qs.Reserve(queueA, DefaultPriority)
			p.cancel()
			p.wantWaiting(t)
			if !delivered {
				r.Release()
				p.wantEmpty(t)
				qs.Add(ref(1))
				startPoll(qs, worker("w2")).want(t, 1)
				return
			}
			r.Deliver("started")
			synctest.Wait()
			if p.offer.Task != "started" {
				t.Errorf("got %+v: the started task is lost", p.offer)
			}
		})
	}
}

func TestReserveDoesNotOvertake(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		zero := 0.0
		qs.Limit(queueA, &zero)
		waiting := ref(1)
		waiting.Priority = 2
		qs.Add(waiting)
		p := startPoll(qs, worker("w"))
		if _, ok := qs.Reserve(queueA, 1); ok {
			t.Error("reserved a poller of a paused queue")
		}
		one := 1.0
		qs.Limit(queueA, &one)
		p.want(t, 1)

		p = startPoll(qs, worker("w"))
		next := ref(2)
		next.Priority = 2
		qs.Add(next) // waits for its token
		time.Sleep(time.Second / 2)
		if _, ok := qs.Reserve(queueA, 1); ok {
			t.Error("reserved without a token")
		}
		time.Sleep(time.Second)
		p.want(t, 2)

		qs.Found(queueA, HighestPriority, 1) // as urgent
		p = startPoll(qs, worker("w"))
		time.Sleep(time.Second)
		if _, ok := qs.Reserve(queueA, 1); ok {
			t.Error("overtook a row in the store")
		}
		qs.Spilled(queueA, HighestPriority, -1)
		r, ok := qs.Reserve(queueA, 1)
		if !ok {
			t.Fatal("nothing waits, but no reservation")
		}
		r.Deliver("fused")
		synctest.Wait()
		if p.offer.Task != "fused" {
			t.Errorf("got %+v", p.offer)
		}
	})
}

func TestHand(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		p := startPoll(qs, worker("w"))
		if err := qs.Hand(t.Context(), queueA, "query 1"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if p.offer.Task != "query 1" {
			t.Errorf("got %+v", p.offer)
		}

		qs.Add(ref(1))
		handed := make(chan error, 1)
		go func() { handed <- qs.Hand(t.Context(), queueA, "query 2") }()
		synctest.Wait()
		p = startPoll(qs, worker("w"))
		if p.offer.Task != "query 2" || <-handed != nil {
			t.Errorf("got %+v: a query goes ahead of references", p.offer)
		}
		startPoll(qs, worker("w")).want(t, 1)
	})
}

func TestHandEndsWithItsContext(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := qs.Hand(ctx, queueA, "query"); err != context.DeadlineExceeded {
			t.Errorf("got %v", err)
		}
		if err := qs.Hand(ctx, queueA, "query"); err != context.DeadlineExceeded {
			t.Errorf("with an ended context: %v", err)
		}
		if o := pollNow(t, qs); !o.Empty() {
			t.Errorf("a query whose asker has gone was handed out: %+v", o)
		}
	})
}
