package workflow

import (
	"container/list"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/internal/machine"
)

// CancelFunc cancels a context. Calling it again does nothing.
type CancelFunc func()

// WithCancel returns a context that is cancelled by the function or together with its parent.
func WithCancel(parent Context) (Context, CancelFunc) {
	c := newCancelContext(parent)
	if outer := scopeOf(parent); outer != nil {
		c.onCancel(outer.inner.on(outer.err, c.cancel))
	}
	return c, c.request
}

// NewDisconnectedContext returns a context with the values and options of its parent that is cancelled by the function only. Clean
// up with it after a cancellation.
func NewDisconnectedContext(parent Context) (Context, CancelFunc) {
	c := newCancelContext(parent)
	return c, c.request
}

// cancelContext is a cancellation scope.
type cancelContext struct {
	Context
	done *Channel[struct{}]
	err  error
	// own are the activities and timers of this scope, inner the scopes within. At cancellation own come first, each in the order
	// in which they were made.
	own, inner hooks
}

// hooks are functions to call once.
type hooks struct {
	list.List
}

// on calls f at once if err says that it is time, and else when it is, unless stop is called before.
func (h *hooks) on(err error, f func()) (stop func()) {
	if err != nil {
		f()
		return func() {}
	}
	element := h.PushBack(f)
	return func() { h.Remove(element) }
}

func (h *hooks) call() {
	for element := h.Front(); element != nil; element = h.Front() {
		h.Remove(element)
		element.Value.(func())()
	}
}

// scopeKey finds the innermost scope around a context.
type scopeKey struct{}

func newCancelContext(parent Context) *cancelContext {
	return &cancelContext{Context: parent, done: newChannel[struct{}](runOf(parent), 0)}
}

func scopeOf(ctx Context) *cancelContext {
	scope, _ := ctx.Value(scopeKey{}).(*cancelContext)
	return scope
}

// Done is closed when the scope is cancelled.
func (c *cancelContext) Done() ReceiveChannel[struct{}] { return c.done }

// Err tells whether the scope is cancelled.
func (c *cancelContext) Err() error { return c.err }

// Value finds the scope itself, and the values of the parent.
func (c *cancelContext) Value(key any) any {
	if key == (scopeKey{}) {
		return c
	}
	return c.Context.Value(key)
}

// request is the application's CancelFunc.
func (c *cancelContext) request() {
	if c.err == nil {
		runOf(c).Guard("cancelling a context")
		c.cancel()
	}
}

func (c *cancelContext) cancel() {
	if c.err != nil {
		return
	}
	c.err = sdk.NewCanceledError()
	c.done.close()
	c.own.call()
	if c.inner.Len() > 1 {
		runOf(c).Use(machine.FlagOrderedCancel)
	}
	c.inner.call()
}

// onCancel calls f when the scope is cancelled, at once if it is, unless stop is called before.
func (c *cancelContext) onCancel(f func()) (stop func()) { return c.own.on(c.err, f) }

// onCancel is that of the innermost scope around ctx.
func onCancel(ctx Context, f func()) (stop func()) {
	if scope := scopeOf(ctx); scope != nil {
		return scope.onCancel(f)
	}
	return func() {}
}
