package matching

import "time"

const (
	meterBucket  = 3 * time.Second
	meterBuckets = 10 // 30 s, the window that users of this API know
)

// tally counts the tasks of one priority.
type tally struct{ added, dispatched meter }

// tally is the counts of a priority.
func (q *queue[T]) tally(priority int32) *tally {
	t := q.tallies[priority]
	if t == nil {
		t = new(tally)
		q.tallies[priority] = t
	}
	return t
}

// meter counts events and tells their rate over the last 30 seconds, or since its first event if that is less.
type meter struct {
	total   int64
	first   time.Time
	epoch   int64 // the newest bucket, in meterBucket since first
	buckets [meterBuckets]int64
}

func (m *meter) add(n int64, now time.Time) {
	if m.first.IsZero() {
		m.first = now
	}
	m.advance(now)
	m.buckets[m.epoch%meterBuckets] += n
	m.total += n
}

// perSecond is the smoothed rate. The divisor is at least a second, so that one task is never shown as thousands per second.
func (m *meter) perSecond(now time.Time) float64 {
	if m.first.IsZero() {
		return 0
	}
	m.advance(now)
	var sum int64
	for _, n := range m.buckets {
		sum += n
	}
	covered := now.Sub(m.first) - time.Duration(max(0, m.epoch-meterBuckets+1))*meterBucket
	return float64(sum) / max(covered, time.Second).Seconds()
}

// advance empties the buckets that now has moved past. A clock that went back counts into the newest bucket.
func (m *meter) advance(now time.Time) {
	epoch := int64(now.Sub(m.first) / meterBucket)
	for i := m.epoch + 1; i <= epoch && i <= m.epoch+meterBuckets; i++ {
		m.buckets[i%meterBuckets] = 0
	}
	m.epoch = max(m.epoch, epoch)
}
