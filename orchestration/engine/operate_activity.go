package engine

import (
	"context"

	activitypb "go.temporal.io/api/activity/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

// PauseActivities stops the attempts of pending activities; see history.Run.PauseActivities. Errors: NotFound, Unavailable.
func (e *Engine) PauseActivities(ctx context.Context, run orchestration.RunKey, in history.PauseActivities) error {
	return e.run(ctx, run, func(tx *shard.Tx, r *shard.Run) error {
		return apply(tx, r)(r.PauseActivities(in, tx.Now()))
	})
}

// UnpauseActivities lets paused activities go on; see history.Run.UnpauseActivities. Errors: NotFound, Unavailable.
func (e *Engine) UnpauseActivities(ctx context.Context, run orchestration.RunKey, in history.UnpauseActivities) error {
	return e.run(ctx, run, func(tx *shard.Tx, r *shard.Run) error {
		return apply(tx, r)(r.UnpauseActivities(in, tx.Now()))
	})
}

// ResetActivities lets pending activities begin anew; see history.Run.ResetActivities. Errors: NotFound, Unavailable.
func (e *Engine) ResetActivities(ctx context.Context, run orchestration.RunKey, in history.ResetActivities) error {
	return e.run(ctx, run, func(tx *shard.Tx, r *shard.Run) error {
		return apply(tx, r)(r.ResetActivities(in, tx.Now()))
	})
}

// UpdateActivities changes the settings of pending activities and returns those of the first one; see history.Run.UpdateActivities.
// Errors: NotFound, InvalidArgument, Unavailable.
func (e *Engine) UpdateActivities(ctx context.Context, run orchestration.RunKey, in history.UpdateActivities) (options *activitypb.ActivityOptions, err error) {
	err = e.run(ctx, run, func(tx *shard.Tx, r *shard.Run) error {
		var t history.Transition
		var err error
		t, options, err = r.UpdateActivities(in, tx.Now())
		return apply(tx, r)(t, err)
	})
	if err != nil {
		return nil, err
	}
	return options, nil
}
