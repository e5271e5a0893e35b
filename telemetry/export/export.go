package export

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Collector takes spans; *otlp.Client is one.
type Collector interface {
	// Send may be called again with the same after an error, unless it is otlp.ErrRefused. rejected is how many spans were not taken, for good.
	Send(ctx context.Context, in *collectorpb.ExportTraceServiceRequest) (rejected int64, why string, err error)
}

// Histories is the part of store.Reader that spans come from.
type Histories interface {
	History(context.Context, store.HistoryRange) ([]store.Batch, error)
}

// Config is what a Room needs. All but the last three are required.
type Config struct {
	Traces    store.Traces
	Histories Histories
	Collector Collector
	// Serves tells whether this node serves a shard now.
	Serves func(orchestration.ShardID) bool
	// Name is a namespace's.
	Name   func(context.Context, orchestration.NamespaceID) (string, error)
	Logger *slog.Logger

	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Keep is how long a closed run waits for a collector that is away. Default: 24 h.
	Keep time.Duration
	// OpenAfter is how often what an open run has done is sent. Default: 1 min.
	OpenAfter time.Duration
}

// Counters are what a room has done since it was made.
type Counters struct {
	Runs     int64 // closed runs whose spans the collector has taken
	Spans    int64 // spans that it has taken, those of open runs too
	Rejected int64 // spans that it would not take
	Dropped  int64 // closed runs that were given up: refused, too old, deleted or unreadable
	Failed   int64 // calls without an answer; what was in them is sent again
	Unsaid   int64 // open runs that were not sent as they go, for there were too many
}

// The room's pace.
const (
	pageRuns  = 64
	pageSpans = 2000
	every     = time.Second      // looks for what is owed, when nothing was
	longest   = 30 * time.Second // between two tries to reach a collector that does not answer
)

// Room is at work from Run to Close.
type Room struct {
	c    Config
	open *openRuns

	runs, spans, rejected, dropped, failed, unsaid atomic.Int64

	ctx  context.Context // ends with Close
	stop context.CancelFunc
	wg   sync.WaitGroup
}

// New makes a room that does nothing yet.
func New(c Config) *Room {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Keep <= 0 {
		c.Keep = 24 * time.Hour
	}
	if c.OpenAfter <= 0 {
		c.OpenAfter = time.Minute
	}
	r := &Room{c: c, open: newOpenRuns()}
	r.ctx, r.stop = context.WithCancel(context.Background())
	return r
}

// Run begins to send what is owed for the shards of this node.
func (r *Room) Run() {
	r.wg.Go(r.loop)
	r.wg.Go(r.openLoop)
}

// Close ends the sending. Call it before the engine and the database are closed.
func (r *Room) Close() {
	r.stop()
	r.wg.Wait()
}

// Counters are what was done so far.
func (r *Room) Counters() Counters {
	return Counters{
		Runs: r.runs.Load(), Spans: r.spans.Load(), Rejected: r.rejected.Load(), Dropped: r.dropped.Load(), Failed: r.failed.Load(), Unsaid: r.unsaid.Load(),
	}
}

// loop sends page after page. While the collector does not answer it begins again with the same page, ever later.
func (r *Room) loop() {
	pause := every
	for r.ctx.Err() == nil {
		more, err := r.page()
		switch {
		case err == nil && more:
			pause = every
			continue
		case err == nil:
			pause = every
		default:
			r.warn("traces wait", err)
			pause = min(2*pause, longest)
		}
		r.rest(pause)
	}
}

// rest waits, or until the room is closed.
func (r *Room) rest(d time.Duration) {
	pause := time.NewTimer(d)
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-r.ctx.Done():
	}
}

func (r *Room) warn(what string, err error, args ...any) {
	if r.ctx.Err() == nil {
		r.c.Logger.Warn(what, append(args, "error", err)...)
	}
}
