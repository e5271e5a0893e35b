package workflow

import (
	"container/list"

	"github.com/tenuto-io/tenuto/sdk"
)

// CancelFunc cancels a context. Calling it again does nothing.
type CancelFunc func()

// WithCancel returns a context that is cancelled by the function or together with its parent.
func WithCancel(parent Context) (Context, CancelFunc) {
	c := newCancelContext(parent)
	if outer := scopeOf(parent); outer != nil {
		if outer.err != nil {
			c.cancel()
		} else {
			stop := outer.onCancel(c.cancel)
			c.onCancel(stop)
		}
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
	// hooks are called at cancellation, in the order in which they came: activities, timers and inner scopes.
	hooks list.List
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
	for element := c.hooks.Front(); element != nil; element = c.hooks.Front() {
		c.hooks.Remove(element)
		element.Value.(func())()
	}
}

// onCancel calls f at cancellation, unless stop is called before.
func (c *cancelContext) onCancel(f func()) (stop func()) {
	element := c.hooks.PushBack(f)
	return func() { c.hooks.Remove(element) }
}

// onCancel calls f when ctx is cancelled, unless stop is called before.
func onCancel(ctx Context, f func()) (stop func()) {
	if scope := scopeOf(ctx); scope != nil {
		return scope.onCancel(f)
	}
	return func() {}
}
