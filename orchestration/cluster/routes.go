package cluster

import (
	"context"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// routes is a snapshot of what is known about who serves what. Nothing in it changes.
type routes struct {
	self    orchestration.NodeID
	look    uint64 // the last look that is in it
	owners  table
	targets table
	here    [orchestration.Shards]bool // served by this node
	nodes   map[orchestration.NodeID]store.Node
	others  []orchestration.NodeID
	changed chan struct{} // closed when there is a newer snapshot
}

// publish makes a snapshot of what is known now. look is the number of the look that has just been taken in, 0 when it is none. Cluster.mu is held.
func (c *Cluster) publish(look uint64) {
	st, old := &c.state, c.routes.Load()
	r := &routes{self: c.id, look: max(look, old.look), owners: st.owners, targets: st.plan.targets,
		nodes: make(map[orchestration.NodeID]store.Node, len(st.nodes)), changed: make(chan struct{})}
	for s, m := range st.here {
		r.here[s] = m == served
	}
	for _, n := range st.nodes {
		r.nodes[n.ID] = n
		if n.ID != c.id && !n.Expired {
			r.others = append(r.others, n.ID)
		}
	}
	c.routes.Store(r)
	close(old.changed)
}

// owner is who serves a shard, or will.
func (r *routes) owner(s orchestration.ShardID) orchestration.NodeID {
	owner := r.owners[s]
	switch _, lives := r.nodes[owner]; {
	case r.here[s]:
		return r.self
	case owner == r.self && r.targets[s] == 0: // nobody else could have it
		return r.self
	case owner == 0, owner == r.self, !lives:
		return r.targets[s]
	}
	return owner
}

// Owner is the node that serves a shard as far as is known, and whether it is this one. When nobody does, because the shard is between two owners, it
// is the node that will; with local false that can be this node: Await. 0: there is none that could.
func (c *Cluster) Owner(s orchestration.ShardID) (n orchestration.NodeID, local bool) {
	r := c.routes.Load()
	return r.owner(s), r.here[s]
}

// Await is for a request that was sent here although the shard is not served here. If it is on its way here, Await waits until it has arrived. If not, it
// looks once: the sender may have known more. When it returns nil, Owner says where to go on: here or elsewhere. Errors: Unavailable, when ctx ended first
// or this node's membership did.
func (c *Cluster) Await(ctx context.Context, s orchestration.ShardID) error {
	entered := c.begun.Load()
	for {
		r := c.routes.Load()
		switch coming := r.targets[s] == c.id || r.owner(s) == c.id; {
		case r.here[s], !coming && r.look > entered:
			return nil
		case !coming:
			c.Nudge()
		}
		select {
		case <-r.changed:
		case <-c.Done():
			return orchestration.Errorf(orchestration.Unavailable, "This server is stopping.")
		case <-ctx.Done():
			return orchestration.Errorf(orchestration.Unavailable, "The workflow's shard %d is moving between servers.", s)
		}
	}
}

// Address is where a node that is known, alive or not, is reached: HOST:PORT.
func (c *Cluster) Address(n orchestration.NodeID) (string, bool) {
	node, ok := c.routes.Load().nodes[n]
	return node.Address, ok
}

// Others are the other nodes whose leases are good, by id. The slice is not to be changed.
func (c *Cluster) Others() []orchestration.NodeID { return c.routes.Load().others }
