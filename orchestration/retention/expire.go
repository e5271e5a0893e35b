package retention

import (
	"fmt"
	"time"

	batchpb "go.temporal.io/api/batch/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// expire deletes closed runs of a namespace whose retention is over, the oldest first, and job records of that age. more tells that some may be left.
func (r *Room) expire(ns Namespace) (more bool) {
	until := r.c.Now().Add(-ns.Retention)
	scan := store.ClosedScan{Namespace: ns.ID, Until: until, Limit: pageRuns}
	gone := 0
	defer func() {
		if gone > 0 {
			r.c.Logger.Info("closed runs have left after their namespace's retention", "namespace", ns.Name, "runs", gone)
		}
	}()
	for range passPages {
		began := time.Now()
		page, err := r.c.Engine.Closed(r.ctx, scan)
		if err != nil {
			r.warn("closed runs stay for now", err, "namespace", ns.Name)
			return false
		}
		runs := make([]orchestration.RunKey, len(page))
		for i, c := range page {
			runs[i] = c.Key
			scan.AfterClose, scan.AfterRun = c.CloseTime, c.Key.RunID
		}
		gone += r.remove(ns, runs, "its namespace's retention is over")
		if len(page) < pageRuns {
			r.dropJobs(ns, until)
			return false
		}
		r.pace(len(page), time.Since(began))
		if r.ctx.Err() != nil || !r.keeps(ns.ID) {
			return false
		}
	}
	return true
}

// remove deletes runs and returns how many are gone.
func (r *Room) remove(ns Namespace, runs []orchestration.RunKey, reason string) (gone int) {
	if len(runs) == 0 {
		return 0
	}
	order := engine.Order{Operation: &batchpb.BatchOperationDeletion{Identity: "retention"}, Request: "retention", Reason: reason}
	var first error
	for i, err := range r.c.Engine.Each(r.ctx, order, runs) {
		switch {
		case err == nil, orchestration.CodeOf(err) == orchestration.NotFound:
			gone++
		case first == nil:
			first = fmt.Errorf("workflow %s, run %s: %w", runs[i].WorkflowID, runs[i].RunID, err)
		}
	}
	if first != nil {
		r.warn("some runs stay for now", first, "namespace", ns.Name, "runs", len(runs)-gone)
	}
	return gone
}

// dropJobs forgets the jobs of a namespace that had ended before a moment, or at least begun.
func (r *Room) dropJobs(ns Namespace, before time.Time) {
	for n := pageRuns; n == pageRuns; {
		var err error
		if n, err = r.c.Jobs.DropJobs(r.ctx, ns.ID, before, pageRuns); err != nil {
			r.warn("records of batch operations stay for now", err, "namespace", ns.Name)
			return
		}
	}
}

// pace rests after a page of n runs that took a time: as long again, and as the rate demands.
func (r *Room) pace(n int, took time.Duration) {
	r.rest(max(took, time.Duration(n)*time.Second/time.Duration(r.c.Rate)-took))
}
