package rpc

import (
	"context"
	"math/rand/v2"
	"time"

	"google.golang.org/grpc/codes"
)

// Backoff gives growing delays: First, then twice as long each time, at most Max, each shortened by up to a fifth so that
// callers that failed together do not come back together. Not safe for concurrent use.
type Backoff struct {
	// First is the first delay.
	First time.Duration
	// Max is the longest delay.
	Max  time.Duration
	next time.Duration
}

// Next returns the next delay.
func (b *Backoff) Next() time.Duration {
	b.next = min(max(2*b.next, b.First), b.Max)
	return b.next - rand.N(b.next/5+1)
}

// Reset starts again at First.
func (b *Backoff) Reset() { b.next = 0 }

// Sleep waits, and returns false if the context ended first.
func Sleep(ctx context.Context, delay time.Duration) bool {
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// delays holds the backoff of one call. A server that says it is overloaded is left alone for longer.
type delays struct {
	transient  Backoff
	overloaded Backoff
}

func newDelays() delays {
	return delays{
		transient:  Backoff{First: 50 * time.Millisecond, Max: 5 * time.Second},
		overloaded: Backoff{First: time.Second, Max: 10 * time.Second},
	}
}

func (d *delays) next(code codes.Code) time.Duration {
	if code == codes.ResourceExhausted {
		return d.overloaded.Next()
	}
	return d.transient.Next()
}
