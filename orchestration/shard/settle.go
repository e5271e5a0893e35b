package shard

import (
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// settle takes the outcome of a flight over into memory: before the next batch is drained, and before anybody is told.
func (o *Owner) settle(f *flight) {
	wf := f.wf
	wf.mu.Lock()
	defer wf.mu.Unlock()
	if f.err != nil {
		wf.flying = wf.committed
		o.fail(f)
		return
	}
	for i := range f.write.Runs {
		w := &f.write.Runs[i]
		if r := wf.runs[w.RunID]; r != nil {
			r.committed = w.Version
			if len(w.History) > 0 && r.open() {
				o.moved(r.Run)
			}
		}
		if w.Visibility != nil {
			o.listed(w.Visibility, w.Expect == 0)
		}
	}
	if f.write.Current != nil {
		wf.storedRun = f.write.Current.Set.RunID
	}
	for i := range f.write.Deletes {
		wf.removed(f.write.Deletes[i].RunID)
	}
	wf.committed = f.seq
	wf.prune()
	if wf.dead {
		// Abandoned while in flight: what flew is stored all the same.
		o.bury(wf, nil)
	}
	// Answers are an effect like others: they come after deliveries, so that a caller finds the queues as the commit left them.
	f.after = append(f.after, func(error) {
		wf.mu.Lock()
		defer wf.mu.Unlock()
		wf.answer(f.seq, nil)
		wf.announce()
		o.dismiss(wf)
	})
}

// fail abandons a workflow whose flight was not stored. The caller holds wf.mu.
func (o *Owner) fail(f *flight) {
	wf, err := f.wf, orchestration.Errorf(orchestration.Unavailable, "the commit failed; try again")
	f.after = append(f.after, wf.after...)
	wf.after = nil
	wf.dead = true
	o.bury(wf, nil)
	f.after = append(f.after, func(error) { // like the answers of a commit: polls that were reserved are back in their queues by then
		wf.mu.Lock()
		defer wf.mu.Unlock()
		wf.answer(wf.tip, err)
	})
	if !f.lost {
		o.rescue(wf, rescueSoon)
	}
}

// abandon drops the workflow's memory: every undrained transition is lost, and its callers are told err. Its runs are adopted again after a while, or
// when somebody asks for one. The caller holds wf.mu.
func (o *Owner) abandon(wf *workflow, err error, again time.Duration) {
	if wf.dead {
		return
	}
	wf.dead = true
	for _, effect := range wf.after {
		effect(err)
	}
	wf.after = nil
	for _, w := range wf.waiters {
		if w.seq > wf.flying {
			w.done(err)
		}
	}
	kept := wf.waiters[:0]
	for _, w := range wf.waiters {
		if w.seq <= wf.flying {
			kept = append(kept, w)
		}
	}
	wf.waiters = kept
	if wf.flying == wf.committed {
		o.bury(wf, err)
	}
	o.rescue(wf, again)
}

// bury lets the successor of a dead workflow be made, and tells whoever still waits. The caller holds wf.mu.
func (o *Owner) bury(wf *workflow, err error) {
	o.cache.remove(wf)
	if err != nil {
		wf.answer(wf.tip, err)
	}
	for _, q := range wf.queries {
		q.retry()
	}
	wf.queries = nil
	wf.disappoint()
	close(wf.changed)
	wf.changed = make(chan struct{})
	close(wf.gone)
}

// When the runs of an abandoned workflow are adopted again.
const (
	rescueSoon  = time.Second // the store was at fault
	rescueLater = time.Minute // the run is at fault: it may well fail again, and its stack fills the log
)

// rescue has the runs of an abandoned workflow adopted again, a little later: their tasks and timers are derived anew from what is stored.
func (o *Owner) rescue(wf *workflow, again time.Duration) {
	o.forgot.Store(o.now().UnixNano())
	for id := range wf.runs {
		wf.lane.timers.lost(wf.key.Run(id), o.now().Add(again))
	}
}
