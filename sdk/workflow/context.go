package workflow

import (
	"github.com/tenuto-io/tenuto/sdk/internal/machine"
)

// Context carries the cancellation scope, the options and the values of workflow code. Unlike a context.Context it has no deadline:
// use a timer.
type Context interface {
	// Done is closed when the context is cancelled. It is nil for a context that cannot be.
	Done() ReceiveChannel[struct{}]
	// Err returns nil, or a [sdk.CanceledError] once the context is cancelled.
	Err() error
	// Value returns the value for a key, nil if there is none.
	Value(key any) any
}

// WithValue returns a context in which key has a value. The key should be of a type of its own, and the value must not be changed.
func WithValue(parent Context, key, value any) Context {
	return &valueContext{Context: parent, key: key, value: value}
}

type valueContext struct {
	Context
	key, value any
}

func (c *valueContext) Value(key any) any {
	if key == c.key {
		return c.value
	}
	return c.Context.Value(key)
}

// runOf returns the run that a context belongs to.
func runOf(ctx Context) *machine.Run {
	run, ok := ctx.Value(machine.ContextKey{}).(*machine.Run)
	if !ok {
		panic("workflow: the context is not that of a workflow")
	}
	return run
}
