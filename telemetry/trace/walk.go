package trace

import (
	"cmp"
	"slices"
	"time"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// walk goes through a history once.
type walk struct {
	run    Run
	events []*historypb.HistoryEvent
	start  *historypb.WorkflowExecutionStartedEventAttributes

	// open are the steps that have begun, by the event that began them.
	open  map[orchestration.EventID]*historypb.HistoryEvent
	reset *historypb.HistoryEvent // by which the latest reset began the run; nil: none did
	spans []*tracepb.Span
}

// step takes one event.
func (w *walk) step(ev *historypb.HistoryEvent) {
	switch ev.EventType {
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, enumspb.EVENT_TYPE_TIMER_STARTED, enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED,
		enumspb.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED, enumspb.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
		enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
		w.open[ev.EventId] = ev
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED, enumspb.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
		w.task(ev)
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
		w.signal(ev)
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
		w.add(ev, moment(KindCancel, "cancel request"))
	case enumspb.EVENT_TYPE_MARKER_RECORDED:
		name := ev.GetMarkerRecordedEventAttributes().GetMarkerName()
		w.add(ev, moment(KindMarker, "marker "+name, text(attrName, name)))
	default:
		if e, ok := closes(ev); ok {
			w.close(ev, e)
		} else if c, ok := ending(ev); ok {
			w.end(ev, c)
		}
	}
}

// span is what is said of a span; walk adds the rest.
type span struct {
	kind       Kind
	name       string
	opened     *historypb.HistoryEvent // nil: the event that ends it
	part       part
	parent     [8]byte // zero: the run
	from       time.Time
	attributes []*commonpb.KeyValue
}

// moment is a span without length.
func moment(k Kind, name string, attrs ...*commonpb.KeyValue) span {
	return span{kind: k, name: name, attributes: attrs}
}

// add makes a span that an event ends.
func (w *walk) add(end *historypb.HistoryEvent, s span) *tracepb.Span {
	opened := cmp.Or(s.opened, end)
	if s.from.IsZero() {
		s.from = opened.GetEventTime().AsTime()
	}
	if s.parent == [8]byte{} {
		s.parent = spanID(w.run.Key.RunID, 0, whole)
	}
	id := spanID(w.run.Key.RunID, opened.EventId, s.part)
	to := end.GetEventTime().AsTime()
	if to.Before(s.from) {
		to = s.from
	}
	out := &tracepb.Span{
		TraceId: w.run.Place.Trace[:], SpanId: id[:], ParentSpanId: s.parent[:], Name: valid(s.name), Kind: tracepb.Span_SPAN_KIND_INTERNAL,
		StartTimeUnixNano: nanos(s.from), EndTimeUnixNano: nanos(to),
		Attributes: append(attributes(text(attrSpan, string(s.kind)), text(attrNamespace, w.run.Namespace), text(attrWorkflowID, w.run.Key.WorkflowID),
			text(attrRunID, w.run.Key.RunID.String()), eventOf(opened)), attributes(s.attributes...)...),
	}
	w.spans = append(w.spans, out)
	return out
}

// event is one that came before; nil for the id 0.
func (w *walk) event(id orchestration.EventID) *historypb.HistoryEvent {
	if id < 1 || id > int64(len(w.events)) {
		return nil
	}
	return w.events[id-1]
}

// left are the steps that are open, in order.
func (w *walk) left() []*historypb.HistoryEvent {
	var out []*historypb.HistoryEvent
	for _, ev := range w.open {
		out = append(out, ev)
	}
	slices.SortFunc(out, func(a, b *historypb.HistoryEvent) int { return cmp.Compare(a.EventId, b.EventId) })
	return out
}

// links adds a link to a span, with why it is there. A context without a span links to none.
func link(s *tracepb.Span, to orchestration.TraceContext, why string) {
	if to.IsZero() || to.Span == [8]byte{} {
		return
	}
	s.Links = append(s.Links, &tracepb.Span_Link{TraceId: to.Trace[:], SpanId: to.Span[:], Attributes: attributes(text(attrLink, why))})
}

// eventOf names the event that opened a span; nil for the run's own.
func eventOf(opened *historypb.HistoryEvent) *commonpb.KeyValue {
	if opened.EventId == 0 {
		return nil
	}
	return number(attrEvent, opened.EventId)
}
