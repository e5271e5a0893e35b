package history

import "github.com/tenuto-io/tenuto/orchestration"

// Trace is the place of the run's spans: what its start's header carries, else what the run before it in its chain, or its parent, had. A run that nobody
// carried a trace to begins one, whose id is that of the first run of its chain: random, known to all of them, and found without asking.
func (r *Run) Trace() orchestration.TraceContext {
	if c := r.Header.Trace; !c.IsZero() {
		return c
	}
	return orchestration.TraceContext{Trace: r.First()}
}

// inherit takes over what the run before it in its chain, or its parent, hands on, unless the run begins in another trace. All runs of a chain are below the same
// span. A child whose header carries just what its parent's did was started by code that hands contexts on: it is below the parent's step, not beside the parent.
func (h *Header) inherit(from orchestration.TraceContext) {
	follows, own := !h.First.IsZero(), h.Trace
	if from.IsZero() || !own.IsZero() && (own.Trace != from.Trace || !follows && own.Span != from.Span) {
		return
	}
	h.Trace = from
	if h.Parent != nil && !follows {
		h.Trace.Span = [8]byte{}
	}
}
