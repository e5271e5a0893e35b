package workflow

import (
	"github.com/tenuto-io/tenuto/sdk/internal/machine"
)

// Future is a result that is there now or will be later.
type Future[T any] interface {
	// Get waits for the result and returns it, the same each time. The context's cancellation does not end the wait: cancel what
	// makes the result.
	Get(ctx Context) (T, error)
	// IsReady reports whether Get returns at once.
	IsReady() bool

	gate() *gate
}

// Promise is a [Future] that workflow code settles itself. Make one with [NewPromise].
type Promise[T any] struct {
	run     *machine.Run
	settled gate
	// resolve gives the result at the first Get: results that nobody asks for are not decoded.
	resolve func() (T, error)
	value   T
	err     error
}

// NewPromise returns a promise that is not settled.
func NewPromise[T any](ctx Context) *Promise[T] { return newPromise[T](runOf(ctx)) }

func newPromise[T any](run *machine.Run) *Promise[T] { return &Promise[T]{run: run} }

// Set settles the promise. It panics the second time.
func (p *Promise[T]) Set(value T, err error) {
	p.run.Guard("Promise.Set")
	if p.settled.open {
		panic("workflow: the promise is settled")
	}
	p.value, p.err = value, err
	p.settled.pass()
}

// settle is Set for results that come from the history.
func (p *Promise[T]) settle(resolve func() (T, error)) {
	p.resolve = resolve
	p.settled.pass()
}

// done settles a promise that has no value.
func (p *Promise[T]) done(err error) {
	p.err = err
	p.settled.pass()
}

// fail settles a promise that was never handed out.
func (p *Promise[T]) fail(err error) *Promise[T] {
	p.err = err
	p.settled.pass()
	return p
}

// Get waits for the promise to be settled.
func (p *Promise[T]) Get(ctx Context) (T, error) {
	if !p.settled.open {
		p.settled.wait(runOf(ctx), "Future.Get")
	}
	if p.resolve != nil {
		p.value, p.err = p.resolve()
		p.resolve = nil
	}
	return p.value, p.err
}

// IsReady reports whether the promise is settled.
func (p *Promise[T]) IsReady() bool { return p.settled.open }

func (p *Promise[T]) gate() *gate { return &p.settled }
