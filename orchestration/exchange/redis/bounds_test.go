package redis_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/exchange"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// keys calls f for every key of the installation, on all servers.
func (in *installation) keys(f func(c goredis.UniversalClient, key string)) {
	in.t.Helper()
	each := func(c goredis.UniversalClient) error {
		keys, err := c.Keys(in.t.Context(), "*").Result()
		for _, key := range keys {
			if strings.HasPrefix(key, in.prefix()) {
				f(c, key)
			}
		}
		return err
	}
	var err error
	if cluster, ok := in.raw.(*goredis.ClusterClient); ok {
		for i := 0; err == nil && i < 16384; i += 5461 { // a slot of each master
			var c *goredis.Client
			if c, err = cluster.MasterForKey(in.t.Context(), keyOfSlot(in, i)); err == nil {
				err = each(c)
			}
		}
	} else {
		err = each(in.raw)
	}
	if err != nil {
		in.t.Fatal(err)
	}
}

// keyOfSlot is some key in the third of the slots that begins there.
func keyOfSlot(in *installation, from int) string {
	for i := 0; ; i++ {
		key := fmt.Sprint("any", i)
		if slot := in.raw.ClusterKeySlot(in.t.Context(), key).Val(); slot >= int64(from) && slot < int64(from+5461) {
			return key
		}
	}
}

// Every key expires, in the time that it is meant for.
func expiry(t *testing.T, in *installation) {
	a, q := in.node(1), queue("q")
	a.publish(ref(q, 1))
	same(t, a.pop(queue("empty"), 1))
	if n, err := a.Tokens(t.Context(), q, 0.001, 1); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	if _, err := a.Tokens(t.Context(), queue("fast"), 1000, 10); err != nil {
		t.Fatal(err)
	}
	most := map[string]time.Duration{"ready": 30 * time.Second, "idle": time.Minute, "limit": 1000 * time.Second, "probe": 10 * time.Second}
	seen := map[string]bool{}
	in.keys(func(c goredis.UniversalClient, key string) {
		what := key[strings.LastIndexByte(key, ':')+1:]
		seen[what] = true
		switch ttl := c.PTTL(t.Context(), key).Val(); {
		case ttl == -2: // gone since
		case ttl < 0 || ttl > most[what]: // below 0 it never does; 0 is less than a millisecond
			t.Errorf("%s expires in %v", key, ttl)
		case strings.Contains(key, "fast") && ttl > 10*time.Millisecond:
			t.Errorf("%s is of no effect after 10 ms, but kept for %v", key, ttl)
		}
	})
	for _, what := range []string{"ready", "idle", "limit"} {
		if !seen[what] {
			t.Errorf("there is no key %s", what)
		}
	}
	a.publish(ref(q, 2)) // and again
	if err := in.raw.PExpire(t.Context(), in.key(q, "ready"), time.Minute).Err(); err != nil {
		t.Fatal(err)
	}
	a.publish(ref(q, 2))
	if ttl := in.raw.PTTL(t.Context(), in.key(q, "ready")).Val(); ttl > 30*time.Second {
		t.Errorf("a reference that was there keeps its queue for %v", ttl)
	}
}

// A queue that nobody pops does not grow: the last of the order go. Notes are one for a node.
func bounds(t *testing.T, in *installation) {
	a, q := in.node(1), queue("q")
	all := refs(q, 10_400)
	for i := range all { // backwards: later ones are better
		all[i] = ref(q, len(all)-1-i)
	}
	a.publish(all...)
	if n := in.raw.ZCard(t.Context(), in.key(q, "ready")).Val(); n != 10_000 {
		t.Errorf("%d references are there", n)
	}
	if bytes, err := in.raw.MemoryUsage(t.Context(), in.key(q, "ready"), 0).Result(); err != nil || bytes > 3<<20 {
		t.Errorf("they take %d bytes, %v", bytes, err)
	}
	same(t, a.pop(q, 2), ref(q, 0), ref(q, 1))
	same(t, a.pop(queue("empty"), 2))
	for range 3 {
		same(t, a.pop(queue("empty"), 2))
	}
	if n := in.raw.ZCard(t.Context(), in.key(queue("empty"), "idle")).Val(); n != 1 {
		t.Errorf("one node is noted %d times", n)
	}
}

func paused(t *testing.T, in *installation) {
	a, q := in.node(1), queue("q")
	a.publish(ref(q, 1))
	same(t, a.popAll(exchange.Want{Key: q, N: 1, PerSecond: 0}))
	if n, err := a.Tokens(t.Context(), q, 0, 5); n != 0 || err != nil {
		t.Errorf("a paused queue grants %d, %v", n, err)
	}
	if n, err := a.Tokens(t.Context(), q, -1, 5); n != 5 || err != nil {
		t.Errorf("a queue without a limit grants %d, %v", n, err)
	}
	if n, err := a.Tokens(t.Context(), q, math.Inf(1), 5); n != 5 || err != nil {
		t.Errorf("a queue with no limit at all grants %d, %v", n, err)
	}
	if n, err := a.Tokens(t.Context(), q, 100, -5); n != 0 || err != nil {
		t.Errorf("less than nothing grants %d, %v", n, err)
	}
	same(t, a.popAll(exchange.Want{Key: q, N: 1, PerSecond: math.Inf(1)}), ref(q, 1))
}

