package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// ErrPoison is what a batch with a poisoned run fails with: an error that blames the write, not the store.
var ErrPoison = errors.New("storetest: poisoned run")

// Faulty is a store whose commits fail on demand; everything else passes through. It is safe for concurrent use.
//
// Faults are set for the n-th commit from now: 1 is the next one to begin. Several may wait at once, for different commits.
type Faulty struct {
	store.Store

	mu       sync.Mutex
	begun    int // commits so far
	faults   map[int]fault
	poisoned map[orchestration.RunID]bool
}

// fault is what happens to one commit, in this order: wait, fail before, apply, fail after.
type fault struct {
	held          *Held
	before, after error
}

// NewFaulty wraps a store; without a fault set it changes nothing.
func NewFaulty(s store.Store) *Faulty {
	return &Faulty{Store: s, faults: map[int]fault{}, poisoned: map[orchestration.RunID]bool{}}
}

// FailBefore makes the n-th commit from now return err with nothing written. With ErrUnknownOutcome it is a connection lost
// before the commit arrived.
func (f *Faulty) FailBefore(n int, err error) {
	f.plan(n, func(x *fault) { x.before = err })
}

// FailAfter makes the n-th commit from now be applied and then return err: with ErrUnknownOutcome, a connection lost
// before the answer arrived. If the store itself fails, its error is returned.
func (f *Faulty) FailAfter(n int, err error) {
	f.plan(n, func(x *fault) { x.after = err })
}

// Hold makes the n-th commit from now wait before it is applied, until released or its context ends.
func (f *Faulty) Hold(n int) *Held {
	h := &Held{reached: make(chan struct{}), released: make(chan struct{})}
	f.plan(n, func(x *fault) { x.held = h })
	return h
}

// Poison makes every batch that writes the run fail with ErrPoison and nothing written, until Cure.
func (f *Faulty) Poison(run orchestration.RunID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.poisoned[run] = true
}

// Cure ends Poison.
func (f *Faulty) Cure(run orchestration.RunID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.poisoned, run)
}

// Commits is how many commits have begun.
func (f *Faulty) Commits() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.begun
}

// Commit implements store.Store.
func (f *Faulty) Commit(ctx context.Context, fence store.Fence, batch []store.Write) error {
	x, err := f.begin(batch)
	if x.held != nil {
		if err := x.held.wait(ctx); err != nil {
			return err
		}
	}
	if x.before != nil {
		return x.before
	}
	if err != nil {
		return err
	}
	if err := f.Store.Commit(ctx, fence, batch); err != nil {
		return err
	}
	return x.after
}

// begin counts a commit and takes the fault that waits for it; err is set for a poisoned batch.
func (f *Faulty) begin(batch []store.Write) (x fault, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.begun++
	x = f.faults[f.begun]
	delete(f.faults, f.begun)
	for _, w := range batch {
		for _, r := range w.Runs {
			if f.poisoned[r.RunID] {
				return x, fmt.Errorf("%w %s", ErrPoison, r.RunID)
			}
		}
		for _, d := range w.Deletes {
			if f.poisoned[d.RunID] {
				return x, fmt.Errorf("%w %s", ErrPoison, d.RunID)
			}
		}
	}
	return x, nil
}

func (f *Faulty) plan(n int, change func(*fault)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	x := f.faults[f.begun+n]
	change(&x)
	f.faults[f.begun+n] = x
}

// Held is a commit that waits.
type Held struct {
	reached, released chan struct{}
	once              sync.Once
}

// Reached is closed when the commit has begun and waits.
func (h *Held) Reached() <-chan struct{} { return h.reached }

// Release lets the commit go on; also if it has not begun yet. It may be called more than once.
func (h *Held) Release() { h.once.Do(func() { close(h.released) }) }

func (h *Held) wait(ctx context.Context) error {
	close(h.reached)
	select {
	case <-h.released:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
