package engine

import (
	"bytes"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// signals is a batch of n events from an id on, each with so many bytes.
func signals(t *testing.T, first int64, n, size int) *store.UnfoldedBatch {
	t.Helper()
	var events []*historypb.HistoryEvent
	for i := range n {
		events = append(events, &historypb.HistoryEvent{EventId: first + int64(i), Attributes: &historypb.HistoryEvent_WorkflowExecutionSignaledEventAttributes{
			WorkflowExecutionSignaledEventAttributes: &historypb.WorkflowExecutionSignaledEventAttributes{
				Input: &commonpb.Payloads{Payloads: []*commonpb.Payload{{Data: bytes.Repeat([]byte("x"), size)}}},
			},
		}})
	}
	b, err := store.EncodeEvents(events)
	if err != nil {
		t.Fatal(err)
	}
	u, err := store.UnfoldEvents(b)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// TestUnfolded: of every run the large batch read last is kept, of all runs those used last, in bounded memory.
func TestUnfolded(t *testing.T) {
	u := newUnfolded()
	has := func(run byte, id int64) bool {
		t.Helper()
		ev, err := u.event(orchestration.RunID{run}, id)
		if err != nil || ev != nil && ev.EventId != id {
			t.Fatalf("event %d is %v, %v", id, ev, err)
		}
		return ev != nil
	}
	u.keep(orchestration.RunID{1}, signals(t, 5, 16, 10))
	if has(1, 4) || !has(1, 5) || !has(1, 20) || has(1, 21) || has(2, 5) {
		t.Error("not events 5 to 20 of the first run")
	}
	u.keep(orchestration.RunID{1}, signals(t, 30, 16, 10))
	u.keep(orchestration.RunID{2}, signals(t, 5, 15, 10))                   // few
	u.keep(orchestration.RunID{3}, signals(t, 5, 16, unfoldedBytes/4/16+1)) // too many bytes
	if has(1, 5) || !has(1, 30) || has(2, 5) || has(3, 5) {
		t.Error("not events 30 to 45 of the first run alone")
	}
	const size = unfoldedBytes / 10 / 16
	for run := range byte(20) {
		u.keep(orchestration.RunID{10 + run}, signals(t, 1, 16, size))
		if !has(10, 1) {
			t.Fatalf("what is used went when run %d came", run)
		}
	}
	if has(1, 30) || has(20, 1) || !has(29, 1) {
		t.Error("not those that were used last")
	}
	sum := 0
	for e := u.order.Front(); e != nil; e = e.Next() {
		sum += e.Value.(unfoldedRun).batch.Bytes()
	}
	if u.bytes != sum || sum > unfoldedBytes || len(u.byRun) != u.order.Len() {
		t.Errorf("%d bytes are counted, %d kept, in %d of %d entries", u.bytes, sum, len(u.byRun), u.order.Len())
	}
}
