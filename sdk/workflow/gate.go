package workflow

import (
	"slices"

	"github.com/tenuto-io/tenuto/sdk/internal/machine"
)

// gate holds those who wait for one thing that happens once. The zero value is shut.
type gate struct {
	open    bool
	waiters []*waiter
}

// waiter is told once, in the order of arrival.
type waiter struct {
	notify func()
}

func (g *gate) add(notify func()) *waiter {
	w := &waiter{notify: notify}
	g.waiters = append(g.waiters, w)
	return w
}

func (g *gate) remove(w *waiter) {
	if at := slices.Index(g.waiters, w); at >= 0 {
		g.waiters = slices.Delete(g.waiters, at, at+1)
	}
}

// pass opens the gate for good.
func (g *gate) pass() {
	g.open = true
	waiters := g.waiters
	g.waiters = nil
	for _, w := range waiters {
		w.notify()
	}
}

// wait blocks the running coroutine until the gate opens.
func (g *gate) wait(run *machine.Run, what string) {
	run.Guard(what)
	scheduler := run.Scheduler()
	self := scheduler.Current()
	g.add(func() { scheduler.Wake(self) })
	for !g.open {
		scheduler.Park(what)
	}
}
