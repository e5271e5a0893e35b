package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// membersTurmoil: processes join, at addresses that they share, renew or let their leases run out, take, give, fence each other and leave, all at once.
// Whatever happens, shards and lanes are only ever those of nodes that are there, and a node writes until it is told that it was fenced.
func membersTurmoil(c *cluster) {
	const processes, rounds = 5, 60
	seed := uint64(time.Now().UnixNano())
	c.Logf("seed %d", seed)
	var g errgroup.Group
	for i := range processes {
		p := &actor{c: c, rng: rand.New(rand.NewPCG(seed, uint64(i))), Process: c.open(), address: fmt.Sprint("a:", i/2)}
		g.Go(func() error {
			for range rounds {
				if err := p.acts(); err != nil && !errors.Is(err, store.ErrUnavailable) {
					return err
				}
			}
			return nil
		})
	}
	c.ok(g.Wait())
	witness := c.joins("witness:1", time.Hour)
	there := map[orchestration.NodeID]bool{0: true}
	for _, n := range witness.renew(time.Hour).Nodes {
		there[n.ID] = true
	}
	for owner, shards := range witness.owned() {
		if !there[owner] {
			c.Errorf("%d shards are owned by node %d, which is gone", shards, owner)
		}
	}
}

// actor is a process that does one thing after the other, at random.
type actor struct {
	Process
	c       *cluster
	rng     *rand.Rand
	address string
	id      orchestration.NodeID // 0: it is no node now
	lane    store.Fence
}

func (p *actor) acts() error {
	if p.id == 0 {
		return p.joins()
	}
	err := p.does()
	if errors.Is(err, store.ErrFenced) {
		return p.isGone()
	}
	return err
}

func (p *actor) joins() error {
	id, err := p.Members.Join(p.c.ctx, store.NewNode{Address: p.address, Mark: mark, Lease: p.lease()})
	if err != nil {
		return err
	}
	p.lane, err = p.Store.AcquireLane(p.c.ctx, id.Lane(p.rng.IntN(orchestration.LanesPerNode)))
	switch {
	case errors.Is(err, store.ErrFenced):
		p.id = id
		return p.isGone()
	case err == nil:
		p.id = id
	}
	return err
}

func (p *actor) does() error {
	ctx := p.c.ctx
	switch p.rng.IntN(8) {
	case 0, 1:
		_, err := p.Members.Renew(ctx, p.id, p.lease())
		return err
	case 2, 3:
		_, err := p.Members.AcquireShards(ctx, p.id, p.some())
		return err
	case 4:
		return p.Members.ReleaseShards(ctx, p.id, p.some())
	case 5:
		key := orchestration.WorkflowKey{WorkflowID: p.address}.Run(orchestration.NewRunID(epoch))
		return p.Store.Commit(ctx, p.lane, []store.Write{start(key)})
	case 6:
		if p.rng.IntN(4) > 0 {
			return p.Members.Leave(ctx, p.id)
		}
		return p.Members.Quit(ctx, p.id)
	default:
		err := p.Members.Fence(ctx, p.id+orchestration.NodeID(p.rng.IntN(7)-3)) // itself perhaps
		if errors.Is(err, store.ErrAlive) {
			return nil
		}
		return err
	}
}

// isGone holds a process that was told so to its word: nothing of it is accepted any more, whichever call was the first to say so.
func (p *actor) isGone() error {
	ctx, id := p.c.ctx, p.id
	p.id = 0
	for what, call := range map[string]func() error{
		"Renew":         func() error { _, err := p.Members.Renew(ctx, id, time.Hour); return err },
		"AcquireShards": func() error { _, err := p.Members.AcquireShards(ctx, id, p.some()); return err },
		"Commit":        func() error { return p.Store.Commit(ctx, store.Fence{Lane: id.Lane(0), Epoch: p.lane.Epoch}, nil) },
		"AcquireLane":   func() error { _, err := p.Store.AcquireLane(ctx, id.Lane(1)); return err },
	} {
		if err := call(); !errors.Is(err, store.ErrFenced) && !errors.Is(err, store.ErrUnavailable) {
			return fmt.Errorf("%s of node %d, which is gone: %v", what, id, err)
		}
	}
	return nil
}

// lease is one that lasts or one that does not.
func (p *actor) lease() time.Duration { return time.Duration(p.rng.IntN(2)) * time.Hour }

// some shards, in any order and some of them twice.
func (p *actor) some() []orchestration.ShardID {
	shards := make([]orchestration.ShardID, p.rng.IntN(200))
	for i := range shards {
		shards[i] = orchestration.ShardID(p.rng.IntN(orchestration.Shards))
	}
	return shards
}
