package engine

import (
	"context"
	"time"

	commonpb "go.temporal.io/api/common/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

// ResetRequest begins a run again from a point of its history.
type ResetRequest struct {
	Run       orchestration.RunKey  // the base, open or closed; without run id the current run
	Event     orchestration.EventID // an end of a workflow task: the new run has what came before it
	Reapply   history.Reapply       // of what came later, also in the runs that the base continued as
	Signals   []history.Signal      // recorded after that
	Reason    string
	RequestID string
	Identity  string
	By        *commonpb.Principal // who the server knows asked for it; nil: nobody it has verified
}

// resetTries bounds how often a reset looks again at a run that goes on while its history is read. Each try reads only what is new.
const resetTries = 20

// Reset terminates the current run, if it is open, and begins another one in the same commit, which repeats the base run up to the event. A
// repeated request id gets the same run again. Errors: NotFound, InvalidArgument (no event to reset to), Unavailable, DataLoss.
func (e *Engine) Reset(ctx context.Context, in ResetRequest) (orchestration.RunID, error) {
	p := newPast(in)
	for tries := 0; tries < resetTries; {
		id, err := e.tryReset(ctx, in, p)
		if err != nil || !id.IsZero() {
			return id, err
		}
		if p.next == 1 {
			tries = 0 // a run that was not looked at before
		}
		tries++
		if err := e.readPast(ctx, p); err != nil {
			return id, err
		}
	}
	return orchestration.RunID{}, orchestration.Errorf(orchestration.Unavailable, "the workflow does not stand still for its reset; try again")
}

// tryReset resets the workflow if all of its past has been read; else it notes in p what is to be read, and returns the zero id.
func (e *Engine) tryReset(ctx context.Context, in ResetRequest, p *past) (id orchestration.RunID, err error) {
	err = e.owner.Update(ctx, in.Run.WorkflowKey, func(tx *shard.Tx) error {
		current, err := tx.Run(orchestration.RunID{})
		if err != nil {
			return err
		}
		if in.RequestID != "" && current.Header.StartRequestID == in.RequestID {
			id = current.Key.RunID
			return nil
		}
		complete, err := p.look(tx)
		if complete && in.Run.RunID.IsZero() && p.run != current.Key.RunID {
			*p, complete = *newPast(in), false // another run is current by now, and what that has heard counts
		}
		if err == nil && complete {
			id, err = resetTo(tx, in, p, current)
		}
		return err
	})
	return id, err
}

// resetTo begins the new run in place of the current one. All of the past has been read.
func resetTo(tx *shard.Tx, in ResetRequest, p *past, current *shard.Run) (id orchestration.RunID, err error) {
	base, err := tx.Run(p.base)
	if err != nil {
		return id, err
	}
	key := in.Run.WorkflowKey.Run(orchestration.NewRunID(tx.Now()))
	next, err := history.Rewind(key, p.prefix)
	if err != nil {
		return id, err
	}
	begin := history.ResetRun{
		Prefix: p.prefix, Later: p.later, Signals: in.Signals, SignalIDs: base.SignalIDs(), Base: p.base, Trace: base.Header.Trace,
		Reason: in.Reason, RequestID: in.RequestID, Identity: in.Identity, By: in.By, Starts: startsAgain(next, base, tx.Now()),
		Late: !base.Header.CloseTime.IsZero(),
	}
	if current.Header.CloseTime.IsZero() {
		end := history.Terminate{Reason: in.Reason, Identity: in.Identity, By: in.By, Reset: true, Keeps: next.Heirs(begin.Starts)}
		t, err := current.Terminate(end, tx.Now())
		if err != nil {
			return id, err
		}
		if tx.Apply(current, t); current != base {
			tx.Apply(current, current.ResetTo(key.RunID, tx.Now()))
		}
		if current.Key.RunID == p.run { // what waited for a workflow task to end is in history now
			begin.Later = append(begin.Later[:len(begin.Later):len(begin.Later)], p.wanted(t.Events)...)
		}
	}
	tx.Begin(next, next.Reset(begin, tx.Now()))
	tx.Apply(base, base.ResetTo(key.RunID, tx.Now()))
	return key.RunID, nil
}

// startsAgain are the starts that the next run has to make: those that are under way in the base run as they are, others anew.
func startsAgain(next *history.Run, base *shard.Run, now time.Time) map[orchestration.EventID]history.ChildStart {
	starts := map[orchestration.EventID]history.ChildStart{}
	for _, id := range next.Unstarted() {
		start, ok := base.StartUnderWay(id)
		if !ok {
			start.RunID = orchestration.NewRunID(now)
		}
		starts[id] = start
	}
	return starts
}
