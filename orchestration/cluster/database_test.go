package cluster

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// inMemory is what store.Members says, in memory. Its clock is not that of the nodes.
type inMemory struct {
	mu     sync.Mutex
	rows   map[orchestration.NodeID]*row
	last   orchestration.NodeID
	lanes  map[orchestration.LaneID]orchestration.Epoch
	owners table
	moves  int64
	calls  int
	fenced []orchestration.NodeID
}

type row struct {
	node store.Node
	mark []byte
	good time.Time // the lease, by the database's clock
}

func newInMemory() *inMemory {
	return &inMemory{rows: map[orchestration.NodeID]*row{}, lanes: map[orchestration.LaneID]orchestration.Epoch{}}
}

// now is the database's clock: years from the nodes'.
func (d *inMemory) now() time.Time { return time.Now().AddDate(-3, 0, 0) }

// transaction runs f alone.
func (d *inMemory) transaction(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls++
	f()
}

func (d *inMemory) Join(_ context.Context, n store.NewNode) (id orchestration.NodeID, err error) {
	d.transaction(func() {
		for _, r := range d.rows {
			if !bytes.Equal(r.mark, n.Mark) && d.now().Before(r.good) && r.node.Address != n.Address {
				err = store.ErrStranger
				return
			}
		}
		for old, r := range d.rows {
			if r.node.Address == n.Address {
				d.remove(old)
			}
		}
		d.last++
		id = d.last
		d.rows[id] = &row{mark: n.Mark, good: d.now().Add(n.Lease), node: store.Node{ID: id, Address: n.Address, Version: n.Version, Joined: d.now()}}
	})
	return id, err
}

// remove takes a node away, with its lanes and its shards.
func (d *inMemory) remove(id orchestration.NodeID) {
	for i := range orchestration.LanesPerNode {
		if _, ok := d.lanes[id.Lane(i)]; ok {
			d.lanes[id.Lane(i)]++
		}
	}
	for s, owner := range d.owners {
		if owner == id {
			d.owners[s] = 0
			d.moves++
		}
	}
	delete(d.rows, id)
}

func (d *inMemory) Renew(_ context.Context, id orchestration.NodeID, lease time.Duration) (m store.Membership, err error) {
	d.transaction(func() {
		r, ok := d.rows[id]
		if !ok {
			err = fmt.Errorf("node %d is gone: %w", id, store.ErrFenced)
			return
		}
		r.good = d.now().Add(lease)
		m.Moves = d.moves
		for _, id := range slices.Sorted(maps.Keys(d.rows)) {
			n := d.rows[id].node
			n.Expired = !d.now().Before(d.rows[id].good)
			m.Nodes = append(m.Nodes, n)
		}
	})
	return m, err
}

func (d *inMemory) Leave(_ context.Context, id orchestration.NodeID) (err error) {
	d.transaction(func() {
		r, ok := d.rows[id]
		if !ok {
			err = store.ErrFenced
			return
		}
		r.node.Leaving = true
	})
	return err
}

func (d *inMemory) Quit(_ context.Context, id orchestration.NodeID) error {
	d.transaction(func() { d.remove(id) })
	return nil
}

func (d *inMemory) Fence(_ context.Context, id orchestration.NodeID) (err error) {
	d.transaction(func() {
		r, ok := d.rows[id]
		switch {
		case !ok:
		case d.now().Before(r.good):
			err = store.ErrAlive
		default:
			d.fenced = append(d.fenced, id)
			d.remove(id)
		}
	})
	return err
}

func (d *inMemory) Owners(context.Context) (owners [orchestration.Shards]orchestration.NodeID, err error) {
	d.transaction(func() { owners = d.owners })
	return owners, nil
}

func (d *inMemory) AcquireShards(_ context.Context, id orchestration.NodeID, shards []orchestration.ShardID) (got []orchestration.ShardID, err error) {
	d.transaction(func() {
		if d.rows[id] == nil {
			err = store.ErrFenced
			return
		}
		for _, s := range shards {
			if d.owners[s] == 0 {
				d.owners[s] = id
				d.moves++
				got = append(got, s)
			}
		}
	})
	return got, err
}

func (d *inMemory) ReleaseShards(_ context.Context, id orchestration.NodeID, shards []orchestration.ShardID) error {
	d.transaction(func() {
		for _, s := range shards {
			if d.owners[s] == id {
				d.owners[s] = 0
				d.moves++
			}
		}
	})
	return nil
}

func (d *inMemory) AcquireLane(_ context.Context, lane orchestration.LaneID) (f store.Fence, err error) {
	d.transaction(func() {
		d.lanes[lane]++
		f = store.Fence{Lane: lane, Epoch: d.lanes[lane]}
	})
	return f, nil
}

// state is a copy of the owners, and the number of transactions so far.
func (d *inMemory) state() (owners table, calls int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.owners, d.calls
}

// has tells whether a node is stored; nodes is how many are.
func (d *inMemory) has(id orchestration.NodeID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.rows[id] != nil
}

func (d *inMemory) nodes() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.rows)
}
