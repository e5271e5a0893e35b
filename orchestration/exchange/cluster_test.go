package exchange

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// cluster is three nodes in a bubble of fake time. Node n serves shard n.
type cluster struct {
	t      *testing.T
	net    *network
	place  *place // nil: peers only
	nodes  []*node
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu      sync.Mutex
	rows    []matching.Reference // the backlog of node 1
	tasks   map[taskID]*clusterTask
	last    int
	strayed int // starts that were refused: a duplicate reference came first
}

type clusterTask struct {
	ref     matching.Reference
	started int
	by      orchestration.NodeID // whose poller it was
	ready   time.Time
	took    time.Duration
}

type node struct {
	id       orchestration.NodeID
	queues   *matching.Queues[string]
	exchange *Exchange
}

const clusterNodes = 3

// inCluster runs f with three nodes, of peers only or with a shared place.
func inCluster(t *testing.T, shared bool, f func(t *testing.T, c *cluster)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{t: t, net: newNetwork(1), tasks: make(map[taskID]*clusterTask)}
		c.ctx, c.cancel = context.WithCancel(context.Background())
		if shared {
			c.place = newPlace()
		}
		for i := range clusterNodes {
			c.start(orchestration.NodeID(i + 1))
		}
		defer c.close()
		synctest.Wait()
		f(t, c)
	})
}

// eachWay runs a test with peers only, and with a shared place.
func eachWay(t *testing.T, f func(t *testing.T, c *cluster)) {
	for name, shared := range map[string]bool{"peers": false, "shared": true} {
		t.Run(name, func(t *testing.T) { inCluster(t, shared, f) })
	}
}

func (c *cluster) start(id orchestration.NodeID) *node {
	peers := c.net.endpoint(id)
	config := Config{
		Peers: peers, Self: id, Logger: slog.New(slog.DiscardHandler),
		Owner: func(s orchestration.ShardID) (orchestration.NodeID, bool) {
			return orchestration.NodeID(s), orchestration.NodeID(s) == id
		},
	}
	if c.place != nil {
		config.Shared = c.place.door()
	}
	n := &node{id: id, exchange: New(config)}
	n.queues = matching.New[string](matching.Options{Exchange: n.exchange, Refill: c.refill})
	c.net.join(peers)
	n.exchange.Serve(n.queues)
	c.nodes = append(c.nodes, n)
	return n
}

func (c *cluster) close() {
	c.cancel()
	for _, n := range c.nodes {
		n.queues.Close()
	}
	c.wg.Wait()
	for _, n := range c.nodes {
		n.exchange.Close()
	}
	c.net.close()
}

// queue is the n-th queue.
func queue(n int) matching.Key {
	return matching.Key{Namespace: orchestration.NamespaceID{1}, Name: fmt.Sprint("queue ", n), Kind: orchestration.ActivityTask}
}

// add commits a task on its owner.
func (c *cluster) add(owner *node, key matching.Key) taskID {
	ref := c.task(owner, key)
	owner.queues.Add(ref)
	return idOf(&ref)
}

// spill commits a task of node 1 to the backlog.
func (c *cluster) spill(key matching.Key) {
	ref := c.task(c.nodes[0], key)
	c.mu.Lock()
	ref.Backlog = int64(c.last)
	c.rows = append(c.rows, ref)
	c.mu.Unlock()
	c.nodes[0].queues.Spilled(key, matching.DefaultPriority, 1)
}

func (c *cluster) refill(_ context.Context, key matching.Key, after *matching.Reference, limit int) (page []matching.Reference, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.rows {
		if r.Key == key && (after == nil || r.Backlog > after.Backlog) && len(page) < limit {
			page = append(page, r)
		}
	}
	return page, nil
}

func (c *cluster) deleteRow(ref matching.Reference) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rows = slices.DeleteFunc(c.rows, func(r matching.Reference) bool { return r.Backlog == ref.Backlog })
}

// task makes a task that its owner has committed.
func (c *cluster) task(owner *node, key matching.Key) matching.Reference {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last++
	var run orchestration.RunID
	run[13], run[14], run[15] = byte(c.last>>16), byte(c.last>>8), byte(c.last)
	ref := matching.Reference{
		Run:              orchestration.WorkflowKey{Namespace: key.Namespace, WorkflowID: fmt.Sprint("workflow ", c.last)}.Run(run),
		ScheduledEventID: 5, Attempt: 1, Key: key, ReadyAt: time.Now(), Shard: orchestration.ShardID(owner.id),
	}
	c.tasks[idOf(&ref)] = &clusterTask{ref: ref, ready: ref.ReadyAt}
	return ref
}

// begin is the owner's verdict on a start: the arbiter of the whole.
func (c *cluster) begin(ref matching.Reference, by *node) bool {
	c.mu.Lock()
	task := c.tasks[idOf(&ref)]
	if task.started > 0 {
		c.strayed++
		c.mu.Unlock()
		return false
	}
	task.started++
	task.by, task.took = by.id, time.Since(task.ready)
	c.mu.Unlock()
	owner := c.nodes[ref.Shard-1]
	if ref.Backlog != 0 {
		c.deleteRow(ref)
		owner.queues.Spilled(ref.Key, matching.DefaultPriority, -1)
	}
	owner.queues.Remove(ref)
	return true
}

// work polls a queue on a node, as a worker that needs a while for each task. Its polls last for half a minute.
func (c *cluster) work(on *node, key matching.Key, each time.Duration) (stop func()) {
	ctx, cancel := context.WithCancel(c.ctx)
	c.wg.Go(func() {
		for ctx.Err() == nil {
			c.pollOnce(ctx, on, key)
			time.Sleep(each)
		}
	})
	return cancel
}

func (c *cluster) pollOnce(ctx context.Context, on *node, key matching.Key) {
	poll, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	o, err := on.queues.Poll(poll, key, matching.Worker{Identity: fmt.Sprint("worker on ", on.id)})
	if err != nil || o.Ref == nil {
		return
	}
	ref := *o.Ref
	if orchestration.NodeID(ref.Shard) != on.id {
		time.Sleep(time.Millisecond) // the owner is asked
	}
	on.queues.Taken(ref, c.begin(ref, on))
}

// state is a copy of a task's state.
func (c *cluster) state(id taskID) clusterTask {
	c.mu.Lock()
	defer c.mu.Unlock()
	return *c.tasks[id]
}

// waiting are the tasks that nobody started.
func (c *cluster) waiting() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, task := range c.tasks {
		if task.started == 0 {
			n++
		}
	}
	return n
}

// wantDone fails unless every task is started within d.
func (c *cluster) wantDone(d time.Duration) {
	c.t.Helper()
	for end := time.Now().Add(d); c.waiting() > 0 && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	if n := c.waiting(); n > 0 {
		c.t.Fatalf("%d of %d tasks were not started within %v", n, len(c.tasks), d)
	}
}

// startedBy counts the tasks that pollers of a node started.
func (c *cluster) startedBy(n *node) (tasks int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, task := range c.tasks {
		if task.by == n.id {
			tasks++
		}
	}
	return tasks
}
