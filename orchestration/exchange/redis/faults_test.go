package redis_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration/exchange"
	"github.com/tenuto-io/tenuto/orchestration/matching"
	"github.com/tenuto-io/tenuto/platform/redis/redistest"
)

// works checks that references go from one node to another, and wakes with them.
func works(t *testing.T, a, b *node, q matching.Key) {
	t.Helper()
	same(t, b.pop(q, 1))
	a.publish(ref(q, 1))
	if b.woken() != q {
		t.Error("woken for another queue")
	}
	same(t, b.pop(q, 1), ref(q, 1))
}

// failsFast checks that a place that is down fails every call at once: calls that waited for a timeout would take minutes.
func failsFast(t *testing.T, n *node) {
	t.Helper()
	q := queue("q")
	began := time.Now()
	for range 100 {
		_, _, errPop := n.Pop(t.Context(), []exchange.Want{{Key: q, N: 1, PerSecond: -1}})
		_, errTokens := n.Tokens(t.Context(), q, 10, 1)
		for _, err := range []error{errPop, errTokens, n.Publish(t.Context(), refs(q, 1)), n.Withdraw(t.Context(), refs(q, 1))} {
			if err == nil {
				t.Fatal("a call succeeds while Redis is away")
			}
		}
	}
	if d := time.Since(began); d > 20*time.Second {
		t.Errorf("400 calls took %v", d)
	}
}

// A server that forgets everything is as before, without what it held.
func TestFlushed(t *testing.T) {
	in := newInstallation(t, redistest.Start(t).URL())
	a, b, q := in.node(1), in.node(2), queue("q")
	a.publish(refs(q, 3)...)
	same(t, b.pop(queue("r"), 1))
	if err := in.raw.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	same(t, b.pop(q, 1))
	works(t, a, b, q)
	if !a.Up() || !b.Up() {
		t.Error("that was taken for a failure")
	}
}

// A server that is killed takes the place down, and it is up again once the server is.
func TestKilled(t *testing.T) {
	s := redistest.Start(t)
	in := newInstallation(t, s.URL())
	a, b := in.node(1), in.node(2)
	for range 2 {
		works(t, a, b, queue("q"))
		s.Kill()
		a.await(false) // found out without a call
		b.await(false)
		failsFast(t, a)
		s.Run()
		a.await(true)
		b.await(true)
	}
	works(t, a, b, queue("q"))
}

// A server that stops answering fails the first call in time and all others at once, and is used again when it answers.
func TestStopped(t *testing.T) {
	s := redistest.Start(t)
	in := newInstallation(t, s.URL())
	a, b, q := in.node(1), in.node(2), queue("q")
	works(t, a, b, q)
	s.Stop()
	began := time.Now()
	if err := a.Publish(t.Context(), refs(q, 1)); err == nil {
		t.Error("a server that is halted takes references")
	}
	if d := time.Since(began); d > 10*time.Second {
		t.Errorf("the first call took %v", d)
	}
	if a.Up() {
		t.Error("up after a call without an answer")
	}
	failsFast(t, a)
	b.await(false) // found out without a call
	s.Continue()
	a.await(true)
	b.await(true)
	b.pop(q, 10) // what was published without an answer may be there or not
	works(t, a, b, q)
}

