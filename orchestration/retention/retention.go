package retention

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Namespace is what must be known of a namespace.
type Namespace struct {
	ID        orchestration.NamespaceID
	Name      string        // for the log, and for the order of pages
	Retention time.Duration // closed runs stay that long
	Deleted   bool
	// RemoveAfter is until when the record of a deleted namespace stays at least: nodes that have not heard of its deletion may start runs in it before.
	RemoveAfter time.Time
}

// Namespaces is the directory of namespaces.
type Namespaces interface {
	// Page reads up to limit namespaces, also deleted ones, in the order of their names, after the given name ("": from the first).
	Page(ctx context.Context, after string, limit int) ([]Namespace, error)
	// Remove forgets a deleted namespace of which nothing is left.
	Remove(ctx context.Context, id orchestration.NamespaceID) error
}

// Engine is what retention asks of the engine; *engine.Engine is one.
type Engine interface {
	Closed(context.Context, store.ClosedScan) ([]store.ClosedRun, error)
	List(context.Context, engine.ListRequest) (engine.ListPage, error)
	Each(context.Context, engine.Order, []orchestration.RunKey) []error
	// Serves tells whether this node serves a shard now.
	Serves(orchestration.ShardID) bool
}

// Jobs is the part of store.Jobs that a namespace's end is about.
type Jobs interface {
	Jobs(context.Context, store.JobScan) ([]store.Job, error)
	DropJobs(ctx context.Context, ns orchestration.NamespaceID, before time.Time, limit int) (int, error)
}

// Config is what a Room needs. Namespaces, Engine, Jobs and Logger are required.
type Config struct {
	Namespaces Namespaces
	Engine     Engine
	Jobs       Jobs
	Logger     *slog.Logger
	// Leftovers remove what others keep of a namespace that was deleted: configuration, registries. They are called when its runs have gone, and may be
	// called again.
	Leftovers []func(context.Context, orchestration.NamespaceID) error
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Every is how often closed runs are looked for that may leave. Default: 1 min. Namespaces that were deleted are looked at every 2 s.
	Every time.Duration
	// Rate bounds how many runs of a namespace leave in a second. Default: 1,000.
	Rate int
}

// What one pass over a namespace does before others have their turn.
const (
	pageRuns    = 100
	passPages   = 100
	atOnce      = 4 // namespaces
	hurry       = 2 * time.Second
	listedNames = 100
)

// Room is at work from Run to Close.
type Room struct {
	c      Config
	nudged chan struct{}

	ctx  context.Context // ends with Close
	stop context.CancelFunc
	wg   sync.WaitGroup
}

// New makes a room that does nothing yet.
func New(c Config) *Room {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Every <= 0 {
		c.Every = time.Minute
	}
	if c.Rate <= 0 {
		c.Rate = 1000
	}
	r := &Room{c: c, nudged: make(chan struct{}, 1)}
	r.ctx, r.stop = context.WithCancel(context.Background())
	return r
}

// Run begins to delete what may leave of the namespaces that this node keeps.
func (r *Room) Run() { r.wg.Go(r.loop) }

// Close ends the passes, after the runs that are under way. Call it before the engine is closed.
func (r *Room) Close() {
	r.stop()
	r.wg.Wait()
}

// Nudge has the room look at the namespaces soon: one of them has changed. It never waits.
func (r *Room) Nudge() {
	select {
	case r.nudged <- struct{}{}:
	default:
	}
}

// keeps tells whether this node is the keeper of a namespace.
func (r *Room) keeps(id orchestration.NamespaceID) bool {
	return r.c.Engine.Serves(orchestration.ShardOf(id, ""))
}
