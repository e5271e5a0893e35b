package matching

import (
	"slices"
	"sync"
	"time"

	"pgregory.net/rapid"

	"github.com/tenuto-io/tenuto/orchestration"
)

// recorder is an exchange that notes what it is told of queueA.
type recorder struct {
	mu       sync.Mutex
	waiting  bool // told, or promised to look again
	hungry   bool
	reckoned int // polls that it knows to wait
	calls    []string
	settled  []int
	polled   bool // another node polls
	shares   bool // limits are shared
}

func (r *recorder) note(call string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, call)
	switch call {
	case "waiting":
		r.waiting = true
	case "hungry":
		r.hungry = true
	case "left":
		r.reckoned = 0
	}
}

func (r *recorder) Waiting(Key)                     { r.note("waiting") }
func (r *recorder) Hungry(Key)                      { r.note("hungry") }
func (r *recorder) Seen(Key)                        { r.note("seen") }
func (r *recorder) Left(Key)                        { r.note("left") }
func (r *recorder) Polled(Key, time.Duration) bool  { return r.polled }
func (r *recorder) Tokens(_ Key, rate float64) bool { r.note("tokens"); return r.shares }
func (r *recorder) Settled(ref Reference) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.settled = append(r.settled, number(ref))
}

// look changes what the exchange knows, as its own goroutine does.
func (r *recorder) look(f func(*recorder)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(r)
}

// told is what was called since it was asked last.
func (r *recorder) told() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	calls := r.calls
	r.calls = nil
	return calls
}

// doImport: other nodes send references of theirs.
func (w *world) doImport(t *rapid.T) {
	var refs []Reference
	for range rapid.IntRange(1, 4).Draw(t, "references") {
		r := ref(len(w.tasks) + 1)
		r.Priority = int32(rapid.IntRange(0, 5).Draw(t, "priority"))
		r.ReadyAt = r.ReadyAt.Add(time.Duration(rapid.IntRange(-5, 5).Draw(t, "age")) * time.Second)
		w.tasks[number(r)] = &modelTask{ref: r, state: isWaiting, foreign: true}
		refs = append(refs, r)
	}
	w.qs.Import(refs, rapid.Bool().Draw(t, "paid"))
}

// doImportAgain: a reference comes twice, whatever has become of it here.
func (w *world) doImportAgain(t *rapid.T) {
	var ns []int
	for n, m := range w.tasks {
		if m.foreign {
			ns = append(ns, n)
		}
	}
	if len(ns) == 0 {
		t.Skip("nothing was imported")
	}
	slices.Sort(ns)
	m := w.tasks[rapid.SampledFrom(ns).Draw(t, "reference")]
	if m.state == isGone {
		m.state = isWaiting // nobody here knows that it is gone; a start will be refused
	}
	w.qs.Import([]Reference{m.ref}, false)
}

// doPublish: the exchange looks. It gets references of this node that wait, none twice unless it asks again for old ones.
func (w *world) doPublish(t *rapid.T) {
	s := Selection{
		Most:  rapid.IntRange(1, 5).Draw(t, "most"),
		Again: rapid.SampledFrom([]time.Duration{0, 5 * time.Second, time.Hour}).Draw(t, "again"),
		Older: rapid.SampledFrom([]time.Duration{0, time.Second}).Draw(t, "older"),
	}
	w.exchange.look(func(r *recorder) { r.waiting = false }) // before: what is read meanwhile may have something to tell
	refs, more := w.qs.Publishable(queueA, s)
	w.exchange.look(func(r *recorder) { r.waiting = r.waiting || more })
	if len(refs) > s.Most {
		t.Fatalf("%d references; want at most %d", len(refs), s.Most)
	}
	for i, r := range refs {
		m := w.tasks[number(r)]
		if m.state != isWaiting || m.foreign || time.Since(r.ReadyAt) < s.Older {
			t.Fatalf("task %d is published: %+v", number(r), m)
		}
		if i > 0 && refs[i-1].priority() > r.priority() {
			t.Fatalf("published out of order: %d before %d", number(refs[i-1]), number(r))
		}
		m.published = true
	}
}

func (w *world) doHunger(*rapid.T) {
	w.exchange.look(func(r *recorder) { r.hungry = false })
	polls := RoundUp(w.qs.Hunger(queueA).Polls)
	w.exchange.look(func(r *recorder) { r.reckoned = polls })
}

// doMove: a shard moves to another node, with its tasks, in memory and in the backlog.
func (w *world) doMove(t *rapid.T) {
	s := orchestration.ShardID(rapid.IntRange(1, 3).Draw(t, "shard"))
	rows := map[int32]int64{}
	for _, m := range w.tasks {
		if m.ref.Shard != s || m.foreign || m.state == isGone {
			continue
		}
		m.state = isGone
		if m.ref.Backlog != 0 {
			w.store.remove(m.ref)
			rows[m.ref.Priority]++
		}
	}
	w.qs.Drop([]orchestration.ShardID{s})
	for priority, n := range rows {
		w.qs.Found(queueA, priority, -n)
	}
}
