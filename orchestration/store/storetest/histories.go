package storetest

import (
	"bytes"
	"errors"
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

func (f *fixture) history(r store.HistoryRange) []store.Batch {
	f.Helper()
	batches, err := f.Reader.History(f.ctx, r)
	f.ok(err)
	return batches
}

// historyRoundTrip goes through the encoding too: events in, equal events out.
func historyRoundTrip(f *fixture) {
	key := f.key("transfer-1")
	events := []*historypb.HistoryEvent{
		{EventId: 1, EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED, TaskId: 11},
		{EventId: 2, EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, TaskId: 12},
	}
	batch, err := store.EncodeEvents(events)
	f.ok(err)
	f.commit(one(key, store.RunWrite{Version: 1, State: []byte("s"), History: []store.Batch{batch}}))
	read := f.history(store.HistoryRange{Run: key})
	f.same("batches", read, []store.Batch{batch})
	decoded, err := store.DecodeEvents(read[0])
	f.ok(err)
	for i := range events {
		if !proto.Equal(decoded[i], events[i]) {
			f.Fatalf("event %d: got %v, want %v", i, decoded[i], events[i])
		}
	}
}

// threeBatches commits a run with the batches 1–3, 4, 5–9, over two commits.
func threeBatches(f *fixture) (orchestration.RunKey, []store.Batch) {
	key := f.key("transfer-1")
	all := []store.Batch{
		{First: 1, Last: 3, Events: bytes.Repeat([]byte("a"), 100)},
		{First: 4, Last: 4, Events: bytes.Repeat([]byte("b"), 200)},
		{First: 5, Last: 9, Events: bytes.Repeat([]byte("c"), 300)},
	}
	f.commit(one(key, store.RunWrite{Version: 1, State: []byte("s"), History: all[:1]}))
	f.commit(one(key, store.RunWrite{Expect: 1, Version: 2, State: []byte("s"), History: all[1:]}))
	// A neighbour on each side, so that a range that runs over shows.
	for range 2 {
		f.commit(one(f.key("neighbour"), store.RunWrite{Version: 1, State: []byte("s"), History: []store.Batch{{First: 1, Last: 99, Events: []byte("n")}}}))
	}
	return key, all
}

func historyRanges(f *fixture) {
	key, all := threeBatches(f)
	for _, c := range []struct {
		from, to orchestration.EventID
		want     []store.Batch
	}{
		{0, 0, all},
		{1, 0, all},
		{1, 9, all},
		{3, 0, all},      // in the middle of the first batch
		{4, 0, all[1:]},  // on a batch's first event
		{5, 5, all[2:]},  // one event inside a batch
		{9, 0, all[2:]},  // the last event
		{2, 4, all[:2]},  // both ends inside
		{4, 4, all[1:2]}, // exactly one batch
		{10, 0, nil},     // past the end: nothing yet
		{10, 20, nil},
		{-5, 1, all[:1]},
	} {
		r := store.HistoryRange{Run: key, From: c.from, To: c.to}
		f.same(fmt.Sprintf("[%d, %d]", c.from, c.to), f.history(r), c.want)
		r.Reverse = true
		f.same(fmt.Sprintf("[%d, %d] reverse", c.from, c.to), f.history(r), reversed(c.want))
	}
}

func historyPaging(f *fixture) {
	key, all := threeBatches(f)
	for _, c := range []struct {
		maxBytes        int
		forward, revers []store.Batch
	}{
		{0, all, reversed(all)},
		{1, all[:1], all[2:]}, // at least one, however small the limit
		{100, all[:1], all[2:]},
		{299, all[:1], all[2:]},
		{300, all[:2], all[2:]}, // exactly full
		{500, all[:2], []store.Batch{all[2], all[1]}},
		{600, all, reversed(all)},
	} {
		f.same(fmt.Sprint(c.maxBytes), f.history(store.HistoryRange{Run: key, MaxBytes: c.maxBytes}), c.forward)
		f.same(fmt.Sprint(c.maxBytes, " reverse"), f.history(store.HistoryRange{Run: key, MaxBytes: c.maxBytes, Reverse: true}), c.revers)
	}
	var paged []store.Batch
	for from := orchestration.EventID(1); ; {
		page := f.history(store.HistoryRange{Run: key, From: from, MaxBytes: 1})
		if len(page) == 0 {
			break
		}
		paged = append(paged, page...)
		from = page[len(page)-1].Last + 1
	}
	f.same("paged", paged, all)
}

// historyOnce: an event that was written can never be written over.
func historyOnce(f *fixture) {
	key, all := threeBatches(f)
	again := one(key, store.RunWrite{Expect: 2, Version: 3, State: []byte("s"), History: []store.Batch{{First: 4, Last: 4, Events: []byte("other")}}})
	err := f.Store.Commit(f.ctx, f.fence, []store.Write{again})
	if err == nil || errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrUnknownOutcome) {
		f.Fatalf("writing a batch twice: got %v, want an error that blames the write", err)
	}
	f.same("history", f.history(store.HistoryRange{Run: key}), all)
	f.same("version", int(f.load(key).Version), 2)
}

func reversed(batches []store.Batch) []store.Batch {
	var out []store.Batch
	for i := len(batches) - 1; i >= 0; i-- {
		out = append(out, batches[i])
	}
	return out
}
