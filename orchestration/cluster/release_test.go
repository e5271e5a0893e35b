package cluster

import (
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// newcomer starts a node that cannot acquire anything, beside one that has everything, whose release of the first chunk fails but is carried out later;
// then the newcomer leaves, so that the first node should have all again.
func newcomer(t *testing.T, w *world, late time.Duration, prepare func(a *process)) *process {
	t.Helper()
	a := w.start("a")
	w.settle(time.Second)
	a.hold("ReleaseShards", late)
	prepare(a)
	b := w.start("b", func(p *process) { p.refuse("AcquireShards") })
	time.Sleep(300 * time.Millisecond)
	if n := w.shares()["a"]; n != orchestration.Shards-chunk {
		t.Errorf("a serves %d shards, want all but one chunk", n)
	}
	if err := b.node.Leave(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a
}

// A release that has failed may be carried out at any time: until it is known to have been, the shards are served by nobody.
func TestReleaseThatIsNotAnswered(t *testing.T) {
	simulate(t, 40, func(t *testing.T, w *world) {
		a := newcomer(t, w, 4*time.Second, func(a *process) { a.refuse("ReleaseShards") })
		time.Sleep(8 * time.Second)
		a.refuse()
		w.settle(15 * time.Second)
	})
}

// Nor is it over when its repetition was answered: the first may still come.
func TestReleaseThatComesAfterItsRepetition(t *testing.T) {
	simulate(t, 41, func(t *testing.T, w *world) {
		newcomer(t, w, 4*time.Second, func(*process) {})
		time.Sleep(6 * time.Second)
		w.settle(10 * time.Second)
	})
}

// No more than one chunk is between two owners.
func TestNextChunkWaitsForTheLast(t *testing.T) {
	simulate(t, 42, func(t *testing.T, w *world) {
		w.start("a")
		w.settle(time.Second)
		b := w.start("b", func(p *process) { p.refuse("AcquireShards") })
		time.Sleep(20 * time.Second)
		if n := w.shares()["a"]; n != orchestration.Shards-chunk {
			t.Errorf("a serves %d shards, want all but one chunk: nobody has acquired that", n)
		}
		b.refuse()
		w.settle(5 * time.Second)
	})
}

// The target of a hand-over dies with a chunk on its way to it.
func TestTargetOfAHandOverDies(t *testing.T) {
	simulate(t, 43, func(_ *testing.T, w *world) {
		w.start("a")
		w.settle(time.Second)
		b := w.start("b", func(p *process) { p.refuse("AcquireShards") })
		time.Sleep(time.Second)
		w.crash(b)
		w.settle(15 * time.Second)
	})
}

// Should the database ever say that a served shard is not ours, it is not served any longer.
func TestShardThatIsNotOurs(t *testing.T) {
	simulate(t, 44, func(t *testing.T, w *world) {
		a := w.start("a")
		w.settle(time.Second)
		w.db.transaction(func() {
			w.db.owners[7] = 0
			w.db.moves++
		})
		w.settle(0) // nothing is known yet
		time.Sleep(4 * time.Second)
		w.settle(0)
		if a.surrendered != 1 {
			t.Errorf("%d shards were surrendered, want the one", a.surrendered)
		}
		w.first = "" // for once
	})
}

// A shard of which Adopt or Surrender has failed half-way is in doubt: it is neither said to be here, nor forgotten.
func TestFickleShards(t *testing.T) {
	for seed := range uint64(10) {
		simulate(t, seed, func(t *testing.T, w *world) {
			fickle := func(p *process) { p.fickle = 0.5 }
			w.start("a", fickle)
			w.settle(10 * time.Second)
			b := w.start("b", fickle)
			w.settle(20 * time.Second)
			if err := b.node.Leave(t.Context()); err != nil {
				t.Error(err)
			}
			w.settle(20 * time.Second)
		})
	}
}
