package engine

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

const (
	handWithin  = time.Second            // how long another node may take to say whether it gave a query to a poller
	askAgain    = 25 * time.Millisecond  // the first pause before other nodes are asked again; each is twice as long as the one before
	askAgainMax = 400 * time.Millisecond // but not longer
)

// hand gives a query to a worker that polls the queue, at this node or another. It waits here; every now and then the nodes that were polled lately are
// asked, one after the other, whether a poll waits there: so only one worker gets the query.
// It returns without an error also when q is answered: a worker had got it although its node's word of that was lost.
func (e *Engine) hand(ctx context.Context, key matching.Key, d *shard.QueryDelivery, q *shard.Query) error {
	if e.cluster == nil {
		return e.owner.Queues().Hand(ctx, key, shard.Delivery{Query: d})
	}
	for pause := askAgain; ; pause = min(2*pause, askAgainMax) {
		if !e.pollWaits(key) && e.handElsewhere(ctx, key, d) {
			return nil
		}
		err := e.handHere(ctx, pause, key, d)
		switch {
		case err == nil || len(q.Answer) > 0:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case orchestration.CodeOf(err) != 0:
			return err // the server is shutting down
		case !e.Serves(d.Run.Shard()):
			return moved()
		}
	}
}

// pollWaits tells whether a poll of the queue waits at this node now.
func (e *Engine) pollWaits(key matching.Key) bool { return e.owner.Queues().Describe(key).Waiting > 0 }

// handHere waits for a poller of this node.
func (e *Engine) handHere(ctx context.Context, most time.Duration, key matching.Key, d *shard.QueryDelivery) error {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	return e.owner.Queues().Hand(ctx, key, shard.Delivery{Query: d})
}

// handElsewhere gives the query to a poll that waits at another node, if there is one.
func (e *Engine) handElsewhere(ctx context.Context, key matching.Key, d *shard.QueryDelivery) bool {
	if e.exchange == nil {
		return false
	}
	nodes := append([]orchestration.NodeID(nil), e.exchange.Present(key)...)
	rand.Shuffle(len(nodes), func(i, j int) { nodes[i], nodes[j] = nodes[j], nodes[i] })
	for _, node := range nodes {
		if e.handThere(ctx, node, key, d) == nil {
			return true
		}
	}
	return false
}

// handThere asks one node to give the query to a poll that waits there. With an error nobody got it, as far as is known.
func (e *Engine) handThere(ctx context.Context, node orchestration.NodeID, key matching.Key, d *shard.QueryDelivery) error {
	ctx, cancel := context.WithTimeout(ctx, handWithin)
	defer cancel()
	_, err := e.peers.Call(ctx, node, verbHand, encodeHand(key, d))
	return err
}

// handForPeer gives another node's query to a poll that waits here. The worker answers by way of the query's owner. Errors: NotFound when none waits.
func (e *Engine) handForPeer(ctx context.Context, _ orchestration.NodeID, body []byte) ([]byte, error) {
	key, d, err := decodeHand(body)
	if err != nil {
		return nil, err
	}
	if !e.pollWaits(key) {
		return nil, orchestration.Errorf(orchestration.NotFound, "nobody polls queue %s here now", key.Name)
	}
	return nil, e.owner.Queues().Hand(ctx, key, shard.Delivery{Query: d})
}
