package cluster

import (
	"cmp"
	"slices"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// plan is what one node makes of what it has seen. It is a function of the nodes and owners alone, so that nodes that have seen the same agree.
type plan struct {
	targets table // who should own each shard; all 0 when nobody lives who could
	// Of the node that plans:
	acquire []orchestration.ShardID // free, and should be its
	keep    []orchestration.ShardID // are its and should be
	release []orchestration.ShardID // are its and should be another's
	idle    bool                    // nobody could own anything
}

// makePlan plans for a node. It is not said that a shard that another node should own moves at once: its owner has to release it first.
func makePlan(self orchestration.NodeID, nodes []store.Node, owners *table) plan {
	p := plan{targets: assign(candidates(nodes))}
	for i, owner := range owners {
		s, target := orchestration.ShardID(i), p.targets[i]
		switch {
		case owner == 0 && target == self:
			p.acquire = append(p.acquire, s)
		case owner == self && (target == self || target == 0):
			p.keep = append(p.keep, s)
		case owner == self:
			p.release = append(p.release, s)
		}
	}
	p.idle = p.targets[0] == 0
	return p
}

// candidates are the nodes that should own shards: those that live and do not leave.
func candidates(nodes []store.Node) (ids []orchestration.NodeID) {
	for _, n := range nodes {
		if !n.Expired && !n.Leaving {
			ids = append(ids, n.ID)
		}
	}
	return ids
}

// assign spreads the shards over nodes by rendezvous hashing: each shard goes to the node with the highest score for it. When a node comes or goes,
// only shards that go to it or come from it move.
func assign(nodes []orchestration.NodeID) (t table) {
	for s := range t {
		var best uint64
		for _, n := range nodes {
			if x := score(n, uint64(s)); t[s] == 0 || x > best || x == best && n < t[s] {
				t[s], best = n, x
			}
		}
	}
	return t
}

// turn is the place of a node, from 0, in the order in which nodes try to fence a dead one; false when it is none of those that should.
func turn(self, dead orchestration.NodeID, nodes []store.Node) (int, bool) {
	const domain = 1 << 32 // no shard has such a key
	order := candidates(nodes)
	slices.SortFunc(order, func(a, b orchestration.NodeID) int {
		return cmp.Or(cmp.Compare(score(b, domain|uint64(dead)), score(a, domain|uint64(dead))), cmp.Compare(a, b))
	})
	i := slices.Index(order, self)
	return i, i >= 0
}

// score is how much a node is the one for a key: the finalizer of SplitMix64 over both.
func score(n orchestration.NodeID, key uint64) uint64 {
	x := mix(uint64(n)) ^ key
	return mix(x + 0x9e3779b97f4a7c15)
}

func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
