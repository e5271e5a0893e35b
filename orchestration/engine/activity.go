package engine

import (
	"context"

	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"

	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

// CompleteActivity records an activity's result. Errors: NotFound (not pending, or another attempt), Unavailable.
func (e *Engine) CompleteActivity(ctx context.Context, a ActivityTarget, result *commonpb.Payloads) error {
	return e.run(ctx, a.Run, func(tx *shard.Tx, r *shard.Run) error {
		return apply(tx, r)(r.CompleteActivity(a.ref(), result, a.Identity, tx.Now()))
	})
}

// FailActivity records a failed attempt; the policy decides about the next one. Errors: NotFound, Unavailable.
func (e *Engine) FailActivity(ctx context.Context, a ActivityTarget, failure *failurepb.Failure, lastHeartbeat *commonpb.Payloads) error {
	return e.run(ctx, a.Run, func(tx *shard.Tx, r *shard.Run) error {
		return apply(tx, r)(r.FailActivity(a.ref(), failure, lastHeartbeat, a.Identity, tx.Now()))
	})
}

// CancelActivity records that the activity gave way to its cancellation. Errors: NotFound, InvalidArgument, Unavailable.
func (e *Engine) CancelActivity(ctx context.Context, a ActivityTarget, details *commonpb.Payloads) error {
	return e.run(ctx, a.Run, func(tx *shard.Tx, r *shard.Run) error {
		return apply(tx, r)(r.CancelActivity(a.ref(), details, a.Identity, tx.Now()))
	})
}

// Heartbeat records that an activity is alive. It may live in memory for a second before its commit. Errors: NotFound, Unavailable.
func (e *Engine) Heartbeat(ctx context.Context, a ActivityTarget, details *commonpb.Payloads) (answer history.HeartbeatAnswer, err error) {
	err = e.owner.UpdateLazily(ctx, a.Run.WorkflowKey, func(tx *shard.Tx) error {
		r, err := tx.Run(a.Run.RunID)
		if err != nil {
			return err
		}
		var t history.Transition
		if t, answer, err = r.Heartbeat(a.ref(), details, a.Identity, tx.Now()); err != nil {
			return err
		}
		tx.Apply(r, t)
		return nil
	})
	return answer, err
}

func (a ActivityTarget) ref() history.ActivityRef {
	return history.ActivityRef{ScheduledEventID: a.ScheduledEventID, Attempt: a.Attempt, ActivityID: a.ActivityID}
}

// apply takes a verb's transition over, unless it was refused.
func apply(tx *shard.Tx, r *shard.Run) func(history.Transition, error) error {
	return func(t history.Transition, err error) error {
		if err == nil {
			tx.Apply(r, t)
		}
		return err
	}
}
