package cluster

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

func TestOneNodeServesAllAndIdlesCheaply(t *testing.T) {
	simulate(t, 1, func(t *testing.T, w *world) {
		p := w.start("a")
		w.settle(time.Second)
		time.Sleep(10 * time.Second)
		_, before := w.db.state()
		time.Sleep(time.Minute)
		if _, after := w.db.state(); after-before > 20 {
			t.Errorf("an idle node made %d transactions in a minute, want at most 20", after-before)
		}
		if n := len(p.node.Fences()); n != 2 {
			t.Errorf("got %d fences, want one for each of the 2 lanes", n)
		}
		if d := w.blip(all); d > time.Second {
			t.Errorf("a shard was not served for %v", d)
		}
	})
}

func TestNodesComeAndGo(t *testing.T) {
	simulate(t, 2, func(t *testing.T, w *world) {
		a := w.start("a")
		w.settle(time.Second)
		w.blip(all)
		b := w.start("b")
		w.settle(3 * time.Second)
		c := w.start("c")
		w.settle(3 * time.Second)
		for name, n := range w.shares() {
			if n < 290 || n > 390 {
				t.Errorf("%s serves %d of 1024 shards, want about a third", name, n)
			}
		}
		if err := b.node.Leave(t.Context()); err != nil {
			t.Error(err)
		}
		if !errors.Is(b.node.Err(), ErrLeft) || b.node.Alive() {
			t.Errorf("after Leave: Err %v, Alive %v", b.node.Err(), b.node.Alive())
		}
		if owners, _ := w.db.state(); slices.Contains(owners[:], 0) {
			t.Error("Leave did not wait until all shards had another owner")
		}
		w.settle(time.Second)
		if d := w.blip(all); d > 300*time.Millisecond {
			t.Errorf("a planned move left a shard unserved for %v", d)
		}
		if err := a.node.Leave(t.Context()); err != nil {
			t.Error(err)
		}
		w.settle(time.Second)
		if err := c.node.Leave(t.Context()); err != nil {
			t.Errorf("the last one leaves: %v", err)
		}
		if owners, _ := w.db.state(); owners != (table{}) || len(w.db.rows) != 0 {
			t.Errorf("all have left, and %d nodes are stored", len(w.db.rows))
		}
	})
}

func TestDeadNodeIsTakenOverFrom(t *testing.T) {
	simulate(t, 3, func(t *testing.T, w *world) {
		w.start("a")
		b := w.start("b")
		w.start("c")
		w.settle(3 * time.Second)
		time.Sleep(10 * time.Second)
		was := b.serving()
		w.blip(all)
		w.crash(b)
		w.settle(14 * time.Second)
		if d := w.blip(func(s int) bool { return !was[s] }); d > 10*time.Millisecond {
			t.Errorf("a shard of a node that lives was not served for %v", d)
		}
	})
}

func TestRestartAtTheSameAddressTakesOverAtOnce(t *testing.T) {
	simulate(t, 4, func(t *testing.T, w *world) {
		a := w.start("a")
		w.start("b")
		w.settle(3 * time.Second)
		w.crash(a)
		w.start("a")
		w.settle(3 * time.Second)
	})
}

func TestPausedNodeWakesUpFenced(t *testing.T) {
	simulate(t, 5, func(t *testing.T, w *world) {
		w.start("a")
		b := w.start("b")
		w.settle(3 * time.Second)
		time.Sleep(10 * time.Second)
		b.pause()
		time.Sleep(30 * time.Second)
		if b.node.Alive() {
			t.Error("paused past its lease, and still alive by its own clock")
		}
		select {
		case <-b.node.Done():
			t.Error("done before it has heard anything")
		default:
		}
		b.resume()
		<-b.node.Done()
		if !errors.Is(b.node.Err(), store.ErrFenced) {
			t.Errorf("got %v, want ErrFenced", b.node.Err())
		}
		w.settle(time.Second)
	})
}

func TestShortPauseMovesNothing(t *testing.T) {
	simulate(t, 6, func(t *testing.T, w *world) {
		a, b := w.start("a"), w.start("b")
		w.settle(3 * time.Second)
		time.Sleep(10 * time.Second)
		adopted := a.adopted + b.adopted
		b.pause()
		time.Sleep(6 * time.Second)
		b.resume()
		time.Sleep(20 * time.Second)
		w.settle(0)
		if a.adopted+b.adopted != adopted {
			t.Errorf("%d shards moved", a.adopted+b.adopted-adopted)
		}
	})
}

func TestOutageOfTheDatabaseFencesNobody(t *testing.T) {
	for name, away := range map[string]fault{"refuses": {refuses: true}, "hangs": {hangs: true}} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(8) {
				simulate(t, seed, func(_ *testing.T, w *world) { outage(w, away) })
			}
		})
	}
}

