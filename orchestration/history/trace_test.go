package history

import (
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// carrying is a header with a context.
func carrying(trace, span string) *commonpb.Header {
	return &commonpb.Header{Fields: map[string]*commonpb.Payload{
		orchestration.TraceHeader: {Data: []byte(`{"traceparent":"00-` + trace + trace + `-` + span + `-01"}`)},
	}}
}

// TestTraceOfARun: whose trace a run is in, and below which span.
func TestTraceOfARun(t *testing.T) {
	now := time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
	const one, two = "0123456789abcdef", "fedcba9876543210"
	place := func(header *commonpb.Header) orchestration.TraceContext {
		c, _ := orchestration.TraceContextOf(header)
		return c
	}
	joined, other, elsewhere := place(carrying(one, one)), place(carrying(one, two)), place(carrying(two, two))
	below := joined
	below.Span = [8]byte{}
	first := orchestration.NewRunID(now)
	for name, c := range map[string]struct {
		header *commonpb.Header
		from   orchestration.TraceContext
		child  bool
		chain  bool
		want   orchestration.TraceContext
	}{
		"joins":                              {header: carrying(one, one), want: joined},
		"child of a joined run":              {from: joined, child: true, want: below},
		"child with its parent's header":     {header: carrying(one, one), from: joined, child: true, want: below},
		"child with a header of its own":     {header: carrying(one, two), from: joined, child: true, want: other},
		"child in another trace":             {header: carrying(two, two), from: joined, child: true, want: elsewhere},
		"next run":                           {from: joined, chain: true, want: joined},
		"next run with a later header":       {header: carrying(one, two), from: joined, chain: true, want: joined},
		"next run of a child":                {header: carrying(one, one), from: below, child: true, chain: true, want: below},
		"next run in another trace":          {header: carrying(two, two), from: joined, chain: true, want: elsewhere},
		"next run of one that joined nobody": {chain: true, want: orchestration.TraceContext{Trace: first}},
	} {
		in := StartRun{Key: orchestration.WorkflowKey{WorkflowID: "a"}.Run(orchestration.NewRunID(now)), Type: "T", TaskQueue: "q", Header: c.header, Trace: c.from}
		if c.child {
			in.Parent = &Parent{WorkflowID: "parent", RunID: first, Initiated: 5}
		}
		if c.chain {
			in.Chain.First = first
		}
		r, _ := Start(in, now)
		if got := r.Trace(); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
	r, _ := Start(StartRun{Key: orchestration.WorkflowKey{WorkflowID: "a"}.Run(first), Type: "T", TaskQueue: "q"}, now)
	if got := r.Trace(); got.Trace != first || got.Span != [8]byte{} || got.Sampled {
		t.Errorf("alone: %+v", got)
	}
}
