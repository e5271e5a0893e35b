package history

import (
	"cmp"
	"container/heap"

	"github.com/tenuto-io/tenuto/orchestration"
)

// alarm is something that the run has to do at a moment.
type alarm struct {
	at   instant               // unset: never
	rank rank                  // order among alarms of one moment
	id   orchestration.EventID // of the timer or activity; order among alarms of one rank
}

// rank orders alarms of one moment: the end of the run (nobody would see the rest), then timers, activities and effects.
type rank uint8

const (
	runRank rank = iota // the run's own time-outs
	timerRank
	activityRank
	effectRank
	taskRank  // the workflow task
	firstRank // the start delay
)

// before orders alarms.
func (a alarm) before(b alarm) bool {
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.rank, b.rank), cmp.Compare(a.id, b.id)) < 0
}

// agenda finds the earliest alarm of a run's items without looking at all of them: a heap of alarms as they were when last looked at. An
// item that changed is only noted; it is looked at again when the agenda is asked. Entries that are not true any more are dropped when
// they come up.
//
// Invariant: for every item with an alarm that is not in stale, heap has an entry of that alarm.
type agenda struct {
	heap  alarmHeap
	stale []agendaKey // may name one twice
}

// agendaKey names an item.
type agendaKey struct {
	rank rank
	id   orchestration.EventID
}

// touch notes that the item was made, changed or removed.
func (g *agenda) touch(r rank, id orchestration.EventID) {
	g.stale = append(g.stale, agendaKey{r, id})
}

// first is the earliest alarm; now says when an item's alarm is.
func (g *agenda) first(now func(agendaKey) instant) alarm {
	for _, k := range g.stale {
		if at := now(k); at != 0 {
			heap.Push(&g.heap, alarm{at, k.rank, k.id})
		}
	}
	g.stale = g.stale[:0]
	for len(g.heap) > 0 {
		top := g.heap[0]
		if now(agendaKey{top.rank, top.id}) == top.at {
			return top
		}
		heap.Pop(&g.heap)
	}
	return alarm{}
}

// crowded tells whether most entries are of the past, given how many items the run has.
func (g *agenda) crowded(items int) bool { return len(g.heap) > 64+2*items }

// alarmHeap implements heap.Interface.
type alarmHeap []alarm

func (h alarmHeap) Len() int           { return len(h) }
func (h alarmHeap) Less(i, j int) bool { return h[i].before(h[j]) }
func (h alarmHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *alarmHeap) Push(x any)        { *h = append(*h, x.(alarm)) }
func (h *alarmHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
