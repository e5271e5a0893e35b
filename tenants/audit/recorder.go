package audit

import (
	"context"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/tenuto-io/tenuto/tenants"
)

// Bounds of a Recorder.
const (
	FlushEvery = time.Second      // how long an event waits at most before it is written
	MaxQueue   = 20_000           // events that wait; more are dropped and counted
	batchSize  = 2_000            // events of one transaction
	writeTime  = 20 * time.Second // for one transaction
	lastWrites = 30 * time.Second // for all that waits when Run ends
)

// Recorder takes events of the data plane from calls, which never wait for it, and writes them in batches. It is safe for concurrent use.
type Recorder struct {
	journal interface {
		Append(ctx context.Context, events []Event) error
	}
	log    *slog.Logger
	full   chan struct{} // half a queue waits
	tokens buckets       // for refused calls

	mu      sync.Mutex
	queue   []Event
	dropped int64 // since it was last recorded
	lost    int64 // ever
}

// NewRecorder makes a recorder; Run has it write.
func NewRecorder(j Journal, log *slog.Logger) *Recorder {
	return &Recorder{journal: j, log: log, full: make(chan struct{}, 1)}
}

// Note has an event written soon. It never waits: when MaxQueue events do already, it is dropped and counted. So are refused calls of one principal, and of all
// that prove nobody, beyond refusedRate a second: who may not do anything must not fill the database.
func (r *Recorder) Note(e Event) {
	if e.refusal() && !r.tokens.take(e.Principal, e.At) {
		r.drop(1)
		return
	}
	r.mu.Lock()
	if len(r.queue) >= MaxQueue {
		r.dropped++
		r.lost++
		r.mu.Unlock()
		return
	}
	r.queue = append(r.queue, e)
	half := len(r.queue) == MaxQueue/2
	r.mu.Unlock()
	if half {
		select {
		case r.full <- struct{}{}:
		default: // it knows
		}
	}
}

// Dropped is how many events were never written, since the process began.
func (r *Recorder) Dropped() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lost
}

// Waiting is how many events are not written yet.
func (r *Recorder) Waiting() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.queue)
}

func (r *Recorder) drop(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.dropped += int64(n)
	r.lost += int64(n)
}

// Run writes until ctx ends, and then what still waits; whoever notes must have stopped by then. It returns nil, or why some was not written.
func (r *Recorder) Run(ctx context.Context) error {
	tick := time.NewTicker(FlushEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWrites)
			defer cancel()
			return r.flush(last)
		case now := <-tick.C:
			r.tokens.sweep(now)
		case <-r.full:
		}
		if err := r.flush(ctx); err != nil && ctx.Err() == nil {
			r.log.Warn("audit records cannot be written; they wait, and the next ones are dropped once there are too many", "error", err, "dropped", r.Dropped())
		}
	}
}

// flush writes what waits now. A batch that fails goes back to the front of the queue. One whose commit succeeds although its answer is lost is written
// twice: a record too many, never one too few.
func (r *Recorder) flush(ctx context.Context) error {
	for {
		batch, dropped := r.take()
		if len(batch) == 0 && dropped == 0 {
			return nil
		}
		events := batch
		if dropped > 0 {
			events = append(events[:len(events):len(events)], missing(dropped))
		}
		if err := r.write(ctx, events); err != nil {
			r.putBack(batch, dropped)
			return err
		}
		if dropped > 0 {
			r.log.Warn("calls were not recorded in the audit log: too many came at once, or the database took none", "dropped", dropped)
		}
	}
}

func (r *Recorder) write(ctx context.Context, events []Event) error {
	ctx, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	return r.journal.Append(ctx, events)
}

// missing is the event that tells of others which were not written.
func missing(n int64) Event {
	return Event{
		At: time.Now(), Plane: Data, Tenant: tenants.InstallationTenant, Action: "audit.dropped", Principal: System, Code: "OK",
		Changes: []Change{{Field: "events", After: strconv.FormatInt(n, 10)}},
	}
}

func (r *Recorder) take() (batch []Event, dropped int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := min(batchSize, len(r.queue))
	batch, r.queue = r.queue[:n:n], r.queue[n:]
	if len(r.queue) == 0 {
		r.queue = nil // what was written can go
	}
	dropped, r.dropped = r.dropped, 0
	return batch, dropped
}

func (r *Recorder) putBack(batch []Event, dropped int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.queue = append(batch, r.queue...)
	r.dropped += dropped
	if over := len(r.queue) - MaxQueue; over > 0 {
		r.queue = r.queue[:MaxQueue]
		r.dropped += int64(over)
		r.lost += int64(over)
	}
}
