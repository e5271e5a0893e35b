package engine

import (
	"context"
	"errors"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

// UpdateWithStart starts a run, or finds the one that the id policies name, and sends it an update, in one turn: the first workflow task of a new run
// carries the update. It waits like UpdateWorkflow. A repetition finds the run by its start request id, and the update by its own id.
// Errors: *orchestration.OperationsError with those of Start (the first operation) or UpdateWorkflow, Unavailable, DataLoss.
func (e *Engine) UpdateWithStart(ctx context.Context, start StartRequest, update UpdateRequest) (StartReply, UpdateReply, error) {
	var started StartReply
	key := start.Run.Key.WorkflowKey
	var err error
	if start.Run.SearchAttributes, err = e.typed(ctx, key.Namespace, start.Run.SearchAttributes); err != nil {
		return started, UpdateReply{}, operationsFailed(0, err)
	}
	reply, err := e.follow(ctx, key, update.Request.GetMeta().GetUpdateId(), update.Stage, func(tx *shard.Tx) (*shard.Run, history.UpdateState, error) {
		r, state, err := e.attach(tx, update, &started)
		if r != nil || err != nil {
			return r, state, err
		}
		if r, err = e.startOrMeet(tx, start, &started); err != nil {
			return nil, state, operationsFailed(0, err)
		}
		if state, err = admit(tx, r, update); err != nil {
			return nil, state, operationsFailed(1, err)
		}
		return r, state, nil
	})
	return started, reply, err
}

// attach finds the update if the current run knows it, whatever the id policies say: then the request is a repetition. nil: it does not.
func (e *Engine) attach(tx *shard.Tx, update UpdateRequest, started *StartReply) (*shard.Run, history.UpdateState, error) {
	cur, ok, err := tx.Current()
	if err != nil || !ok {
		return nil, history.UpdateState{}, err
	}
	r, err := tx.Run(cur.RunID)
	if err != nil {
		return nil, history.UpdateState{}, err
	}
	state := r.Update(update.Request.GetMeta().GetUpdateId())
	if state.Stage == history.UpdateUnknown {
		return nil, state, nil
	}
	*started = StartReply{RunID: cur.RunID, First: r.First(), Status: enumspb.WorkflowExecutionStatus(cur.Status)}
	return r, state, nil
}

// operationsFailed is the error of a start and an update together of which one was refused: operation 0 or 1. What may succeed when it is repeated, here or elsewhere,
// stays as it is.
func operationsFailed(operation int, err error) error {
	var refused *orchestration.Error
	switch orchestration.CodeOf(err) {
	case 0, orchestration.Moved, orchestration.Unavailable, orchestration.DataLoss:
		return err
	}
	errors.As(err, &refused)
	return orchestration.RefusedOperation(operation, 2, refused)
}
