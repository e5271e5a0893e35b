package batch

import (
	"context"
	"log/slog"
	"sync"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Engine is what jobs ask of the engine; *engine.Engine is one.
type Engine interface {
	// Each carries an order out on every run, wherever it is served, and tells what became of each.
	Each(context.Context, engine.Order, []orchestration.RunKey) []error
	List(context.Context, engine.ListRequest) (engine.ListPage, error)
	Count(context.Context, engine.ListRequest) (int64, error)
	// Serves tells whether this node serves a shard now.
	Serves(orchestration.ShardID) bool
}

// Config is what a Room needs. Jobs, Engine and Logger are required.
type Config struct {
	Jobs   store.Jobs
	Engine Engine
	Logger *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// LookEvery is how often a node looks for jobs of shards that have become its own; it does so at once for jobs that begin here. Default: 10 s.
	LookEvery time.Duration
	// Pause is how long a job waits before it asks again for what is unavailable. Default: 1 s.
	Pause time.Duration
}

// Request asks for a job.
type Request struct {
	Namespace orchestration.NamespaceID
	ID        string        // names the job in its namespace
	Operation proto.Message // a message of go.temporal.io/api/batch/v1
	Reason    string
	Identity  string
	By        *commonpb.Principal // who the server knows asked for it; nil: nobody it has verified
	Query     string              // which runs, as for List; or
	Runs      []orchestration.RunKey
	Rate      float64 // runs per second; 0, or more than orchestration.MaxBatchRate: that
}

// Status is what is known of a job.
type Status struct {
	ID                      string
	Operation               proto.Message
	State                   enumspb.BatchOperationState
	Started, Closed         time.Time // Closed is zero while it goes on
	Total, Complete, Failed int64
	Identity                string
	Reason                  string // for it, or for its stop
	Query                   string
	Runs                    []orchestration.RunKey
	Failures                []Failure // the first that failed, at most orchestration.MaxBatchFailures
}

// Failure is a run that an operation was refused for.
type Failure struct {
	Run orchestration.RunKey
	Why string // one sentence, possibly cut
}

// Room starts, shows and does jobs. It is safe for concurrent use.
type Room struct {
	jobs   store.Jobs
	engine Engine
	log    *slog.Logger
	now    func() time.Time
	every  time.Duration
	pause  time.Duration
	nudged chan struct{}

	ctx  context.Context // ends with Close
	stop context.CancelFunc
	wg   sync.WaitGroup

	mu      sync.Mutex
	running map[jobKey]bool
}

// jobKey names a job.
type jobKey struct {
	namespace orchestration.NamespaceID
	id        string
}

// Open begins to do the jobs of the shards that this node serves.
func Open(c Config) *Room {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.LookEvery <= 0 {
		c.LookEvery = 10 * time.Second
	}
	if c.Pause <= 0 {
		c.Pause = time.Second
	}
	r := &Room{
		jobs: c.Jobs, engine: c.Engine, log: c.Logger, now: c.Now, every: c.LookEvery, pause: c.Pause,
		nudged: make(chan struct{}, 1), running: make(map[jobKey]bool),
	}
	r.ctx, r.stop = context.WithCancel(context.Background())
	r.wg.Go(r.look)
	return r
}

// Close ends the room's part in every job, after the runs that are under way. Call it before the engine is closed.
func (r *Room) Close() {
	r.stop()
	r.wg.Wait()
}

// nudge has the room look for jobs now.
func (r *Room) nudge() {
	select {
	case r.nudged <- struct{}{}:
	default:
	}
}
