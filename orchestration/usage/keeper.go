package usage

import (
	"context"
	"log/slog"
	"time"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

// The keeper's pace.
const (
	keepEvery = 5 * time.Minute
	keepAfter = 5 * time.Minute // an hour is folded when it is over for so long: its last commits have ended
	keepRows  = 500             // of one statement, which no commit waits for longer than it takes
	keepPause = 50 * time.Millisecond
)

// Folder is the part of store.Usages that a keeper needs.
type Folder interface {
	FoldUsage(ctx context.Context, before store.Hour, limit int) (more bool, err error)
	DropUsage(ctx context.Context, before store.Hour, limit int) (more bool, err error)
}

// Keep folds hours that are over and drops those older than Kept, now and then, until ctx ends. Each node may keep, beside the others: whoever comes first does
// it. now is the clock.
func Keep(ctx context.Context, f Folder, now func() time.Time, log *slog.Logger) {
	for ctx.Err() == nil {
		if err := Tidy(ctx, f, now()); err != nil && ctx.Err() == nil {
			log.Warn("counters of usage stay as they are for now", "error", err)
		}
		rest(ctx, keepEvery)
	}
}

// Tidy is one pass of Keep.
func Tidy(ctx context.Context, f Folder, now time.Time) error {
	if err := all(ctx, f.FoldUsage, store.HourOf(now.Add(-keepAfter))); err != nil {
		return err
	}
	return all(ctx, f.DropUsage, store.HourOf(now.Add(-Kept)))
}

// all takes steps until there is nothing more to do.
func all(ctx context.Context, step func(context.Context, store.Hour, int) (bool, error), before store.Hour) error {
	for {
		more, err := step(ctx, before, keepRows)
		if err != nil || !more {
			return err
		}
		rest(ctx, keepPause)
	}
}

// rest waits, or until ctx ends.
func rest(ctx context.Context, d time.Duration) {
	pause := time.NewTimer(d)
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-ctx.Done():
	}
}
