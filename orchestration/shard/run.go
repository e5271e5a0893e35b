package shard

import (
	"slices"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// tailBudget bounds the events of one run that stay in memory, in encoded bytes.
const tailBudget = 256 << 10

// Run is one run in memory: the state machine at its tip, and what of it is not yet stored.
type Run struct {
	*history.Run

	committed  orchestration.Version // stored version; 0: not inserted yet
	dirty      bool                  // the state differs from the stored one
	undrained  []*historypb.HistoryEvent
	visibility bool             // the list row changed
	search     bool             // the search attributes changed
	owed       *store.OwedTrace // the run has closed, and its spans are to be sent

	// wakeRow is the stored wake row (zero: none). Invariant after each commit: wakeRow ≤ Wake(), both zero or neither.
	wakeRow     time.Time
	wakeUnknown bool // the row may be another one: write it next time

	// tail holds the latest events, consecutive up to the tip, from at most PreviousStarted+1: what the next workflow task will show.
	tail      []*historypb.HistoryEvent
	tailBytes int64
	seenBytes int64 // Header.HistoryBytes when tail was last extended

	metered store.Stock // what is counted of it in its namespace's usage; see meter
}

// absorb takes a transition's events over into what is to be stored and into the tail.
func (r *Run) absorb(t history.Transition) {
	if !t.Changed {
		return
	}
	r.dirty = true
	r.visibility = r.visibility || t.Visibility
	r.search = r.search || slices.ContainsFunc(t.Events, setsSearch)
	if len(t.Events) == 0 {
		return
	}
	r.undrained = append(r.undrained, t.Events...)
	grown := r.Header.HistoryBytes - r.seenBytes
	r.seenBytes = r.Header.HistoryBytes
	r.tail = append(r.tail, t.Events...)
	r.tailBytes += grown
	keep := 0
	for keep < len(r.tail) && r.tail[keep].EventId <= r.Header.PreviousStarted {
		keep++
	}
	if keep > 0 {
		r.tail = append([]*historypb.HistoryEvent(nil), r.tail[keep:]...)
		r.tailBytes = min(r.tailBytes, grown)
	}
	if t.Closed { // what is still asked for is how it ended
		r.tail, r.tailBytes = []*historypb.HistoryEvent{t.Events[len(t.Events)-1]}, grown
	}
	if r.tailBytes > tailBudget {
		r.tail, r.tailBytes = nil, 0
	}
}

// setsSearch tells whether an event gives a run search attributes.
func setsSearch(ev *historypb.HistoryEvent) bool {
	return ev.EventType == enumspb.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES ||
		len(ev.GetWorkflowExecutionStartedEventAttributes().GetSearchAttributes().GetIndexedFields()) > 0
}

// Last is the latest event if it is in memory, else nil.
func (r *Run) Last() *historypb.HistoryEvent { return r.event(r.Header.NextEventID - 1) }

// events are the stored-or-soon-stored events from first to the tip, or nil when memory does not reach back that far.
func (r *Run) events(first orchestration.EventID) []*historypb.HistoryEvent {
	if len(r.tail) == 0 || r.tail[0].EventId > first {
		return nil
	}
	i := int(first - r.tail[0].EventId)
	if i >= len(r.tail) {
		return nil
	}
	return r.tail[i:len(r.tail):len(r.tail)]
}

// event is one event from memory, or nil.
func (r *Run) event(id orchestration.EventID) *historypb.HistoryEvent {
	if es := r.events(id); es != nil {
		return es[0]
	}
	return nil
}

// wakeWrite is what the next commit does to the wake row, by the invariant. It takes the row's new value over.
func (r *Run) wakeWrite() store.WakeWrite {
	at := r.Wake().Truncate(time.Millisecond)
	switch {
	case at.IsZero() && r.wakeRow.IsZero() && !r.wakeUnknown:
		return store.WakeWrite{}
	case at.IsZero():
		r.wakeRow, r.wakeUnknown = time.Time{}, false
		return store.WakeWrite{Change: store.WakeDelete}
	case r.wakeRow.IsZero() || r.wakeUnknown || at.Before(r.wakeRow):
		r.wakeRow, r.wakeUnknown = at, false
		return store.WakeWrite{Change: store.WakeSet, At: at}
	}
	return store.WakeWrite{}
}

// Event is one event if it is in memory, else nil.
func (r *Run) Event(id orchestration.EventID) *historypb.HistoryEvent { return r.event(id) }

// open tells whether the run is running.
func (r *Run) open() bool { return r.Header.CloseTime.IsZero() }

// pending tells whether the run still needs its owner: it is open, or its effects on others are not done.
func (r *Run) pending() bool { return r.open() || !r.Wake().IsZero() }
