package engine

import (
	"context"

	"github.com/fxamacker/cbor/v2"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/shard"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// pageBytes is how much encoded history one read takes: well below the 4 MiB that clients accept, since batches are stored compressed.
const pageBytes = 1 << 20

// maxPage is how many bytes of decoded events one page holds, unless its first event alone is larger.
const maxPage = 3 << 20

// pageToken says where a history read goes on. It names the run and event ids, never a node.
type pageToken struct {
	Run  orchestration.RunID   `cbor:"1,keyasint"`
	Next orchestration.EventID `cbor:"2,keyasint"`
	Last orchestration.EventID `cbor:"3,keyasint,omitempty"` // of a bounded read: the last stored event to show
}

// PageFrom is the page token of a history read that goes on with an event of the run.
func PageFrom(run orchestration.RunID, event orchestration.EventID) []byte {
	return pageToken{Run: run, Next: max(1, event)}.encode()
}

func (t pageToken) encode() []byte {
	b, err := cbor.Marshal(t)
	if err != nil {
		panic(err) // a struct of plain fields always encodes
	}
	return b
}

// decodePageToken reads a token for a run; an empty token begins the read. Errors: InvalidArgument.
func decodePageToken(b []byte, run orchestration.RunID) (t pageToken, err error) {
	if len(b) == 0 {
		return pageToken{Run: run, Next: 1}, nil
	}
	if cbor.Unmarshal(b, &t) != nil || t.Next < 1 || t.Run.IsZero() || (!run.IsZero() && t.Run != run) {
		return t, orchestration.Errorf(orchestration.InvalidArgument, "Invalid NextPageToken.")
	}
	return t, nil
}

// snapshot is what a history read needs to know of a committed run.
type snapshot struct {
	key     orchestration.RunKey
	next    orchestration.EventID // of the stored history
	closed  bool
	last    *historypb.HistoryEvent // the latest stored event, when the owner had it in memory
	pending []*historypb.HistoryEvent
}

// History reads a run's events, oldest first. Errors: NotFound, InvalidArgument (page token), Unavailable, DataLoss.
func (e *Engine) History(ctx context.Context, in HistoryRequest) (HistoryPage, error) {
	s, t, err := e.begin(ctx, in)
	if err != nil {
		return HistoryPage{}, err
	}
	if in.CloseOnly {
		return e.closing(ctx, s, in, t)
	}
	return e.page(ctx, s, in, t)
}

// begin reads the request's page token and looks at the run that it goes on with, or that the request names.
func (e *Engine) begin(ctx context.Context, in HistoryRequest) (s snapshot, t pageToken, err error) {
	if t, err = decodePageToken(in.PageToken, in.Run.RunID); err != nil {
		return s, t, err
	}
	key := in.Run
	if !t.Run.IsZero() {
		key.RunID = t.Run
	}
	s, err = e.snapshot(ctx, key, in, t)
	t.Run = s.key.RunID
	return s, t, err
}

// snapshot looks at the run; with Wait it waits until there is what the caller waits for, ctx ends, or
// orchestration.LongPollHistory is over.
func (e *Engine) snapshot(ctx context.Context, key orchestration.RunKey, in HistoryRequest, t pageToken) (s snapshot, err error) {
	look := func(tx *shard.Tx) (bool, error) {
		r, err := tx.Run(key.RunID)
		if err != nil {
			return false, err
		}
		key.RunID = r.Key.RunID // follow the run that was current at first
		events, transient := r.Pending()
		if transient && !in.SDK {
			events = nil
		}
		s = snapshot{key: r.Key, next: r.Header.NextEventID, closed: !r.Header.CloseTime.IsZero(), last: r.Last(), pending: events}
		if in.CloseOnly {
			return s.closed || !in.Wait, nil
		}
		return !in.Wait || s.closed || t.Next < s.next, nil
	}
	wait, cancel := context.WithTimeout(ctx, orchestration.LongPollHistory)
	defer cancel()
	err = e.owner.Watch(wait, key.WorkflowKey, look)
	if err != nil && in.Wait && wait.Err() != nil && !s.key.RunID.IsZero() {
		// Nothing new in the time there was: an empty page with a token. What the last look saw may not be committed, so nothing of it is shown.
		return snapshot{key: s.key, next: t.Next}, nil
	}
	return s, err
}

// closing answers a caller that wants the closing event only.
func (e *Engine) closing(ctx context.Context, s snapshot, in HistoryRequest, t pageToken) (HistoryPage, error) {
	if !s.closed {
		if in.Wait {
			return HistoryPage{PageToken: t.encode()}, nil
		}
		last, err := e.lastEvent(ctx, s)
		return HistoryPage{Events: last}, err
	}
	last, err := e.lastStored(ctx, s)
	return HistoryPage{Events: last}, err
}

// lastEvent is the latest event of an open run.
func (e *Engine) lastEvent(ctx context.Context, s snapshot) ([]*historypb.HistoryEvent, error) {
	if n := len(s.pending); n > 0 {
		return s.pending[n-1:], nil
	}
	return e.lastStored(ctx, s)
}

// lastStored is the latest stored event of a run.
func (e *Engine) lastStored(ctx context.Context, s snapshot) ([]*historypb.HistoryEvent, error) {
	if s.last != nil {
		return []*historypb.HistoryEvent{s.last}, nil
	}
	ev, err := e.readEvent(ctx, s.key, s.next-1)
	if err != nil {
		return nil, err
	}
	return []*historypb.HistoryEvent{ev}, nil
}

// page reads from t.Next on. A token bounded by Last shows the suffix of the workflow task in flight after it, as the poll that gave it would have.
func (e *Engine) page(ctx context.Context, s snapshot, in HistoryRequest, t pageToken) (HistoryPage, error) {
	last := s.next - 1
	if t.Last > 0 {
		last = min(last, t.Last)
	}
	page := HistoryPage{}
	next := t.Next
	if next <= last {
		var err error
		if page.Events, next, err = e.readForward(ctx, s.key, t.Next, last, pageBytes, in.PageSize); err != nil {
			return page, err
		}
	}
	full := in.PageSize > 0 && len(page.Events) >= in.PageSize
	switch {
	case next <= last || (full && len(s.pending) > 0 && !in.Wait):
		t.Next = next
		page.PageToken = t.encode()
	case in.Wait && !s.closed:
		t.Next, t.Last = next, 0
		page.PageToken = t.encode()
	case t.Next <= last+1 && (t.Last == 0 || t.Last == s.next-1):
		page.Events = append(page.Events, s.pending...)
	}
	return page, nil
}

// readForward reads stored events in [from, to]: whole batches up to maxBytes of encoded history, cut to most events when most > 0. next is the
// event to go on from; > to: all were read.
func (e *Engine) readForward(ctx context.Context, run orchestration.RunKey, from, to orchestration.EventID, maxBytes, most int) (events []*historypb.HistoryEvent, next orchestration.EventID, err error) {
	batches, err := e.reader.History(ctx, store.HistoryRange{Run: run, From: from, To: to, MaxBytes: maxBytes})
	if err != nil {
		return nil, 0, shard.Unread(ctx, err)
	}
	next = from
	size := 0
	for _, b := range batches {
		decoded, err := store.DecodeEvents(b)
		if err != nil {
			return nil, 0, err
		}
		for _, ev := range decoded {
			if ev.EventId < next || ev.EventId > to {
				continue
			}
			if size += proto.Size(ev); (most > 0 && len(events) == most) || (size > maxPage && len(events) > 0) {
				return events, next, nil
			}
			if ev.EventId != next {
				return nil, 0, orchestration.Errorf(orchestration.DataLoss, "event %d of run %s is missing", next, run.RunID)
			}
			events = append(events, ev)
			next++
		}
	}
	if len(events) == 0 {
		return nil, 0, orchestration.Errorf(orchestration.DataLoss, "event %d of run %s is missing", from, run.RunID)
	}
	return events, next, nil
}
