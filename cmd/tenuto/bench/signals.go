package bench

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// driveSignals sends signals to so many open workflows in turn, and begins with new ones when each has had as many as its flow waits for. The units are
// the signals; starting the workflows and waiting for their ends is part of the time.
func driveSignals(open int) func(context.Context, *load) error {
	return func(ctx context.Context, l *load) error {
		for generation := 0; l.next.Load() < int64(l.count) && !l.over.Load() && ctx.Err() == nil; generation++ {
			if err := l.generation(ctx, fmt.Sprintf("%s-%d", l.prefix, generation), open); err != nil {
				return err
			}
		}
		return nil
	}
}

// generation starts so many workflows, sends them their signals, and waits until they have ended. When the load is over before they have all they wait
// for, they are terminated.
func (l *load) generation(ctx context.Context, prefix string, open int) error {
	id := func(n int) string { return fmt.Sprintf("%s-%d", prefix, n) }
	for n := range open {
		if err := l.start(ctx, id(n)); err != nil {
			return err
		}
	}
	var sent atomic.Int64
	all := int64(open * l.flow.signals)
	l.signalAll(ctx, &sent, all, func(n int64) string { return id(int(n) % open) })
	for n := range open {
		if ctx.Err() != nil {
			return nil
		}
		end := l.await
		if sent.Load() < all {
			end = l.terminate
		}
		if err := end(ctx, id(n)); err != nil {
			return fmt.Errorf("workflow %s: %w", id(n), err)
		}
	}
	return nil
}

// signalAll sends up to all signals, each to the workflow that to names, and counts those that were taken in sent.
func (l *load) signalAll(ctx context.Context, sent *atomic.Int64, all int64, to func(n int64) string) {
	var turn atomic.Int64
	generation, cancel := context.WithCancel(ctx)
	defer cancel()
	l.each(generation, l.inFlight, func(_ context.Context, n int64) error {
		mine := turn.Add(1) - 1
		if mine >= all {
			cancel()       // the generation has all its signals
			l.next.Add(-1) // the unit goes to the next one
			return nil
		}
		began := time.Now()
		if err := l.signal(ctx, to(mine)); err != nil {
			return fmt.Errorf("signal %d to %s: %w", n, to(mine), err)
		}
		sent.Add(1)
		l.finished(began)
		return nil
	})
}
