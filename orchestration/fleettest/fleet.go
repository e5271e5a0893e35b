package fleettest

import (
	"context"
	"slices"
	"sync"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Shards serves the shards that it is told to: an engine.
type Shards interface {
	Adopt(context.Context, []orchestration.ShardID) error
	Surrender(context.Context, []orchestration.ShardID) error
}

// Fleet is nodes that know each other.
type Fleet struct {
	mu     sync.Mutex
	nodes  []*Node                                    // by id, from 1
	owners [orchestration.Shards]orchestration.NodeID // who serves them, or will
	// releasing are the owners that have stopped to serve a shard and not yet surrendered it; 0: none.
	releasing [orchestration.Shards]orchestration.NodeID
	changed   chan struct{} // closed and replaced when something changed
	fault     func(Message) Fault
	done      chan struct{}
}

// New is a fleet without nodes; nobody serves any shard.
func New() *Fleet { return &Fleet{changed: make(chan struct{}), done: make(chan struct{})} }

// Close stops the delivery of casts.
func (f *Fleet) Close() { close(f.done) }

// Join adds a node, which serves nothing yet.
func (f *Fleet) Join() *Node {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := &Node{fleet: f, id: orchestration.NodeID(len(f.nodes) + 1), alive: true, handlers: make(map[string]orchestration.PeerHandler),
		beliefs: make(map[orchestration.ShardID]orchestration.NodeID), casts: make(chan func(), 1000),
		awaited: make(chan struct{})}
	f.nodes = append(f.nodes, n)
	go n.deliver()
	return n
}

// Faults has every message asked about. nil: all go through.
func (f *Fleet) Faults(fault func(Message) Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault = fault
}

// Spread gives every shard to one of the nodes, in turn.
func (f *Fleet) Spread(ctx context.Context, nodes ...*Node) error {
	for i, n := range nodes {
		var own []orchestration.ShardID
		for s := i; s < orchestration.Shards; s += len(nodes) {
			own = append(own, orchestration.ShardID(s))
		}
		if err := f.Move(ctx, n, own...); err != nil {
			return err
		}
	}
	return nil
}

// Move gives shards to a node, as a cluster does: their owners stop to serve them and surrender them, then the others learn of it, then the node
// adopts them. Until then an old owner says who the new one will be, and everybody else takes the old one for the owner.
func (f *Fleet) Move(ctx context.Context, to *Node, shards ...orchestration.ShardID) error {
	for from, own := range f.release(to, shards) {
		if from.shards != nil {
			if err := from.shards.Surrender(ctx, own); err != nil {
				return err
			}
		}
	}
	f.mu.Lock()
	for _, s := range shards {
		f.releasing[s] = 0
	}
	f.change()
	f.mu.Unlock()
	if to.shards != nil {
		if err := to.shards.Adopt(ctx, shards); err != nil {
			return err
		}
	}
	to.setServed(shards, true)
	return nil
}

// release has the owners of shards serve them no more.
func (f *Fleet) release(to *Node, shards []orchestration.ShardID) map[*Node][]orchestration.ShardID {
	byOwner := make(map[*Node][]orchestration.ShardID)
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range shards {
		if from := f.node(f.owners[s]); from != nil && from != to {
			byOwner[from] = append(byOwner[from], s)
			from.served[s] = false
			f.releasing[s] = from.id
		}
		f.owners[s] = to.id
	}
	f.change()
	return byOwner
}

// Assign writes into the table that a node owns shards, which it does not serve: it is about to.
func (f *Fleet) Assign(to *Node, shards ...orchestration.ShardID) {
	f.mu.Lock()
	for _, s := range shards {
		f.owners[s] = to.id
	}
	nodes := slices.Clone(f.nodes)
	f.mu.Unlock()
	for _, n := range nodes {
		n.setServed(shards, false)
	}
}

func (f *Fleet) node(id orchestration.NodeID) *Node {
	if id < 1 || int(id) > len(f.nodes) {
		return nil
	}
	return f.nodes[id-1]
}

// change tells whoever awaits something. The caller holds f.mu.
func (f *Fleet) change() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// Node is one node. It is orchestration.Peers and the cluster of the engine and the edge.
type Node struct {
	fleet  *Fleet
	id     orchestration.NodeID
	shards Shards
	casts  chan func()
	// awaited is received from by every Await that waits.
	awaited chan struct{}

	// Guarded by fleet.mu.
	alive    bool
	gone     bool
	handlers map[string]orchestration.PeerHandler
	served   [orchestration.Shards]bool
	beliefs  map[orchestration.ShardID]orchestration.NodeID
}

// Serve has the node's shards served by s. Call it before the node owns any.
func (n *Node) Serve(s Shards) { n.shards = s }

// ID is the node's id.
func (n *Node) ID() orchestration.NodeID { return n.id }

// Owner is who serves a shard, as the node believes, and whether it serves it itself.
func (n *Node) Owner(s orchestration.ShardID) (orchestration.NodeID, bool) {
	n.fleet.mu.Lock()
	defer n.fleet.mu.Unlock()
	if other, ok := n.beliefs[s]; ok {
		return other, other == n.id
	}
	if from := n.fleet.releasing[s]; from != 0 && from != n.id {
		return from, false
	}
	return n.fleet.owners[s], n.served[s]
}

// Mislead has the node believe that another node serves a shard, until it awaits the shard.
func (n *Node) Mislead(s orchestration.ShardID, owner orchestration.NodeID) {
	n.fleet.mu.Lock()
	defer n.fleet.mu.Unlock()
	n.beliefs[s] = owner
}

// Await waits until a shard that this node owns is served here; of another's, it only looks again. Errors: Unavailable when ctx ends first.
func (n *Node) Await(ctx context.Context, s orchestration.ShardID) error {
	f := n.fleet
	f.mu.Lock()
	delete(n.beliefs, s)
	for f.owners[s] == n.id && !n.served[s] {
		changed := f.changed
		f.mu.Unlock()
		select {
		case <-n.awaited:
		case <-changed:
		case <-ctx.Done():
			return orchestration.Errorf(orchestration.Unavailable, "shard %d is moving", s)
		}
		f.mu.Lock()
	}
	f.mu.Unlock()
	return nil
}

// Awaits returns when somebody awaits a shard of this node, or ctx has ended.
func (n *Node) Awaits(ctx context.Context) {
	select {
	case n.awaited <- struct{}{}:
	case <-ctx.Done():
	}
}

// Alive tells whether the node may count on its shards; see Suspend.
func (n *Node) Alive() bool {
	n.fleet.mu.Lock()
	defer n.fleet.mu.Unlock()
	return n.alive
}

// Suspend sets what Alive tells.
func (n *Node) Suspend(suspended bool) {
	n.fleet.mu.Lock()
	defer n.fleet.mu.Unlock()
	n.alive = !suspended
}

func (n *Node) setServed(shards []orchestration.ShardID, served bool) {
	n.fleet.mu.Lock()
	defer n.fleet.mu.Unlock()
	for _, s := range shards {
		n.served[s] = served
	}
	n.fleet.change()
}

// Kill takes the node off the fleet: it is asked nothing any more, and its shards are free.
func (n *Node) Kill() {
	f := n.fleet
	f.mu.Lock()
	defer f.mu.Unlock()
	n.gone = true
	for s, owner := range f.owners {
		if owner == n.id {
			f.owners[s] = 0
		}
	}
	clear(n.served[:])
	f.change()
}

// ShardsOf are the shards that a node owns.
func (f *Fleet) ShardsOf(n *Node) (out []orchestration.ShardID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for s, owner := range f.owners {
		if owner == n.id {
			out = append(out, orchestration.ShardID(s))
		}
	}
	return slices.Clip(out)
}
