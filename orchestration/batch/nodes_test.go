package batch_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	batchpb "go.temporal.io/api/batch/v1"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/batch"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/fleettest"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/retention"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/store/sqlite"
	"github.com/tenuto-io/tenuto/platform/database"
)

var (
	bank  = orchestration.NamespaceID{1}
	quiet = slog.New(slog.NewTextHandler(io.Discard, nil))
)

// fleet is three nodes on one database, each with an engine, its batch operations and its part in retention.
type fleet struct {
	*testing.T
	fleet *fleettest.Fleet
	store *sqlite.Store
	nodes []*node
}

type node struct {
	*fleettest.Node
	*engine.Engine
	batches   *batch.Room
	retention *retention.Room
}

func newFleet(t *testing.T, d *directory) *fleet {
	t.Helper()
	db, err := database.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "fleet.db"), database.Migrations{Room: "engine", Files: sqlite.Migrations()})
	if err != nil {
		t.Fatal(err)
	}
	f := &fleet{T: t, fleet: fleettest.New(), store: sqlite.New(db.Write, db.Read)}
	var joined []*fleettest.Node
	for range 3 {
		n := f.open(d)
		f.nodes, joined = append(f.nodes, n), append(joined, n.Node)
	}
	t.Cleanup(func() {
		for _, n := range f.nodes {
			n.end(t)
		}
		f.fleet.Close()
		_ = f.store.Close()
		_ = db.Close()
	})
	if err := f.fleet.Spread(t.Context(), joined...); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *fleet) open(d *directory) *node {
	f.Helper()
	n := &node{Node: f.fleet.Join()}
	var err error
	n.Engine, err = engine.Open(f.Context(), engine.Config{Store: f.store, Reader: f.store, Queues: f.store, Logger: quiet, Cluster: n.Node, Lanes: f.lanes(n.Node), Peers: n.Node})
	if err != nil {
		f.Fatal(err)
	}
	n.Serve(n.Engine)
	n.batches = batch.Open(batch.Config{Jobs: f.store, Engine: n.Engine, Logger: quiet, LookEvery: 5 * time.Millisecond, Pause: 5 * time.Millisecond})
	n.retention = retention.New(retention.Config{Namespaces: d, Engine: n.Engine, Jobs: f.store, Logger: quiet, Every: 5 * time.Millisecond, Rate: 1 << 20})
	n.retention.Run()
	return n
}

// lanes acquires the lanes of a node; again: nothing that it still does is stored.
func (f *fleet) lanes(n *fleettest.Node) (fences []store.Fence) {
	f.Helper()
	for i := range 2 {
		fence, err := f.store.AcquireLane(f.Context(), orchestration.LaneID(2*int(n.ID())+i))
		if err != nil {
			f.Fatal(err)
		}
		fences = append(fences, fence)
	}
	return fences
}

func (n *node) end(t *testing.T) {
	n.batches.Close()
	n.retention.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := n.Engine.Close(ctx); err != nil {
		t.Errorf("close: %v", err)
	}
}

// takeOver kills a node, and gives its shards to another.
func (f *fleet) takeOver(dead, heir *node) {
	f.Helper()
	shards := f.fleet.ShardsOf(dead.Node)
	dead.Kill()
	f.lanes(dead.Node)
	if err := f.fleet.Move(f.Context(), heir.Node, shards...); err != nil {
		f.Error(err)
	}
}

// ownerOf is the node that serves what has an id in the namespace.
func (f *fleet) ownerOf(id string) *node {
	f.Helper()
	for _, n := range f.nodes {
		if n.Serves(orchestration.ShardOf(bank, id)) {
			return n
		}
	}
	f.Fatalf("nobody serves %s", id)
	return nil
}

func (f *fleet) start(n int) (runs []orchestration.RunKey) {
	f.Helper()
	for i := range n {
		key := orchestration.WorkflowKey{Namespace: bank, WorkflowID: fmt.Sprint("workflow-", i)}
		reply, err := f.ownerOf(key.WorkflowID).Start(f.Context(), engine.StartRequest{Run: history.StartRun{
			Key: key.Run(orchestration.RunID{}), Type: "Transfer", TaskQueue: "queue", TaskTimeout: time.Minute,
		}})
		if err != nil {
			f.Fatal(err)
		}
		runs = append(runs, key.Run(reply.RunID))
	}
	return runs
}

