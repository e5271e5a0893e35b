package batch

import (
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// look finds the open jobs of the shards that this node serves, and has each done.
func (r *Room) look() {
	tick := time.NewTimer(0)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-r.nudged:
		case <-r.ctx.Done():
			return
		}
		r.find()
		tick.Reset(r.every)
	}
}

func (r *Room) find() {
	records, err := r.jobs.OpenJobs(r.ctx, r.served())
	if err != nil {
		if r.ctx.Err() == nil {
			r.log.Warn("cannot look for batch operations", "error", err)
		}
		return
	}
	for _, record := range records {
		key := jobKey{record.Namespace, record.ID}
		if !r.engine.Serves(record.Shard) || !r.claim(key) {
			continue
		}
		r.wg.Go(func() {
			defer r.release(key)
			r.begin(key)
		})
	}
}

// begin does a claimed job. It is read now, for what was found may have been done since.
func (r *Room) begin(key jobKey) {
	j, err := r.read(r.ctx, key.namespace, key.id)
	switch orchestration.CodeOf(err) {
	case 0:
		if err == nil {
			r.do(j)
		}
	case orchestration.DataLoss:
		r.log.Error("a batch operation cannot be read; it is left alone", "job", key.id, "error", err)
		<-r.ctx.Done() // or it would be found and said again and again
	}
}

// served are the shards of this node; nil for all of them.
func (r *Room) served() []orchestration.ShardID {
	out := make([]orchestration.ShardID, 0, orchestration.Shards)
	for s := range orchestration.ShardID(orchestration.Shards) {
		if r.engine.Serves(s) {
			out = append(out, s)
		}
	}
	if len(out) == orchestration.Shards {
		return nil
	}
	return out
}

// claim tells whether nobody in this process does the job, and that somebody does now.
func (r *Room) claim(key jobKey) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running[key] {
		return false
	}
	r.running[key] = true
	return true
}

func (r *Room) release(key jobKey) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.running, key)
}
