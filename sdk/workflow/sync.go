package workflow

import (
	"github.com/tenuto-io/tenuto/sdk/internal/machine"
)

// WaitGroup waits for a number of coroutines. Make one with [NewWaitGroup].
type WaitGroup struct {
	run   *machine.Run
	count int
	zero  *gate
}

// NewWaitGroup returns a wait group that waits for nothing yet.
func NewWaitGroup(ctx Context) *WaitGroup { return &WaitGroup{run: runOf(ctx)} }

// Add adds delta, which may be negative, to what is waited for. It panics if less than nothing is left.
func (w *WaitGroup) Add(delta int) {
	w.run.Guard("WaitGroup.Add")
	w.count += delta
	if w.count < 0 {
		panic("workflow: negative WaitGroup counter")
	}
	if w.count == 0 && w.zero != nil {
		w.zero.pass()
		w.zero = nil
	}
}

// Done says that one of those waited for is done.
func (w *WaitGroup) Done() { w.Add(-1) }

// Go starts f in a coroutine and waits for it.
func (w *WaitGroup) Go(ctx Context, f func(ctx Context)) {
	w.Add(1)
	Go(ctx, func(ctx Context) {
		defer w.Done()
		f(ctx)
	})
}

// Wait blocks until nothing is left to wait for.
func (w *WaitGroup) Wait(ctx Context) {
	if w.count == 0 {
		return
	}
	if w.zero == nil {
		w.zero = &gate{}
	}
	w.zero.wait(w.run, "WaitGroup.Wait")
}

// Mutex keeps coroutines from being in the same piece of code, across the points at which they block, where others run. Make one
// with [NewMutex].
type Mutex struct {
	// token holds one value while the mutex is free.
	token *Channel[struct{}]
}

// NewMutex returns a free mutex.
func NewMutex(ctx Context) *Mutex {
	m := &Mutex{token: NewBufferedChannel[struct{}](ctx, 1)}
	m.token.put(struct{}{})
	return m
}

// Lock waits until the mutex is free and takes it; those who wait get it in order. It returns a *sdk.CanceledError, and does not
// take it, if the context is cancelled before.
func (m *Mutex) Lock(ctx Context) error {
	if m.TryLock() {
		return nil
	}
	var err error
	s := NewSelector(ctx)
	AddReceive(s, m.token, func(struct{}, bool) {})
	if done := ctx.Done(); done != nil {
		AddReceive(s, done, func(struct{}, bool) { err = ctx.Err() })
	}
	s.Select(ctx)
	return err
}

// TryLock takes the mutex if it is free and reports whether it was.
func (m *Mutex) TryLock() bool {
	_, free := m.token.ReceiveAsync()
	return free
}

// Unlock frees the mutex. It panics if it is free.
func (m *Mutex) Unlock() {
	if m.token.Len() > 0 {
		panic("workflow: unlock of a free mutex")
	}
	m.token.SendAsync(struct{}{})
}
