package redis_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/exchange"
	"github.com/tenuto-io/tenuto/orchestration/exchange/redis"
	"github.com/tenuto-io/tenuto/orchestration/matching"
	"github.com/tenuto-io/tenuto/platform/importrules"
	platform "github.com/tenuto-io/tenuto/platform/redis"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const module = "github.com/tenuto-io/tenuto/"

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		module + "platform/...":              "a room is handed its client: opening it is the process's work",
		module + "orchestration/shard/...":   "owners and queues use the exchange, never the other way round",
		module + "orchestration/engine/...":  "the engine is above everything in orchestration",
		module + "orchestration/store/...":   "nothing here is the truth",
		module + "orchestration/history/...": "references are carried, not understood",
		module + "tenants/...":               "the engine knows no tenants",
	})
}

// patience is how long tests wait for what must come.
const patience = 30 * time.Second

// node is one node's place.
type node struct {
	*redis.Place
	t testing.TB
}

// installation is what the nodes of one test share.
type installation struct {
	t    testing.TB
	url  string
	name string
	raw  goredis.UniversalClient // beside the nodes
}

func newInstallation(t testing.TB, url string) *installation {
	t.Helper()
	return &installation{t: t, url: url, name: t.Name(), raw: client(t, url)}
}

func client(t testing.TB, url string) goredis.UniversalClient {
	t.Helper()
	c, err := platform.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// open opens a node's place, which may be down.
func (in *installation) open(id orchestration.NodeID) *node {
	in.t.Helper()
	return in.logging(id, nil)
}

// logging opens a node's place that says what it logs, as far as there is room.
func (in *installation) logging(id orchestration.NodeID, log lines) *node {
	in.t.Helper()
	p := redis.Open(redis.Config{Client: client(in.t, in.url), Installation: in.name, Node: id, Logger: slog.New(slog.NewTextHandler(log, nil))})
	in.t.Cleanup(p.Close)
	return &node{Place: p, t: in.t}
}

// lines are what is logged.
type lines chan string

func (l lines) Write(b []byte) (int, error) {
	select {
	case l <- string(b):
	default:
	}
	return len(b), nil
}

// node opens a node's place and waits until it is up.
func (in *installation) node(id orchestration.NodeID) *node {
	in.t.Helper()
	n := in.open(id)
	n.await(true)
	return n
}

// await waits until the place is up or down.
func (n *node) await(up bool) {
	n.t.Helper()
	late := time.After(patience)
	for n.Up() != up {
		select {
		case <-n.Changed():
		case <-late:
			n.t.Fatalf("the place does not come to up=%t", up)
		}
	}
}

func (n *node) publish(refs ...matching.Reference) {
	n.t.Helper()
	if err := n.Publish(n.t.Context(), refs); err != nil {
		n.t.Fatal(err)
	}
}

func (n *node) withdraw(refs ...matching.Reference) {
	n.t.Helper()
	if err := n.Withdraw(n.t.Context(), refs); err != nil {
		n.t.Fatal(err)
	}
}

// pop pops from a queue without a limit.
func (n *node) pop(key matching.Key, most int) []matching.Reference {
	n.t.Helper()
	return n.popAll(exchange.Want{Key: key, N: most, PerSecond: -1})
}

func (n *node) popAll(wants ...exchange.Want) []matching.Reference {
	n.t.Helper()
	refs, _, err := n.Pop(n.t.Context(), wants)
	if err != nil {
		n.t.Fatal(err)
	}
	return refs
}

// woken is the queue that the node is woken for next.
func (n *node) woken() matching.Key {
	n.t.Helper()
	select {
	case key := <-n.Woken():
		return key
	case <-time.After(patience):
		n.t.Fatal("nothing wakes the node")
		return matching.Key{}
	}
}

// notWoken checks that nothing woke the node before now: messages come in order.
func (in *installation) notWoken(n *node, id orchestration.NodeID) {
	in.t.Helper()
	marker := queue("marker")
	in.tell(id, in.key(marker, "ready"))
	if got := n.woken(); got != marker {
		in.t.Errorf("node %d was woken for %v", id, got)
	}
}

// tell sends a message to a node.
func (in *installation) tell(id orchestration.NodeID, text string) {
	in.t.Helper()
	if err := in.raw.Publish(in.t.Context(), fmt.Sprintf("%swake:%d", in.prefix(), id), text).Err(); err != nil {
		in.t.Fatal(err)
	}
}

func (in *installation) prefix() string {
	return "tenuto:" + strings.ReplaceAll(in.name, "/", "%2F") + ":1:"
}

// key is one of a queue's keys.
func (in *installation) key(q matching.Key, what string) string {
	return fmt.Sprintf("%s{%s:%d:%s}:%s", in.prefix(), q.Namespace, q.Kind, q.Name, what)
}

var namespace = orchestration.NamespaceID{1, 2, 3}

func queue(name string) matching.Key {
	return matching.Key{Namespace: namespace, Name: name, Kind: orchestration.ActivityTask}
}

var origin = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// ref is the i-th reference of a queue, ready i milliseconds after the origin.
func ref(q matching.Key, i int) matching.Reference {
	workflow := orchestration.WorkflowKey{Namespace: q.Namespace, WorkflowID: fmt.Sprintf("workflow-%d", i)}
	return matching.Reference{
		Run: workflow.Run(orchestration.RunID{byte(i >> 16), byte(i >> 8), byte(i)}), ScheduledEventID: 5, Attempt: 1, Key: q, Priority: 3,
		ReadyAt: origin.Add(time.Duration(i) * time.Millisecond), Shard: workflow.Shard(),
	}
}

func refs(q matching.Key, n int) []matching.Reference {
	var all []matching.Reference
	for i := range n {
		all = append(all, ref(q, i))
	}
	return all
}

// same checks that these are the references, in this order.
func same(t testing.TB, got []matching.Reference, want ...matching.Reference) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			t.Fatalf("got %d references, want %d", len(got), len(want))
		case i >= len(want):
			t.Fatalf("got %d references, want %d, the next is %+v", len(got), len(want), got[i])
		case got[i] != want[i]:
			t.Fatalf("reference %d:\n got %+v\nwant %+v", i, got[i], want[i])
		}
	}
}
