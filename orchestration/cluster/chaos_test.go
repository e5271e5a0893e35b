package cluster

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// TestChaos has everything go wrong at random for two minutes, and then nothing: all shards have to be served again, by whom they should.
func TestChaos(t *testing.T) {
	for seed := range uint64(16) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			simulate(t, seed, func(_ *testing.T, w *world) {
				w.start("a")
				w.start("b")
				for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); {
					w.happen()
					time.Sleep(time.Duration(w.dice.Int64N(int64(4 * time.Second))))
				}
				w.calm()
				if len(w.running()) == 0 {
					w.start("z")
				}
				w.settle(45 * time.Second)
			})
		})
	}
}

// happen has one thing happen.
func (w *world) happen() {
	running := w.running()
	if len(running) == 0 {
		w.enter()
		return
	}
	p := running[w.dice.IntN(len(running))]
	switch n := w.dice.IntN(20); {
	case n < 3:
		w.enter()
	case n < 5:
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
			defer cancel()
			_ = p.node.Leave(ctx) // fails when something is wrong at the time
		}()
	case n < 6:
		w.crash(p)
	case n < 9 && p.cont == nil:
		p.pause()
	case n < 12 && p.cont != nil:
		p.resume()
	case n < 13:
		for _, p := range running {
			p.set(fault{refuses: true})
		}
	case n < 14:
		p.set(fault{hangs: true})
	case n < 16:
		p.set(fault{loses: 0.2, late: 0.2})
		p.fickle = 0.2
	case n < 17:
		p.muted = !p.muted
	default:
		for _, p := range running {
			p.set(fault{})
		}
	}
}

// enter starts a process if there are few; it may fail to join.
func (w *world) enter() {
	if len(w.running()) < 5 {
		p := w.process(fmt.Sprint("p", len(w.procs)%7))
		go func() { _ = p.join() }()
	}
}

// calm ends all faults. Whoever is leaving, or has been fenced without knowing, gets time to go.
func (w *world) calm() {
	for _, p := range w.procs {
		p.set(fault{})
		p.fickle = 0
		if p.cont != nil && !p.crashed {
			p.resume()
		}
	}
	time.Sleep(25 * time.Second)
}
