package shard

import (
	"context"
	"fmt"
	"slices"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Adopt begins to serve shards, which nobody else may write to any more. It returns once they are served; their wake rows are read in the
// background, and a run that is asked for is recovered first. Shards that are served already stay as they are. A Surrender of one of them that was
// interrupted is brought to its end before.
// Errors: ctx's, Unavailable (the owner has stopped), the store's. With an error none of them is served that was not before.
func (o *Owner) Adopt(ctx context.Context, shards []orchestration.ShardID) error {
	shards = slices.Compact(slices.Sorted(slices.Values(shards)))
	if err := o.served.claim(ctx, shards); err != nil {
		return err
	}
	defer o.served.release(shards)
	if err := o.giveUp(ctx, o.served.unfinished(shards)); err != nil {
		return err
	}
	fresh := slices.DeleteFunc(slices.Clone(shards), o.served.has)
	if len(fresh) == 0 {
		return nil
	}
	counts, err := o.backlogs(ctx, fresh)
	if err != nil {
		return err
	}
	for _, n := range counts {
		o.raiseSeq(n.MaxSeq)
	}
	o.served.adopt(fresh, o.now())
	// After that, for noting a backlog may begin to read it. What turns add and take meanwhile adds up all the same.
	for _, n := range counts {
		o.queues.Found(matching.Key{Namespace: n.Namespace, Name: n.Queue, Kind: n.Kind}, n.Priority, n.Count)
	}
	o.fresh.add(fresh)
	return nil
}

// backlogs counts what waits in the backlog of some shards. Errors: why the owner stopped, the store's.
func (o *Owner) backlogs(ctx context.Context, shards []orchestration.ShardID) ([]store.BacklogCount, error) {
	if o.ctx.Err() != nil {
		return nil, context.Cause(o.ctx)
	}
	if len(shards) == orchestration.Shards {
		shards = nil // all
	}
	counts, err := o.store.BacklogQueues(ctx, shards)
	if err != nil {
		return nil, fmt.Errorf("count the backlog: %w", err)
	}
	return counts, nil
}

// raiseSeq keeps what nextSeq will give above seq: the rows of one shard are told apart by it.
func (o *Owner) raiseSeq(seq int64) {
	for {
		last := o.seq.Load()
		if last >= seq || o.seq.CompareAndSwap(last, seq) {
			return
		}
	}
}

// everyShard is what an owner serves that is alone.
func everyShard() []orchestration.ShardID {
	out := make([]orchestration.ShardID, orchestration.Shards)
	for i := range out {
		out[i] = orchestration.ShardID(i)
	}
	return out
}
