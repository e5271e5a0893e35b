package engine

import (
	"context"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

// Cluster is what an engine must know of the nodes that it shares its store with; *cluster.Cluster is one.
type Cluster interface {
	// ID is this node.
	ID() orchestration.NodeID
	// Owner is the node that serves a shard as far as is known, and whether it is this one. 0: there is none. With local false it can be this node all
	// the same: it is about to.
	Owner(orchestration.ShardID) (node orchestration.NodeID, local bool)
	// Alive tells whether this node may count on its shards being its own. It is cheap.
	Alive() bool
}

// Exchange brings the task queues of the nodes together; *exchange.Exchange is one.
type Exchange interface {
	matching.Exchange
	// Present are the other nodes that had a poller of the queue lately.
	Present(key matching.Key) []orchestration.NodeID
}

// What nodes ask each other. Bodies are in wire.go and wire_task.go.
const (
	verbStart    = "task.start"     // start a task for a poller of the asking node
	verbTakeBack = "task.unstart"   // take such a start back: its task did not reach the poller
	verbLend     = "poll.lend"      // a poll waits there, for which tasks may be started here
	verbRecall   = "poll.recall"    // it does not any more
	verbCarry    = "task.carry"     // give a task to the poll that was lent for it
	verbHand     = "query.hand"     // give a query to a worker that polls there
	verbDescribe = "queue.describe" // show what is known of a queue there
	verbQueues   = "queue.list"     // show the queues of a namespace that are known there
	verbRecent   = "recent.count"   // tell what a namespace did there lately
	verbLook     = "runs.look"      // tell what runs that are served there wait for
	verbReach    = "run.reach"      // do to a run there what a run here has decided
	verbOrder    = "runs.order"     // carry an order out on runs that are served there
	verbGone     = "worker.gone"    // end the polls of a worker that shuts down
	verbWorkers  = "worker.list"    // show what was heard of workers there
	verbConfig   = "queue.config"   // what operators set for a queue has changed: read it again
)

// answerPeers registers what other nodes may ask of this one.
func (e *Engine) answerPeers() {
	if e.peers == nil {
		return
	}
	e.peers.Handle(verbStart, e.startForPeer)
	e.peers.Handle(verbTakeBack, e.takeBackForPeer)
	e.peers.Handle(verbLend, e.lendFromPeer)
	e.peers.Handle(verbRecall, e.recallFromPeer)
	e.peers.Handle(verbCarry, e.carriedFromPeer)
	e.peers.Handle(verbHand, e.handForPeer)
	e.peers.Handle(verbDescribe, e.describeForPeer)
	e.peers.Handle(verbQueues, e.queuesForPeer)
	e.peers.Handle(verbRecent, e.recentForPeer)
	e.peers.Handle(verbLook, e.looksForPeer)
	e.peers.Handle(verbReach, e.reachForPeer)
	e.peers.Handle(verbOrder, e.orderForPeer)
	e.peers.Handle(verbGone, e.goneForPeer)
	e.peers.Handle(verbWorkers, e.workersForPeer)
	e.peers.Handle(verbConfig, e.configForPeer)
}

// place is where a shard is served: a node, or here.
type place struct {
	node orchestration.NodeID
	here bool
}

// placeOf is where a shard is served as far as is known. An engine that is alone serves every shard.
func (e *Engine) placeOf(s orchestration.ShardID) place {
	if e.cluster == nil {
		return place{here: true}
	}
	node, here := e.cluster.Owner(s)
	return place{node, here}
}

// unreachable tells that nothing can be asked there now: nobody serves the shard, or this node does not yet.
func (e *Engine) unreachable(p place) bool {
	return !p.here && (p.node == 0 || p.node == e.cluster.ID())
}

// Serves tells whether this node serves a shard now.
func (e *Engine) Serves(s orchestration.ShardID) bool {
	select {
	case <-e.owner.Until(s):
		return false
	default:
		return true
	}
}

// moved is the error of what another node has to be asked for.
func moved() error {
	return orchestration.Errorf(orchestration.Moved, "another server owns the workflow")
}

// between is why nothing can be asked of a shard's owner: there is none now.
func between(s orchestration.ShardID) error {
	return orchestration.Errorf(orchestration.Moved, "shard %d is between two servers", s)
}

// Adopt begins to serve shards; see shard.Owner.Adopt.
func (e *Engine) Adopt(ctx context.Context, shards []orchestration.ShardID) error {
	return e.owner.Adopt(ctx, shards)
}

// Surrender stops to serve shards: verbs on their workflows are refused with Moved, also those that wait; see shard.Owner.Surrender.
func (e *Engine) Surrender(ctx context.Context, shards []orchestration.ShardID) error {
	return e.owner.Surrender(ctx, shards)
}

// Queues are the task queues of this node, for an exchange to bring together with those of others.
func (e *Engine) Queues() *matching.Queues[shard.Delivery] { return e.owner.Queues() }
