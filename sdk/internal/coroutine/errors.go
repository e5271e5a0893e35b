package coroutine

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"
)

var errGoexit = errors.New("workflow code called runtime.Goexit (a test's FailNow, for example)")

// PanicError says that application code panicked.
type PanicError struct {
	// Value is what was given to panic.
	Value any
	// StackTrace is the panicking goroutine's, from the panic down.
	StackTrace string
}

// Error returns the panic's value.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// newPanicError is called by the deferred function that recovered.
func newPanicError(recovered any) *PanicError {
	trace := string(debug.Stack())
	if _, below, found := strings.Cut(trace, "\npanic("); found {
		trace = "panic(" + below
	}
	return &PanicError{Value: recovered, StackTrace: trace}
}

// DeadlockError says that workflow code did not give control back.
type DeadlockError struct {
	// Limit is how long it was waited for.
	Limit time.Duration
	// StackTrace is the stack of the goroutine that holds on.
	StackTrace string
}

// Error says what happened and what is usually behind it.
func (e *DeadlockError) Error() string {
	return fmt.Sprintf("potential deadlock: workflow code did not yield within %s; "+
		"it may wait on a Go channel, lock, sleep or I/O, which only activities may do", e.Limit)
}
