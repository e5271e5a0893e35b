package recent

import (
	"math/bits"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Waits count tasks by how long they had waited for a worker: those under a millisecond, then under two, four, eight …, and last those of over an hour.
type Waits [24]int64

// Waited counts a task that a worker got.
func (c *Counter) Waited(ns orchestration.NamespaceID, wait time.Duration) {
	c.count(ns, func(m *minute) { m.waits[bucketOf(wait)]++ })
}

// bucketOf is where a wait is counted.
func bucketOf(wait time.Duration) int {
	return min(bits.Len64(uint64(max(0, wait.Milliseconds()))), len(Waits{})-1)
}

// Total is how many tasks are counted.
func (w Waits) Total() (n int64) {
	for _, b := range w {
		n += b
	}
	return n
}

// Percentile is a time within which so many of a hundred tasks got a worker: at most twice the least such time, and never less than a millisecond. 0: none is
// counted.
func (w Waits) Percentile(percent int64) time.Duration {
	total, sum := w.Total(), int64(0)
	for i, n := range w {
		if sum += n; n > 0 && 100*sum >= percent*total {
			return time.Millisecond << i
		}
	}
	return 0
}
