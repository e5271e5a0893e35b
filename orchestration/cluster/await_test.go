package cluster

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// targetOf finds a shard that a node should own when some nodes are there.
func targetOf(n orchestration.NodeID, nodes ...orchestration.NodeID) orchestration.ShardID {
	for s, target := range assign(nodes) {
		if target == n {
			return orchestration.ShardID(s)
		}
	}
	panic("no shard is the node's")
}

func TestAwaitOfAShardThatIsHereOrElsewhere(t *testing.T) {
	simulate(t, 20, func(t *testing.T, w *world) {
		a, b := w.start("a"), w.start("b")
		w.settle(3 * time.Second)
		time.Sleep(4 * time.Second) // all is known to all
		here, there := targetOf(1, 1, 2), targetOf(2, 1, 2)
		if n, local := a.node.Owner(here); n != 1 || !local {
			t.Errorf("owner of a's shard: got %d %v", n, local)
		}
		if n, local := a.node.Owner(there); n != 2 || local {
			t.Errorf("owner of b's shard: got %d %v", n, local)
		}
		from := time.Now()
		if err := a.node.Await(t.Context(), here); err != nil || time.Since(from) != 0 {
			t.Errorf("of a shard that is here: %v after %v", err, time.Since(from))
		}
		_, before := w.db.state()
		if err := a.node.Await(t.Context(), there); err != nil || time.Since(from) > 20*time.Millisecond {
			t.Errorf("of a shard that is elsewhere: %v after %v", err, time.Since(from))
		}
		if _, after := w.db.state(); after != before+1 {
			t.Errorf("looked %d times, want once: the sender may know more", after-before)
		}
		if addr, ok := a.node.Address(b.node.ID()); addr != "b" || !ok {
			t.Errorf("address of b: %q %v", addr, ok)
		}
		if addr, ok := a.node.Address(99); ok {
			t.Errorf("address of nobody: %q", addr)
		}
	})
}

// While a shard is between two owners, requests wait at the new one until it serves it.
func TestAwaitOfAShardThatIsOnItsWay(t *testing.T) {
	simulate(t, 21, func(t *testing.T, w *world) {
		a := w.start("a")
		w.settle(time.Second)
		b := w.start("b")
		s := targetOf(2, 1, 2)
		if n, local := b.node.Owner(s); n != 1 || local {
			t.Errorf("before it has moved, its owner is %d, %v", n, local)
		}
		if err := b.node.Await(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		if n, local := b.node.Owner(s); n != 2 || !local {
			t.Errorf("waited for it, and its owner is %d, %v", n, local)
		}
		if n, local := a.node.Owner(s); n != 2 || local {
			t.Errorf("it was given away, and its owner is %d, %v", n, local)
		}
	})
}

func TestAwaitEnds(t *testing.T) {
	simulate(t, 22, func(t *testing.T, w *world) {
		w.start("a")
		w.settle(time.Second)
		b := w.start("b", func(p *process) { p.refuse("AcquireShards") })
		s := targetOf(2, 1, 2)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := b.node.Await(ctx, s); orchestration.CodeOf(err) != orchestration.Unavailable {
			t.Errorf("at the end of its time: %v, want Unavailable", err)
		}
		result := make(chan error)
		go func() { result <- b.node.Await(context.Background(), s) }()
		synctest.Wait()
		b.node.end(ErrLeft)
		if err := <-result; orchestration.CodeOf(err) != orchestration.Unavailable {
			t.Errorf("at the end of the membership: %v, want Unavailable", err)
		}
	})
}

// A request that a node forwarded because it knew of a newer node, to which the news has not come yet, is not sent back.
func TestAwaitLooksBeforeItSendsAway(t *testing.T) {
	simulate(t, 23, func(t *testing.T, w *world) {
		a, b := w.start("a"), w.start("b")
		w.settle(3 * time.Second)
		s := targetOf(2, 1, 2)
		b.set(fault{mute: true})
		if err := b.node.Leave(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := a.node.Await(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		if n, local := a.node.Owner(s); n != 1 || !local {
			t.Errorf("b has left, and the owner is %d, %v", n, local)
		}
	})
}
