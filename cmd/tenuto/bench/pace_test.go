package bench

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// paced is a load on a driver whose n-th start takes as long as takes says, with the clock of a synctest bubble.
func paced(count, inFlight int, rate float64, takes func(n int64) time.Duration) *load {
	var n atomic.Int64
	return &load{
		scenario: scenario{unit: "workflow", unpolled: true, drive: driveWorkflows}, count: count, inFlight: inFlight, rate: rate,
		driver: fakeDriver{func(string) time.Duration { return takes(n.Add(1)) }},
	}
}

// A server that stalls for a second, in an open loop at 100 a second: everybody who comes in that second waits, and is counted as waiting. The same
// server in a closed loop of one: a single late workflow.
func TestOpenLoopCountsWhoWouldHaveWaited(t *testing.T) {
	stall := func(t *testing.T, rate float64) Latency {
		began := time.Now()
		l := paced(300, 1, rate, func(int64) time.Duration {
			at := time.Since(began) // the stall is from 1 s to 2 s
			return 2*time.Millisecond + max(0, min(2*time.Second-at, time.Second))*time.Duration(b2i(at >= time.Second))
		})
		if _, err := l.run(t.Context(), time.Hour); err != nil {
			t.Fatal(err)
		}
		return *l.latencies.sum()
	}
	synctest.Test(t, func(t *testing.T) {
		open := stall(t, 100)
		if open.P50 > 600 || open.P95 < 500 || open.Max < 1000 || open.Mean < 150 {
			t.Errorf("open: %+v", open)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		if closed := stall(t, 0); closed.P99 > 3 {
			t.Errorf("closed: %+v", closed)
		}
	})
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// An open loop begins each workflow at its moment, also while others are open.
func TestOpenLoopKeepsItsRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := paced(51, 1, 10, func(int64) time.Duration { return 3 * time.Second })
		took, err := l.run(t.Context(), time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if took != 8*time.Second || l.latencies.sum().Max != 3000 {
			t.Errorf("took %v, %+v", took, l.latencies.sum())
		}
	})
}

func TestOpenLoopThatIsNotKeptUpWith(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := paced(maxOpen+100, 1, 1000, func(int64) time.Duration { return time.Hour })
		if _, err := l.run(t.Context(), 2*time.Hour); err == nil || !strings.Contains(err.Error(), "does not keep up with 1000") {
			t.Errorf("got %v", err)
		}
	})
}

func TestOpenLoopEndsAtItsTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := paced(100, 1, 1, func(int64) time.Duration { return time.Millisecond })
		if took, err := l.run(t.Context(), 10*time.Second); err == nil || took != 10*time.Second || !strings.Contains(err.Error(), "not done after 10s") {
			t.Errorf("%v, %v", took, err)
		}
	})
}

// A crowd is open at once.
func TestCrowd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := paced(100, 2, 0, func(int64) time.Duration { return time.Second })
		l.crowd = 25
		if took, err := l.run(t.Context(), time.Hour); err != nil || took != 2*time.Second {
			t.Errorf("%v, %v", took, err)
		}
	})
}

func TestIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &load{scenario: named(t, "idle"), idle: 30 * time.Second}
		if took, err := l.run(t.Context(), time.Hour); err != nil || took != l.idle || l.done.Load() != 30 {
			t.Errorf("%v, %d, %v", took, l.done.Load(), err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := l.run(ctx, time.Hour); err == nil {
			t.Error("an idling that was cut off is a result")
		}
	})
}

// Progress is told every two seconds, until it is stopped.
func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told strings.Builder
		l := &load{count: 9, title: "title", progress: &told}
		stop := l.watch()
		time.Sleep(time.Second) // of the bubble's clock
		l.done.Store(4)
		time.Sleep(3500 * time.Millisecond)
		stop()
		time.Sleep(time.Minute)
		if want := "title: 4 of at most 9, 2/s\ntitle: 4 of at most 9, 0/s\n"; told.String() != want {
			t.Errorf("got %q", told.String())
		}
	})
}
