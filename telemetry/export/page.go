package export

import (
	"errors"
	"fmt"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/telemetry/otlp"
	"github.com/tenuto-io/tenuto/telemetry/trace"
)

// readBytes is how much encoded history one read takes.
const readBytes = 1 << 20

// errGone: nothing of the run is stored, or nothing that can be read.
var errGone = errors.New("the run has left")

// page sends the oldest runs that are owed, and drops what the collector has taken or will never take. more tells that there may be others.
// Errors: the store's, and the collector's when it should be tried again.
func (r *Room) page() (more bool, err error) {
	owed, err := r.c.Traces.OwedTraces(r.ctx, store.OwedScan{Shards: r.served(), Limit: pageRuns})
	if err != nil {
		return false, err
	}
	p := &parcel{room: r}
	defer p.say()
	for _, o := range owed {
		spans, err := r.spansOf(o)
		switch {
		case errors.Is(err, errGone):
			p.giveUp(o, err)
			p.void = append(p.void, o)
		case err != nil:
			return false, err
		default:
			if err := p.add(o, spans); err != nil {
				return false, err
			}
		}
	}
	if err := p.send(); err != nil {
		return false, err
	}
	if len(p.void) > 0 {
		if err := r.c.Traces.DropTraces(r.ctx, p.void); err != nil {
			return false, err
		}
	}
	return len(owed) == pageRuns, nil
}

// served are the shards of this node.
func (r *Room) served() []orchestration.ShardID {
	shards := []orchestration.ShardID{}
	for s := range orchestration.ShardID(orchestration.Shards) {
		if r.c.Serves(s) {
			shards = append(shards, s)
		}
	}
	return shards
}

// spansOf are a closed run's. Errors: errGone, the store's.
func (r *Room) spansOf(o store.OwedTrace) ([]*tracepb.Span, error) {
	if age := r.c.Now().Sub(o.Closed); age > r.c.Keep {
		return nil, fmt.Errorf("%w unsent: it closed %s ago", errGone, age.Round(1e9))
	}
	return r.derive(o.Key, orchestration.TraceContext{Trace: o.Trace, Span: o.Span})
}

// derive reads a run's history and makes its spans of it. Errors: errGone, the store's.
func (r *Room) derive(key orchestration.RunKey, place orchestration.TraceContext) ([]*tracepb.Span, error) {
	name, err := r.c.Name(r.ctx, key.Namespace)
	if orchestration.CodeOf(err) == orchestration.NamespaceNotFound {
		return nil, fmt.Errorf("%w: %w", errGone, err)
	} else if err != nil {
		return nil, err
	}
	events, err := r.events(key)
	if err != nil {
		return nil, err
	}
	spans, err := trace.Spans(trace.Run{Key: key, Namespace: name, Place: place}, events)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errGone, err)
	}
	return spans, nil
}

// events is the run's stored history. Errors: errGone, the store's.
func (r *Room) events(key orchestration.RunKey) (events []*historypb.HistoryEvent, err error) {
	for next := orchestration.EventID(1); ; {
		batches, err := r.c.Histories.History(r.ctx, store.HistoryRange{Run: key, From: next, MaxBytes: readBytes})
		if err != nil {
			return nil, err
		}
		for _, b := range batches {
			decoded, err := store.DecodeEvents(b)
			if err != nil {
				return nil, fmt.Errorf("%w: %w", errGone, err)
			}
			events, next = append(events, decoded...), b.Last+1
		}
		if len(batches) == 0 {
			break
		}
	}
	if len(events) == 0 {
		return nil, errGone
	}
	return events, nil
}

// parcel is what the next call sends, with the runs that are done when it is taken.
type parcel struct {
	room  *Room
	spans []*tracepb.Span
	runs  []store.OwedTrace
	void  []store.OwedTrace // of which nothing can be sent
	given int               // how many runs were given up, and of the first, why
	first error
}

// giveUp notes that a run's spans will not be sent.
func (p *parcel) giveUp(o store.OwedTrace, err error) {
	p.room.dropped.Add(1)
	if p.given++; p.first == nil {
		p.first = fmt.Errorf("workflow %s, run %s: %w", o.Key.WorkflowID, o.Key.RunID, err)
	}
}

// say logs the runs that were given up: one line a page, however many they are.
func (p *parcel) say() {
	if p.given > 0 {
		p.room.warn("traces are given up", p.first, "runs", p.given)
	}
}

// add puts a closed run in, and sends what becomes too large; a large run goes in several calls, and is done with the last.
func (p *parcel) add(o store.OwedTrace, spans []*tracepb.Span) error {
	for len(p.spans)+len(spans) > pageSpans {
		n := pageSpans - len(p.spans)
		p.spans, spans = append(p.spans, spans[:n]...), spans[n:]
		if err := p.send(); err != nil {
			return err
		}
	}
	p.spans, p.runs = append(p.spans, spans...), append(p.runs, o)
	return nil
}

// send sends what is in, and drops the runs that it completes. Errors: the store's, the collector's when it should be tried again.
func (p *parcel) send() error {
	if len(p.spans) == 0 && len(p.runs) == 0 {
		return nil
	}
	err := p.room.deliver(p.spans)
	refused := errors.Is(err, otlp.ErrRefused)
	if err != nil && !refused {
		return err
	}
	if err := p.room.c.Traces.DropTraces(p.room.ctx, p.runs); err != nil {
		return err
	}
	for _, o := range p.runs {
		if refused {
			p.giveUp(o, err)
		} else {
			p.room.runs.Add(1)
		}
	}
	p.spans, p.runs = nil, nil
	return nil
}

// deliver has the collector take spans. Errors: the collector's.
func (r *Room) deliver(spans []*tracepb.Span) error {
	if len(spans) == 0 {
		return nil
	}
	rejected, why, err := r.c.Collector.Send(r.ctx, &collectorpb.ExportTraceServiceRequest{ResourceSpans: []*tracepb.ResourceSpans{trace.Batch(spans)}})
	if err != nil {
		r.failed.Add(1)
		return fmt.Errorf("the collector has not taken them: %w", err)
	}
	if rejected > 0 {
		r.rejected.Add(rejected)
		r.c.Logger.Warn("the collector has rejected spans", "spans", rejected, "reason", why)
	}
	r.spans.Add(int64(len(spans)) - rejected)
	return nil
}
