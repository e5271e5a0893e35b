package matching

import "github.com/tenuto-io/tenuto/orchestration"

// Drop forgets every reference of the shards, waiting or offered: another node owns their runs. Their backlog rows are taken off the count with
// Found and a negative number. An offered reference that is returned later stays away.
func (qs *Queues[T]) Drop(shards []orchestration.ShardID) {
	var left [orchestration.Shards]bool
	for _, s := range shards {
		left[s] = true
	}
	for q := range qs.all() {
		q.mu.Lock()
		for _, e := range q.refs.byID {
			if left[e.ref.Shard] {
				q.refs.drop(e)
				q.settled(e)
			}
		}
		q.backlog.leave(shards)
		q.read(qs.clock())
		q.mu.Unlock()
	}
}

// leave notes that the shards' rows are another node's, for a pass whose read may still show them.
func (b *backlogReader) leave(shards []orchestration.ShardID) {
	if !b.reading {
		return
	}
	if b.left == nil {
		b.left = make(map[orchestration.ShardID]struct{}, len(shards))
	}
	for _, s := range shards {
		b.left[s] = struct{}{}
	}
}
