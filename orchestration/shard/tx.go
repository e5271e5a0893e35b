package shard

import (
	"context"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Tx is one turn on a workflow: it sees the tip, and what it applies becomes the new tip. It is valid inside its function only.
type Tx struct {
	ctx context.Context
	o   *Owner
	wf  *workflow
	now time.Time

	touched []*Run
	ready   []readyTask
	changed bool
}

type readyTask struct {
	run  *Run
	task history.Task
}

// Now is the turn's time.
func (tx *Tx) Now() time.Time { return tx.now }

// Current is the current run, open or closed, as current_run has it; ok is false when the workflow has none.
func (tx *Tx) Current() (cur store.Current, ok bool, err error) {
	if !tx.wf.currentKnown {
		cur, ok, err := tx.o.store.CurrentRun(tx.ctx, tx.wf.key)
		if err != nil {
			return cur, false, Unread(tx.ctx, err)
		}
		if ok {
			tx.wf.current, tx.wf.storedRun = cur, cur.RunID
		}
		if r := tx.wf.runs[cur.RunID]; r != nil && r.Gone() {
			tx.wf.current = store.Current{} // its deletion is not stored yet
		}
		tx.wf.currentKnown = true
	}
	return tx.wf.current, !tx.wf.current.RunID.IsZero(), nil
}

// Run is a run of the workflow, loaded at need; the zero id is the current one. Errors: NotFound, DataLoss, Unavailable.
func (tx *Tx) Run(id orchestration.RunID) (*Run, error) {
	if id.IsZero() {
		cur, ok, err := tx.Current()
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, orchestration.Errorf(orchestration.NotFound, "workflow not found for ID: %s", tx.wf.key.WorkflowID)
		}
		id = cur.RunID
	}
	if r := tx.wf.runs[id]; r != nil {
		if r.Gone() {
			return nil, noRun(r.Key)
		}
		return r, nil
	}
	return tx.load(id)
}

func noRun(key orchestration.RunKey) error {
	return orchestration.Errorf(orchestration.NotFound, "workflow not found for ID: %s and run ID: %s", key.WorkflowID, key.RunID)
}

func (tx *Tx) load(id orchestration.RunID) (*Run, error) {
	key := tx.wf.key.Run(id)
	records, err := tx.o.store.LoadRuns(tx.ctx, []orchestration.RunKey{key})
	if err != nil {
		return nil, Unread(tx.ctx, err)
	}
	if len(records) == 0 {
		return nil, noRun(key)
	}
	return tx.install(records[0])
}

// install takes a stored run into memory. A run that this owner has not seen yet is adopted: its tasks are placed.
func (tx *Tx) install(rec store.Record) (*Run, error) {
	items := make([]history.Item, len(rec.Items))
	for i, it := range rec.Items {
		items[i] = history.Item{Kind: history.ItemKind(it.Kind), ID: it.ID, Data: it.Data}
	}
	state, err := history.Load(rec.Key, rec.State, items)
	if err != nil {
		tx.o.log.Error("stored run cannot be read; it is set aside", "workflow_id", rec.Key.WorkflowID, "run_id", rec.Key.RunID.String(), "error", err)
		return nil, err
	}
	r := &Run{Run: state, committed: rec.Version, wakeRow: rec.Wake, seenBytes: state.Header.HistoryBytes}
	if state.Header.Metered {
		r.metered = held(&state.Header)
	}
	tx.wf.runs[rec.Key.RunID] = r
	if !r.pending() {
		return r, nil
	}
	// An open run is the workflow's current one.
	if r.open() && !tx.wf.currentKnown {
		tx.wf.currentKnown, tx.wf.storedRun = true, rec.Key.RunID
		tx.wf.current = store.Current{RunID: rec.Key.RunID, StartRequestID: state.Header.StartRequestID, Status: int32(state.Header.Status)}
	}
	if tx.wf.lane.timers.adopt(rec.Key, rec.Wake) {
		tx.touch(r)
		// The last heartbeats may have been in memory that is gone. Counting from now instead would put the deadline off at each reload.
		r.Grace(time.Unix(0, max(tx.o.forgot.Load(), tx.o.served.since[tx.wf.shard].Load())))
		for _, t := range r.Ready(tx.now) {
			if t.Backlog == 0 {
				tx.ready = append(tx.ready, readyTask{r, t})
			}
		}
		tx.send(r, r.Sendable())
	}
	return r, nil
}