// A limit is one for all nodes: over a second two of them that ask all the time get as much as it lets pass, by the server's clock. What a slow machine
// does not ask for in time it does not get: of a longer pause only 100 ms are saved.
func limited(t *testing.T, in *installation) {
	a, b, q := in.node(1), in.node(2), queue("q")
	const perSecond, burst = 400.0, 40
	clock := in.clock(q)
	got, lost := 0, time.Duration(0)
	began := clock()
	last := began
	for i := 0; last.Sub(began) < time.Second; i++ {
		n := []*node{a, b}[i%2]
		if i%4 < 2 {
			granted, err := n.Tokens(t.Context(), q, perSecond, 50)
			if err != nil {
				t.Fatal(err)
			}
			got += granted
		} else {
			all := refs(q, 50)
			n.publish(all...)
			popped := n.popAll(exchange.Want{Key: q, N: 50, PerSecond: perSecond})
			same(t, popped, all[:len(popped)]...)
			got += len(popped)
		}
		now := clock()
		lost += max(0, now.Sub(last)-90*time.Millisecond)
		last = now
	}
	most := perSecond*last.Sub(began).Seconds() + burst
	least := perSecond * (last.Sub(began) - lost).Seconds() * 0.95
	if f := float64(got); f > most+1 || f < least {
		t.Errorf("%d passed in %v, %v of which were lost; want %.0f to %.0f", got, last.Sub(began), lost, least, most)
	}
}

// clock is the clock of the server that has the queue.
func (in *installation) clock(q matching.Key) func() time.Time {
	in.t.Helper()
	c, ok := in.raw.(*goredis.Client)
	if cluster, is := in.raw.(*goredis.ClusterClient); is {
		var err error
		if c, err = cluster.MasterForKey(in.t.Context(), in.key(q, "limit")); err != nil {
			in.t.Fatal(err)
		}
	} else if !ok {
		in.t.Fatalf("a client of type %T", in.raw)
	}
	return func() time.Time {
		in.t.Helper()
		now, err := c.Time(in.t.Context()).Result()
		if err != nil {
			in.t.Fatal(err)
		}
		return now
	}
}

// A queue that has references but no tokens yields none, says so, and notes nobody: no wake would bring a token. A wake is not passed on for want of one either.
func withoutTokens(t *testing.T, in *installation) {
	a, b, q := in.node(1), in.node(2), queue("q")
	want := exchange.Want{Key: q, N: 2, PerSecond: 0.01}
	same(t, b.pop(q, 1)) // noted
	in.put(q, refs(q, 3)...)
	same(t, a.popAll(want), ref(q, 0)) // one token
	refs, held, err := a.Pop(t.Context(), []exchange.Want{want, {Key: queue("empty"), N: 1, PerSecond: 0.01}})
	if len(refs) > 0 || !slices.Equal(held, []matching.Key{q}) || err != nil {
		t.Errorf("popped %v, held %v, %v", refs, held, err)
	}
	if ids := in.raw.ZRange(t.Context(), in.key(q, "idle"), 0, -1).Val(); fmt.Sprint(ids) != "[2]" {
		t.Errorf("noted: %v", ids)
	}
	same(t, a.popAll(exchange.Want{Key: q, PerSecond: 0.01}))
	in.notWoken(b, 2)
	same(t, a.pop(q, 2), ref(q, 1), ref(q, 2))
	same(t, a.popAll(want)) // nothing there, no token: noted, as for any queue without references
	if err := in.raw.ZScore(t.Context(), in.key(q, "idle"), "1").Err(); err != nil {
		t.Errorf("not noted: %v", err)
	}
}

// Whatever the rate, a first call gets what 100 ms let pass and at least one, a second one at once nothing or little more, and a debt of another rate, or
// of a clock that went back, is not paid.
func rates(t *testing.T, in *installation) {
	a := in.node(1)
	for i, c := range []struct {
		perSecond   float64
		least, most int
	}{{1e-9, 1, 1}, {0.5, 1, 1}, {9, 1, 1}, {10, 1, 1}, {20, 2, 2}, {1000, 100, 100}, {1e6, 100_000, 100_000}, {1e9, 1_000_000, 1_000_000}, {1e300, 1_000_000, 1_000_000}} {
		q := matching.Key{Namespace: namespace, Name: fmt.Sprint(i), Kind: orchestration.WorkflowTask}
		n, err := a.Tokens(t.Context(), q, c.perSecond, 1_000_000)
		if err != nil || n < c.least || n > c.most {
			t.Errorf("%g a second: %d at once, %v; want %d to %d", c.perSecond, n, err, c.least, c.most)
		}
	}
	slow := matching.Key{Namespace: namespace, Name: "0", Kind: orchestration.WorkflowTask} // its next token is due in a day
	if n, err := a.Tokens(t.Context(), slow, 1e-9, 1); n != 0 || err != nil {
		t.Errorf("a second token at once: %d, %v", n, err)
	}
	if _, err := a.Tokens(t.Context(), slow, 1e6, 1); err != nil {
		t.Fatal(err)
	}
	if n, err := a.Tokens(t.Context(), slow, 1e6, 1); n != 1 || err != nil {
		t.Errorf("at a new rate, a moment later: %d, %v", n, err)
	}
}
