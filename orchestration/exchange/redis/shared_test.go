package redis_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/exchange"
	"github.com/tenuto-io/tenuto/orchestration/matching"
	"github.com/tenuto-io/tenuto/platform/redis/redistest"
)

// What a place does, it does on a single server and in a Cluster.
func TestSharedOneServer(t *testing.T) { everything(t, redistest.Start(t).URL()) }
func TestSharedCluster(t *testing.T)   { everything(t, redistest.StartCluster(t, 3).URL()) }

func everything(t *testing.T, url string) {
	for name, test := range map[string]func(*testing.T, *installation){
		"order": order, "once": once, "withdrawn": withdrawn, "many queues": manyQueues, "many references": manyReferences,
		"odd names": oddNames, "apart": apart, "scripts forgotten": scriptsForgotten,
		"woken": woken, "longest first": longestFirst, "passed on": passedOn, "not wanted": notWanted, "odd messages": oddMessages,
		"expiry": expiry, "bounds": bounds, "paused": paused, "limited": limited, "limit without tokens": withoutTokens, "rates": rates,
	} {
		t.Run(name, func(t *testing.T) { test(t, newInstallation(t, url)) })
	}
}

// References go by priority, then by pass, then by time, and arrive whole.
func order(t *testing.T, in *installation) {
	a, b, q := in.node(1), in.node(2), queue("q")
	var want []matching.Reference
	for priority := int32(1); priority <= 5; priority++ {
		for _, pass := range []int64{0, 1, 7, 1 << 40} {
			for range 3 {
				r := ref(q, len(want))
				r.Priority, r.Pass, r.Backlog = priority, pass, int64(len(want)%2)
				r.ReadyAt = origin.Add(time.Duration(len(want)) * time.Nanosecond)
				want = append(want, r)
			}
		}
	}
	shuffled := slices.Clone(want)
	for i := range shuffled { // every seventh: 7 and 60 have no common divisor
		shuffled[i] = want[i*7%len(want)]
	}
	a.publish(shuffled...)
	same(t, b.pop(q, 25), want[:25]...)
	same(t, b.pop(q, 1000), want[25:]...)
	same(t, b.pop(q, 1))
}

// A reference that is published again is there once; a priority that was not given is the default.
func once(t *testing.T, in *installation) {
	a, b, q := in.node(1), in.node(2), queue("q")
	plain, urgent, late := ref(q, 1), ref(q, 2), ref(q, 0)
	plain.Priority, urgent.Priority, late.Priority = 0, 2, 4
	a.publish(plain, urgent, late)
	b.publish(plain, plain)
	same(t, a.pop(q, 10), urgent, plain, late)
}

func withdrawn(t *testing.T, in *installation) {
	a, b, q := in.node(1), in.node(2), queue("q")
	a.publish(refs(q, 4)...)
	same(t, b.pop(q, 1), ref(q, 0))
	a.withdraw(ref(q, 0), ref(q, 2), ref(queue("other"), 2), ref(q, 9))
	same(t, b.pop(q, 10), ref(q, 1), ref(q, 3))
}

// Calls for many queues are one call.
func manyQueues(t *testing.T, in *installation) {
	a, b := in.node(1), in.node(2)
	const queues = 200
	var all []matching.Reference
	var wants []exchange.Want
	for i := range 2 * queues {
		all = append(all, ref(queue(fmt.Sprint(i%queues)), i))
	}
	a.publish(all...)
	a.withdraw(all[:queues/2]...)
	for i := range queues + 1 { // one more than there are
		wants = append(wants, exchange.Want{Key: queue(fmt.Sprint(i)), N: 1 + i%2, PerSecond: -1})
	}
	var want []matching.Reference
	for i := range queues {
		switch {
		case i < queues/2:
			want = append(want, all[queues+i])
		case i%2 == 0:
			want = append(want, all[i])
		default:
			want = append(want, all[i], all[queues+i])
		}
	}
	same(t, b.popAll(wants...), want...)
	if err := a.Publish(t.Context(), nil); err != nil {
		t.Error(err)
	}
	same(t, b.popAll())
}

