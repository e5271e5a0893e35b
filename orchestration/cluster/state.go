package cluster

import (
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// memory says what a shard is to this process.
type memory uint8

const (
	absent  memory = iota // idle: nothing of it is in flight here
	doubted               // Adopt or Surrender has failed: some of it may be served
	served
)

// state is what a node knows, of the others and of itself. Guarded by Cluster.mu.
type state struct {
	self orchestration.NodeID

	nodes  []store.Node
	seen   map[orchestration.NodeID]time.Time // since when a node is seen to have lost its lease
	steady time.Time                          // since when this node's renewals go well

	owners  table
	moves   int64  // Membership.Moves that owners is at least as new as; -1: never read
	version uint64 // counts this node's own moves

	here   [orchestration.Shards]memory
	given  map[orchestration.ShardID]bool      // released by us, and without an owner as far as is known
	unsure map[orchestration.ShardID]bool      // a release of it has not been answered. Idle until one is
	barred map[orchestration.ShardID]time.Time // not acquired before: an earlier release of it may still be carried out

	plan plan
}

func (st *state) init(self orchestration.NodeID) {
	st.self, st.moves, st.steady = self, -1, time.Now()
	st.seen = make(map[orchestration.NodeID]time.Time)
	st.given = make(map[orchestration.ShardID]bool)
	st.unsure = make(map[orchestration.ShardID]bool)
	st.barred = make(map[orchestration.ShardID]time.Time)
}

// see takes in who lives.
func (st *state) see(nodes []store.Node, now time.Time) {
	seen := make(map[orchestration.NodeID]time.Time)
	for _, n := range nodes {
		if !n.Expired {
			continue
		}
		seen[n.ID] = now
		if since, known := st.seen[n.ID]; known {
			seen[n.ID] = since
		}
	}
	st.nodes, st.seen = nodes, seen
	st.replan()
}

// read takes in who owns what, as read when the node's own moves were at a version. False: they are at another, so the reading may be older than
// what is known, and is dropped.
func (st *state) read(owners *table, moves int64, version uint64) bool {
	if version != st.version {
		return false
	}
	st.owners, st.moves = *owners, moves
	st.replan()
	return true
}

// acquired notes that shards became this node's.
func (st *state) acquired(shards []orchestration.ShardID) {
	st.version++
	for _, s := range shards {
		st.owners[s] = st.self
		delete(st.barred, s)
	}
	st.replan()
}

// released notes that shards, which were idle, are no longer this node's. Somebody else may have been read as their owner already.
func (st *state) released(shards []orchestration.ShardID, bar time.Time) {
	st.version++
	for _, s := range shards {
		if st.owners[s] == st.self {
			st.owners[s] = 0
		}
		if st.unsure[s] {
			delete(st.unsure, s)
			st.barred[s] = bar
		}
		st.given[s] = true
	}
	st.replan()
}

// set notes what shards are to this process.
func (st *state) set(shards []orchestration.ShardID, m memory) {
	for _, s := range shards {
		st.here[s] = m
	}
}

// replan brings the plan up to date with what is known.
func (st *state) replan() {
	st.plan = makePlan(st.self, st.nodes, &st.owners)
	for s := range st.given {
		if st.owners[s] != 0 || st.plan.targets[s] == st.self || st.plan.targets[s] == 0 {
			delete(st.given, s)
		}
	}
}

// known tells whether the owners have been read.
func (st *state) known() bool { return st.moves >= 0 }
