package quota

import (
	"context"
	"sync"
	"time"
)

// The rhythm of portions.
const (
	portionTime = 50 * time.Millisecond  // how long a portion should last
	holdTime    = time.Second            // what was not used for so long is given up
	emptyTime   = 10 * time.Millisecond  // how long a place that had less than was wanted is not asked
	askTime     = 100 * time.Millisecond // how long an answer is waited for
	downTime    = time.Second            // how long a place that failed is not asked
)

// Shared is a place where nodes draw from the same buckets.
type Shared interface {
	// Take takes up to want tokens for calls of a class. With none, wait is when the next one comes.
	Take(ctx context.Context, b Bucket, c Class, want int) (granted int, wait time.Duration, err error)
}

// meter is one bucket as a node sees it. Its mutex is held while it asks the shared place, so calls of one namespace that find nothing left wait for one
// round trip together.
type meter struct {
	mu     sync.Mutex
	local  bucket
	pools  [classes]pool
	downTo time.Time // the place is not asked before
}

// pool holds tokens that were taken for a class in advance.
type pool struct {
	tokens int
	want   int       // of the next portion
	asked  time.Time // when the last portion came
	later  time.Time // there is none before
}

// take takes a token for a call of a class. With a shared place that cannot be asked, or none, the node's part is of so many equal ones.
func (m *meter) take(ctx context.Context, b Bucket, c Class, shared Shared, parts int, now func() time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := now()
	if shared != nil && !at.Before(m.downTo) {
		granted, err := m.draw(ctx, b, c, shared, at)
		if err == nil {
			return granted
		}
		m.downTo = now().Add(downTime)
	}
	b.Rate /= float64(max(1, parts))
	granted, _ := m.local.take(b, c, 1, at)
	return granted > 0
}

// draw takes a token from the pool of a class, which it fills at need.
func (m *meter) draw(ctx context.Context, b Bucket, c Class, shared Shared, at time.Time) (bool, error) {
	p := &m.pools[c]
	if at.Sub(p.asked) > holdTime {
		p.tokens, p.want = 0, 0
	}
	if p.tokens == 0 {
		if at.Before(p.later) {
			return false, nil
		}
		if err := p.fill(ctx, b, c, shared, at); err != nil || p.tokens == 0 {
			return false, err
		}
	}
	p.tokens--
	return true, nil
}

// fill asks for a portion: twice the last one if that was used up sooner than it should, less if later.
func (p *pool) fill(ctx context.Context, b Bucket, c Class, shared Shared, at time.Time) error {
	switch lasted := at.Sub(p.asked); {
	case lasted < portionTime:
		p.want *= 2
	case lasted > 2*portionTime:
		p.want /= 2
	}
	p.want = max(1, min(p.want, int(b.Rate*portionTime.Seconds())))
	// The call that asks may be given up; those that wait for the portion are not.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTime)
	defer cancel()
	granted, wait, err := shared.Take(ctx, b, c, p.want)
	if err != nil {
		return err
	}
	if granted < p.want {
		wait = max(wait, emptyTime)
	}
	p.tokens, p.asked, p.later = granted, at, at.Add(wait)
	return nil
}
