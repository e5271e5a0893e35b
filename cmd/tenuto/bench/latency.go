package bench

import (
	"math"
	"slices"
	"sync"
	"time"
)

// latencies collects how long things took.
type latencies struct {
	mu  sync.Mutex
	all []time.Duration
}

func (l *latencies) add(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, d)
}

// Latency sums latencies up, in milliseconds.
type Latency struct {
	Mean float64 `json:"mean"`
	P50  float64 `json:"p50"`
	P95  float64 `json:"p95"`
	P99  float64 `json:"p99"`
	Max  float64 `json:"max"`
}

// sum is nil when nothing was collected.
func (l *latencies) sum() *Latency {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.all) == 0 {
		return nil
	}
	slices.Sort(l.all)
	var total time.Duration
	for _, d := range l.all {
		total += d
	}
	return &Latency{
		Mean: milliseconds(total) / float64(len(l.all)),
		P50:  milliseconds(percentile(l.all, 50)), P95: milliseconds(percentile(l.all, 95)), P99: milliseconds(percentile(l.all, 99)),
		Max: milliseconds(l.all[len(l.all)-1]),
	}
}

// percentile is the smallest value that at least p percent of the sorted values do not exceed.
func percentile[T any](sorted []T, p float64) T {
	return sorted[max(0, int(math.Ceil(p/100*float64(len(sorted))))-1)]
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
