package engine

import (
	"container/list"
	"sync"

	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

const (
	// manyEvents is from how many events on a batch is kept: its next event is likely to be wanted soon, as the activities of a fan-out are.
	manyEvents = 16
	// unfoldedBytes is how much memory kept batches take.
	unfoldedBytes = 32 << 20
)

// unfolded keeps the large batch that each run's events were read from last, the least recently used going first. What is stored does not change, so neither
// does what is kept; whether the run still is there, its owner knows. It is safe for concurrent use.
//
// Invariants: byRun has an element for each entry of order; bytes is the sum of their sizes.
type unfolded struct {
	mu    sync.Mutex
	byRun map[orchestration.RunID]*list.Element
	order list.List // of unfoldedRun, front: used last
	bytes int
}

type unfoldedRun struct {
	run   orchestration.RunID
	batch *store.UnfoldedBatch
}

func newUnfolded() *unfolded { return &unfolded{byRun: make(map[orchestration.RunID]*list.Element)} }

// event is the run's event if its batch is kept, else nil.
func (u *unfolded) event(run orchestration.RunID, id orchestration.EventID) (*historypb.HistoryEvent, error) {
	u.mu.Lock()
	e := u.byRun[run]
	if e == nil {
		u.mu.Unlock()
		return nil, nil
	}
	u.order.MoveToFront(e)
	batch := e.Value.(unfoldedRun).batch
	u.mu.Unlock()
	return batch.Event(id)
}

// keep keeps a batch if it is large.
func (u *unfolded) keep(run orchestration.RunID, b *store.UnfoldedBatch) {
	if b.Len() < manyEvents || b.Bytes() > unfoldedBytes/4 {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if e := u.byRun[run]; e != nil {
		u.remove(e)
	}
	u.byRun[run] = u.order.PushFront(unfoldedRun{run, b})
	for u.bytes += b.Bytes(); u.bytes > unfoldedBytes; {
		u.remove(u.order.Back())
	}
}

func (u *unfolded) remove(e *list.Element) {
	r := u.order.Remove(e).(unfoldedRun)
	delete(u.byRun, r.run)
	u.bytes -= r.batch.Bytes()
}
