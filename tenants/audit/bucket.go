package audit

import (
	"sync"
	"time"
)

// nobodyRate is how many calls a second are recorded that prove nobody, and how many at once.
const nobodyRate = 20

// bucket holds up to nobodyRate tokens, and gets as many a second.
type bucket struct {
	mu    sync.Mutex
	used  float64
	since time.Time
}

// take takes a token, if there is one.
func (b *bucket) take(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if passed := now.Sub(b.since); passed > 0 {
		b.used, b.since = max(0, b.used-nobodyRate*passed.Seconds()), now
	}
	if b.used+1 > nobodyRate {
		return false
	}
	b.used++
	return true
}
