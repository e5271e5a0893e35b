package shard

import "github.com/tenuto-io/tenuto/orchestration"

// send has effects of a run sent to other runs once the turn that wants it is committed: no actor is held meanwhile, and nobody is told of what is not
// stored. Until their outcome is recorded they are covered by the run's wake row, as a task is that waits for a worker.
func (tx *Tx) send(r *Run, effects []orchestration.EventID) {
	if len(effects) == 0 {
		return
	}
	key := r.Key
	tx.After(func(err error) {
		if err == nil {
			tx.o.send(key, effects)
		}
	})
}
