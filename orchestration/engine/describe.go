package engine

import (
	"context"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

// Describe shows a run as it is committed. Errors: NotFound, Unavailable, DataLoss.
func (e *Engine) Describe(ctx context.Context, key orchestration.RunKey) (d *Description, err error) {
	err = e.run(ctx, key, func(_ *shard.Tx, r *shard.Run) error {
		d = &Description{
			Config:       r.Config(),
			Info:         r.Info(),
			Activities:   r.PendingActivities(),
			Children:     r.PendingChildren(),
			WorkflowTask: r.PendingWorkflowTask(),
			Extended:     r.Extended(),
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}
