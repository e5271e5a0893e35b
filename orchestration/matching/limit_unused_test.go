package matching

import (
	"testing"
	"time"
)

// A limiter that was never used is full at any rate: its theoretical arrival time lies further back than a Duration can say.
func TestUnusedLimiterIsFull(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, rate := range []float64{0.001, 1, 10, 1000, 100_000} {
		var l limiter
		l.set(rate, now)
		if d, ok := l.wait(now); !ok || d != 0 {
			t.Errorf("rate %v: wait %v, %v", rate, d, ok)
		}
		if !l.take(now) {
			t.Errorf("rate %v: no token", rate)
		}
	}
}