// directory is one namespace.
type directory struct {
	mu      sync.Mutex
	bank    retention.Namespace
	removed bool
}

func (d *directory) Page(_ context.Context, after string, _ int) ([]retention.Namespace, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.removed || after != "" {
		return nil, nil
	}
	return []retention.Namespace{d.bank}, nil
}

func (d *directory) Remove(context.Context, orchestration.NamespaceID) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.removed = true
	return nil
}

func (d *directory) gone() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.removed
}

func (d *directory) delete() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.bank.Deleted = true
}

// TestBatchOverATakeover: the node that does a job dies in the middle of it; every workflow of every node sees the job once all the same.
func TestBatchOverATakeover(t *testing.T) {
	f := newFleet(t, &directory{bank: retention.Namespace{ID: bank, Name: "bank", Retention: time.Hour}})
	runs := f.start(120)
	first := f.ownerOf("job")
	heir := f.nodes[0]
	if heir == first {
		heir = f.nodes[1]
	}
	reached := make(chan struct{})
	var once sync.Once
	f.fleet.Faults(func(m fleettest.Message) fleettest.Fault {
		if m.Verb == "runs.order" && m.From == first.Node.ID() {
			once.Do(func() { close(reached) })
			return fleettest.LostAnswer // what it asked for is done, and it does not learn of it
		}
		return fleettest.None
	})
	err := first.batches.Start(t.Context(), batch.Request{
		Namespace: bank, ID: "job", Operation: &batchpb.BatchOperationSignal{Signal: "s"}, Reason: "a test", Query: "ExecutionStatus = 'Running'",
	})
	if err != nil {
		t.Fatal(err)
	}
	<-reached
	f.takeOver(first, heir)
	s := f.ended("job", heir)
	if s.State != enumspb.BATCH_OPERATION_STATE_COMPLETED || s.Total != 120 || s.Complete != 120 || s.Failed != 0 {
		t.Errorf("%+v", s)
	}
	for _, key := range runs {
		page, err := f.ownerOf(key.WorkflowID).History(t.Context(), engine.HistoryRequest{Run: key})
		if err != nil {
			t.Fatal(err)
		}
		signals := 0
		for _, ev := range page.Events {
			if ev.EventType == enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED {
				signals++
			}
		}
		if signals != 1 {
			t.Errorf("%s has %d signals", key.WorkflowID, signals)
		}
	}
}

// ended waits for the end of a job.
func (f *fleet) ended(id string, n *node) batch.Status {
	f.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; {
		s, err := n.batches.Describe(f.Context(), bank, id)
		switch {
		case err != nil:
			f.Fatal(err)
		case s.State != enumspb.BATCH_OPERATION_STATE_RUNNING:
			return s
		case time.Now().After(deadline):
			f.Fatalf("the job does not end: %+v", s)
		}
	}
}

// TestNamespaceDeletionOverATakeover: the keeper dies while it empties the namespace, and another one goes on to the end.
func TestNamespaceDeletionOverATakeover(t *testing.T) {
	d := &directory{bank: retention.Namespace{ID: bank, Name: "bank", Retention: time.Hour}}
	f := newFleet(t, d)
	f.start(300)
	keeper := f.ownerOf("")
	heir := f.nodes[0]
	if heir == keeper {
		heir = f.nodes[1]
	}
	reached := make(chan struct{})
	var once sync.Once
	f.fleet.Faults(func(m fleettest.Message) fleettest.Fault {
		if m.Verb == "runs.order" {
			once.Do(func() { close(reached) })
		}
		return fleettest.None
	})
	d.delete()
	<-reached
	f.takeOver(keeper, heir)
	for deadline := time.Now().Add(30 * time.Second); !d.gone(); {
		if time.Now().After(deadline) {
			t.Fatal("the namespace stays")
		}
	}
	n, err := heir.Count(t.Context(), engine.ListRequest{Namespace: bank})
	if err != nil || n != 0 {
		t.Errorf("%d runs are left: %v", n, err)
	}
}
