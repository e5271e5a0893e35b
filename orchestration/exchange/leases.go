package exchange

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/tenuto-io/tenuto/orchestration/matching"
)

const (
	leaseSlice = 100 * time.Millisecond // what is taken of a rate limit at once
	leaseSoon  = 20 * time.Millisecond  // when to ask again after the limit was used up: between these
	leaseLate  = time.Second
)

// leases is the goroutine that takes tokens of shared rate limits, a slice at a time.
type leases struct {
	x    *Exchange
	wake chan struct{} // of one

	mu   sync.Mutex
	asks map[matching.Key]ask
}

// ask is a queue that waits for tokens.
type ask struct {
	perSecond float64
	at        time.Time // not before this; zero: now
}

func newLeases(x *Exchange) *leases {
	return &leases{x: x, wake: make(chan struct{}, 1), asks: make(map[matching.Key]ask)}
}

func (l *leases) ask(key matching.Key, perSecond float64) {
	l.put(key, ask{perSecond: perSecond})
	nudge(l.wake)
}

func (l *leases) put(key matching.Key, a ask) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asks[key] = a
}

func (l *leases) run(ctx context.Context) {
	timer := time.NewTimer(leaseLate)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
		case <-timer.C:
		}
		due, next := l.due(l.x.now())
		for key, a := range due {
			next = min(next, l.lease(ctx, key, a))
		}
		timer.Reset(next)
	}
}

// due takes the asks that are due, and tells how long until the next is.
func (l *leases) due(now time.Time) (due map[matching.Key]ask, next time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	due, next = make(map[matching.Key]ask), leaseLate
	for key, a := range l.asks {
		if d := a.at.Sub(now); d > 0 {
			next = min(next, d)
			continue
		}
		due[key] = a
		delete(l.asks, key)
	}
	return due, next
}

// lease brings a queue a slice of its limit, or if that cannot be had, has it count its part by itself. It tells when to ask again at the latest.
func (l *leases) lease(ctx context.Context, key matching.Key, a ask) time.Duration {
	granted, err := 0, error(nil)
	if l.x.up.Load() {
		granted, err = l.x.shared.Tokens(ctx, key, a.perSecond, slice(a.perSecond))
	}
	switch {
	case err != nil || !l.x.up.Load():
		l.x.queues.Share(key, 1+l.x.others.count(key))
	case granted > 0:
		l.x.queues.Grant(key, granted)
	default:
		wait := min(max(leaseSoon, time.Duration(float64(time.Second)/a.perSecond)), leaseLate)
		l.put(key, ask{perSecond: a.perSecond, at: l.x.now().Add(wait)})
		return wait
	}
	return leaseLate
}

// slice is how many tokens are taken at once: what the limit lets pass in a tenth of a second, but one.
func slice(perSecond float64) int {
	return max(1, int(math.Ceil(min(perSecond, 1e6)*leaseSlice.Seconds())))
}
