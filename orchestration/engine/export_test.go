package engine

import (
	"context"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

// Riding is how many queries wait with a run for its workflow task: what is missing of the room there is for them.
func (e *Engine) Riding(ctx context.Context, key orchestration.RunKey) int {
	const room = 100
	free := 0
	_ = e.run(ctx, key, func(tx *shard.Tx, r *shard.Run) error {
		var asked []*shard.Query
		for {
			q := shard.NewQuery(nil)
			if tx.Ask(r, q) != nil {
				break
			}
			asked = append(asked, q)
		}
		for _, q := range asked {
			tx.Forget(q)
		}
		free = len(asked)
		return nil
	})
	return room - free
}
