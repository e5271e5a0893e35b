package bench

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// fillBacklog starts the load's workflows while nobody polls.
func fillBacklog(ctx context.Context, l *load) error {
	ctx, l.fail = context.WithCancelCause(ctx)
	defer l.fail(nil)
	if l.duration > 0 {
		defer time.AfterFunc(l.duration, func() { l.over.Store(true) }).Stop()
	}
	var filling sync.Mutex
	l.each(ctx, l.inFlight, func(ctx context.Context, n int64) error {
		id := l.workflowID(n)
		end := l.ends.expect(id)
		if err := l.start(ctx, id); err != nil {
			return fmt.Errorf("workflow %s: %w", id, err)
		}
		l.done.Add(1)
		filling.Lock()
		defer filling.Unlock()
		l.backlog = append(l.backlog, end)
		return nil
	})
	l.done.Store(0)
	return context.Cause(ctx)
}

// drainBacklog waits until the worker, which has begun just now, has ended all that was filled in. Each counts from that beginning.
func drainBacklog(ctx context.Context, l *load) error {
	began := time.Now()
	for _, end := range l.backlog {
		if err := until(ctx, end); err != nil {
			return err
		}
		l.finished(began)
	}
	return nil
}

// arrivals are the moments at which tasks were scheduled, in the order in which they arrived here.
type arrivals struct {
	mu  sync.Mutex
	all []time.Time
}

func (a *arrivals) add(scheduled time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = append(a.all, scheduled)
}

// Displacement says how far tasks arrived from their places in the order of their schedule, in places. Polls that wait side by side mix tasks up by about
// as many places as there are polls.
type Displacement struct {
	P50 int `json:"p50"`
	P99 int `json:"p99"`
	Max int `json:"max"`
}

func (a *arrivals) displacement() Displacement {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.all) == 0 {
		return Displacement{}
	}
	order := make([]int, len(a.all)) // arrivals, in the order of their schedule
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return a.all[x].Compare(a.all[y]) })
	off := make([]int, len(order))
	for place, arrival := range order {
		off[place] = max(place-arrival, arrival-place)
	}
	slices.Sort(off)
	return Displacement{P50: percentile(off, 50), P99: percentile(off, 99), Max: off[len(off)-1]}
}
