package matching

import (
	"fmt"
	"math"
	"testing"
	"testing/synctest"
	"time"

	commonpb "go.temporal.io/api/common/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

func TestDescribe(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		if d := qs.Describe(queueA); len(d.Pollers) != 0 || d.Backlog != 0 || d.Limit != noLimit {
			t.Errorf("an unknown queue: %+v", d)
		}
		start := time.Now()
		first := worker("first")
		first.Stamp = &commonpb.WorkerVersionStamp{BuildId: "b1"}
		first.MaxTasksPerSecond = 7
		startPoll(qs, first)
		time.Sleep(time.Second)
		startPoll(qs, worker("second"))
		r, _ := qs.Reserve(queueA, DefaultPriority)

		d := qs.Describe(queueA)
		if d.Waiting != 2 || d.Limit != 7 || len(d.Pollers) != 2 || !d.LastPoll.Equal(start.Add(time.Second)) {
			t.Fatalf("got %+v", d)
		}
		if p := d.Pollers[0]; p.Identity != "second" || !p.LastAccess.Equal(start.Add(time.Second)) {
			t.Errorf("latest poller: %+v", p)
		}
		if p := d.Pollers[1]; p.Identity != "first" || p.Stamp.GetBuildId() != "b1" || p.MaxTasksPerSecond != 7 {
			t.Errorf("first poller: %+v", p)
		}
		r.Deliver("fused")
		time.Sleep(time.Second) // a token of 7/s
		qs.Add(ref(1))          // meets the first poller
		synctest.Wait()
		qs.Taken(ref(1), true)
		qs.Add(ref(2))
		time.Sleep(5 * time.Second)
		qs.Add(ref(3))

		d = qs.Describe(queueA)
		if n := qs.Backlog(queueA); n != d.Backlog || qs.Backlog(Key{Name: "unknown"}) != 0 {
			t.Errorf("backlog of %d", n)
		}
		if d.Backlog != 2 || d.Oldest != 5*time.Second || d.Added != 4 || d.Dispatched != 2 || d.Synced != 2 || d.SyncRate != d.AddRate/2 {
			t.Errorf("got %+v", d)
		}
		time.Sleep(idleAfter)
		if d = qs.Describe(queueA); len(d.Pollers) != 0 {
			t.Errorf("five minutes later: %+v", d.Pollers)
		}
	})
}

func TestManyIdentitiesAreBounded(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		for n := range maxWorkers + 10 {
			qs.Add(ref(n))
			if p := startPoll(qs, worker(fmt.Sprint(n))); p.offer.Ref == nil {
				t.Fatalf("worker %d got nothing", n)
			}
		}
		if n := len(qs.Describe(queueA).Pollers); n != maxWorkers {
			t.Errorf("%d workers are remembered", n)
		}
	})
}

// Memory stays flat whatever number of queues come and go.
func TestIdleQueuesAreForgotten(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		for n := range 10_000 {
			r := ref(n)
			r.Key.Name = fmt.Sprint("sticky ", n)
			qs.Add(r)
			qs.Remove(r)
		}
		kept := ref(1)
		qs.Add(kept)
		limited := Key{Namespace: orchestration.NamespaceID{3}, Name: "limited"}
		one := 1.0
		qs.Limit(limited, &one)
		count := func() (n int) {
			for range qs.Queues() {
				n++
			}
			return n
		}
		if n := count(); n != 10_002 {
			t.Errorf("%d queues", n)
		}
		time.Sleep(idleAfter + sweepEvery)
		synctest.Wait()
		if n := count(); n != 2 {
			t.Errorf("%d queues are left: only the one with a reference and the one with a limit should be", n)
		}
		startPoll(qs, worker("w")).want(t, 1)
		qs.Taken(kept, true)
		for range qs.Queues() { // stopping early is allowed
			break
		}
	})
}

// Whoever looked a queue up just before it was forgotten must not use it: what is added to it would be lost.
func TestForgottenQueueIsNotUsed(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		old := qs.lock(queueA)
		old.mu.Unlock()
		time.Sleep(idleAfter + sweepEvery)
		synctest.Wait()
		s := qs.shard(queueA)
		s.mu.Lock()
		s.queues[queueA] = old // as a caller sees it that looked before the sweep
		s.mu.Unlock()
		if qs.peek(queueA) != nil {
			t.Error("a forgotten queue is used")
		}
	})
}

func TestMeter(t *testing.T) {
	now := time.Unix(1000, 0)
	var m meter
	if m.perSecond(now) != 0 {
		t.Error("a rate before the first event")
	}
	m.add(1, now)
	if r := m.perSecond(now); r != 1 {
		t.Errorf("one event just now: %v/s", r)
	}
	for range 1200 { // 10/s for two minutes
		now = now.Add(100 * time.Millisecond)
		m.add(1, now)
	}
	if r := m.perSecond(now); math.Abs(r-10) > 0.5 {
		t.Errorf("10/s is shown as %v/s", r)
	}
	if m.total != 1201 {
		t.Errorf("total %d", m.total)
	}
	m.add(1, now.Add(-time.Hour)) // the clock went back
	now = now.Add(15 * time.Second)
	if r := m.perSecond(now); math.Abs(r-5) > 1 {
		t.Errorf("15 s of 10/s, then 15 s of nothing: %v/s", r)
	}
	if r := m.perSecond(now.Add(time.Hour)); r != 0 {
		t.Errorf("an hour later: %v/s", r)
	}
}
