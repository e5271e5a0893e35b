package engine

import (
	"context"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

// Delete removes a run with its history, for good; an open one is terminated first. A run that still owes something to others, such as its end to
// a parent, goes when that is done. Errors: NotFound, Unavailable, DataLoss.
func (e *Engine) Delete(ctx context.Context, key orchestration.RunKey, in history.Terminate) error {
	for {
		done := false
		err := e.run(ctx, key, func(tx *shard.Tx, r *shard.Run) error {
			key = r.Key
			done = tx.Delete(r, in)
			return nil
		})
		if done || err != nil {
			return err
		}
	}
}
