package bench

import (
	"context"
	"time"
)

// driveIdle leaves the server alone. Its units are seconds.
func driveIdle(ctx context.Context, l *load) error {
	select {
	case <-time.After(l.idle):
		l.done.Store(max(1, int64(l.idle.Round(time.Second)/time.Second)))
	case <-ctx.Done():
	}
	return nil
}
