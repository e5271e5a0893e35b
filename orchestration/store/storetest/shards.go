package storetest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

func shardsChange(c *cluster) {
	a, b := c.joins("a:1", time.Hour), c.joins("b:1", time.Hour)
	if owned := a.owned(); owned[0] != orchestration.Shards {
		c.Fatalf("owners %v at first, want all shards free", owned)
	}
	for _, step := range []struct {
		what string
		got  []orchestration.ShardID
		want []orchestration.ShardID
	}{
		{"free ones", a.acquires(3, 0, 1023), []orchestration.ShardID{0, 3, 1023}},
		{"some are another's", b.acquires(0, 1, 2, 3), []orchestration.ShardID{1, 2}},
		{"all are another's", b.acquires(0, 3), nil},
		{"none asked for", b.acquires(), nil},
	} {
		if !slices.Equal(step.got, step.want) {
			c.Errorf("%s: %v, want %v", step.what, step.got, step.want)
		}
	}
	c.ok(a.Members.ReleaseShards(c.ctx, a.id, []orchestration.ShardID{3, 1})) // 1 is another's, and stays so
	c.ok(a.Members.ReleaseShards(c.ctx, a.id, []orchestration.ShardID{3}))
	c.ok(a.Members.ReleaseShards(c.ctx, a.id, nil))
	owners, err := b.Members.Owners(c.ctx)
	c.ok(err)
	var want [orchestration.Shards]orchestration.NodeID
	want[0], want[1023], want[1], want[2] = a.id, a.id, b.id, b.id
	if owners != want {
		c.Errorf("owners %v, want %v", owners, want)
	}
	if got := b.acquires(3); len(got) != 1 {
		c.Errorf("acquired %v of a shard that was released", got)
	}
}

// shardsTwice: the answer may have been lost, so what the node has already is returned again.
func shardsTwice(c *cluster) {
	a := c.joins("a:1", time.Hour)
	a.acquires(5, 6)
	if got := a.acquires(5, 6, 7); !slices.Equal(got, []orchestration.ShardID{5, 6, 7}) {
		c.Errorf("got %v", got)
	}
}

func shardsOfNobody(c *cluster) {
	a := c.joins("a:1", time.Hour)
	_, err := a.Members.AcquireShards(c.ctx, 999, []orchestration.ShardID{1})
	c.want("acquiring by one who is not there", err, store.ErrFenced)
	_, err = a.Members.AcquireShards(c.ctx, 999, nil)
	c.want("acquiring nothing by one who is not there", err, store.ErrFenced)
	c.ok(a.Members.ReleaseShards(c.ctx, 999, []orchestration.ShardID{1}))
	if owned := a.owned(); owned[0] != orchestration.Shards {
		c.Errorf("owners %v", owned)
	}
}

// shardsMoves: the counter stands still while nobody's shards change, and moves with every change.
func shardsMoves(c *cluster) {
	a, b := c.joins("a:1", time.Hour), c.joins("b:1", time.Millisecond)
	last := a.renew(time.Hour).Moves
	for _, step := range []struct {
		what  string
		do    func()
		moves bool
	}{
		{"renewing", func() { a.renew(time.Hour) }, false},
		{"acquiring", func() { a.acquires(1, 2) }, true},
		{"acquiring another's", func() { b.acquires(1, 2) }, false},
		{"acquiring by another", func() { b.acquires(3) }, true},
		{"releasing", func() { c.ok(a.Members.ReleaseShards(c.ctx, a.id, []orchestration.ShardID{1})) }, true},
		{"releasing again", func() { c.ok(a.Members.ReleaseShards(c.ctx, a.id, []orchestration.ShardID{1})) }, false},
		{"fencing", func() { a.outlives(b); c.ok(a.Members.Fence(c.ctx, b.id)) }, true},
		{"fencing again", func() { c.ok(a.Members.Fence(c.ctx, b.id)) }, false},
	} {
		step.do()
		now := a.renew(time.Hour).Moves
		if now < last || (now > last) != step.moves {
			c.Errorf("%s: the counter went from %d to %d", step.what, last, now)
		}
		last = now
	}
}

// shardsRace: nodes that all want everything, in orders of their own, end with parts that are disjoint and together everything.
func shardsRace(c *cluster) {
	const nodes = 5
	got := make([][]orchestration.ShardID, nodes)
	var g errgroup.Group
	for i := range nodes {
		n := c.joins(fmt.Sprint("a:", i), time.Hour)
		g.Go(func() error {
			for _, want := range chunks(i) {
				shards, err := n.Members.AcquireShards(c.ctx, n.id, want)
				if err != nil {
					return err
				}
				got[i] = append(got[i], shards...)
			}
			return nil
		})
	}
	c.ok(g.Wait())
	all := slices.Concat(got...)
	slices.Sort(all)
	if !slices.Equal(all, allShards()) {
		c.Errorf("%d shards were acquired, want each of %d once: %v", len(all), orchestration.Shards, all)
	}
}

// chunks are all shards in pieces of several sizes, shuffled in one of many ways.
func chunks(seed int) [][]orchestration.ShardID {
	shuffled := make([]orchestration.ShardID, orchestration.Shards)
	for i := range shuffled {
		shuffled[i] = orchestration.ShardID((i*(2*seed+3) + 100*seed) % orchestration.Shards) // an odd factor: each once
	}
	return slices.Collect(slices.Chunk(shuffled, 64+17*seed))
}

// shardsBesideFence: what a dying node acquires while it is fenced is free in the end: no shard is left to a node that is gone.
func shardsBesideFence(c *cluster) {
	a, b := c.joins("a:1", time.Millisecond), c.joins("b:1", time.Hour)
	b.outlives(a)
	some := make(chan struct{}, 1)
	var g errgroup.Group
	g.Go(func() error {
		for {
			for _, want := range chunks(2) {
				_, err := a.Members.AcquireShards(c.ctx, a.id, want)
				if errors.Is(err, store.ErrFenced) {
					return nil
				}
				if err == nil {
					err = a.Members.ReleaseShards(c.ctx, a.id, want[:len(want)/2])
				}
				if err != nil {
					return err
				}
				select {
				case some <- struct{}{}:
				default:
				}
			}
		}
	})
	<-some
	c.ok(b.Members.Fence(c.ctx, a.id))
	c.ok(g.Wait())
	if owned := b.owned(); owned[0] != orchestration.Shards {
		c.Errorf("owners %v, want all shards free", owned)
	}
}
