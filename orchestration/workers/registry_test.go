package workers

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	workerpb "go.temporal.io/api/worker/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
)

var (
	epoch = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	ours  = orchestration.NamespaceID{1}
	other = orchestration.NamespaceID{2}
)

// clocked is a registry whose clock the test sets.
type clocked struct {
	*Registry
	time time.Time
}

func newClocked() *clocked {
	c := &clocked{time: epoch}
	c.Registry = NewRegistry(func() time.Time { return c.time })
	return c
}

// beat is what a worker says at a moment of its own clock, after the epoch.
func beat(key string, at time.Duration) *workerpb.WorkerHeartbeat {
	return &workerpb.WorkerHeartbeat{WorkerInstanceKey: key, HeartbeatTime: timestamppb.New(epoch.Add(at)), Status: enumspb.WORKER_STATUS_RUNNING}
}

func (c *clocked) hear(ns orchestration.NamespaceID, beats ...*workerpb.WorkerHeartbeat) {
	c.Record(ns, beats)
}

func keys(p Page) string {
	var out []string
	for _, w := range p.Workers {
		out = append(out, w.key())
	}
	if p.More {
		out = append(out, "…")
	}
	return strings.Join(out, " ")
}

func wantKeys(t *testing.T, p Page, want string) {
	t.Helper()
	if got := keys(p); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLastWordCounts(t *testing.T) {
	r := newClocked()
	last := beat("a", 2*time.Second)
	last.Status = enumspb.WORKER_STATUS_SHUTTING_DOWN
	r.hear(ours, beat("a", time.Second), last, beat("a", 0))
	w, ok := r.Get(ours, "a")
	if !ok || w.Heartbeat != last || !w.Heard.Equal(epoch) {
		t.Errorf("%+v", w)
	}
	r.time = r.time.Add(time.Second)
	clockless := &workerpb.WorkerHeartbeat{WorkerInstanceKey: "a"}
	r.hear(ours, clockless)
	if w, _ := r.Get(ours, "a"); w.Heartbeat != clockless {
		t.Errorf("a word without a time of its own, which came later: %+v", w)
	}
	if _, ok := r.Get(other, "a"); ok {
		t.Error("namespaces are not apart")
	}
	if _, ok := r.Get(ours, "b"); ok {
		t.Error("a worker that nobody heard of")
	}
}

func TestPages(t *testing.T) {
	r := newClocked()
	wantKeys(t, r.Page(ours, "", 10), "")
	for _, key := range []string{"c", "a", "e", "b", "d"} {
		r.hear(ours, beat(key, 0))
	}
	r.hear(other, beat("z", 0))
	wantKeys(t, r.Page(ours, "", 2), "a b …")
	wantKeys(t, r.Page(ours, "b", 2), "c d …")
	wantKeys(t, r.Page(ours, "d", 2), "e")
	wantKeys(t, r.Page(ours, "", 5), "a b c d e")
	big := beat("b", 1)
	big.SdkName = strings.Repeat("x", pageBytes)
	r.hear(ours, big)
	wantKeys(t, r.Page(ours, "", 5), "a …")
	wantKeys(t, r.Page(ours, "a", 5), "b …")
}

func TestSilentWorkersAreForgotten(t *testing.T) {
	r := newClocked()
	r.hear(ours, beat("a", 0), beat("b", 0))
	r.time = epoch.Add(forgetAfter - time.Minute)
	r.hear(ours, beat("b", time.Minute))
	r.time = epoch.Add(forgetAfter)
	wantKeys(t, r.Page(ours, "", 10), "b")
	if _, ok := r.Get(ours, "a"); ok {
		t.Error("a silent worker is shown")
	}
	r.hear(other, beat("x", 0))
	if n := len(r.of[ours].byKey); n != 1 {
		t.Errorf("%d workers are remembered", n)
	}
	r.time = r.time.Add(forgetAfter)
	r.hear(other, beat("y", 0))
	if _, ok := r.of[ours]; ok {
		t.Error("a namespace without workers is remembered")
	}
}

// TestBounds: those that were not heard for longest give way.
func TestBounds(t *testing.T) {
	r := newClocked()
	for i := range maxWorkers {
		r.hear(ours, beat(fmt.Sprintf("w%05d", i), 0))
	}
	r.hear(ours, beat("w00000", time.Second), beat("new", 0))
	if _, ok := r.Get(ours, "w00001"); ok || len(r.of[ours].byKey) != maxWorkers {
		t.Errorf("%d workers; the silent one is there: %v", len(r.of[ours].byKey), ok)
	}
	if _, ok := r.Get(ours, "w00000"); !ok {
		t.Error("one that was heard again is gone")
	}
	huge := beat("huge", 0)
	huge.SdkName = strings.Repeat("x", maxBytes-1000)
	r.hear(ours, huge)
	m := r.of[ours]
	if _, ok := m.byKey["huge"]; !ok || m.bytes > maxBytes || len(m.byKey) > 100 {
		t.Errorf("%d workers of %d bytes", len(m.byKey), m.bytes)
	}
	sum := 0
	for _, e := range m.byKey {
		sum += e.Value.(*entry).size
	}
	if sum != m.bytes || m.heard.Len() != len(m.byKey) {
		t.Errorf("%d bytes are counted of %d, %d of %d workers", m.bytes, sum, m.heard.Len(), len(m.byKey))
	}
}

// TestMerge: each worker once, with its newest word, and no key of which a node might still know something newer.
func TestMerge(t *testing.T) {
	page := func(more bool, beats ...*workerpb.WorkerHeartbeat) (p Page) {
		for _, h := range beats {
			p.Workers = append(p.Workers, Worker{h, epoch})
		}
		p.More = more
		return p
	}
	newest := beat("b", 5)
	got := Merge([]Page{
		page(true, beat("a", 1), beat("b", 4), beat("d", 1)),
		page(false, newest, beat("c", 1), beat("z", 1)),
		page(true, beat("b", 3), beat("e", 1)),
		page(false),
	})
	wantKeys(t, got, "a b c d …")
	if i := slices.IndexFunc(got.Workers, func(w Worker) bool { return w.Heartbeat == newest }); i != 1 {
		t.Errorf("the newest word is at %d", i)
	}
	wantKeys(t, Merge([]Page{page(false, beat("a", 1)), page(false, beat("b", 1))}), "a b")
	wantKeys(t, Merge(nil), "")
}
