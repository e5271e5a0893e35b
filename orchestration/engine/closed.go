package engine

import (
	"context"

	"github.com/tenuto-io/tenuto/orchestration/shard"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Closed shows which runs of a namespace closed first. Errors: Unavailable.
func (e *Engine) Closed(ctx context.Context, scan store.ClosedScan) ([]store.ClosedRun, error) {
	runs, err := e.reader.Closed(ctx, scan)
	if err != nil {
		return nil, shard.Unread(ctx, err)
	}
	return runs, nil
}
