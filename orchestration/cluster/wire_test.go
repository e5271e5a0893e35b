package cluster

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// wire is a process's connection to the database: it takes time, and it can be bad.
type wire struct {
	db   *inMemory
	over <-chan struct{} // the test has ended: nothing hangs any longer

	mu      sync.Mutex
	dice    *rand.Rand
	stopped chan struct{} // not nil: the process is stopped, until it is closed
	fault   fault
	refused map[string]bool          // calls that fail
	held    map[string]time.Duration // the next such call fails, and is carried out so much later
}

// fault is what is wrong with a wire.
type fault struct {
	refuses bool    // the database is away, and says so at once
	hangs   bool    // nothing is answered, and nothing arrives
	loses   float64 // share of calls that are carried out, but whose answers are lost
	late    float64 // share of calls that fail, and are carried out up to five seconds after that
	fickle  float64 // share of Adopt and Surrender calls that fail half-way
	mute    bool    // nudges to the others are lost
}

func (w *wire) set(f fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fault = f
}

// stop stops the process; cont lets it go on.
func (w *wire) stop() (cont func()) {
	ch := make(chan struct{})
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped = ch
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.stopped = nil
		close(ch)
	}
}

// pass waits while the process is stopped.
func (w *wire) pass() {
	w.mu.Lock()
	stopped := w.stopped
	w.mu.Unlock()
	if stopped == nil {
		return
	}
	select {
	case <-stopped:
	case <-w.over:
	}
}

// sleep passes up to a time, at random.
func (w *wire) sleep(most time.Duration) {
	w.mu.Lock()
	d := time.Duration(w.dice.Int64N(int64(most)))
	w.mu.Unlock()
	time.Sleep(d)
}

// chance is true for a share of the calls.
func (w *wire) chance(share float64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.dice.Float64() < share
}

// faults is what is wrong with a call of a kind. If it is to be carried out after it has failed, late says how much.
func (w *wire) faults(what string) (f fault, refused bool, late time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	late = w.held[what]
	delete(w.held, what)
	if w.dice.Float64() < w.fault.late {
		late = time.Duration(w.dice.Int64N(int64(5 * time.Second)))
	}
	return w.fault, w.refused[what], late
}

// refuse has every call of some kinds fail, and of no others.
func (w *wire) refuse(kinds ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refused = map[string]bool{}
	for _, kind := range kinds {
		w.refused[kind] = true
	}
}

// hold has the next call of a kind fail, and be carried out that much later.
func (w *wire) hold(kind string, late time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held = map[string]time.Duration{kind: late}
}

// call carries f out in the database, or does not, and brings its answer back, or does not.
func call[T any](w *wire, ctx context.Context, what string, f func() (T, error)) (answer T, err error) {
	var none T
	w.pass()
	fault, refused, late := w.faults(what)
	w.sleep(10 * time.Millisecond)
	switch {
	case fault.hangs:
		select {
		case <-ctx.Done():
		case <-w.over:
		}
		return none, fmt.Errorf("%s hangs: %w", what, store.ErrUnavailable)
	case late > 0:
		time.AfterFunc(late, func() { _, _ = f() })
		return none, fmt.Errorf("%s lost: %w", what, store.ErrUnavailable)
	case fault.refuses || refused:
		return none, fmt.Errorf("%s refused: %w", what, store.ErrUnavailable)
	}
	w.pass()
	answer, err = f()
	w.sleep(10 * time.Millisecond)
	w.pass()
	if w.chance(fault.loses) {
		return none, fmt.Errorf("answer to %s lost: %w", what, store.ErrUnavailable)
	}
	return answer, err
}

// tell is a call without an answer.
func (w *wire) tell(ctx context.Context, what string, f func() error) error {
	_, err := call(w, ctx, what, func() (struct{}, error) { return struct{}{}, f() })
	return err
}

func (w *wire) Join(ctx context.Context, n store.NewNode) (orchestration.NodeID, error) {
	return call(w, ctx, "Join", func() (orchestration.NodeID, error) { return w.db.Join(ctx, n) })
}

func (w *wire) Renew(ctx context.Context, id orchestration.NodeID, lease time.Duration) (store.Membership, error) {
	return call(w, ctx, "Renew", func() (store.Membership, error) { return w.db.Renew(ctx, id, lease) })
}

func (w *wire) Leave(ctx context.Context, id orchestration.NodeID) error {
	return w.tell(ctx, "Leave", func() error { return w.db.Leave(ctx, id) })
}

func (w *wire) Quit(ctx context.Context, id orchestration.NodeID) error {
	return w.tell(ctx, "Quit", func() error { return w.db.Quit(ctx, id) })
}

func (w *wire) Fence(ctx context.Context, id orchestration.NodeID) error {
	return w.tell(ctx, "Fence", func() error { return w.db.Fence(ctx, id) })
}

func (w *wire) Owners(ctx context.Context) ([orchestration.Shards]orchestration.NodeID, error) {
	return call(w, ctx, "Owners", func() ([orchestration.Shards]orchestration.NodeID, error) { return w.db.Owners(ctx) })
}

func (w *wire) AcquireShards(ctx context.Context, id orchestration.NodeID, shards []orchestration.ShardID) ([]orchestration.ShardID, error) {
	return call(w, ctx, "AcquireShards", func() ([]orchestration.ShardID, error) { return w.db.AcquireShards(ctx, id, shards) })
}

func (w *wire) ReleaseShards(ctx context.Context, id orchestration.NodeID, shards []orchestration.ShardID) error {
	return w.tell(ctx, "ReleaseShards", func() error { return w.db.ReleaseShards(ctx, id, shards) })
}

func (w *wire) AcquireLane(ctx context.Context, lane orchestration.LaneID) (store.Fence, error) {
	return call(w, ctx, "AcquireLane", func() (store.Fence, error) { return w.db.AcquireLane(ctx, lane) })
}
