package shard

import (
	"context"
	"slices"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// Surrender stops to serve shards. From its beginning on, turns on their workflows are refused with Moved; who waits for a commit learns its outcome,
// and who waits for anything else is refused with Moved too. When it has returned, all that was under way is committed, heartbeats included, and
// nothing of the shards is in memory or in flight. Other shards are served on meanwhile. Shards that are not served stay as they are.
// Errors: ctx's, Unavailable (the owner has stopped), the store's. With an error the shards are served no more and may not be
// given away yet: call it again, or Adopt.
func (o *Owner) Surrender(ctx context.Context, shards []orchestration.ShardID) error {
	shards = slices.Compact(slices.Sorted(slices.Values(shards)))
	if err := o.served.claim(ctx, shards); err != nil {
		return err
	}
	defer o.served.release(shards)
	return o.giveUp(ctx, o.served.leave(shards))
}

// Until is closed when this owner stops to serve the shard; closed already when it does not serve it.
func (o *Owner) Until(s orchestration.ShardID) <-chan struct{} { return o.served.until(s) }

// giveUp brings what is under way in shards that are served no more to its end, and drops what is known of them.
func (o *Owner) giveUp(ctx context.Context, shards []orchestration.ShardID) error {
	if len(shards) == 0 {
		return nil
	}
	set := setOf(shards)
	for _, wf := range o.cache.of(set) {
		o.quiesce(wf)
	}
	for _, l := range o.lanes {
		if err := l.catchUp(ctx); err != nil {
			return err
		}
	}
	counts, err := o.backlogs(ctx, shards)
	if err != nil {
		return err
	}
	for _, wf := range o.cache.of(set) {
		o.leave(wf)
	}
	o.closed.drop(set)
	for _, l := range o.lanes {
		l.timers.drop(set)
	}
	for _, n := range counts {
		o.queues.Found(matching.Key{Namespace: n.Namespace, Name: n.Queue, Kind: n.Kind}, n.Priority, -n.Count)
	}
	o.queues.Drop(shards)
	o.served.gone(shards)
	return nil
}

// quiesce waits for the turn that is under way on a workflow, which is the last one, has committed what is not yet, and lets those go who wait for
// something that will not come here any more.
func (o *Owner) quiesce(wf *workflow) {
	wf.mu.Lock()
	defer wf.mu.Unlock()
	if wf.dead {
		return
	}
	o.enqueue(wf)
	for _, q := range wf.queries {
		q.retry()
	}
	wf.queries = nil
	wf.disappoint()
	wf.announce()
}

// leave drops the memory of a workflow of which nothing is under way any more.
func (o *Owner) leave(wf *workflow) {
	wf.mu.Lock()
	defer wf.mu.Unlock()
	if !wf.dead {
		wf.dead = true
		o.bury(wf, moved())
	}
}

// refusal is why no turn may begin on a workflow of the shard; nil: it may. The caller holds the workflow's mutex: whoever changes the answer visits
// the workflows afterwards, so that no turn begins unseen.
func (o *Owner) refusal(s orchestration.ShardID) error {
	switch {
	case o.ctx.Err() != nil:
		return context.Cause(o.ctx)
	case !o.served.has(s):
		return moved()
	case !o.alive():
		return orchestration.Errorf(orchestration.Unavailable, "this server has lost touch with its database; try again")
	}
	return nil
}

func moved() error {
	return orchestration.Errorf(orchestration.Moved, "another server owns the workflow")
}