// There may be more references than fit in one command.
func manyReferences(t *testing.T, in *installation) {
	a, b, q := in.node(1), in.node(2), queue("q")
	all := refs(q, 3001)
	a.publish(all...)
	a.withdraw(all[2000:]...)
	same(t, b.pop(q, 5000), all[:1000]...)
	same(t, b.pop(q, 1000), all[1000:2000]...)
	same(t, b.pop(q, 1000))
}

// Names of queues are any text, and all that belongs to a queue is in one slot.
func oddNames(t *testing.T, in *installation) {
	a, b := in.node(1), in.node(2)
	for i, name := range []string{"", "}", "{", "a}b{c}", "}:ready", ":1:x", "{}", "größer ⚡", "\x00\xff", strings.Repeat("long", 250)} {
		q := queue(name)
		same(t, b.pop(q, 1))
		a.publish(ref(q, i))
		if got := b.woken(); got != q {
			t.Errorf("woken for %q, not %q", got.Name, name)
		}
		same(t, b.pop(q, 1), ref(q, i))
		if _, err := a.Tokens(t.Context(), q, 10, 1); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// Queues that differ in anything are apart, and so are installations.
func apart(t *testing.T, in *installation) {
	a, q := in.node(1), queue("q")
	a.publish(ref(q, 1))
	other := *in
	other.name = "other{" + in.name
	for _, key := range []matching.Key{
		{Namespace: q.Namespace, Name: q.Name, Kind: orchestration.WorkflowTask}, {Namespace: orchestration.NamespaceID{9}, Name: q.Name, Kind: q.Kind}, queue("Q"),
	} {
		same(t, a.pop(key, 1))
	}
	same(t, other.node(2).pop(q, 1))
	same(t, a.pop(q, 1), ref(q, 1))
}

// A server that knows no script is told it.
func scriptsForgotten(t *testing.T, in *installation) {
	a, q, r := in.node(1), queue("q"), queue("r")
	for range 2 {
		if err := in.raw.ScriptFlush(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		a.publish(ref(q, 1), ref(r, 2))
		same(t, a.popAll(exchange.Want{Key: q, N: 2, PerSecond: -1}, exchange.Want{Key: r, N: 2, PerSecond: -1}), ref(q, 1), ref(r, 2))
	}
	if !a.Up() {
		t.Error("that was taken for a failure")
	}
}

// Who got less than it wanted is woken once there is more, as many nodes as there are references, and only once.
func woken(t *testing.T, in *installation) {
	a, b, c, q := in.node(1), in.node(2), in.node(3), queue("q")
	a.publish(ref(q, 0))
	same(t, b.pop(q, 2), ref(q, 0))
	same(t, c.pop(q, 1))
	a.publish(ref(q, 1), ref(q, 2))
	if b.woken() != q || c.woken() != q {
		t.Error("woken for another queue")
	}
	a.publish(ref(q, 3))
	in.notWoken(b, 2)
	in.notWoken(c, 3)
	in.notWoken(a, 1)
	same(t, c.pop(q, 3), ref(q, 1), ref(q, 2), ref(q, 3))
	a.publish(ref(q, 4))
	in.notWoken(c, 3)
}

// Who waits longest is woken first, and a note that has lapsed wakes nobody.
func longestFirst(t *testing.T, in *installation) {
	a, q := in.node(1), queue("q")
	nodes := map[orchestration.NodeID]*node{}
	for i, id := range []orchestration.NodeID{4, 2, 3} {
		nodes[id] = in.node(id)
		same(t, nodes[id].pop(q, 1))
		score := float64(time.Now().Add(time.Hour).UnixMilli() + int64(i)) // not the same millisecond
		if id == 4 {
			score = 1
		}
		if err := in.raw.ZAdd(t.Context(), in.key(q, "idle"), goredis.Z{Score: score, Member: int(id)}).Err(); err != nil {
			t.Fatal(err)
		}
	}
	a.publish(ref(q, 1))
	if nodes[2].woken() != q {
		t.Error("woken for another queue")
	}
	in.notWoken(nodes[3], 3)
	in.notWoken(nodes[4], 4)
	if ids := in.raw.ZRange(t.Context(), in.key(q, "idle"), 0, -1).Val(); !slices.Equal(ids, []string{"3"}) {
		t.Errorf("still noted: %v", ids)
	}
}

// Who has all it wants is not noted, and wakes another one for what it leaves: whoever was woken may have wanted less than there is.
func passedOn(t *testing.T, in *installation) {
	a, b, c, q := in.node(1), in.node(2), in.node(3), queue("q")
	same(t, b.pop(q, 1))
	same(t, c.pop(q, 1))
	a.publish(ref(q, 1))
	first, second := b, c
	if in.raw.ZScore(t.Context(), in.key(q, "idle"), "2").Err() == nil {
		first, second = c, b // noted in the same millisecond or not: one of them
	}
	if first.woken() != q {
		t.Error("woken for another queue")
	}
	b.publish(ref(q, 2)) // wakes the second, which is slow
	if second.woken() != q {
		t.Error("woken for another queue")
	}
	same(t, first.pop(q, 2), ref(q, 1), ref(q, 2))
	same(t, second.pop(q, 1)) // noted
	same(t, a.pop(q, 1))      // noted
	in.put(q, ref(q, 3), ref(q, 4), ref(q, 5))
	same(t, second.pop(q, 1), ref(q, 3)) // noted no more, and the other is woken
	if a.woken() != q {
		t.Error("woken for another queue")
	}
	in.notWoken(second, map[*node]orchestration.NodeID{b: 2, c: 3}[second])
	if n := in.raw.Exists(t.Context(), in.key(q, "idle")).Val(); n != 0 {
		t.Error("somebody is noted still")
	}
}

// put has references appear as if those who publish them had woken nobody.
func (in *installation) put(q matching.Key, refs ...matching.Reference) {
	in.t.Helper()
	away := *in
	away.name += "-away"
	n := away.node(99)
	n.publish(refs...)
	members, err := in.raw.ZRangeWithScores(in.t.Context(), away.key(q, "ready"), 0, -1).Result()
	if err == nil {
		err = in.raw.ZAdd(in.t.Context(), in.key(q, "ready"), members...).Err()
	}
	if err != nil {
		in.t.Fatal(err)
	}
}

// Who is woken and wants nothing any more says so, and another one is woken.
func notWanted(t *testing.T, in *installation) {
	a, b, c, q := in.node(1), in.node(2), in.node(3), queue("q")
	none := exchange.Want{Key: q, PerSecond: -1}
	same(t, b.pop(q, 1))
	same(t, b.popAll(none)) // noted no more
	a.publish(ref(q, 1))
	in.notWoken(b, 2)
	same(t, a.pop(q, 1), ref(q, 1))
	same(t, c.pop(q, 1))
	in.put(q, ref(q, 2))
	same(t, b.popAll(none))
	if c.woken() != q {
		t.Error("woken for another queue")
	}
	same(t, c.pop(q, 1), ref(q, 2))
}

// What is no message of ours is not heard, and what is no reference of ours is not yielded.
func oddMessages(t *testing.T, in *installation) {
	a, q := in.node(1), queue("q")
	good := in.key(q, "ready")
	for _, text := range []string{"", "x", in.prefix(), good + "x", good[1:], in.key(q, "idle"), in.prefix() + "{:1:q}:ready", in.prefix() + "{" + namespace.String() + ":1}:ready",
		in.prefix() + "{" + namespace.String() + ":256:q}:ready", in.prefix() + "{" + namespace.String() + ":x:q}:ready"} {
		in.tell(1, text)
	}
	in.notWoken(a, 1)
	a.publish(ref(q, 1))
	if err := in.raw.ZAdd(t.Context(), good, goredis.Z{Member: ""}, goredis.Z{Member: "short"}, goredis.Z{Member: strings.Repeat("\xff", 99)}).Err(); err != nil {
		t.Fatal(err)
	}
	same(t, a.pop(q, 10), ref(q, 1))
}
