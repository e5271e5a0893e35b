package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Process is what one server process opens of a database that it shares with others.
type Process struct {
	Members store.Members
	Store   store.Store
	Reader  store.Reader
}

// RunMembers runs the suite of what nodes share a database by. open is called once per test, on an empty database of the test's own; what it
// returns opens that database once more, as another process does.
func RunMembers(t *testing.T, open func(t *testing.T) func() Process) {
	for _, c := range []struct {
		name string
		test func(*cluster)
	}{
		{"join/ids are never given again", joinIDs},
		{"join/what nodes see of each other", joinSeen},
		{"join/same address", joinSameAddress},
		{"join/stranger", joinStranger},
		{"join/expired stranger", joinExpiredStranger},
		{"join/one secret wins", joinRace},
		{"lease/runs out and is renewed", leaseRenewed},
		{"lease/outlives an outage", leaseAfterOutage},
		{"leave/marks", leaveMarks},
		{"quit/removes", quitRemoves},
		{"fence/alive", fenceAlive},
		{"fence/voids lanes and frees shards", fenceVoids},
		{"fence/spares other nodes", fenceSpares},
		{"fence/once", fenceRace},
		{"fence/no commit after it", fenceAndCommits},
		{"shards/acquire and release", shardsChange},
		{"shards/asked for twice", shardsTwice},
		{"shards/of nobody", shardsOfNobody},
		{"shards/moves", shardsMoves},
		{"shards/disjoint and complete", shardsRace},
		{"shards/acquiring beside fencing", shardsBesideFence},
		{"turmoil", membersTurmoil},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(&cluster{T: t, ctx: t.Context(), open: open(t)}) })
	}
}

// cluster is one test's database with the nodes that have joined it.
type cluster struct {
	*testing.T
	ctx  context.Context
	open func() Process
}

// node is a process that has joined.
type node struct {
	Process
	c  *cluster
	id orchestration.NodeID
}

var mark = []byte("one secret's fingerprint, 32 B.")

// joins adds a node of a process of its own.
func (c *cluster) joins(address string, lease time.Duration) *node {
	c.Helper()
	n := &node{Process: c.open(), c: c}
	id, err := n.Members.Join(c.ctx, store.NewNode{Address: address, Mark: mark, Version: "1.0", Lease: lease})
	c.ok(err)
	n.id = id
	return n
}

func (c *cluster) ok(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// want checks which error a call has returned.
func (c *cluster) want(what string, got, want error) {
	c.Helper()
	if !errors.Is(got, want) {
		c.Fatalf("%s: %v, want %v", what, got, want)
	}
}

func (n *node) renew(lease time.Duration) store.Membership {
	n.c.Helper()
	m, err := n.Members.Renew(n.c.ctx, n.id, lease)
	n.c.ok(err)
	return m
}

// sees is what the node reads of another; ok is false when that is gone.
func (n *node) sees(other *node) (seen store.Node, ok bool) {
	n.c.Helper()
	nodes := n.renew(time.Hour).Nodes
	i := slices.IndexFunc(nodes, func(s store.Node) bool { return s.ID == other.id })
	if i < 0 {
		return store.Node{}, false
	}
	return nodes[i], true
}

// outlives waits, by the database's clock, until the other's lease has run out.
func (n *node) outlives(other *node) {
	n.c.Helper()
	for end := time.Now().Add(20 * time.Second); ; {
		switch seen, ok := n.sees(other); {
		case !ok:
			n.c.Fatalf("node %d is gone", other.id)
		case seen.Expired:
			return
		case time.Now().After(end):
			n.c.Fatalf("the lease of node %d does not run out", other.id)
		}
	}
}

// lane acquires one of the node's lanes.
func (n *node) lane(i int) store.Fence {
	n.c.Helper()
	f, err := n.Store.AcquireLane(n.c.ctx, n.id.Lane(i))
	n.c.ok(err)
	return f
}

// commits stores a new run through a lane and returns its key.
func (n *node) commits(f store.Fence) (orchestration.RunKey, error) {
	key := orchestration.WorkflowKey{Namespace: orchestration.NamespaceID{1}, WorkflowID: "transfer"}.Run(orchestration.NewRunID(epoch))
	return key, n.Store.Commit(n.c.ctx, f, []store.Write{start(key)})
}

func (n *node) acquires(shards ...orchestration.ShardID) []orchestration.ShardID {
	n.c.Helper()
	got, err := n.Members.AcquireShards(n.c.ctx, n.id, shards)
	n.c.ok(err)
	slices.Sort(got)
	return got
}

// owned is how many shards each node owns; those of nobody count for 0.
func (n *node) owned() map[orchestration.NodeID]int {
	n.c.Helper()
	owners, err := n.Members.Owners(n.c.ctx)
	n.c.ok(err)
	counts := map[orchestration.NodeID]int{}
	for _, owner := range owners {
		counts[owner]++
	}
	return counts
}

// allShards are the numbers of all shards.
func allShards() []orchestration.ShardID {
	all := make([]orchestration.ShardID, orchestration.Shards)
	for i := range all {
		all[i] = orchestration.ShardID(i)
	}
	return all
}
