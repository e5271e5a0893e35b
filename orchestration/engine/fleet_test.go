package engine_test

import (
	"context"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/exchange"
	"github.com/tenuto-io/tenuto/orchestration/fleettest"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/store/storetest"
)

// fleetRig is several engines on one database, between which the shards are spread.
type fleetRig struct {
	t     *testing.T
	store driver
	fleet *fleettest.Fleet
	nodes []*nodeRig
}

// nodeRig is one of them. Its rig's helpers ask this node, which must own what they ask about.
type nodeRig struct {
	*rig
	*fleettest.Node
	exchange *exchange.Exchange
}

func newFleetRig(t *testing.T, n int) *fleetRig {
	t.Helper()
	f := &fleetRig{t: t, fleet: fleettest.New()}
	storage := newStorage(t)
	driver := storage.open(t)
	f.store = driver
	for range n {
		f.nodes = append(f.nodes, f.open(driver))
	}
	t.Cleanup(func() { f.close(driver, storage) })
	var nodes []*fleettest.Node
	for _, n := range f.nodes {
		nodes = append(nodes, n.Node)
		n.exchange.Serve(n.Queues())
	}
	if err := f.fleet.Spread(t.Context(), nodes...); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *fleetRig) open(d driver) *nodeRig {
	f.t.Helper()
	n := f.fleet.Join()
	lanes := f.lanes(n)
	x := exchange.New(exchange.Config{Peers: n, Self: n.ID(), Owner: n.Owner, Logger: quiet()})
	r := &rig{t: f.t, store: d, faulty: storetest.NewFaulty(d)}
	var err error
	r.Engine, err = engine.Open(f.t.Context(), engine.Config{
		Store: r.faulty, Reader: d, Queues: d, Logger: quiet(), Cluster: n, Lanes: lanes, Peers: n, Exchange: x,
	})
	if err != nil {
		f.t.Fatal(err)
	}
	n.Serve(r.Engine)
	return &nodeRig{rig: r, Node: n, exchange: x}
}

// lanes acquires the lanes of a node: those below the first node's, for the others exist for nodes that have joined in the database only.
func (f *fleetRig) lanes(n *fleettest.Node) (fences []store.Fence) {
	f.t.Helper()
	for i := range 2 {
		lane, err := f.store.AcquireLane(f.t.Context(), orchestration.LaneID(2*int(n.ID())+i))
		if err != nil {
			f.t.Fatal(err)
		}
		fences = append(fences, lane)
	}
	return fences
}

// takeOver kills a node and gives its shards to another: nothing that the dead one still does is stored.
func (f *fleetRig) takeOver(dead, heir *nodeRig) {
	f.t.Helper()
	shards := f.fleet.ShardsOf(dead.Node)
	dead.Kill()
	f.lanes(dead.Node)
	if err := f.fleet.Move(f.t.Context(), heir.Node, shards...); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fleetRig) close(d driver, s storage) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for _, n := range f.nodes {
		n.exchange.Close()
		if err := n.Engine.Close(ctx); err != nil {
			f.t.Errorf("close engine: %v", err)
		}
	}
	f.fleet.Close()
	if err := d.Close(); err != nil {
		f.t.Errorf("close store: %v", err)
	}
	if err := s.close(); err != nil {
		f.t.Errorf("close database: %v", err)
	}
}

// ownedBy is a workflow id whose shard a node owns.
func (f *fleetRig) ownedBy(n *nodeRig, prefix string) string {
	f.t.Helper()
	for i := range 10_000 {
		id := prefix + "-" + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676))
		if owner, _ := n.Owner(key(id).Shard()); owner == n.ID() {
			return id
		}
	}
	f.t.Fatal("no workflow id for a node")
	return ""
}

// move gives a workflow to another node.
func (f *fleetRig) move(k orchestration.RunKey, to *nodeRig) {
	f.t.Helper()
	if err := f.fleet.Move(f.t.Context(), to.Node, k.Shard()); err != nil {
		f.t.Fatal(err)
	}
}
