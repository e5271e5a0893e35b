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

// TraceOfChildren is the place that the run's children begin with: the same trace. The span that is their parent follows from who they are children of.
func (r *Run) TraceOfChildren() orchestration.TraceContext {
	c := r.Trace()
	c.Span = [8]byte{}
	return c
}

// inherit takes a place over that another run hands on, unless the run has one of its own.
func (h *Header) inherit(c orchestration.TraceContext) {
	if h.Trace.IsZero() {
		h.Trace = c
	}
}
