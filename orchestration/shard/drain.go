package shard

import (
	"fmt"
	"runtime/debug"

	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// flight is one workflow's part of the batch in flight.
type flight struct {
	wf    *workflow
	seq   uint64 // the transitions up to here are in it
	write store.Write
	after []func(error)
	err   error // why it was not stored
	lost  bool  // the owner is at an end: do not reload
}

// finish performs the effects of the commit, or undoes the promises that were made for it.
func (f *flight) finish() {
	for _, effect := range f.after {
		effect(f.err)
	}
	f.after = nil
}

// drain takes everything uncommitted of the workflow as one write. ok is false when there is nothing, or it could not be encoded.
func (o *Owner) drain(wf *workflow) (f flight, ok bool) {
	wf.mu.Lock()
	defer wf.mu.Unlock()
	wf.queued = false
	if wf.dead || wf.tip == wf.flying {
		return f, false
	}
	w, err := encode(wf)
	if err != nil {
		o.log.Error("workflow cannot be encoded", "workflow_id", wf.key.WorkflowID, "error", err)
		o.abandon(wf, orchestration.Errorf(orchestration.DataLoss, "the workflow's state cannot be encoded"), rescueLater)
		return f, false
	}
	f = flight{wf: wf, seq: wf.tip, write: w, after: wf.after}
	wf.flying, wf.after, wf.backlog, wf.used, wf.currentDirty = wf.tip, nil, nil, nil, false
	return f, true
}

// encode makes the write of a workflow: each dirty run coalesced to one header, one history batch and its changed items.
func encode(wf *workflow) (w store.Write, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	w = store.Write{Workflow: wf.key, Shard: wf.shard, Backlog: wf.backlog, Usage: wf.used}
	for id, r := range wf.runs {
		if !r.dirty {
			continue
		}
		if r.Gone() && r.committed > 0 {
			w.Deletes = append(w.Deletes, deletion(r))
			continue
		}
		rw, err := encodeRun(id, r)
		if err != nil {
			return w, err
		}
		w.Runs = append(w.Runs, rw)
	}
	if wf.currentDirty {
		w.Current = &store.CurrentWrite{Expect: wf.storedRun, Set: wf.current}
	}
	return w, nil
}

// historyBatch bounds one batch of events, in encoded bytes, unless its only event is larger: a reset writes a whole history at once, and
// readers decode whole batches.
const historyBatch = 1 << 20

// batchOf is how many of the events, which are not empty, make one batch.
func batchOf(events []*historypb.HistoryEvent) int {
	size := 0
	for i, ev := range events {
		if size += proto.Size(ev); size > historyBatch && i > 0 {
			return i
		}
	}
	return len(events)
}

func encodeRun(id orchestration.RunID, r *Run) (store.RunWrite, error) {
	state, items, err := r.Save()
	if err != nil {
		return store.RunWrite{}, err
	}
	w := store.RunWrite{RunID: id, Expect: r.committed, Version: r.committed + 1, State: state}
	for _, it := range items {
		w.Items = append(w.Items, store.ItemWrite{Kind: uint8(it.Kind), ID: it.ID, Data: it.Data})
	}
	for events := r.undrained; len(events) > 0; {
		n := batchOf(events)
		b, err := store.EncodeEvents(events[:n])
		if err != nil {
			return store.RunWrite{}, err
		}
		w.History, events = append(w.History, b), events[n:]
	}
	w.Wake = r.wakeWrite()
	if r.visibility {
		if w.Visibility, err = listRow(r); err != nil {
			return store.RunWrite{}, err
		}
	}
	if r.search {
		w.Terms = terms(r)
	}
	w.Owed = r.owed
	r.undrained, r.visibility, r.search, r.dirty, r.owed = nil, false, false, false, nil
	return w, nil
}
