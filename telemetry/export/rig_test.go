package export

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

var noon = time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)

// world is a store and a collector in memory.
type world struct {
	t         *testing.T
	mu        sync.Mutex
	owed      []store.OwedTrace
	histories map[orchestration.RunKey][]store.Batch
	taken     [][]byte // the spans of each call, encoded
	calls     int
	fail      func(call int) error
	dropFails error
	serves    func(orchestration.ShardID) bool
}

func newWorld(t *testing.T) *world {
	return &world{t: t, histories: map[orchestration.RunKey][]store.Batch{}, serves: func(orchestration.ShardID) bool { return true }}
}

func (w *world) room() *Room {
	return New(Config{
		Traces: w, Histories: w, Collector: w, Serves: w.serves, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: func() time.Time { return noon },
		Name: func(context.Context, orchestration.NamespaceID) (string, error) { return "bank", nil },
	})
}

func (w *world) OwedTraces(_ context.Context, scan store.OwedScan) (out []store.OwedTrace, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, o := range w.owed {
		if len(out) < scan.Limit && slices.Contains(scan.Shards, o.Shard) {
			out = append(out, o)
		}
	}
	return out, nil
}

func (w *world) DropTraces(_ context.Context, runs []store.OwedTrace) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.dropFails != nil {
		return w.dropFails
	}
	w.owed = slices.DeleteFunc(w.owed, func(o store.OwedTrace) bool { return slices.Contains(runs, o) })
	return nil
}

func (w *world) History(_ context.Context, h store.HistoryRange) (out []store.Batch, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, b := range w.histories[h.Run] {
		if b.Last >= h.From && len(out) < 2 {
			out = append(out, b)
		}
	}
	return out, nil
}

func (w *world) Send(_ context.Context, in *collectorpb.ExportTraceServiceRequest) (int64, string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.calls++; w.fail != nil {
		if err := w.fail(w.calls); err != nil {
			return 0, "", err
		}
	}
	for _, s := range in.ResourceSpans[0].ScopeSpans[0].Spans {
		b, err := proto.MarshalOptions{Deterministic: true}.Marshal(s)
		if err != nil {
			w.t.Error(err)
		}
		w.taken = append(w.taken, b)
	}
	return 0, "", nil
}

// spans are those taken, each once. Two contents of one span fail the test.
func (w *world) spans() []*tracepb.Span {
	byID := map[string]string{}
	var out []*tracepb.Span
	for _, b := range w.taken {
		s := new(tracepb.Span)
		if err := proto.Unmarshal(b, s); err != nil {
			w.t.Fatal(err)
		}
		switch before, ok := byID[string(s.SpanId)]; {
		case !ok:
			byID[string(s.SpanId)] = string(b)
			out = append(out, s)
		case before != string(b):
			w.t.Errorf("span %x has two contents", s.SpanId)
		}
	}
	return out
}

// run stores a history of so many signals, and of a close if closed; then its spans are owed.
func (w *world) run(n, signals int, closed bool) store.OwedTrace {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := orchestration.WorkflowKey{WorkflowID: "transfer"}.Run(orchestration.NewRunID(noon.Add(time.Duration(n) * time.Second)))
	events := []*historypb.HistoryEvent{{EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED, Attributes: &historypb.HistoryEvent_WorkflowExecutionStartedEventAttributes{
		WorkflowExecutionStartedEventAttributes: &historypb.WorkflowExecutionStartedEventAttributes{WorkflowType: &commonpb.WorkflowType{Name: "Transfer"}, FirstExecutionRunId: key.RunID.String()},
	}}}
	for range signals {
		events = append(events, &historypb.HistoryEvent{EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED, Attributes: &historypb.HistoryEvent_WorkflowExecutionSignaledEventAttributes{
			WorkflowExecutionSignaledEventAttributes: &historypb.WorkflowExecutionSignaledEventAttributes{SignalName: "approve"},
		}})
	}
	if closed {
		events = append(events, &historypb.HistoryEvent{EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, Attributes: &historypb.HistoryEvent_WorkflowExecutionCompletedEventAttributes{
			WorkflowExecutionCompletedEventAttributes: &historypb.WorkflowExecutionCompletedEventAttributes{},
		}})
	}
	w.histories[key] = w.store(events)
	o := store.OwedTrace{Key: key, Shard: key.Shard(), Closed: noon.Add(-time.Hour), Trace: key.RunID}
	if closed {
		w.owed = append(w.owed, o)
	}
	return o
}

// store encodes events, which get ids and times, three to a batch.
func (w *world) store(events []*historypb.HistoryEvent) (out []store.Batch) {
	for i, ev := range events {
		ev.EventId, ev.EventTime = int64(i+1), timestamppb.New(noon.Add(-time.Hour+time.Duration(i)*time.Second))
	}
	for part := range slices.Chunk(events, 3) {
		b, err := store.EncodeEvents(part)
		if err != nil {
			w.t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

// drain has the room make pages until there is nothing more or one fails.
func drain(r *Room) error {
	for {
		if more, err := r.page(); err != nil || !more {
			return err
		}
	}
}

var errAway = errors.New("connection refused")

// count is how many spans have a name.
func count(spans []*tracepb.Span, name string) (n int) {
	for _, s := range spans {
		if s.Name == name {
			n++
		}
	}
	return n
}
