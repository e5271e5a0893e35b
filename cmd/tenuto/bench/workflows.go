package bench

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// driveWorkflows runs workflows from their start to their end: a closed loop, or with --rate an open one.
func driveWorkflows(ctx context.Context, l *load) error {
	if l.rate > 0 {
		return l.openLoop(ctx)
	}
	l.each(ctx, l.inFlight*max(1, l.crowd), func(ctx context.Context, n int64) error { return l.workflow(ctx, n, time.Now()) })
	return nil
}

// workflow runs the n-th workflow, which was due at that moment.
func (l *load) workflow(ctx context.Context, n int64, due time.Time) error {
	id := l.workflowID(n)
	var end <-chan struct{}
	if l.seen {
		end = l.ends.expect(id)
	}
	err := l.start(ctx, id)
	switch {
	case err != nil || l.left:
	case l.seen:
		err = until(ctx, end)
	default:
		err = l.await(ctx, id)
	}
	if err != nil {
		return fmt.Errorf("workflow %s: %w", id, err)
	}
	l.finished(due)
	return nil
}

// until waits for a channel to be closed.
func until(ctx context.Context, end <-chan struct{}) error {
	select {
	case <-end:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// maxOpen is how many workflows of an open loop may be open. A server with more than that behind it does not keep up.
const maxOpen = 20_000

// openLoop starts workflows at the moments that the rate gives, whatever became of those before. Each counts from its own moment, also when this
// process comes to it late, so that a server that stalls is charged for everybody who would have come meanwhile.
func (l *load) openLoop(ctx context.Context) error {
	var open sync.WaitGroup
	defer open.Wait()
	room := make(chan struct{}, maxOpen)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for began := time.Now(); ; {
		n, ok := l.take()
		if !ok {
			return nil
		}
		due := began.Add(time.Duration(float64(n-1) / l.rate * float64(time.Second)))
		timer.Reset(time.Until(due))
		select {
		case <-timer.C:
		case <-ctx.Done():
			return nil // its cause is the load's failure
		}
		select {
		case room <- struct{}{}:
		default:
			return fmt.Errorf("%d workflows are open: the server does not keep up with %g a second", maxOpen, l.rate)
		}
		open.Go(func() {
			if err := l.workflow(ctx, n, due); err != nil {
				l.fail(err)
			}
			<-room
		})
	}
}
