package view

import (
	"cmp"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// traceSize is how many spans a page of a trace has.
const traceSize = 150

// TracePage is a run as spans.
type TracePage struct {
	RunFrame
	ID       string // of the trace, in hexadecimal
	Unknown  bool   // the trace cannot be told now
	Link     string // to the trace in the tracing backend; "": none is configured
	Read     int64  // events of the history that the spans are of
	Children map[int64]TracedChild
	Number   int64 // of the page, from 1
	rows     []spanRow
}

// TracedChild is the run of a child, by the event that decided it.
type TracedChild struct{ WorkflowID, RunID string }

// spanRow is a span in a trace that is drawn.
type spanRow struct {
	lane
	depth int
	span  *tracepb.Span
	child TracedChild // zero: none
}

// Of is the page with spans, in the order in which they began, each below the one that it is a part of.
func (p TracePage) Of(spans []*tracepb.Span) TracePage {
	parts, known := map[string][]*tracepb.Span{}, map[string]bool{}
	for _, s := range spans {
		known[string(s.GetSpanId())] = true
	}
	for _, s := range spans {
		parent := string(s.GetParentSpanId())
		if !known[parent] {
			parent = ""
		}
		parts[parent] = append(parts[parent], s)
	}
	var add func(parent string, depth int)
	add = func(parent string, depth int) {
		below := parts[parent]
		slices.SortStableFunc(below, func(a, b *tracepb.Span) int { return cmp.Compare(a.GetStartTimeUnixNano(), b.GetStartTimeUnixNano()) })
		for _, s := range below {
			p.rows = append(p.rows, p.row(s, depth))
			add(string(s.GetSpanId()), depth+1)
		}
	}
	add("", 0)
	return p
}

// spanPhases are how the kinds of spans are drawn; what is not here runs.
var spanPhases = map[string]phase{"wait": phaseQueued, "activity": phaseWaits, "timer": phaseWaits, "run": phaseWaits}

// spanOutcomes are those words of spans that are statuses of runs, too.
var spanOutcomes = map[string]look{
	"completed": {"Completed", "completed", pathTick}, "fired": {"Fired", "completed", pathTick}, "failed": {"Failed", "failed", pathCross}, "timed_out": {"Timed out", "timedout", pathGlass},
	"canceled": {"Canceled", "canceled", pathSlash}, "terminated": {"Terminated", "terminated", pathSquare}, "continued_as_new": {"Continued as new", "continued", pathArrow},
	"left": {"Left open", "unknown", pathSquare},
}

func (p TracePage) row(s *tracepb.Span, depth int) spanRow {
	kind, outcome := attributeOf(s, "tenuto.span"), attributeOf(s, "tenuto.outcome")
	r := spanRow{span: s, depth: depth, lane: lane{event: 1, kind: strings.ReplaceAll(kind, "_", " "), name: s.GetName(), from: momentOf(s.GetStartTimeUnixNano()), to: momentOf(s.GetEndTimeUnixNano()), ended: true}}
	as := cmp.Or(spanPhases[kind], phaseRuns)
	if !r.to.After(r.from) {
		as = phaseHappened
	}
	r.parts = []part{{as, r.from, r.to}}
	var ok bool
	if r.outcome, ok = spanOutcomes[outcome]; !ok && outcome != "" {
		r.outcome = look{strings.ReplaceAll(outcome, "_", " "), "unknown", pathSquare}
		if s.GetStatus().GetCode() == tracepb.Status_STATUS_CODE_ERROR {
			r.outcome.class, r.outcome.path = "failed", pathCross
		}
	}
	if s.GetStatus().GetCode() == tracepb.Status_STATUS_CODE_ERROR {
		r.note = s.GetStatus().GetMessage()
	}
	if event, err := strconv.ParseInt(attributeOf(s, "tenuto.event.id"), 10, 64); err == nil && kind == "child" {
		r.child = p.Children[event]
	}
	return r
}

func momentOf(nanos uint64) time.Time { return time.Unix(0, int64(nanos)).UTC() }

// attributeOf is an attribute as a text; "" where there is none.
func attributeOf(s *tracepb.Span, key string) string {
	for _, a := range s.GetAttributes() {
		if a.GetKey() == key {
			return valueOf(a.GetValue())
		}
	}
	return ""
}

func valueOf(v *commonpb.AnyValue) string {
	if _, ok := v.GetValue().(*commonpb.AnyValue_IntValue); ok {
		return strconv.FormatInt(v.GetIntValue(), 10)
	}
	return v.GetStringValue()
}

// ofAll are the attributes that all spans of a run have alike: the page's header tells them.
var ofAll = []string{"tenuto.namespace", "tenuto.workflow.id", "tenuto.run.id"}

// told are what is known of a span beside its name and time.
func (r spanRow) told() []Hidden {
	all := []Hidden{{"span id", hex.EncodeToString(r.span.GetSpanId())}}
	if parent := r.span.GetParentSpanId(); len(parent) > 0 {
		all = append(all, Hidden{"parent span id", hex.EncodeToString(parent)})
	}
	for _, a := range r.span.GetAttributes() {
		if !slices.Contains(ofAll, a.GetKey()) {
			all = append(all, Hidden{a.GetKey(), valueOf(a.GetValue())})
		}
	}
	for _, e := range r.span.GetEvents() {
		for _, a := range e.GetAttributes() {
			all = append(all, Hidden{e.GetName() + ": " + a.GetKey(), valueOf(a.GetValue())})
		}
	}
	for _, l := range r.span.GetLinks() {
		why := ""
		for _, a := range l.GetAttributes() {
			why = valueOf(a.GetValue())
		}
		all = append(all, Hidden{"link: " + why, hex.EncodeToString(l.GetTraceId()) + " " + hex.EncodeToString(l.GetSpanId())})
	}
	return all
}

// indent is the class of how deep a span is.
func (r spanRow) indent() string { return "deep-" + strconv.Itoa(min(r.depth, 6)) }

// shown are the rows of this page.
func (p TracePage) shown() []spanRow {
	from := min(int64(len(p.rows)), (p.Number-1)*traceSize)
	return p.rows[from:min(int64(len(p.rows)), from+traceSize)]
}

func (p TracePage) pages() int64 { return max(1, (int64(len(p.rows))+traceSize-1)/traceSize) }

// page is the address of a page.
func (p TracePage) page(n int64) string {
	if n <= 1 {
		return p.url("trace")
	}
	return p.url("trace") + "?page=" + strconv.FormatInt(n, 10)
}

// timeline is what the rows of this page are drawn on.
func (p TracePage) timeline() Timeline {
	rows := p.shown()
	t := Timeline{start: at(p.Info.GetStartTime()), now: at(p.Info.GetStartTime())}
	if len(rows) > 0 && p.Number > 1 {
		t.start = rows[0].from
	}
	for _, r := range rows {
		t.lanes = append(t.lanes, r.lane)
		if r.from.Before(t.start) {
			t.start = r.from
		}
	}
	return t
}

// partial says what the page does not have; "": it has all.
func (p TracePage) partial() string {
	switch {
	case p.Read < p.Info.GetHistoryLength():
		return "By the first " + grouped(p.Read) + " events of the history."
	case p.open():
		return "These spans have ended. Others, and the run's own, follow as they end; a collector gets all of them when the run closes."
	}
	return ""
}
