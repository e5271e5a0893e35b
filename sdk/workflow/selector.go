package workflow

import (
	"github.com/tenuto-io/tenuto/sdk/internal/machine"
)

// Selector waits for the first of several things, as a select statement does, and calls its function. Cases are added with
// [AddFuture], [AddReceive] and [Selector.AddDefault]. If several are ready, the one added first wins. A future is served once,
// by any number of calls of Select; a channel again and again.
type Selector struct {
	run      *machine.Run
	cases    []selectCase
	fallback func()
}

// selectCase is one thing to wait for.
type selectCase interface {
	// poll returns what to do if the case is ready, else nil. A value that it received is consumed.
	poll() func()
	// ready reports whether poll would return something.
	ready() bool
	// wait calls claim once when the case becomes ready, until cancelled. A claim may be refused; the case then keeps its value.
	wait(claim func(do func()) bool) (cancel func())
}

// NewSelector returns a selector without cases.
func NewSelector(ctx Context) *Selector { return &Selector{run: runOf(ctx)} }

// AddFuture adds a future, whose result f gets.
func AddFuture[T any](s *Selector, future Future[T], f func(value T, err error)) *Selector {
	s.cases = append(s.cases, &futureCase[T]{future: future, f: f})
	return s
}

// AddReceive adds a channel, from which one value is received for f. Once the channel is closed and empty, f gets the zero value
// and false.
func AddReceive[T any](s *Selector, channel ReceiveChannel[T], f func(value T, ok bool)) *Selector {
	s.cases = append(s.cases, &receiveCase[T]{channel: channel, f: f})
	return s
}

// AddDefault makes Select call f at once if no case is ready.
func (s *Selector) AddDefault(f func()) *Selector {
	s.fallback = f
	return s
}

// HasPending reports whether a case is ready, so that Select would not wait.
func (s *Selector) HasPending() bool {
	for _, c := range s.cases {
		if c.ready() {
			return true
		}
	}
	return false
}

// Select waits until a case is ready and calls its function. The context's cancellation does not end the wait: add its Done.
func (s *Selector) Select(ctx Context) {
	for _, c := range s.cases {
		if do := c.poll(); do != nil {
			do()
			return
		}
	}
	if s.fallback != nil {
		s.run.Use(machine.FlagSelectorDefault, machine.FlagSelectorOrder)
		s.fallback()
		return
	}
	s.wait()()
}

// wait blocks until a case claims the selector, and returns what that case wants done.
func (s *Selector) wait() (do func()) {
	s.run.Guard("Selector.Select")
	scheduler := s.run.Scheduler()
	self := scheduler.Current()
	claim := func(wanted func()) bool {
		if do != nil {
			return false
		}
		do = wanted
		scheduler.Wake(self)
		return true
	}
	cancels := make([]func(), len(s.cases))
	for i, c := range s.cases {
		cancels[i] = c.wait(claim)
	}
	for do == nil {
		scheduler.Park("Selector.Select")
	}
	for _, cancel := range cancels {
		cancel()
	}
	return do
}

type futureCase[T any] struct {
	future Future[T]
	f      func(T, error)
	served bool
}

func (c *futureCase[T]) ready() bool { return !c.served && c.future.IsReady() }

func (c *futureCase[T]) poll() func() {
	if !c.ready() {
		return nil
	}
	return c.serve
}

func (c *futureCase[T]) serve() {
	c.served = true
	c.f(c.future.Get(nil)) // It is ready, so Get needs no context.
}

func (c *futureCase[T]) wait(claim func(func()) bool) (cancel func()) {
	if c.served {
		return func() {}
	}
	g := c.future.gate()
	w := g.add(func() { claim(c.serve) })
	return func() { g.remove(w) }
}

type receiveCase[T any] struct {
	channel ReceiveChannel[T]
	f       func(T, bool)
}

func (c *receiveCase[T]) ready() bool { return c.channel.canTake() }

func (c *receiveCase[T]) poll() func() {
	value, open, ready := c.channel.take()
	if !ready {
		return nil
	}
	return func() { c.f(value, open) }
}

func (c *receiveCase[T]) wait(claim func(func()) bool) (cancel func()) {
	r := &receiver[T]{accept: func(value T, open bool) bool {
		return claim(func() { c.f(value, open) })
	}}
	c.channel.enlist(r)
	return func() { c.channel.withdraw(r) }
}
