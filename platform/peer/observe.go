package peer

import (
	"context"
	"time"
)

// observe returns when nothing has arrived on a connection for too long, when ctx ends, or when beat, called each tick, returns an error.
// A process that was stopped itself finds that all others were silent: it first gives them time to be heard.
func observe(ctx context.Context, conn *watched, p pace, beat func() error) error {
	ticker := time.NewTicker(p.tick)
	defer ticker.Stop()
	for last := time.Now(); ; {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-ticker.C:
		}
		now := time.Now()
		late := now.Sub(last) > 2*p.tick
		last = now
		if !late && conn.silence() > p.silence {
			return errSilent
		}
		if err := beat(); err != nil {
			return err
		}
	}
}
