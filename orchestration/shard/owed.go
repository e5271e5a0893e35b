package shard

import "github.com/tenuto-io/tenuto/orchestration/store"

// owed is what the commit of a run's close notes about its spans; nil: they are not to be sent.
func (o *Owner) owed(r *Run) *store.OwedTrace {
	if !o.traced(r.Run) {
		return nil
	}
	place := r.Trace()
	return &store.OwedTrace{Closed: r.Header.CloseTime, Trace: place.Trace, Span: place.Span}
}
