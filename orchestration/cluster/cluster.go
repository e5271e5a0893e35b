package cluster

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// ErrLeft is what Err says after Leave.
var ErrLeft = errors.New("cluster: this node has left")

// Config is what Join needs. Members, Store, Node.Address and Logger are required.
type Config struct {
	Members store.Members
	Store   Lanes
	Node    store.NewNode // Lease: default 10 s; every other time of this package is a fraction of it
	Logger  *slog.Logger
	// Lanes is the number of commit lanes that the node acquires, 1 to orchestration.LanesPerNode. Default 1.
	Lanes int
	// Announce tells the other nodes that this one has changed something: it joined, acquired, released, leaves or left. They call Nudge then. It must
	// not wait. It is first called by Run. Nil: the others find out with their next renewal.
	Announce func()
}

// Lanes is the part of the store that a node takes its lanes with.
type Lanes interface {
	// AcquireLane bumps the lane's epoch, creating the lane at need; see store.Store.
	AcquireLane(ctx context.Context, lane orchestration.LaneID) (store.Fence, error)
}

// Shards serves the shards that it is told to. Both methods may be repeated for the same shards, and after an error of theirs are: with some of them
// served, some not.
type Shards interface {
	// Adopt begins to serve shards. They are this node's in the database.
	Adopt(ctx context.Context, shards []orchestration.ShardID) error
	// Surrender stops serving shards; those that are not served are no error. When it returned nil, nothing of them is in flight.
	Surrender(ctx context.Context, shards []orchestration.ShardID) error
}

// Cluster is this node's membership, from Join until it is fenced or has left.
type Cluster struct {
	members store.Members
	log     *slog.Logger
	tell    func()
	pace    pace
	id      orchestration.NodeID
	fences  []store.Fence

	lease  lease
	begun  atomic.Uint64 // looks that have begun
	nudged chan struct{}
	routes atomic.Pointer[routes]

	mu      sync.Mutex
	state   state
	shards  Shards        // nil before Run
	stirred chan struct{} // the mover has reason to plan again
	moved   tally         // of the mover only

	ctx    context.Context // the membership's life
	stop   context.CancelCauseFunc
	moving context.Context // the mover's life
	halt   context.CancelFunc
	renews sync.WaitGroup // the lease loop
	moves  sync.WaitGroup // the mover
	ended  atomic.Bool

	leaving chan struct{} // full while Leave is called
}

// ID is this node's id. A process that starts anew has another.
func (c *Cluster) ID() orchestration.NodeID { return c.id }

// Fences are the fences of the node's lanes, by lane.
func (c *Cluster) Fences() []store.Fence { return c.fences }

// Alive tells whether this node may serve: its lease is good for another second (a tenth of the lease) at least, by the monotonic clock. False may
// turn true again, unless Done is closed.
func (c *Cluster) Alive() bool { return !c.ended.Load() && c.lease.good(c.pace.margin) }

// Done is closed when the membership has ended: this node was fenced and must stop, or has left.
func (c *Cluster) Done() <-chan struct{} { return c.ctx.Done() }

// Err is nil until Done is closed; then it is ErrLeft, or an error that wraps store.ErrFenced.
func (c *Cluster) Err() error { return context.Cause(c.ctx) }

// Nudge has the node look now whether something has moved. It never waits.
func (c *Cluster) Nudge() {
	select {
	case c.nudged <- struct{}{}:
	default: // one is waiting already
	}
}

// Run begins to serve: the shards that should be this node's are acquired and adopted, in the background, and given away again as the plan says. The
// others plan with this node from Join on, so call it soon after, and once.
func (c *Cluster) Run(s Shards) {
	c.mu.Lock()
	c.shards = s
	c.mu.Unlock()
	c.moves.Go(c.move)
	c.tell()
}

// stir has the mover plan again.
func (c *Cluster) stir() {
	select {
	case c.stirred <- struct{}{}:
	default:
	}
}

// end ends the membership: nothing is served from now on. The first reason counts.
func (c *Cluster) end(why error) {
	c.ended.Store(true)
	c.stop(why)
}

// fenced ends the membership if err says that this node is no longer one.
func (c *Cluster) fenced(err error) bool {
	if !errors.Is(err, store.ErrFenced) {
		return false
	}
	if c.Err() == nil {
		c.log.Error("this node was fenced: another one has taken over, and it must stop", "node", c.id)
	}
	c.end(err)
	return true
}
