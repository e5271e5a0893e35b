package cluster

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// world is several processes and their database, in a time that passes only when all of them wait. At every moment it holds that no shard is served by two
// processes, and none by one that the database does not name.
type world struct {
	t    *testing.T
	db   *inMemory
	dice *rand.Rand
	over chan struct{}

	mu    sync.Mutex
	procs []*process
	first string // the first thing that must not happen

	since [orchestration.Shards]time.Time     // when the shard was last served
	worst [orchestration.Shards]time.Duration // the longest time since reset that it was not
}

// simulate runs f in a world of its own.
func simulate(t *testing.T, seed uint64, f func(t *testing.T, w *world)) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, db: newInMemory(), dice: rand.New(rand.NewPCG(seed, 1)), over: make(chan struct{})}
		watched := make(chan struct{})
		go w.watch(watched)
		defer w.end(watched)
		f(t, w)
	})
}

// end lets everything that waits go on, and stops it.
func (w *world) end(watched <-chan struct{}) {
	for _, p := range w.procs {
		p.set(fault{})
		if p.cont != nil {
			p.cont()
		}
		if p.node != nil {
			p.node.end(context.Canceled)
		}
	}
	close(w.over)
	<-watched
	for _, p := range w.procs {
		if p.node != nil {
			p.node.moves.Wait()
			p.node.renews.Wait()
		}
	}
	time.Sleep(10 * time.Second) // for calls that the database carries out late
	if w.first != "" {
		w.t.Error(w.first)
	}
}

// start starts a process and has it join and run.
func (w *world) start(name string, with ...func(*process)) *process {
	w.t.Helper()
	p := w.process(name, with...)
	if err := p.join(); err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *world) process(name string, with ...func(*process)) *process {
	p := &process{w: w, name: name, wire: &wire{db: w.db, over: w.over, dice: rand.New(rand.NewPCG(w.dice.Uint64(), 2))}}
	for _, f := range with {
		f(p)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.procs = append(w.procs, p)
	return p
}

// crash ends a process as kill -9 does.
func (w *world) crash(p *process) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p.crashed = true
	p.stop()
}

// pause stops a process as SIGSTOP does.
func (p *process) pause() { p.cont = p.stop() }

// resume lets it go on.
func (p *process) resume() {
	p.cont()
	p.cont = nil
}

// running are the processes that have joined and neither crashed nor ended.
func (w *world) running() []*process {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.procs), func(p *process) bool { return p.node == nil || p.crashed || p.node.Err() != nil })
}

// fail notes what must not happen.
func (w *world) fail(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.first == "" {
		w.first = what
	}
}

// check holds the invariant, and notes which shards are not served.
func (w *world) check() {
	owners, _ := w.db.state()
	var by [orchestration.Shards]*process
	for _, p := range w.running() {
		for s, serves := range p.serving() {
			switch {
			case !serves:
				continue
			case by[s] != nil:
				w.fail(fmt.Sprintf("shard %d is served by %s and %s", s, by[s].name, p.name))
			case owners[s] != p.node.ID():
				w.fail(fmt.Sprintf("shard %d is served by %s, and is node %d's", s, p.name, owners[s]))
			}
			by[s] = p
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	for s := range by {
		if by[s] != nil || w.since[s].IsZero() {
			w.since[s] = now
		}
		w.worst[s] = max(w.worst[s], now.Sub(w.since[s]))
	}
}

// watch checks all the time.
func (w *world) watch(done chan<- struct{}) {
	defer close(done)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			w.check()
		case <-w.over:
			return
		}
	}
}

// blip is the longest time that any of the shards was not served since the last call.
func (w *world) blip(of func(s int) bool) (worst time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for s, d := range w.worst {
		if of(s) {
			worst = max(worst, d)
		}
	}
	w.worst = [orchestration.Shards]time.Duration{}
	return worst
}

func all(int) bool { return true }

// settle waits until every shard is served by the process that should, and fails if that takes longer. All processes agree then.
func (w *world) settle(within time.Duration) {
	w.t.Helper()
	from := time.Now()
	for !w.settled() {
		if time.Since(from) > within {
			w.t.Fatalf("not all shards are served after %v: %v", within, w.shares())
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (w *world) settled() bool {
	running := w.running()
	var ids []orchestration.NodeID
	for _, p := range running {
		ids = append(ids, p.node.ID())
	}
	want := assign(ids)
	for _, p := range running {
		for s, serves := range p.serving() {
			owner, local := p.node.Owner(orchestration.ShardID(s))
			if serves != (want[s] == p.node.ID()) || serves != local || owner != want[s] {
				return false
			}
		}
	}
	return len(running) > 0
}

// shares is how many shards each process serves.
func (w *world) shares() map[string]int {
	n := map[string]int{}
	for _, p := range w.running() {
		n[p.name] = 0
		for _, serves := range p.serving() {
			if serves {
				n[p.name]++
			}
		}
	}
	return n
}

// logger shows the log with CLUSTER_LOG=1.
func (w *world) logger(name string) *slog.Logger {
	to := io.Discard
	if os.Getenv("CLUSTER_LOG") != "" {
		to = os.Stderr
	}
	return slog.New(slog.NewTextHandler(to, nil)).With("process", name)
}