// Start makes a new run and makes it the current one. The run that was current must be closed.
func (tx *Tx) Start(in history.StartRun) *Run {
	in.Key.WorkflowKey = tx.wf.key
	return tx.Begin(history.Start(in, tx.now))
}

// Begin takes a new run over, with its first transition, and makes it the current one. The run that was current must be closed.
func (tx *Tx) Begin(state *history.Run, t history.Transition) *Run {
	r := &Run{Run: state}
	tx.wf.runs[state.Key.RunID] = r
	tx.wf.currentKnown, tx.wf.currentDirty = true, true
	tx.wf.current = store.Current{RunID: state.Key.RunID, StartRequestID: state.Header.StartRequestID, Status: int32(state.Header.Status)}
	tx.wf.lane.timers.adopt(state.Key, time.Time{})
	tx.Apply(r, t)
	return r
}

// Apply takes a transition of one of the workflow's runs over, and starts the run that it says follows.
func (tx *Tx) Apply(r *Run, t history.Transition) {
	if !t.Changed && !t.Volatile {
		return
	}
	tx.o.warnOfLength(r, t, r.seenBytes)
	r.absorb(t)
	if t.Changed {
		tx.meter(r, t.Actions)
	}
	tx.touch(r)
	tx.changed = tx.changed || t.Changed
	for _, d := range t.Dropped {
		tx.drop(r, d)
	}
	for _, t := range t.Ready {
		tx.ready = append(tx.ready, readyTask{r, t})
	}
	tx.send(r, t.Effects)
	if t.Closed && tx.wf.current.RunID == r.Key.RunID {
		tx.wf.current.Status = int32(r.Header.Status)
		tx.wf.currentDirty = true
	}
	if t.Closed {
		r.owed = tx.o.owed(r)
	}
	if r.Gone() {
		tx.leave(r)
	}
	if t.Closed || r.Header.Task == nil {
		tx.settleQueries(r)
	}
	tx.tell(r, t.Updates)
	if t.Next != nil { // one write stores the close, the next run and which of them is current
		tx.Start(*t.Next)
	}
}

// Claim takes a task that this turn made ready out of dispatch, for the caller to start inline. ok is false when there is no such task.
func (tx *Tx) Claim(r *Run, kind orchestration.TaskKind, scheduled orchestration.EventID) (t history.Task, ok bool) {
	for i, rt := range tx.ready {
		if rt.run == r && rt.task.Kind == kind && (scheduled == 0 || rt.task.ScheduledEventID == scheduled) {
			tx.ready = append(tx.ready[:i], tx.ready[i+1:]...)
			return rt.task, true
		}
	}
	return t, false
}

// After has effect run once this turn is committed (nil) or lost (the error). It must neither block nor call the owner.
func (tx *Tx) After(effect func(error)) { tx.wf.after = append(tx.wf.after, effect) }

func (tx *Tx) touch(r *Run) {
	for _, t := range tx.touched {
		if t == r {
			return
		}
	}
	tx.touched = append(tx.touched, r)
}

// settle places the ready tasks, notes the timers and counts the turn.
func (tx *Tx) settle() {
	for len(tx.ready) > 0 {
		next := tx.ready[0]
		tx.ready = tx.ready[1:]
		tx.place(next.run, next.task)
	}
	for _, r := range tx.touched {
		if r.pending() {
			tx.wf.lane.timers.set(r.Key, r.NextTimer(), r.Wake(), r.wakeRow)
		} else {
			tx.wf.lane.timers.forget(r.Key.RunID)
		}
	}
	if tx.changed {
		tx.wf.tip++
		return
	}
	tx.settleUnchanged()
}

// settleUnchanged performs the effects of a turn that has nothing to commit: they hang on what is committed, or in flight, already.
func (tx *Tx) settleUnchanged() {
	wf := tx.wf
	if len(wf.after) == 0 || wf.tip != wf.flying {
		return
	}
	effects := wf.after
	wf.after = nil
	perform := func(err error) {
		for _, effect := range effects {
			effect(err)
		}
	}
	if wf.committed == wf.tip {
		perform(nil)
		return
	}
	wf.waiters = append(wf.waiters, waiter{seq: wf.tip, done: perform})
}

// Unread is what a caller gets when the store could not be read: the context's error, the engine's own, or Unavailable.
func Unread(ctx context.Context, err error) error {
	if orchestration.CodeOf(err) != 0 {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return orchestration.Errorf(orchestration.Unavailable, "storage is unavailable; try again")
}
