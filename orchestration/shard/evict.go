package shard

import "time"

// evict drops the memory of a workflow if nobody uses it. The caller holds wf.mu.
func (o *Owner) evict(wf *workflow) {
	if !wf.idle() {
		return
	}
	wf.dead = true
	for _, r := range wf.runs {
		o.rest(wf, r)
	}
	o.cache.remove(wf)
	close(wf.gone)
}

// rest forgets when a run needs its owner, if that is beyond the horizon: recovery finds the run's row when it comes within it, and a run
// without a row has nothing to come. Such a run has no task in memory, so that a reload that adopts it anew dispatches none twice.
func (o *Owner) rest(wf *workflow, r *Run) {
	asleep := r.wakeRow.IsZero() || r.wakeRow.After(o.now().Add(horizon+time.Second))
	if asleep && !r.wakeUnknown && r.pending() {
		wf.lane.timers.forget(r.Key.RunID)
	}
}

// shrink brings the cache back towards its bound as far as workflows are idle, after added workflows may have come. It looks at twice as
// many, so that it gains on them without ever scanning all who are in use.
func (o *Owner) shrink(added int) {
	for _, wf := range o.cache.surplus(2 * added) {
		if wf.mu.TryLock() {
			o.evict(wf)
			wf.mu.Unlock()
		}
	}
}

// prune drops the closed runs that a workflow has behind it, once they are done: one that is started again and again would collect them. The caller holds wf.mu,
// and nothing of wf is in flight.
func (wf *workflow) prune() {
	for id, r := range wf.runs {
		if !r.pending() && !r.dirty && id != wf.current.RunID {
			delete(wf.runs, id)
		}
	}
}
