package matching

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// limited has a queue with a rate limit that is counted elsewhere, and tasks waiting.
func limited(t *testing.T, f func(t *testing.T, qs *Queues[task], x *recorder)) {
	exchanging(t, Options{}, func(t *testing.T, qs *Queues[task], x *recorder) {
		x.shares = true
		rate := 10.0
		qs.Limit(queueA, &rate)
		for n := range 100 {
			qs.Add(ref(n))
		}
		f(t, qs, x)
	})
}

func tokenCalls(x *recorder) int {
	return len(slices.DeleteFunc(x.told(), func(call string) bool { return call != "tokens" }))
}

func TestASharedLimitWaitsForTokens(t *testing.T) {
	limited(t, func(t *testing.T, qs *Queues[task], x *recorder) {
		first, second, third := startPoll(qs, worker("w")), startPoll(qs, worker("w")), startPoll(qs, worker("w"))
		time.Sleep(time.Minute)
		first.wantWaiting(t)
		if n := tokenCalls(x); n != 1 {
			t.Errorf("asked %d times for tokens", n)
		}
		qs.Grant(queueA, 2)
		third.want(t, 0)
		second.want(t, 1)
		first.wantWaiting(t)
		if n := tokenCalls(x); n != 1 {
			t.Errorf("asked %d times for more", n)
		}
		if d := qs.Describe(queueA); d.Limit != 10 {
			t.Errorf("limit %v", d.Limit)
		}
		qs.Taken(*second.offer.Ref, false) // its token comes back
		first.want(t, 2)
	})
}

func TestLeasesLapse(t *testing.T) {
	limited(t, func(t *testing.T, qs *Queues[task], _ *recorder) {
		if o := pollNow(t, qs); !o.Empty() {
			t.Errorf("got %+v without a token", o)
		}
		qs.Grant(queueA, 5)
		if o := pollNow(t, qs); o.Ref == nil {
			t.Error("the leased token is missing")
		}
		time.Sleep(leaseFor)
		if o := pollNow(t, qs); !o.Empty() {
			t.Errorf("got %+v for a token of a second ago", o)
		}
		qs.Grant(queueA, 1) // and the four old ones do not come back with it
		if o := pollNow(t, qs); o.Ref == nil {
			t.Error("the leased token is missing")
		}
		if o := pollNow(t, qs); !o.Empty() {
			t.Errorf("got %+v for a token that lapsed", o)
		}
	})
}

func TestAFusedStartNeedsATokenOfTheLease(t *testing.T) {
	exchanging(t, Options{}, func(t *testing.T, qs *Queues[task], x *recorder) {
		x.shares = true
		rate := 10.0
		qs.Limit(queueA, &rate)
		startPoll(qs, worker("w"))
		if _, ok := qs.Reserve(queueA, DefaultPriority); ok {
			t.Error("reserved without a token")
		}
		qs.Grant(queueA, 1)
		r, ok := qs.Reserve(queueA, DefaultPriority)
		if !ok {
			t.Fatal("not reserved with a token")
		}
		r.Release()
		r, ok = qs.Reserve(queueA, DefaultPriority)
		if !ok {
			t.Fatal("the token did not come back")
		}
		r.Deliver("task")
	})
}

// An import that was popped has its token already.
func TestPaidImportsPass(t *testing.T) {
	limited(t, func(t *testing.T, qs *Queues[task], _ *recorder) {
		p, unpaid := startPoll(qs, worker("w")), ref(500)
		unpaid.Priority = HighestPriority
		qs.Import([]Reference{unpaid}, false)
		p.wantWaiting(t)
		p.cancel()
		synctest.Wait()
		time.Sleep(importFor)
		polledBefore(qs)
		paid := ref(501)
		qs.Import([]Reference{paid}, true)
		startPoll(qs, worker("w")).want(t, 501)
		qs.Return(paid)
		startPoll(qs, worker("w")).want(t, 501)
	})
}

func TestAPaidImportNeedNotWaitForTheHead(t *testing.T) {
	limited(t, func(t *testing.T, qs *Queues[task], _ *recorder) {
		p := startPoll(qs, worker("w"))
		late := ref(501)
		late.Priority = LowestPriority
		qs.Import([]Reference{late}, true)
		p.want(t, 501)
	})
}

// Without a place where the limit is counted, each node has its part.
func TestALimitIsDivided(t *testing.T) {
	limited(t, func(t *testing.T, qs *Queues[task], x *recorder) {
		p := startPoll(qs, worker("w"))
		p.wantWaiting(t)
		x.shares = false // the place is down
		qs.Share(queueA, 5)
		p.want(t, 0)
		if n := served(t, qs, worker("w"), 10*time.Second); n < 19 || n > 21 {
			t.Errorf("%d tasks in 10 s; want a fifth of 10/s", n)
		}
		if d := qs.Describe(queueA); d.Limit != 10 {
			t.Errorf("limit %v", d.Limit)
		}
		qs.Share(queueA, 1)
		if n := served(t, qs, worker("w"), 5*time.Second); n < 48 || n > 52 {
			t.Errorf("%d tasks in 5 s at 10/s", n)
		}
	})
}

func TestGrantAndShareOfAnUnknownQueue(t *testing.T) {
	exchanging(t, Options{}, func(t *testing.T, qs *Queues[task], _ *recorder) {
		qs.Grant(queueA, 5)
		qs.Share(queueA, 5)
		for key := range qs.Queues() {
			t.Errorf("%v was made", key)
		}
	})
}
