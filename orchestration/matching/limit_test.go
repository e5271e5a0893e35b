package matching

import (
	"context"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestLimiter(t *testing.T) {
	now := time.Unix(1000, 0)
	var l limiter
	if !l.take(now) || l.current() != noLimit {
		t.Error("the zero limiter limits")
	}
	l.set(100, now)
	for i := range 10 {
		if !l.take(now) {
			t.Fatalf("token %d of a burst of 10 (100 ms at 100/s) is missing", i+1)
		}
	}
	if l.take(now) {
		t.Error("an eleventh token at once")
	}
	if d, ok := l.wait(now); d != 10*time.Millisecond || !ok {
		t.Errorf("next token in %v, %v", d, ok)
	}
	l.refund()
	if !l.take(now) {
		t.Error("the refunded token is missing")
	}
	l.set(0, now)
	if d, ok := l.wait(now.Add(time.Hour)); ok || l.take(now.Add(time.Hour)) || l.current() != 0 {
		t.Errorf("paused, but a token comes in %v", d)
	}
	for _, none := range []float64{-1, math.NaN(), math.Inf(1)} {
		l.set(none, now)
		if !l.take(now) || l.current() != noLimit {
			t.Errorf("rate %v limits", none)
		}
	}
}

// The debt of a very slow rate does not outlive it.
func TestLimiterForgetsTheDebtOfASlowRate(t *testing.T) {
	now := time.Unix(1000, 0)
	var l limiter
	l.set(1e-12, now)
	l.take(now)
	if d, _ := l.wait(now); d != slowest {
		t.Errorf("slowest interval: %v", d)
	}
	l.set(10, now)
	if d, _ := l.wait(now); d > 100*time.Millisecond {
		t.Errorf("waits %v at 10/s", d)
	}
}

// Over any span, no more than rate × (span + 100 ms) + 1 tasks pass; and a steady taker gets the whole rate.
func TestLimiterProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Float64Range(0.5, 5000).Draw(t, "rate")
		start := time.Unix(1000, 0)
		now := start
		var l limiter
		l.set(rate, now)
		passed := 0
		for range 300 {
			if rapid.Bool().Draw(t, "wait") {
				d, _ := l.wait(now)
				now = now.Add(d)
				if !l.take(now) {
					t.Fatalf("no token after the wait of %v", d)
				}
				passed++
			} else {
				now = now.Add(time.Duration(rapid.IntRange(0, 50).Draw(t, "ms")) * time.Millisecond)
			}
			if most := rate*(now.Sub(start)+saved).Seconds() + 1.001; float64(passed) > most {
				t.Fatalf("%d passed in %v at %v/s", passed, now.Sub(start), rate)
			}
		}
	})
}

// served counts the references that a worker gets within d.
func served(t *testing.T, qs *Queues[task], w Worker, d time.Duration) (n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	for {
		o, err := qs.Poll(ctx, queueA, w)
		if err != nil {
			t.Fatal(err)
		}
		if o.Empty() {
			return n
		}
		qs.Taken(*o.Ref, true)
		n++
	}
}

func TestLatestWishLimitsTheQueue(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		for n := range 500 {
			qs.Add(ref(n))
		}
		slow, fast, other := worker("slow"), worker("fast"), worker("other")
		slow.MaxTasksPerSecond, fast.MaxTasksPerSecond = 5, 20
		if n := served(t, qs, slow, 10*time.Second); n < 48 || n > 52 {
			t.Errorf("%d tasks in 10 s at 5/s", n)
		}
		if n := served(t, qs, fast, 10*time.Second); n < 190 || n > 205 {
			t.Errorf("%d tasks in 10 s at 20/s", n)
		}
		if n := served(t, qs, other, time.Second); n > 23 {
			t.Errorf("%d tasks in 1 s: a poll without a wish lifted the limit of 20/s", n)
		}
		time.Sleep(idleAfter + time.Second)
		startPoll(qs, other)
		if d := qs.Describe(queueA); d.Limit != noLimit {
			t.Errorf("limit %v: the wish of a worker that has gone still counts", d.Limit)
		}
	})
}

func TestOverrideBeatsTheWish(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		w := worker("w")
		w.MaxTasksPerSecond = 100
		zero := 0.0
		qs.Limit(queueA, &zero)
		qs.Add(ref(1))
		p := startPoll(qs, w)
		time.Sleep(time.Hour)
		p.wantWaiting(t)
		if d := qs.Describe(queueA); d.Limit != 0 {
			t.Errorf("limit %v", d.Limit)
		}
		if err := qs.Hand(t.Context(), queueA, "query"); err != nil {
			t.Errorf("a query does not pass a paused queue: %v", err)
		}
		p = startPoll(qs, w)
		qs.Limit(queueA, nil)
		p.want(t, 1)
		if d := qs.Describe(queueA); d.Limit != 100 {
			t.Errorf("limit %v", d.Limit)
		}
	})
}

// A start that failed, a lost race and a released poller give their token back.
func TestTokensThatMovedNothingComeBack(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		w := worker("w")
		w.MaxTasksPerSecond = 0.001
		p := startPoll(qs, w)
		r, ok := qs.Reserve(queueA, DefaultPriority)
		if !ok {
			t.Fatal("no reservation")
		}
		r.Release()
		qs.Add(ref(1))
		p.want(t, 1)
		qs.Return(*p.offer.Ref)
		p = startPoll(qs, w)
		p.want(t, 1)
		qs.Taken(*p.offer.Ref, false)
		qs.Add(ref(2))
		startPoll(qs, w).want(t, 2)
		qs.Add(ref(3))
		p = startPoll(qs, w)
		time.Sleep(16 * time.Minute)
		p.wantWaiting(t)
		time.Sleep(time.Minute)
		p.want(t, 3)
	})
}
