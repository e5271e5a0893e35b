package view

import (
	"strings"
	"testing"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

func attributeFor(key, value string) *commonpb.KeyValue {
	return &commonpb.KeyValue{Key: key, Value: &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: value}}}
}

// spanFor is a span that begins and ends so many seconds after noon.
func spanFor(id, parent byte, kind, name string, from, to int, more ...*commonpb.KeyValue) *tracepb.Span {
	s := &tracepb.Span{
		SpanId: []byte{0, 0, 0, 0, 0, 0, 0, id}, Name: name, StartTimeUnixNano: uint64(noon.UnixNano()) + uint64(from)*1e9, EndTimeUnixNano: uint64(noon.UnixNano()) + uint64(to)*1e9,
		Attributes: append([]*commonpb.KeyValue{attributeFor("tenuto.span", kind), attributeFor("tenuto.run.id", "same for all")}, more...),
	}
	if parent > 0 {
		s.ParentSpanId = []byte{0, 0, 0, 0, 0, 0, 0, parent}
	}
	return s
}

func hostileSpans() []*tracepb.Span {
	failed := spanFor(3, 2, "attempt", "attempt "+script+rtl, 2, 7300, attributeFor("tenuto.outcome", "failed"), attributeFor("tenuto.worker.identity", attr))
	failed.Status = &tracepb.Status{Code: tracepb.Status_STATUS_CODE_ERROR, Message: script}
	failed.Events = []*tracepb.Span_Event{{Name: "exception", Attributes: []*commonpb.KeyValue{attributeFor("exception.message", script+rtl)}}}
	return []*tracepb.Span{
		spanFor(5, 1, "signal", "signal "+attr, 7301, 7301), failed, spanFor(4, 2, "wait", "wait for a worker", 1, 2),
		spanFor(2, 1, "activity", "activity "+script, 1, 7300, attributeFor("tenuto.outcome", "odd_"+script)),
		{SpanId: []byte{6}, ParentSpanId: []byte{0, 0, 0, 0, 0, 0, 0, 1}, Name: "child", StartTimeUnixNano: uint64(noon.UnixNano()), EndTimeUnixNano: uint64(noon.UnixNano()) + 1e9, Attributes: []*commonpb.KeyValue{
			attributeFor("tenuto.span", "child"), {Key: "tenuto.event.id", Value: &commonpb.AnyValue{Value: &commonpb.AnyValue_IntValue{IntValue: 7}}},
		}, Links: []*tracepb.Span_Link{{TraceId: []byte{1}, SpanId: []byte{2}, Attributes: []*commonpb.KeyValue{attributeFor("tenuto.link", script)}}}},
		spanFor(1, 9, "run", "workflow "+script, 0, 7302, attributeFor("tenuto.outcome", "completed")),
	}
}

func TestGoldenTrace(t *testing.T) {
	f := hostileRun(InTrace)
	p := TracePage{RunFrame: f, ID: strings.Repeat("0a", 16), Link: "https://jaeger.example/trace/?q=" + attr, Number: 1, Read: f.Info.GetHistoryLength(), Children: map[int64]TracedChild{7: {script, "0199a0a0-0000-7000-8000-00000000abcd"}}}
	golden(t, "run_trace", Trace(p.Of(hostileSpans())))
	golden(t, "run_trace_none", Trace(p.Of(nil)))
	golden(t, "run_trace_unknown", Trace(TracePage{RunFrame: f, Unknown: true, Number: 1}))
}

// Each span is below the one that it is a part of, in the order in which they began; a page has so many of them, and every span is on one page.
func TestTraceRows(t *testing.T) {
	p := TracePage{RunFrame: hostileRun(InTrace), Number: 1}.Of(hostileSpans())
	var got []string
	for _, r := range p.rows {
		got = append(got, strings.Repeat("-", r.depth)+r.kind)
	}
	if want := "run -child -activity --wait --attempt -signal"; strings.Join(got, " ") != want {
		t.Errorf("rows %q, want %q", got, want)
	}
	var many []*tracepb.Span
	for i := range 2*traceSize + 1 {
		many = append(many, spanFor(byte(i), 0, "marker", "marker", i, i))
		many[i].SpanId = []byte{byte(i >> 8), byte(i)}
	}
	seen := 0
	for n := int64(1); n <= 4; n++ {
		q := TracePage{RunFrame: hostileRun(InTrace), Number: n}.Of(many)
		if seen += len(q.shown()); q.pages() != 3 {
			t.Fatalf("%d pages", q.pages())
		}
	}
	if seen != len(many) {
		t.Errorf("%d of %d spans are on a page", seen, len(many))
	}
}