func outage(w *world, away fault) {
	procs := []*process{w.start("a"), w.start("b"), w.start("c")}
	w.settle(3 * time.Second)
	time.Sleep(10 * time.Second)
	owners, _ := w.db.state()
	for _, p := range procs {
		p.set(away)
	}
	time.Sleep(40 * time.Second)
	for _, p := range procs {
		if p.node.Alive() {
			w.t.Errorf("%s is alive without a lease", p.name)
		}
	}
	for _, p := range procs {
		p.sleep(100 * time.Millisecond)
		p.set(fault{})
	}
	time.Sleep(5 * time.Second)
	w.settle(0)
	if now, _ := w.db.state(); now != owners || len(w.db.fenced) != 0 {
		w.t.Errorf("after an outage %v are fenced", w.db.fenced)
	}
}

// An outage shorter than the lease, and one node that hears of its end later than the other.
func TestShortOutageFencesNobody(t *testing.T) {
	for seed := range uint64(16) {
		simulate(t, seed, func(t *testing.T, w *world) {
			a := w.start("a")
			time.Sleep(2 * time.Second)
			b := w.start("b")
			w.settle(3 * time.Second)
			b.sleep(20 * time.Second)
			a.set(fault{refuses: true})
			b.set(fault{refuses: true})
			time.Sleep(7500 * time.Millisecond)
			a.set(fault{})
			time.Sleep(4500 * time.Millisecond)
			b.set(fault{})
			time.Sleep(20 * time.Second)
			if w.settle(0); len(w.db.fenced) != 0 {
				t.Errorf("node %v is fenced", w.db.fenced)
			}
		})
	}
}

// A machine sleeps with all that is on it, and nobody is fenced when it wakes up, though they wake up one after the other.
func TestSleepOfAllFencesNobody(t *testing.T) {
	simulate(t, 13, func(t *testing.T, w *world) {
		a, b := w.start("a"), w.start("b")
		w.settle(3 * time.Second)
		time.Sleep(10 * time.Second)
		a.pause()
		b.pause()
		time.Sleep(time.Minute)
		a.resume()
		time.Sleep(4 * time.Second)
		b.resume()
		time.Sleep(20 * time.Second)
		if w.settle(0); len(w.db.fenced) != 0 {
			t.Errorf("node %v is fenced", w.db.fenced)
		}
	})
}

func TestNodeThatDiesInAnOutage(t *testing.T) {
	simulate(t, 8, func(t *testing.T, w *world) {
		a, b := w.start("a"), w.start("b")
		c := w.start("c")
		w.settle(3 * time.Second)
		for _, p := range []*process{a, b, c} {
			p.set(fault{hangs: true})
		}
		time.Sleep(15 * time.Second)
		w.crash(c)
		time.Sleep(15 * time.Second)
		a.set(fault{})
		b.set(fault{})
		w.settle(14 * time.Second)
	})
}

func TestTakeoverDoesNotDependOnOneNode(t *testing.T) {
	simulate(t, 9, func(t *testing.T, w *world) {
		procs := []*process{w.start("a"), w.start("b"), w.start("c"), w.start("d")}
		w.settle(5 * time.Second)
		dead := procs[3]
		for _, p := range procs[:3] {
			if i, _ := turn(p.node.ID(), dead.node.ID(), w.alive(procs[:3])); i == 0 {
				p.refuse("Fence")
			}
		}
		w.crash(dead)
		w.settle(20 * time.Second)
	})
}

func (w *world) alive(procs []*process) (nodes []store.Node) {
	for _, p := range procs {
		nodes = append(nodes, store.Node{ID: p.node.ID()})
	}
	return nodes
}

func TestLostNudges(t *testing.T) {
	simulate(t, 10, func(t *testing.T, w *world) {
		mute := func(p *process) { p.muted = true }
		w.start("a", mute)
		b := w.start("b", mute)
		w.settle(time.Minute) // 8 chunks of a hand-over, each noticed with a renewal
		if err := b.node.Leave(t.Context()); err != nil {
			t.Error(err)
		}
		w.settle(5 * time.Second)
	})
}

func TestLeaveEndsWhenItsTimeIsOver(t *testing.T) {
	simulate(t, 11, func(t *testing.T, w *world) {
		a := w.start("a")
		b := w.start("b")
		w.settle(3 * time.Second)
		b.refuse("AcquireShards")
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		from := time.Now()
		if err := a.node.Leave(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want that the time was over", err)
		}
		if d := time.Since(from); d > 9*time.Second {
			t.Errorf("Leave took %v", d)
		}
		if owners, _ := w.db.state(); w.db.rows[a.node.ID()] != nil || owners[0] == a.node.ID() {
			t.Error("the node is still stored")
		}
		b.refuse("nothing")
		w.settle(5 * time.Second)
	})
}

func TestLastNodesLeaveTogether(t *testing.T) {
	simulate(t, 12, func(t *testing.T, w *world) {
		a, b := w.start("a"), w.start("b")
		w.settle(3 * time.Second)
		errs := make(chan error)
		for _, p := range []*process{a, b} {
			go func() { errs <- p.node.Leave(context.Background()) }()
		}
		for range 2 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		if len(w.db.rows) != 0 {
			t.Errorf("%d nodes are stored", len(w.db.rows))
		}
	})
}
