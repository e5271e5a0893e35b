package matching

import (
	"math"
	"time"
)

// saved is how much unused rate a queue keeps: the burst after a pause is what 100 ms allow, at least one task.
const saved = 100 * time.Millisecond

// slowest bounds the interval between tasks, so that absurdly small rates stay representable.
const slowest = 24 * time.Hour

// noLimit is the rate of a queue without one.
const noLimit = -1

// limiter is a token bucket in the form of GCRA: one theoretical arrival time instead of a count and a refill.
// The zero limiter lets everything pass.
type limiter struct {
	rate      float64       // tasks per second
	interval  time.Duration // between tasks; 0: no limit
	tolerance time.Duration
	paused    bool
	tat       time.Time // theoretical arrival time: when the bucket would be full again
}

// set changes the rate: < 0 means none, 0 paused.
func (l *limiter) set(rate float64, now time.Time) {
	l.rate, l.paused = rate, rate == 0
	if rate <= 0 || math.IsNaN(rate) || math.IsInf(rate, 0) {
		l.interval, l.tolerance = 0, 0
		return
	}
	l.interval = slowest
	if ns := float64(time.Second) / rate; ns < float64(slowest) {
		l.interval = max(1, time.Duration(ns))
	}
	l.tolerance = max(0, saved-l.interval)
	if most := now.Add(l.interval + l.tolerance); l.tat.After(most) {
		l.tat = most // a debt of the old rate must not be paid at the new one
	}
}

// current is the rate in force; negative: none.
func (l *limiter) current() float64 {
	if l.interval == 0 && !l.paused {
		return noLimit
	}
	return l.rate
}

// wait is how long until a token is there; 0: now. ok is false while paused: no token will come.
func (l *limiter) wait(now time.Time) (d time.Duration, ok bool) {
	if l.paused {
		return 0, false
	}
	if l.interval == 0 {
		return 0, true
	}
	d = l.tat.Sub(now)
	if d <= l.tolerance { // compared, not subtracted: for a limiter never used, d is the smallest Duration there is
		return 0, true
	}
	return d - l.tolerance, true
}

// take takes a token, if there is one.
func (l *limiter) take(now time.Time) bool {
	if d, ok := l.wait(now); !ok || d > 0 {
		return false
	}
	if l.interval > 0 {
		if l.tat.Before(now) {
			l.tat = now
		}
		l.tat = l.tat.Add(l.interval)
	}
	return true
}

// refund gives a token back that moved no task.
func (l *limiter) refund() { l.tat = l.tat.Add(-l.interval) }
