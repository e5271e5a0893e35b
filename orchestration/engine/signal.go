package engine

import (
	"context"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

// Signal sends a signal to an open run. A repeated request id changes nothing. Errors: NotFound, InvalidArgument, Unavailable.
func (e *Engine) Signal(ctx context.Context, key orchestration.RunKey, in history.Signal) error {
	return e.run(ctx, key, func(tx *shard.Tx, r *shard.Run) error {
		return apply(tx, r)(r.Signal(in, tx.Now()))
	})
}

// RequestCancel asks an open run to cancel itself. first, when set, must be the first run of its chain. Errors: NotFound, Unavailable.
func (e *Engine) RequestCancel(ctx context.Context, key orchestration.RunKey, first orchestration.RunID, in history.Cancel) error {
	return e.run(ctx, key, func(tx *shard.Tx, r *shard.Run) error {
		if err := ofChain(r, first); err != nil {
			return err
		}
		return apply(tx, r)(r.RequestCancel(in, tx.Now()))
	})
}

// Terminate closes an open run at once. first, when set, must be the first run of its chain. Errors: NotFound, Unavailable.
func (e *Engine) Terminate(ctx context.Context, key orchestration.RunKey, first orchestration.RunID, in history.Terminate) error {
	return e.run(ctx, key, func(tx *shard.Tx, r *shard.Run) error {
		if err := ofChain(r, first); err != nil {
			return err
		}
		return apply(tx, r)(r.Terminate(in, tx.Now()))
	})
}

// ofChain checks the first run id of a request, if it has one.
func ofChain(r *shard.Run, first orchestration.RunID) error {
	if !first.IsZero() && first != r.First() {
		return orchestration.Errorf(orchestration.NotFound, "workflow %s has no open run that began with run %s", r.Key.WorkflowID, first)
	}
	return nil
}
