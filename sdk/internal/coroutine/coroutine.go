package coroutine

import (
	"cmp"
	"iter"
	"runtime"
	"slices"

	"github.com/tenuto-io/tenuto/sdk/internal/callsite"
)

// Coroutine is one strand of workflow code. It belongs to one [Scheduler].
type Coroutine struct {
	scheduler *Scheduler
	// order is the position in which passes come to it: that of its creation, except for those spawned ahead. From 1.
	order int
	name  string
	// reason says what a parked coroutine waits for, for stack queries.
	reason string

	resume func() (struct{}, bool)
	stop   func()
	pause  func(struct{}) bool

	// goroutine identifies the goroutine in a dump; known once started.
	goroutine string
	// queued: in the current or the next pass.
	queued bool
	// condition, if set, is looked at in every pass; see ParkUntil.
	condition bool
	// capture asks a parked coroutine for its stack instead of its work.
	capture bool
	site    callsite.Site
	// unwinding: Close ended it, and its deferred functions run.
	unwinding bool
}

// Name returns the name given at Spawn.
func (c *Coroutine) Name() string { return c.name }

// start prepares the goroutine, which runs first at the first resume.
func (c *Coroutine) start(body func()) {
	c.resume, c.stop = iter.Pull(func(pause func(struct{}) bool) {
		c.pause = pause
		c.goroutine = goroutineName()
		c.scheduler.watch.name(c.goroutine)
		returned := false
		defer func() {
			// On Goexit recover returns nil and the exit goes on; iter.Pull carries it to whoever resumed.
			if recovered := recover(); recovered != nil {
				c.scheduler.failure = newPanicError(recovered)
			} else if !returned && !c.unwinding {
				c.scheduler.failure = errGoexit
			}
		}()
		body()
		returned = true
	})
}

// park gives control back until the scheduler resumes the coroutine for good.
func (c *Coroutine) park(reason string) {
	c.reason = reason
	for {
		if c.unwinding || !c.pause(struct{}{}) {
			c.unwinding = true
			runtime.Goexit()
		}
		if !c.capture {
			c.reason = ""
			return
		}
		c.capture, c.site = false, callsite.Capture()
	}
}

// queue is a set of coroutines in creation order.
type queue []*Coroutine

func (q *queue) add(c *Coroutine) {
	at, _ := slices.BinarySearchFunc(*q, c, func(a, b *Coroutine) int { return cmp.Compare(a.order, b.order) })
	*q = slices.Insert(*q, at, c)
}

func (q *queue) remove(c *Coroutine) {
	if at := slices.Index(*q, c); at >= 0 {
		*q = slices.Delete(*q, at, at+1)
	}
}

func (q *queue) pop() *Coroutine {
	first := (*q)[0]
	(*q)[0] = nil
	*q = (*q)[1:]
	return first
}
