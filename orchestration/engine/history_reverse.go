package engine

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/shard"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// reversePageSize is how many events a reverse page has when the caller does not say.
const reversePageSize = 1000

// HistoryReverse reads a run's events, newest first. The events of a workflow task in flight are not shown. Wait and CloseOnly are ignored.
// Errors: NotFound, InvalidArgument (page token), Unavailable, DataLoss.
func (e *Engine) HistoryReverse(ctx context.Context, in HistoryRequest) (HistoryPage, error) {
	in.Wait, in.CloseOnly = false, false
	s, t, err := e.begin(ctx, in)
	if err != nil {
		return HistoryPage{}, err
	}
	from := s.next - 1
	if len(in.PageToken) > 0 {
		from = min(from, t.Next)
	}
	most := in.PageSize
	if most <= 0 || most > reversePageSize {
		most = reversePageSize
	}
	page, next, err := e.readBackward(ctx, s.key, from, most)
	if err == nil && next > 0 {
		page.PageToken = pageToken{Run: s.key.RunID, Next: next}.encode()
	}
	return page, err
}

// readBackward reads at most most stored events from the given one down. next is the event to go on from; 0: all were read.
func (e *Engine) readBackward(ctx context.Context, run orchestration.RunKey, from orchestration.EventID, most int) (page HistoryPage, next orchestration.EventID, err error) {
	batches, err := e.reader.History(ctx, store.HistoryRange{Run: run, From: 1, To: from, Reverse: true, MaxBytes: pageBytes})
	if err != nil {
		return page, 0, shard.Unread(ctx, err)
	}
	next, size := from, 0
	for _, b := range batches {
		events, err := store.DecodeEvents(b)
		if err != nil {
			return page, 0, err
		}
		for i := len(events) - 1; i >= 0; i-- {
			ev := events[i]
			if ev.EventId > next {
				continue
			}
			if size += proto.Size(ev); len(page.Events) == most || (size > maxPage && len(page.Events) > 0) {
				return page, next, nil
			}
			page.Events = append(page.Events, ev)
			next--
		}
	}
	return page, next, nil
}
