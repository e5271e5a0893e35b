package cluster

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

func TestJoinWaitsForAStrangerToGo(t *testing.T) {
	simulate(t, 30, func(t *testing.T, w *world) {
		stranger, err := w.db.Join(t.Context(), store.NewNode{Address: "x", Mark: []byte("another"), Lease: 6 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		p := w.start("a") // in the end
		if !w.db.has(stranger) {
			t.Error("the stranger was removed without being fenced")
		}
		w.settle(15 * time.Second)
		if p.node.Others() != nil {
			t.Errorf("the stranger is there: %v", p.node.Others())
		}
	})
}

func TestJoinGivesUpWhenAStrangerStays(t *testing.T) {
	simulate(t, 31, func(t *testing.T, w *world) {
		if _, err := w.db.Join(t.Context(), store.NewNode{Address: "x", Mark: []byte("another"), Lease: time.Hour}); err != nil {
			t.Fatal(err)
		}
		from := time.Now()
		err := w.process("a").join()
		if !errors.Is(err, store.ErrStranger) || !strings.Contains(err.Error(), "secret") {
			t.Errorf("got %v, want what is wrong", err)
		}
		if d := time.Since(from); d < 9*time.Second || d > 12*time.Second {
			t.Errorf("gave up after %v, want about one lease", d)
		}
	})
}

func TestJoinWithoutADatabase(t *testing.T) {
	simulate(t, 32, func(t *testing.T, w *world) {
		p := w.process("a")
		p.set(fault{refuses: true})
		if err := p.join(); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("got %v, want ErrUnavailable", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		from := time.Now()
		if _, err := Join(ctx, Config{Members: p.wire, Store: p.wire, Logger: w.logger("a")}); err == nil || time.Since(from) > 3*time.Second {
			t.Errorf("%v after %v, want an error when its time is over", err, time.Since(from))
		}
	})
}

// What Join has made is removed again when it cannot go on.
func TestJoinThatCannotTakeItsLanes(t *testing.T) {
	simulate(t, 33, func(t *testing.T, w *world) {
		p := w.process("a")
		p.refuse("AcquireLane")
		if err := p.join(); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("got %v, want ErrUnavailable", err)
		}
		if w.db.nodes() != 0 {
			t.Error("the node is still stored")
		}
	})
}

func TestJoinSurvivesLostAnswers(t *testing.T) {
	simulate(t, 34, func(_ *testing.T, w *world) {
		w.start("a", func(p *process) { p.fault = fault{loses: 0.5} })
		w.procs[0].set(fault{})
		w.settle(20 * time.Second)
	})
}

func TestJoinWantsASaneNumberOfLanes(t *testing.T) {
	for _, n := range []int{-1, orchestration.LanesPerNode + 1} {
		if _, err := Join(t.Context(), Config{Lanes: n}); err == nil {
			t.Errorf("%d lanes: no error", n)
		}
	}
}

func TestLeaveTwiceAndAfterFencing(t *testing.T) {
	simulate(t, 35, func(t *testing.T, w *world) {
		a, b := w.start("a"), w.start("b")
		w.settle(3 * time.Second)
		for range 2 {
			if err := a.node.Leave(t.Context()); err != nil {
				t.Error(err)
			}
		}
		b.pause()
		time.Sleep(20 * time.Second)
		if err := w.db.Fence(t.Context(), b.node.ID()); err != nil {
			t.Fatal(err)
		}
		b.resume()
		if err := b.node.Leave(t.Context()); !errors.Is(err, store.ErrFenced) {
			t.Errorf("got %v, want ErrFenced", err)
		}
	})
}

// A node that never ran has nothing to give away.
func TestLeaveBeforeRun(t *testing.T) {
	simulate(t, 36, func(t *testing.T, w *world) {
		p := w.process("a")
		node, err := Join(t.Context(), Config{Members: p.wire, Store: p.wire, Logger: w.logger("a"), Node: store.NewNode{Address: "a"}})
		if err != nil {
			t.Fatal(err)
		}
		if err := node.Leave(t.Context()); err != nil || w.db.nodes() != 0 {
			t.Errorf("%v, and %d nodes are stored", err, w.db.nodes())
		}
		<-node.Done()
	})
}
