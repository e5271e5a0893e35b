package shard

import (
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Delete has a run leave: it is removed by the commit of this turn, or of the later one that ends the last of its effects. An open run is terminated
// first. done is false, and nothing has happened, for a run that has never been stored: wait for that, and ask again.
//
// From the turn on the run is not to be found, and in memory it stays until its deletion is stored: else a turn could read it again from the store.
func (tx *Tx) Delete(r *Run, in history.Terminate) (done bool) {
	if r.committed == 0 {
		return false
	}
	tx.Apply(r, r.Delete(in, tx.now))
	return true
}

// leave has a workflow do without a run. The row of current_run goes with the run.
func (tx *Tx) leave(r *Run) {
	if wf := tx.wf; wf.currentKnown && wf.current.RunID == r.Key.RunID {
		wf.current, wf.currentDirty = store.Current{}, false
	}
}

// deletion is the write that removes a run.
func deletion(r *Run) store.RunDelete {
	r.undrained, r.visibility, r.dirty = nil, false, false
	return store.RunDelete{RunID: r.Key.RunID, Expect: r.committed, StartTime: r.Header.StartTime}
}

// removed takes over that a run's deletion is stored.
func (wf *workflow) removed(id orchestration.RunID) {
	delete(wf.runs, id)
	if wf.storedRun == id {
		wf.storedRun = orchestration.RunID{}
	}
}

// Preload reads runs that are about to be asked for and not in memory, with one query for each lane; those that cannot be read now are left to be read
// one by one.
func (o *Owner) Preload(keys []orchestration.RunKey) {
	byLane := make(map[*lane][]orchestration.RunKey, len(o.lanes))
	for _, key := range keys {
		l := o.laneOf(key.Shard())
		byLane[l] = append(byLane[l], key)
	}
	for l, own := range byLane {
		o.preload(l, own)
	}
}