// A call that its caller gives up says nothing about the server.
func TestGivenUp(t *testing.T) {
	s := redistest.Start(t)
	in := newInstallation(t, s.URL())
	a := in.node(1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Publish(ctx, refs(queue("q"), 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("a call that was given up: %v", err)
	}
	if !a.Up() {
		t.Error("that was taken for a failure")
	}
}

// A place can be opened before its server answers, and closed before.
func TestOpenedBefore(t *testing.T) {
	s := redistest.Start(t)
	in := newInstallation(t, s.URL())
	s.Kill()
	never, a := in.open(1), in.open(2)
	failsFast(t, never)
	never.Close()
	s.Run()
	a.await(true)
	if never.Up() {
		t.Error("a place that was closed comes up")
	}
}

// A server that is out of memory, or that is a replica, answers, but takes nothing: that is down.
func TestNoWrites(t *testing.T) {
	for name, set := range map[string][2][]any{
		"out of memory": {{"CONFIG", "SET", "maxmemory", "1"}, {"CONFIG", "SET", "maxmemory", "0"}},
		"a replica":     {{"REPLICAOF", "127.0.0.1", "1"}, {"REPLICAOF", "NO", "ONE"}},
		"no scripts":    {{"ACL", "SETUSER", "default", "-evalsha"}, {"ACL", "SETUSER", "default", "+evalsha"}},
		"no publishing": {{"ACL", "SETUSER", "default", "-publish"}, {"ACL", "SETUSER", "default", "+publish"}},
		"no channel":    {{"ACL", "SETUSER", "default", "resetchannels"}, {"ACL", "SETUSER", "default", "allchannels"}},
	} {
		t.Run(name, func(t *testing.T) {
			in := newInstallation(t, redistest.Start(t).URL())
			a, b, q := in.node(1), in.node(2), queue("q")
			works(t, a, b, q)
			same(t, b.pop(q, 1)) // noted
			if err := in.raw.Do(t.Context(), set[0]...).Err(); err != nil {
				t.Fatal(err)
			}
			if err := a.Publish(t.Context(), refs(q, 1)); err == nil {
				t.Error("references are taken")
			}
			failsFast(t, a)
			if err := in.raw.Do(t.Context(), set[1]...).Err(); err != nil {
				t.Fatal(err)
			}
			a.await(true)
			// takes the other down if it has not noticed
			_, _, _ = b.Pop(t.Context(), []exchange.Want{{Key: q, N: 1, PerSecond: -1}})
			b.await(true)
			works(t, a, b, queue("after")) // the failed call may have left its reference
		})
	}
}

// A password that is wrong keeps the place down, and the reason is in the log, without it.
func TestWrongPassword(t *testing.T) {
	s := redistest.Start(t)
	in := newInstallation(t, "redis://:s3cret@"+s.Addr())
	log := make(chan string, 10)
	n := in.logging(1, log)
	select {
	case line := <-log:
		if !strings.Contains(line, "WRONGPASS") || strings.Contains(line, "s3cret") {
			t.Errorf("the log says %s", line)
		}
	case <-time.After(patience):
		t.Fatal("the log says nothing")
	}
	if n.Up() {
		t.Error("the place is up")
	}
}

// When the connection that wakes come by is lost, so may be wakes: the place goes down and up, so that whoever waits asks again.
func TestWakesLost(t *testing.T) {
	in := newInstallation(t, redistest.Start(t).URL())
	a, b, q := in.node(1), in.node(2), queue("q")
	same(t, b.pop(q, 1))
	if err := in.raw.Do(t.Context(), "CLIENT", "KILL", "TYPE", "pubsub").Err(); err != nil {
		t.Fatal(err)
	}
	b.await(false)
	b.await(true)
	a.await(true) // maybe it was not down yet
	select {
	case <-b.Changed(): // the two changes may be told apart
	default:
	}
	same(t, b.pop(q, 1))
	if err := in.raw.Ping(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
}

// A node that does not listen any more holds no reference up: the next one is woken.
func TestDeadNodesAreNotWoken(t *testing.T) {
	in := newInstallation(t, redistest.Start(t).URL())
	a, b, dead, q := in.node(1), in.node(2), in.node(3), queue("q")
	same(t, dead.pop(q, 1))
	dead.Close()
	in.deaf(3)
	same(t, b.pop(q, 1))
	a.publish(ref(q, 1))
	if b.woken() != q {
		t.Error("woken for another queue")
	}
}

// deaf waits until nobody listens for a node: the server is told of closed connections, but not waited for.
func (in *installation) deaf(id int) {
	in.t.Helper()
	channel := fmt.Sprintf("%swake:%d", in.prefix(), id)
	for late := time.Now().Add(patience); in.raw.PubSubNumSub(in.t.Context(), channel).Val()[channel] > 0; {
		if time.Now().After(late) {
			in.t.Fatal("a closed place listens")
		}
	}
}

// Wakes that nobody takes are kept, each queue once.
func TestWakesWait(t *testing.T) {
	in := newInstallation(t, redistest.Start(t).URL())
	n := in.node(1)
	const queues = 500
	want := map[matching.Key]bool{}
	for i := range 3 * queues {
		q := queue(fmt.Sprint(i % queues))
		want[q] = true
		in.tell(1, in.key(q, "ready"))
	}
	for times := 0; len(want) > 0; times++ {
		delete(want, n.woken())
		if times > 3*queues {
			t.Fatalf("%d queues are not yielded", len(want))
		}
	}
}

// When a master of a Cluster is away, the place is down until all of it works again.
func TestMasterOfAClusterAway(t *testing.T) {
	cluster := redistest.StartCluster(t, 3)
	in := newInstallation(t, cluster.URL())
	a, b := in.node(1), in.node(2)
	cluster.Masters[1].Stop()
	var wants []exchange.Want
	for i := range 50 {
		wants = append(wants, exchange.Want{Key: queue(fmt.Sprint(i)), N: 1, PerSecond: -1})
	}
	began := time.Now()
	if _, _, err := a.Pop(t.Context(), wants); err == nil {
		t.Error("a third of the queues cannot be popped, and nothing is said")
	}
	if d := time.Since(began); d > 10*time.Second {
		t.Errorf("the first call took %v", d)
	}
	failsFast(t, a)
	cluster.Masters[1].Continue()
	a.await(true)
	b.await(true)
	for i := range 50 {
		b.pop(queue(fmt.Sprint(i)), 1)
		a.publish(ref(queue(fmt.Sprint(i)), i))
	}
	if got := len(b.popAll(wants...)); got != 50 {
		t.Errorf("%d of 50 references arrive", got)
	}
}

// What was popped is not lost because another queue's server is away.
func TestPopInPart(t *testing.T) {
	cluster := redistest.StartCluster(t, 3)
	in := newInstallation(t, cluster.URL())
	a := in.node(1)
	var wants []exchange.Want
	for i := range 50 {
		q := queue(fmt.Sprint(i))
		wants = append(wants, exchange.Want{Key: q, N: 1, PerSecond: -1})
		a.publish(ref(q, i))
	}
	cluster.Masters[2].Stop()
	got := a.popAll(wants...)
	if len(got) == 0 || len(got) == 50 || a.Up() {
		t.Errorf("%d of 50 references, up: %t", len(got), a.Up())
	}
}

// When the master dies, the place follows the Sentinels to the next one.
func TestSentinel(t *testing.T) {
	w := redistest.StartSentinel(t)
	in := newInstallation(t, w.URL())
	a, b := in.node(1), in.node(2)
	works(t, a, b, queue("q"))
	w.Master.Kill()
	a.await(false)
	b.await(false)
	failsFast(t, a)
	a.await(true)
	b.await(true)
	works(t, a, b, queue("q"))
}
