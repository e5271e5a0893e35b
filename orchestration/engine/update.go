package engine

import (
	"context"

	commonpb "go.temporal.io/api/common/v1"
	updatepb "go.temporal.io/api/update/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

// UpdateRequest asks a workflow's code to change its state and to answer. Its update id makes it one update however often it is asked.
type UpdateRequest struct {
	Run     orchestration.RunKey
	First   orchestration.RunID // when set, it must be the first run of the chain
	Request *updatepb.Request   // with an update id
	By      *commonpb.Principal // who the server knows asked for it; nil: nobody it has verified
	Stage   history.UpdateStage // what to wait for: accepted or completed
}

// UpdatePoll asks how far an update is.
type UpdatePoll struct {
	Run   orchestration.RunKey
	ID    string
	Stage history.UpdateStage // what to wait for; unknown: nothing
}

// UpdateReply is how far an update is. Stage can be less than what was waited for: then the caller asks again.
type UpdateReply struct {
	Run     orchestration.RunKey
	Stage   history.UpdateStage
	Outcome *updatepb.Outcome // with completed; of a rejected update too
}

// UpdateWorkflow sends an update to a workflow and waits, at most orchestration.LongPollUpdate, until it has come as far as the caller wants. Only
// from accepted on the reply is a fact that outlives this server: an update that was merely admitted is admitted again when the caller asks again.
// Errors: NotFound, WorkflowNotReady, ResourceExhausted, FailedPrecondition, Unavailable, DataLoss.
func (e *Engine) UpdateWorkflow(ctx context.Context, in UpdateRequest) (UpdateReply, error) {
	return e.follow(ctx, in.Run.WorkflowKey, in.Request.GetMeta().GetUpdateId(), in.Stage, func(tx *shard.Tx) (*shard.Run, history.UpdateState, error) {
		r, err := tx.Run(in.Run.RunID)
		if err != nil {
			return nil, history.UpdateState{}, err
		}
		if err := ofChain(r, in.First); err != nil {
			return nil, history.UpdateState{}, err
		}
		if r, err = answering(tx, r, in.Request.GetMeta().GetUpdateId()); err != nil {
			return nil, history.UpdateState{}, err
		}
		state, err := admit(tx, r, in)
		return r, state, err
	})
}

// PollUpdate waits, at most orchestration.LongPollUpdate, for an update that was sent before. Errors: NotFound, ResourceExhausted, Unavailable, DataLoss.
func (e *Engine) PollUpdate(ctx context.Context, in UpdatePoll) (UpdateReply, error) {
	return e.follow(ctx, in.Run.WorkflowKey, in.ID, in.Stage, func(tx *shard.Tx) (*shard.Run, history.UpdateState, error) {
		r, err := tx.Run(in.Run.RunID)
		if err != nil {
			return nil, history.UpdateState{}, err
		}
		if r, err = answering(tx, r, in.ID); err != nil {
			return nil, history.UpdateState{}, err
		}
		state := r.Update(in.ID)
		if state.Stage == history.UpdateUnknown {
			return nil, state, orchestration.Errorf(orchestration.NotFound, "update %q not found", in.ID)
		}
		return r, state, nil
	})
}

// answering is the run that answers for an update: this one, or the one that a reset put in its place before the update had an outcome. One that the
// reset left out failed with the run.
func answering(tx *shard.Tx, r *shard.Run, id string) (*shard.Run, error) {
	for r.Header.Ceded && r.Update(id).Outcome != nil {
		next, err := tx.Run(r.Header.ResetRun)
		switch {
		case orchestration.CodeOf(err) == orchestration.NotFound:
			return r, nil // deleted since
		case err != nil:
			return nil, err
		case next.Update(id).Stage == history.UpdateUnknown:
			return r, nil
		}
		r = next
	}
	return r, nil
}

// admit takes an update into a run.
func admit(tx *shard.Tx, r *shard.Run, in UpdateRequest) (history.UpdateState, error) {
	t, state, err := r.AdmitUpdate(in.Request, in.By, tx.Now())
	if err == nil {
		tx.Apply(r, t)
	}
	return state, err
}

// follow looks at an update, and waits until it has reached a stage or the time is over. look finds the run and the update's state in it. It is
// called again when this owner has lost what was only admitted, and when the run closed before it took the update: then there may be another.
func (e *Engine) follow(ctx context.Context, key orchestration.WorkflowKey, id string, stage history.UpdateStage,
	look func(*shard.Tx) (*shard.Run, history.UpdateState, error)) (UpdateReply, error) {
	caller := ctx
	ctx, cancel := context.WithTimeout(ctx, orchestration.LongPollUpdate)
	defer cancel()
	var known UpdateReply // for certain: what a commit was waited for
	for {
		var reply UpdateReply
		var state history.UpdateState
		var x *shard.Expectation
		err := e.owner.Update(ctx, key, func(tx *shard.Tx) error {
			r, seen, err := look(tx)
			if err != nil {
				return err
			}
			reply, state = UpdateReply{Run: r.Key, Stage: seen.Stage}, seen
			if seen.Stage < stage {
				x, err = tx.Expect(r, id)
			}
			return err
		})
		if err != nil {
			if x != nil {
				e.owner.GiveUp(key, x)
			}
			if ctx.Err() != nil && caller.Err() == nil && !known.Run.RunID.IsZero() {
				return known, nil // the time is over while the update was looked for again
			}
			return UpdateReply{}, err
		}
		if x == nil {
			reply.Outcome, err = e.outcome(ctx, reply.Run, state)
			return reply, err
		}
		if reached, err := e.await(ctx, x, &reply, stage); reached || err != nil {
			if reply.Stage != history.UpdateCompleted {
				e.owner.GiveUp(key, x)
			}
			return reply, err
		}
		known = reply
	}
}

// await waits for news of an update. reached: the reply says what can be said; else the caller looks again.
func (e *Engine) await(ctx context.Context, x *shard.Expectation, reply *UpdateReply, stage history.UpdateStage) (reached bool, err error) {
	for {
		select {
		case n := <-x.News:
			if n.Stage == history.UpdateUnknown {
				return false, nil
			}
			if reply.Stage, reply.Outcome = n.Stage, n.Outcome; n.Stage >= stage {
				return true, nil
			}
		case <-ctx.Done():
			return true, nil
		case <-e.owner.Done():
			return false, e.owner.Err()
		}
	}
}

// outcome is that of a completed update, from the event that holds it.
func (e *Engine) outcome(ctx context.Context, run orchestration.RunKey, state history.UpdateState) (*updatepb.Outcome, error) {
	if state.CompletedEventID == 0 {
		return state.Outcome, nil
	}
	ev, err := e.readEvent(ctx, run, state.CompletedEventID)
	if err != nil {
		return nil, err
	}
	return ev.GetWorkflowExecutionUpdateCompletedEventAttributes().GetOutcome(), nil
}
