package shard

import (
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// delayLoop moves wake rows later, in bulk, for runs that need their owner only beyond the horizon: a long sleeper costs one row move.
func (o *Owner) delayLoop() {
	tick := time.NewTicker(delayEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			for _, l := range o.lanes {
				l.between(func() { o.delay(l) })
			}
		case <-o.ctx.Done():
			return
		}
	}
}

// delay moves the rows of one page of late runs. It runs in the lane's goroutine with nothing in flight, and holds the workflows it moves: no
// transition can count on a row while it is being moved.
func (o *Owner) delay(l *lane) {
	o.bulk.Lock()
	defer o.bulk.Unlock()
	var held []*workflow
	var moves []store.WakeMove
	var keys []orchestration.RunKey
	for _, key := range o.timers.delayable(loadPage) {
		if o.laneOf(key.Shard()) != l {
			continue
		}
		wf := o.cache.get(key.WorkflowKey, func() *workflow { return newWorkflow(key.WorkflowKey, l) })
		if !wf.mu.TryLock() {
			continue // in use: another time
		}
		held = append(held, wf)
		if m, ok := o.delayMove(wf, key); ok {
			moves, keys = append(moves, m), append(keys, key)
		}
	}
	if len(moves) > 0 {
		o.moveRows(l, held, keys, moves)
	}
	for _, wf := range held {
		wf.mu.Unlock()
	}
}

// delayMove is how far the run's wake row may move. ok is false when it must stay.
func (o *Owner) delayMove(wf *workflow, key orchestration.RunKey) (m store.WakeMove, ok bool) {
	e, known := o.timers.entryOf(key.RunID)
	if !known || wf.dead || wf.tip != wf.committed {
		return m, false
	}
	m = store.WakeMove{RunID: key.RunID, From: e.row, To: e.wake.Truncate(time.Millisecond)}
	if r := wf.runs[key.RunID]; r != nil {
		if r.wakeUnknown {
			return m, false
		}
		m.From, m.To = r.wakeRow, r.Wake().Truncate(time.Millisecond)
	}
	return m, !m.From.IsZero() && m.To.Sub(m.From) > horizon
}

func (o *Owner) moveRows(l *lane, held []*workflow, keys []orchestration.RunKey, moves []store.WakeMove) {
	err := o.store.DelayWakes(o.ctx, l.fence, moves)
	if err != nil {
		o.log.Warn("wake rows stay early", "error", err)
	}
	byKey := make(map[orchestration.WorkflowKey]*workflow, len(held))
	for _, wf := range held {
		byKey[wf.key] = wf
	}
	for i, key := range keys {
		r := byKey[key.WorkflowKey].runs[key.RunID]
		if r != nil && err != nil {
			r.wakeUnknown = true
		}
		if err != nil {
			continue
		}
		if r != nil {
			r.wakeRow = moves[i].To
		}
		if moves[i].To.After(o.now().Add(horizon)) {
			o.timers.forget(key.RunID) // recovery finds the row when it comes into the horizon
			continue
		}
		e, _ := o.timers.entryOf(key.RunID)
		o.timers.set(key, e.due, e.wake, moves[i].To)
	}
}
