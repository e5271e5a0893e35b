package matching

import (
	"container/heap"
	"time"
)

// references are the references that one queue holds in memory: waiting ones in dispatch order, and offered ones.
//
// Invariants: byID holds every reference that is waiting or offered, once. An entry is in the heap iff it waits (index ≥ 0).
// rows = the number of entries in byID with a row, out = the number of those that were published.
type references struct {
	byID     map[referenceID]*entry
	waiting  dispatchOrder
	rows     int64
	rowsOf   [LowestPriority + 1]int64 // rows, by priority
	out      int                       // published
	maxSeq   int64                     // highest seq of a row seen so far
	arrivals uint64
}

// entry is a reference in memory.
type entry struct {
	ref      Reference // never changed once added: offers share it
	row      int64     // seq of its backlog row; 0: none. May be learned after ref was added
	priority int32
	rank     int64
	index    int   // in the heap; -1 while offered
	at       int64 // when it was published or imported, in Unix nanoseconds of the queues' clock
	paid     bool  // an import whose rate token is taken already

	published bool
}

func newReferences() references { return references{byID: make(map[referenceID]*entry)} }

// add makes ref wait. A reference that is here already stays as it is, but learns of its row.
func (r *references) add(ref Reference) (e *entry, added bool) {
	rank := ref.Backlog
	if rank == 0 {
		rank = r.maxSeq
	}
	return r.addRanked(ref, rank)
}

// addRanked is add for references whose order is not that of rows.
func (r *references) addRanked(ref Reference, rank int64) (e *entry, added bool) {
	id := ref.id()
	if e := r.byID[id]; e != nil {
		if e.row == 0 && ref.Backlog != 0 {
			e.row = ref.Backlog
			r.count(e, 1)
		}
		return e, false
	}
	r.maxSeq = max(r.maxSeq, ref.Backlog)
	r.arrivals++
	ref.arrival = r.arrivals
	e = &entry{ref: ref, row: ref.Backlog, priority: ref.priority(), rank: rank}
	if e.row != 0 {
		r.count(e, 1)
	}
	r.byID[id] = e
	heap.Push(&r.waiting, e)
	return e, true
}

// count notes that an entry with a row came or went.
func (r *references) count(e *entry, n int64) {
	r.rows += n
	r.rowsOf[e.priority] += n
}

// head is the reference that goes next; nil when none waits.
func (r *references) head() *entry {
	if len(r.waiting) == 0 {
		return nil
	}
	return r.waiting[0]
}

// offer takes the head out of the order. It stays known until it is dropped or put back.
func (r *references) offer() *entry { return heap.Pop(&r.waiting).(*entry) }

// putBack makes an offered entry wait again, in its old place.
func (r *references) putBack(e *entry) { heap.Push(&r.waiting, e) }

// offered is the entry of ref if a poller has it; else nil. An entry that came later, after the task was unstarted, is another one.
func (r *references) offered(ref Reference) *entry {
	if e := r.byID[ref.id()]; e != nil && e.index < 0 && (ref.arrival == 0 || ref.arrival == e.ref.arrival) {
		return e
	}
	return nil
}

// withhold takes a waiting entry out of the order, as if it were offered.
func (r *references) withhold(e *entry) {
	if e.index >= 0 {
		heap.Remove(&r.waiting, e.index)
	}
}

// drop forgets e, waiting or offered.
func (r *references) drop(e *entry) {
	r.withhold(e)
	if e.row != 0 {
		r.count(e, -1)
	}
	if e.published {
		r.out--
	}
	delete(r.byID, e.ref.id())
}

// last is the waiting entry with a row that goes last of all; nil when no row waits. O(n): for the rare exchange of a loaded row for a more urgent one.
func (r *references) last() *entry {
	var last *entry
	for _, e := range r.waiting {
		if e.row != 0 && (last == nil || last.before(e)) {
			last = e
		}
	}
	return last
}

// waitingOf is how much waits of each priority, and since when its oldest.
func (r *references) waitingOf() (count [LowestPriority + 1]int64, oldest [LowestPriority + 1]time.Time) {
	for _, e := range r.waiting {
		count[e.priority]++
		if first := &oldest[e.priority]; first.IsZero() || e.ref.ReadyAt.Before(*first) {
			*first = e.ref.ReadyAt
		}
	}
	return count, oldest
}

// before is the order of dispatch. A reference without a row comes after the row whose seq it has as rank: it arrived later.
func (e *entry) before(o *entry) bool {
	switch {
	case e.priority != o.priority:
		return e.priority < o.priority
	case e.ref.Pass != o.ref.Pass:
		return e.ref.Pass < o.ref.Pass
	case e.rank != o.rank:
		return e.rank < o.rank
	case (e.ref.Backlog == 0) != (o.ref.Backlog == 0):
		return e.ref.Backlog != 0
	case e.ref.Shard != o.ref.Shard && e.ref.Backlog != 0:
		return e.ref.Shard < o.ref.Shard
	}
	return e.ref.arrival < o.ref.arrival
}

// dispatchOrder implements heap.Interface.
type dispatchOrder []*entry

func (d dispatchOrder) Len() int           { return len(d) }
func (d dispatchOrder) Less(i, j int) bool { return d[i].before(d[j]) }
func (d dispatchOrder) Swap(i, j int) {
	d[i], d[j] = d[j], d[i]
	d[i].index, d[j].index = i, j
}

func (d *dispatchOrder) Push(x any) {
	e := x.(*entry)
	e.index = len(*d)
	*d = append(*d, e)
}

func (d *dispatchOrder) Pop() any {
	old := *d
	e := old[len(old)-1]
	old[len(old)-1] = nil
	*d = old[:len(old)-1]
	e.index = -1
	return e
}
