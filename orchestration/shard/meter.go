package shard

import (
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// held is what a run adds to what its namespace holds.
func held(h *history.Header) store.Stock {
	if h.CloseTime.IsZero() {
		return store.Stock{OpenRuns: 1, ActiveBytes: h.HistoryBytes}
	}
	return store.Stock{RetainedBytes: h.HistoryBytes}
}

// meter counts what a transition uses, in the hour of the turn. It is stored by the commit that stores the transition, or neither is: what a workflow has
// counted and not committed goes with its memory.
//
// Invariant: the stocks counted of a run add up to held of it as it is stored, if it is Metered, and to nothing once it is gone.
func (tx *Tx) meter(r *Run, actions orchestration.Actions) {
	var now store.Stock
	if !r.Gone() {
		r.Header.Metered = true
		now = held(&r.Header)
	}
	change := now
	change.Subtract(r.metered)
	r.metered = now
	if change == (store.Stock{}) && actions == (orchestration.Actions{}) {
		return
	}
	hour := store.HourOf(tx.now)
	used := tx.wf.used
	if n := len(used); n == 0 || used[n-1].Hour != hour {
		used = append(used, store.UsageHour{Hour: hour})
	}
	used[len(used)-1].Count(actions, change, hour.Left(tx.now))
	tx.wf.used = used
}
