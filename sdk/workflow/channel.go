package workflow

import (
	"slices"

	"github.com/tenuto-io/tenuto/sdk/internal/machine"
)

// ReceiveChannel is the receiving end of a [Channel].
type ReceiveChannel[T any] interface {
	// Receive waits for a value. It returns the zero value and false once the channel is closed and empty.
	Receive(ctx Context) (value T, ok bool)
	// ReceiveAsync returns a value if there is one now.
	ReceiveAsync() (value T, ok bool)
	// Len returns the number of values that can be received now.
	Len() int

	// take receives if that is possible now: ready says whether it was, open whether the channel gave a value.
	take() (value T, open, ready bool)
	// canTake reports whether take would be ready.
	canTake() bool
	enlist(*receiver[T])
	withdraw(*receiver[T])
}

// SendChannel is the sending end of a [Channel].
type SendChannel[T any] interface {
	// Send waits until the value is received or has room in the buffer. It panics if the channel is closed.
	Send(ctx Context, value T)
	// SendAsync sends if that is possible now, and reports whether it was.
	SendAsync(value T) bool
	// Close ends the channel: receivers get what is in it and then nothing more. Closing twice panics.
	Close()
}

// Channel is for workflow code what a chan is for Go code: the same rules, in a deterministic order. Those who wait are served in
// the order of their arrival.
type Channel[T any] struct {
	run      *machine.Run
	capacity int
	buffer   []T
	closed   bool
	// Invariant: receivers wait only if buffer and senders are empty; senders wait only if the buffer is full.
	receivers []*receiver[T]
	senders   []*sender[T]
}

// receiver waits for a value. It may refuse one, if it was served elsewhere; then the next in line gets it.
type receiver[T any] struct {
	accept func(value T, open bool) bool
}

type sender[T any] struct {
	value T
	wake  func()
	// done: the value was taken, or refused because the channel was closed.
	done, refused bool
}

// NewChannel returns an unbuffered channel: sending waits for a receiver.
func NewChannel[T any](ctx Context) *Channel[T] { return newChannel[T](runOf(ctx), 0) }

// NewBufferedChannel returns a channel that holds up to capacity values.
func NewBufferedChannel[T any](ctx Context, capacity int) *Channel[T] {
	return newChannel[T](runOf(ctx), capacity)
}

func newChannel[T any](run *machine.Run, capacity int) *Channel[T] {
	return &Channel[T]{run: run, capacity: capacity}
}

// Receive implements [ReceiveChannel].
func (c *Channel[T]) Receive(ctx Context) (value T, ok bool) {
	c.run.Guard("Channel.Receive")
	value, ok, ready := c.take()
	if ready {
		return value, ok
	}
	scheduler, served := c.run.Scheduler(), false
	self := scheduler.Current()
	c.enlist(&receiver[T]{accept: func(v T, open bool) bool {
		value, ok, served = v, open, true
		scheduler.Wake(self)
		return true
	}})
	for !served {
		scheduler.Park("Channel.Receive")
	}
	return value, ok
}

// ReceiveAsync implements [ReceiveChannel].
func (c *Channel[T]) ReceiveAsync() (value T, ok bool) {
	c.run.Guard("Channel.ReceiveAsync")
	value, ok, _ = c.take()
	return value, ok
}

// Len implements [ReceiveChannel].
func (c *Channel[T]) Len() int { return len(c.buffer) + len(c.senders) }

// Send implements [SendChannel].
func (c *Channel[T]) Send(ctx Context, value T) {
	if c.SendAsync(value) {
		return
	}
	scheduler := c.run.Scheduler()
	self := scheduler.Current()
	s := &sender[T]{value: value, wake: func() { scheduler.Wake(self) }}
	c.senders = append(c.senders, s)
	for !s.done {
		scheduler.Park("Channel.Send")
	}
	if s.refused {
		panic("workflow: send on a closed channel")
	}
}

// SendAsync implements [SendChannel].
func (c *Channel[T]) SendAsync(value T) bool {
	c.run.Guard("Channel.Send")
	return c.put(value)
}

// put is SendAsync for values that come from the history too.
func (c *Channel[T]) put(value T) bool {
	if c.closed {
		panic("workflow: send on a closed channel")
	}
	if c.serve(value, true) {
		return true
	}
	if len(c.buffer) < c.capacity {
		c.buffer = append(c.buffer, value)
		return true
	}
	return false
}

// serve hands a value to the first receiver that takes it.
func (c *Channel[T]) serve(value T, open bool) bool {
	for len(c.receivers) > 0 {
		first := c.receivers[0]
		c.receivers = c.receivers[1:]
		if first.accept(value, open) {
			return true
		}
	}
	return false
}

// Close implements [SendChannel].
func (c *Channel[T]) Close() {
	c.run.Guard("Channel.Close")
	if c.closed {
		panic("workflow: close of a closed channel")
	}
	c.close()
}

func (c *Channel[T]) close() {
	c.closed = true
	var none T
	for len(c.receivers) > 0 {
		c.serve(none, false)
	}
	// Senders that still wait panic when they wake, as in Go.
	for _, s := range c.senders {
		s.done, s.refused = true, true
		s.wake()
	}
	c.senders = nil
}

func (c *Channel[T]) take() (value T, open, ready bool) {
	switch {
	case len(c.buffer) > 0:
		value = c.buffer[0]
		c.buffer = c.buffer[1:]
		if s := c.nextSender(); s != nil {
			c.buffer = append(c.buffer, s.value)
		}
		return value, true, true
	case c.closed:
		return value, false, true
	}
	if s := c.nextSender(); s != nil {
		return s.value, true, true
	}
	return value, false, false
}

// nextSender releases the sender that has waited longest.
func (c *Channel[T]) nextSender() *sender[T] {
	if len(c.senders) == 0 {
		return nil
	}
	s := c.senders[0]
	c.senders = c.senders[1:]
	s.done = true
	s.wake()
	return s
}

func (c *Channel[T]) canTake() bool { return c.closed || len(c.buffer) > 0 || len(c.senders) > 0 }

func (c *Channel[T]) enlist(r *receiver[T]) { c.receivers = append(c.receivers, r) }

func (c *Channel[T]) withdraw(r *receiver[T]) {
	if at := slices.Index(c.receivers, r); at >= 0 {
		c.receivers = slices.Delete(c.receivers, at, at+1)
	}
}
