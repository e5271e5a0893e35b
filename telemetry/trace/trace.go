package trace

import (
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Run is what is known of a run beside its history, and does not change.
type Run struct {
	Key       orchestration.RunKey
	Namespace string // its name
	Place     orchestration.TraceContext
}

// Spans are the spans of a run that have ended, in the order of the events that end them: of a closed run, all; its own is the last.
// The events are the whole history, or its beginning, from the first on. Errors: DataLoss for a history that does not begin with a start.
func Spans(r Run, events []*historypb.HistoryEvent) ([]*tracepb.Span, error) {
	if len(events) == 0 || events[0].GetWorkflowExecutionStartedEventAttributes() == nil {
		return nil, orchestration.Errorf(orchestration.DataLoss, "the history of run %s does not begin with its start", r.Key.RunID)
	}
	w := &walk{run: r, events: events, start: events[0].GetWorkflowExecutionStartedEventAttributes(), open: map[orchestration.EventID]*historypb.HistoryEvent{}}
	for _, ev := range events {
		w.step(ev)
	}
	return w.spans, nil
}

// Complete tells whether spans, as Spans returns them, are those of a run that has closed: then the last is its own.
func Complete(spans []*tracepb.Span) bool {
	return len(spans) > 0 && spans[len(spans)-1].Attributes[0].Value.GetStringValue() == string(KindRun)
}

// scope names this package in what is sent. It has no version: what is sent twice must be the same after an upgrade.
const scope = "github.com/tenuto-io/tenuto/telemetry/trace"

// Batch is spans as they are sent.
func Batch(spans []*tracepb.Span) *tracepb.ResourceSpans {
	return &tracepb.ResourceSpans{
		Resource:   &resourcepb.Resource{Attributes: attributes(text(attrServiceName, "tenuto"))},
		ScopeSpans: []*tracepb.ScopeSpans{{Scope: &commonpb.InstrumentationScope{Name: scope}, Spans: spans}},
	}
}
