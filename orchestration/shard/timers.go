package shard

import (
	"container/heap"
	"slices"
	"sync"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// timers remembers every open run of a lane that this owner has adopted, and when each needs it next. It is a hint: what is due is derived from the run's
// state, and what is lost here is found again through the wake rows.
type timers struct {
	mu     sync.Mutex
	byRun  map[orchestration.RunID]*entry
	heap   entryHeap
	late   map[orchestration.RunID]*entry // rows that stand earlier than the run needs, by more than the horizon
	nudged chan struct{}                  // an earlier first entry: the loop looks again
}

// entry is what the owner keeps of a run, also when the run's memory is evicted.
type entry struct {
	key   orchestration.RunKey
	due   time.Time // when to fire; zero: nothing
	wake  time.Time // the true next moment
	row   time.Time // the wake row
	index int       // in the heap; -1: not there
}

func newTimers() *timers {
	return &timers{
		byRun: make(map[orchestration.RunID]*entry), late: make(map[orchestration.RunID]*entry),
		nudged: make(chan struct{}, 1),
	}
}

// adopt notes an open run. first is true when its tasks are not dispatched yet: the owner sees it for the first time, or lost it.
func (ts *timers) adopt(key orchestration.RunKey, row time.Time) (first bool) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if e := ts.byRun[key.RunID]; e != nil && !e.unadopted() {
		return false
	}
	ts.put(key, time.Time{}, time.Time{}, row)
	return true
}

// unadopted entries are known by their wake row only.
func (e *entry) unadopted() bool { return e.wake.IsZero() && !e.due.IsZero() }

// set notes when an adopted run needs its owner.
func (ts *timers) set(key orchestration.RunKey, due, wake, row time.Time) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	ts.put(key, due, wake, row)
}

// expect notes a run that is known by its wake row only: it is loaded when the row is due. A run that is noted already stays as it is. The row counts
// only while it holds: asked here, where drop waits, so that nothing of a shard is noted after it.
func (ts *timers) expect(key orchestration.RunKey, row time.Time, holds func() bool) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if ts.byRun[key.RunID] == nil && holds() {
		ts.put(key, row, time.Time{}, row)
	}
}

// lost notes that a run's memory was dropped with tasks undelivered: it is adopted again at the given time, or when somebody asks for it.
func (ts *timers) lost(key orchestration.RunKey, at time.Time) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	ts.put(key, at, time.Time{}, time.Time{})
}

// retry notes that a run that was due could not be fired: it is due again at the given time, unless it was noted anew meanwhile.
func (ts *timers) retry(key orchestration.RunKey, at time.Time) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	e := ts.byRun[key.RunID]
	switch {
	case e == nil:
		ts.put(key, at, time.Time{}, time.Time{})
	case e.index < 0 && !e.due.IsZero():
		ts.put(key, at, e.wake, e.row)
	}
}

// drop forgets the runs of some shards.
func (ts *timers) drop(shards *shardSet) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	for id, e := range ts.byRun {
		if shards[e.key.Shard()] {
			delete(ts.byRun, id)
			delete(ts.late, id)
		}
	}
	ts.heap = slices.DeleteFunc(ts.heap, func(e *entry) bool { return ts.byRun[e.key.RunID] != e })
	for i, e := range ts.heap {
		e.index = i
	}
	heap.Init(&ts.heap)
}

func (ts *timers) forget(id orchestration.RunID) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if e := ts.byRun[id]; e != nil {
		if e.index >= 0 {
			heap.Remove(&ts.heap, e.index)
		}
		delete(ts.byRun, id)
		delete(ts.late, id)
	}
}

func (ts *timers) put(key orchestration.RunKey, due, wake, row time.Time) {
	e := ts.byRun[key.RunID]
	if e == nil {
		e = &entry{key: key, index: -1}
		ts.byRun[key.RunID] = e
	}
	e.due, e.wake, e.row = due, wake, row
	switch {
	case due.IsZero() && e.index >= 0:
		heap.Remove(&ts.heap, e.index)
	case due.IsZero():
	case e.index >= 0:
		heap.Fix(&ts.heap, e.index)
	default:
		heap.Push(&ts.heap, e)
	}
	if !wake.IsZero() && !row.IsZero() && wake.Sub(row) > horizon {
		ts.late[key.RunID] = e
	} else {
		delete(ts.late, key.RunID)
	}
	if len(ts.heap) > 0 && ts.heap[0] == e {
		select {
		case ts.nudged <- struct{}{}:
		default:
		}
	}
}

// takeDue takes up to most runs that are due at now out of the heap, and says how long until the next one (a long time when there is none).
func (ts *timers) takeDue(now time.Time, most int) (due []orchestration.RunKey, wait time.Duration) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	for len(due) < most && len(ts.heap) > 0 && !ts.heap[0].due.After(now) {
		e := heap.Pop(&ts.heap).(*entry)
		due = append(due, e.key)
		if e.unadopted() {
			delete(ts.byRun, e.key.RunID) // so that loading it adopts it
		}
	}
	if len(ts.heap) == 0 {
		return due, horizon
	}
	return due, ts.heap[0].due.Sub(now)
}

// delayable are up to most runs whose wake row may move later.
func (ts *timers) delayable(most int) []orchestration.RunKey {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	out := make([]orchestration.RunKey, 0, min(most, len(ts.late)))
	for _, e := range ts.late {
		if len(out) == most {
			break
		}
		out = append(out, e.key)
	}
	return out
}

// entryOf is a copy of what is noted of a run.
func (ts *timers) entryOf(id orchestration.RunID) (entry, bool) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	e := ts.byRun[id]
	if e == nil {
		return entry{}, false
	}
	return *e, true
}

// entryHeap orders entries by due.
type entryHeap []*entry

func (h entryHeap) Len() int           { return len(h) }
func (h entryHeap) Less(i, j int) bool { return h[i].due.Before(h[j].due) }
func (h entryHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

// Push implements heap.Interface.
func (h *entryHeap) Push(x any) {
	e := x.(*entry)
	e.index = len(*h)
	*h = append(*h, e)
}

// Pop implements heap.Interface.
func (h *entryHeap) Pop() any {
	old := *h
	e := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	e.index = -1
	return e
}
