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
				l.between(func() { o.delayPage(l) })
			}
		case <-o.ctx.Done():
			return
		}
	}
}

// delayPage moves a page of rows, and asks for another turn between batches as long as there may be more: however many runs fell asleep
// since the last pass, all of their rows move, and no commit waits for more than one page.
func (o *Owner) delayPage(l *lane) {
	if o.delay(l) == loadPage {
		l.between(func() { o.delayPage(l) })
	}
}

// delay moves the rows of one page of late runs and returns how many it moved. It runs in the lane's goroutine with nothing in flight, and
// holds the workflows it moves: no transition can count on a row while it is being moved.
func (o *Owner) delay(l *lane) (moved int) {
	l.bulk.Lock()
	defer l.bulk.Unlock()
	var held []*workflow
	var moves []store.WakeMove
	var keys []orchestration.RunKey
	for _, key := range l.timers.delayable(loadPage) {
		wf := o.tryLock(key.WorkflowKey)
		if wf == nil {
			continue // in use: another time
		}
		held = append(held, wf)
		if m, ok := o.delayMove(wf, key); ok {
			moves, keys = append(moves, m), append(keys, key)
		}
	}
	if len(moves) > 0 && o.moveRows(l, held, keys, moves) {
		moved = len(moves)
	}
	for _, wf := range held {
		o.vacate(wf) // made for the lock alone: sleepers must not push out who is awake
		wf.mu.Unlock()
	}
	return moved
}

// delayMove is how far the run's wake row may move. ok is false when it must stay.
func (o *Owner) delayMove(wf *workflow, key orchestration.RunKey) (m store.WakeMove, ok bool) {
	e, known := wf.lane.timers.entryOf(key.RunID)
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

func (o *Owner) moveRows(l *lane, held []*workflow, keys []orchestration.RunKey, moves []store.WakeMove) bool {
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
			l.timers.forget(key.RunID) // recovery finds the row when it comes into the horizon
			continue
		}
		e, _ := l.timers.entryOf(key.RunID)
		l.timers.set(key, e.due, e.wake, moves[i].To)
	}
	return err == nil
}
