package storetest

import (
	"errors"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

func leaseRenewed(c *cluster) {
	a, b := c.joins("a:1", time.Millisecond), c.joins("b:1", time.Hour)
	b.outlives(a)
	for _, n := range a.renew(time.Hour).Nodes {
		if n.Expired {
			c.Errorf("%+v right after its own renewal", n)
		}
	}
	if seen, _ := b.sees(a); seen.Expired {
		c.Errorf("a renewed node is seen as %+v", seen)
	}
	a.renew(time.Millisecond) // a lease may also become shorter
	b.outlives(a)
	_, err := b.Members.Renew(c.ctx, 999, time.Hour)
	c.want("renewal of one who is not there", err, store.ErrFenced)
}

// leaseAfterOutage: expired is not fenced. A node that nobody has fenced meanwhile goes on with all that it had.
func leaseAfterOutage(c *cluster) {
	a, b := c.joins("a:1", time.Millisecond), c.joins("b:1", time.Hour)
	f := a.lane(0)
	a.acquires(1)
	b.outlives(a)
	_, err := a.commits(f)
	c.ok(err)
	a.renew(time.Hour)
	c.want("fencing", b.Members.Fence(c.ctx, a.id), store.ErrAlive)
	_, err = a.commits(f)
	c.ok(err)
	if owned := b.owned(); owned[a.id] != 1 {
		c.Errorf("owners %v", owned)
	}
}

func fenceAlive(c *cluster) {
	a, b := c.joins("a:1", time.Hour), c.joins("b:1", time.Hour)
	f := a.lane(0)
	c.want("fencing", b.Members.Fence(c.ctx, a.id), store.ErrAlive)
	_, err := a.commits(f)
	c.ok(err)
	if seen, ok := b.sees(a); !ok || seen.Expired {
		c.Errorf("seen as %+v after it could not be fenced", seen)
	}
}

func fenceVoids(c *cluster) {
	a, b := c.joins("a:1", time.Millisecond), c.joins("b:1", time.Hour)
	lanes := []store.Fence{a.lane(0), a.lane(1), a.lane(orchestration.LanesPerNode - 1)}
	a.acquires(0, 5, 1023)
	b.outlives(a)
	c.ok(b.Members.Fence(c.ctx, a.id))
	c.ok(b.Members.Fence(c.ctx, a.id)) // its answer may have been lost
	for _, f := range lanes {
		key, err := a.commits(f)
		c.want("commit", err, store.ErrFenced)
		_, err = a.Store.RenewLane(c.ctx, f)
		c.want("renewal of a lane", err, store.ErrFenced)
		_, err = a.Store.AcquireLane(c.ctx, f.Lane)
		c.want("acquiring a lane again", err, store.ErrFenced)
		versions, err := b.Reader.Versions(c.ctx, []orchestration.RunKey{key})
		c.ok(err)
		if len(versions) != 0 {
			c.Errorf("a fenced commit was stored: %v", versions)
		}
	}
	_, err := a.Members.Renew(c.ctx, a.id, time.Hour)
	c.want("renewal", err, store.ErrFenced)
	_, err = a.Members.AcquireShards(c.ctx, a.id, allShards())
	c.want("acquiring shards", err, store.ErrFenced)
	if owned := b.owned(); owned[0] != orchestration.Shards {
		c.Errorf("owners %v, want all shards free", owned)
	}
}

// fenceSpares: neighbours in the numbering of lanes keep theirs.
func fenceSpares(c *cluster) {
	a, b, d := c.joins("a:1", time.Hour), c.joins("b:1", time.Millisecond), c.joins("d:1", time.Hour)
	last, first := a.lane(orchestration.LanesPerNode-1), d.lane(0)
	a.acquires(1)
	d.acquires(2)
	a.outlives(b)
	c.ok(a.Members.Fence(c.ctx, b.id))
	_, err := a.commits(last)
	c.ok(err)
	_, err = d.commits(first)
	c.ok(err)
	if owned := a.owned(); owned[a.id] != 1 || owned[d.id] != 1 {
		c.Errorf("owners %v", owned)
	}
}

// fenceRace: nodes that notice a death at the same time all succeed, and its shards are set free once.
func fenceRace(c *cluster) {
	dead := c.joins("dead:1", time.Millisecond)
	dead.lane(0)
	dead.acquires(allShards()...)
	nodes := []*node{c.joins("a:1", time.Hour), c.joins("b:1", time.Hour), c.joins("c:1", time.Hour), c.joins("d:1", time.Hour)}
	nodes[0].outlives(dead)
	before := nodes[0].renew(time.Hour).Moves
	var g errgroup.Group
	for _, n := range nodes {
		g.Go(func() error { return n.Members.Fence(c.ctx, dead.id) })
	}
	c.ok(g.Wait())
	if moved := nodes[0].renew(time.Hour).Moves - before; moved != orchestration.Shards {
		c.Errorf("%d changes of owners, want %d", moved, orchestration.Shards)
	}
}

// fenceAndCommits: commits come in without pause while the node is fenced. None that is acknowledged is lost, and none is acknowledged, or stored,
// after Fence has returned.
func fenceAndCommits(c *cluster) {
	a, b := c.joins("a:1", time.Millisecond), c.joins("b:1", time.Hour)
	f := a.lane(0)
	b.outlives(a)
	var acknowledged []orchestration.RunKey
	var last orchestration.RunKey
	var fenced atomic.Bool
	some := make(chan struct{}, 1)
	var g errgroup.Group
	g.Go(func() error {
		for {
			after := fenced.Load()
			key, err := a.commits(f)
			switch {
			case errors.Is(err, store.ErrFenced):
				last = key
				return nil
			case err != nil:
				return err
			case after:
				c.Error("a commit that began after Fence had returned was acknowledged")
			}
			acknowledged = append(acknowledged, key)
			select {
			case some <- struct{}{}:
			default:
			}
		}
	})
	<-some
	c.ok(b.Members.Fence(c.ctx, a.id))
	fenced.Store(true)
	c.ok(g.Wait())
	versions, err := b.Reader.Versions(c.ctx, append(acknowledged, last))
	c.ok(err)
	if _, stored := versions[last.RunID]; stored || len(versions) != len(acknowledged) {
		c.Errorf("%d of %d acknowledged commits are stored; the refused one: %t", len(versions), len(acknowledged), stored)
	}
}
