package workers

import (
	"container/list"
	"slices"
	"strings"
	"sync"
	"time"

	workerpb "go.temporal.io/api/worker/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
)

const (
	forgetAfter = time.Hour // not heard of for so long
	sweepEvery  = time.Minute
	maxWorkers  = 10_000   // of a namespace
	maxBytes    = 32 << 20 // of a namespace, encoded
)

// Registry is what one node has heard. It is safe for concurrent use.
type Registry struct {
	now func() time.Time

	mu    sync.Mutex
	of    map[orchestration.NamespaceID]*members
	swept time.Time
}

// NewRegistry makes an empty one. now is the clock.
func NewRegistry(now func() time.Time) *Registry {
	return &Registry{now: now, of: make(map[orchestration.NamespaceID]*members), swept: now()}
}

// members are the workers of a namespace.
//
// Invariants: byKey has an element for each entry of heard, which is ordered by when it was heard, the longest ago first; bytes is the sum of their sizes.
type members struct {
	byKey map[string]*list.Element
	heard list.List // of *entry
	bytes int
}

type entry struct {
	Worker
	size int
}

// Worker is the last word of a worker.
type Worker struct {
	Heartbeat *workerpb.WorkerHeartbeat // shared: not to be changed
	Heard     time.Time                 // by the clock of the node that heard it
}

// Record takes heartbeats over, which must have instance keys. One that is older than what is known of its worker changes nothing.
func (r *Registry) Record(ns orchestration.NamespaceID, heartbeats []*workerpb.WorkerHeartbeat) {
	if len(heartbeats) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	m := r.of[ns]
	if m == nil {
		m = &members{byKey: make(map[string]*list.Element)}
		r.of[ns] = m
	}
	for _, h := range heartbeats {
		m.record(Worker{h, now})
	}
	r.sweep(now)
}

func (m *members) record(w Worker) {
	key := w.Heartbeat.GetWorkerInstanceKey()
	if e := m.byKey[key]; e != nil {
		if w.older(e.Value.(*entry).Worker) {
			return
		}
		m.drop(e)
	}
	e := &entry{w, proto.Size(w.Heartbeat)}
	m.byKey[key] = m.heard.PushBack(e)
	m.bytes += e.size
	for len(m.byKey) > maxWorkers || m.bytes > maxBytes && len(m.byKey) > 1 {
		m.drop(m.heard.Front())
	}
}

func (m *members) drop(e *list.Element) {
	dropped := m.heard.Remove(e).(*entry)
	delete(m.byKey, dropped.Heartbeat.GetWorkerInstanceKey())
	m.bytes -= dropped.size
}

// older tells whether w is an older word of the same worker than o: by the worker's own clock, and if that is not told by those of the nodes that heard it.
func (w Worker) older(o Worker) bool {
	if mine, other := w.Heartbeat.GetHeartbeatTime(), o.Heartbeat.GetHeartbeatTime(); mine != nil && other != nil {
		return mine.AsTime().Before(other.AsTime())
	}
	return w.Heard.Before(o.Heard)
}

// sweep forgets, once a minute, those that were not heard for long.
func (r *Registry) sweep(now time.Time) {
	if now.Sub(r.swept) < sweepEvery {
		return
	}
	r.swept = now
	for ns, m := range r.of {
		for e := m.heard.Front(); e != nil && e.Value.(*entry).silent(now); e = m.heard.Front() {
			m.drop(e)
		}
		if len(m.byKey) == 0 {
			delete(r.of, ns)
		}
	}
}

func (w Worker) silent(now time.Time) bool { return now.Sub(w.Heard) >= forgetAfter }

// Get is one worker; ok is false when it is not known here.
func (r *Registry) Get(ns orchestration.NamespaceID, key string) (w Worker, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if m := r.of[ns]; m != nil {
		if e := m.byKey[key]; e != nil && !e.Value.(*entry).silent(r.now()) {
			return e.Value.(*entry).Worker, true
		}
	}
	return Worker{}, false
}

// Page is a namespace's workers in the order of their instance keys.
type Page struct {
	Workers []Worker
	More    bool // there are others after these
}

// Page reads workers after the given key ("": from the first): at most limit, and at least one but then at most 1 MB.
func (r *Registry) Page(ns orchestration.NamespaceID, after string, limit int) Page {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.of[ns]
	if m == nil {
		return Page{}
	}
	now := r.now()
	var found []*entry
	for key, e := range m.byKey {
		if w := e.Value.(*entry); key > after && !w.silent(now) {
			found = append(found, w)
		}
	}
	slices.SortFunc(found, func(a, b *entry) int { return strings.Compare(a.key(), b.key()) })
	var p Page
	size := 0
	for _, e := range found {
		if size += e.size; len(p.Workers) == limit || size > pageBytes && len(p.Workers) > 0 {
			p.More = true
			break
		}
		p.Workers = append(p.Workers, e.Worker)
	}
	return p
}

const pageBytes = 1 << 20

func (w Worker) key() string { return w.Heartbeat.GetWorkerInstanceKey() }
