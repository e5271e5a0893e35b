package engine

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

// handFor is how long a query waits for a poller of one node before another node is tried.
const handFor = time.Second

// here stands for this node among those where a query's queue may be polled.
const here orchestration.NodeID = 0

// hand gives a query to a worker that polls the queue, at this node or another. Several nodes are tried in turn, never two at once: one worker gets it.
// It returns early without an error when q is answered: a worker had got it although its node's answer was lost.
func (e *Engine) hand(ctx context.Context, key matching.Key, d *shard.QueryDelivery, q *shard.Query) error {
	if e.cluster == nil {
		return e.owner.Queues().Hand(ctx, key, shard.Delivery{Query: d})
	}
	for {
		for _, node := range e.whoPolls(key) {
			err := e.handTo(ctx, node, key, d)
			switch {
			case err == nil || len(q.Answer) > 0:
				return nil
			case ctx.Err() != nil:
				return ctx.Err()
			case !e.serves(d.Run.Shard()):
				return moved()
			case node == here && orchestration.CodeOf(err) != 0:
				return err // the server is shutting down
			}
		}
	}
}

// handTo waits at one node for a poller. With an error nobody got the query, as far as is known.
func (e *Engine) handTo(ctx context.Context, node orchestration.NodeID, key matching.Key, d *shard.QueryDelivery) error {
	ctx, cancel := context.WithTimeout(ctx, handFor)
	defer cancel()
	if node == here {
		return e.owner.Queues().Hand(ctx, key, shard.Delivery{Query: d})
	}
	_, err := e.peers.Call(ctx, node, verbHand, encodeHand(key, d))
	return err
}

// whoPolls are the nodes where a queue was polled lately, in the order in which to try them: this one first if a poll waits here, else last, since somebody
// may come; the others in any order.
func (e *Engine) whoPolls(key matching.Key) []orchestration.NodeID {
	var nodes []orchestration.NodeID
	if e.exchange != nil {
		nodes = append(nodes, e.exchange.Present(key)...)
	}
	rand.Shuffle(len(nodes), func(i, j int) { nodes[i], nodes[j] = nodes[j], nodes[i] })
	if e.owner.Queues().Describe(key).Waiting > 0 {
		return append([]orchestration.NodeID{here}, nodes...)
	}
	return append(nodes, here)
}

// handForPeer gives another node's query to a worker that polls here. The worker answers by way of the query's owner.
func (e *Engine) handForPeer(ctx context.Context, _ orchestration.NodeID, body []byte) ([]byte, error) {
	key, d, err := decodeHand(body)
	if err != nil {
		return nil, err
	}
	return nil, e.owner.Queues().Hand(ctx, key, shard.Delivery{Query: d})
}
