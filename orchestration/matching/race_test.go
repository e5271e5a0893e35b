package matching

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Real goroutines without a script: every reference is started once, whatever its pollers, their contexts, reservations and failed
// starts do at the same time. It is meant for the race detector.
func TestStress(t *testing.T) {
	const tasks, pollers = 2000, 8
	qs := New[task](Options{MaxInMemory: tasks})
	defer qs.Close()
	var (
		started [tasks]atomic.Int32
		left    atomic.Int32
		fused   atomic.Int32
		wg      sync.WaitGroup
	)
	left.Store(tasks)
	done, stop := context.WithCancel(t.Context())
	defer stop()
	for i := range pollers {
		wg.Go(func() {
			for n := i; done.Err() == nil; n++ {
				ctx, cancel := context.WithTimeout(done, time.Duration(n%5)*time.Millisecond)
				o, _ := qs.Poll(ctx, queueA, worker("w"))
				cancel()
				switch {
				case o.Delivered:
					fused.Add(-1)
				case o.Ref == nil:
				case n%7 == 0:
					qs.Return(*o.Ref)
				default:
					started[number(*o.Ref)].Add(1)
					qs.Taken(*o.Ref, true)
					if left.Add(-1) == 0 {
						stop()
					}
				}
			}
		})
	}
	wg.Go(func() {
		for n := range tasks {
			if qs.Admit(queueA, DefaultPriority) {
				qs.Add(ref(n))
			}
		}
	})
	wg.Go(func() {
		for n := 0; done.Err() == nil; n++ {
			qs.Describe(queueA)
			if r, ok := qs.Reserve(queueA, HighestPriority); ok {
				if n%2 == 0 {
					fused.Add(1)
					r.Deliver("fused")
				} else {
					r.Release()
				}
			}
		}
	})
	wg.Wait()
	for n := range started {
		if c := started[n].Load(); c != 1 {
			t.Errorf("task %d was started %d times", n, c)
		}
	}
	if n := fused.Load(); n != 0 {
		t.Errorf("%d fused tasks went nowhere", n)
	}
}
