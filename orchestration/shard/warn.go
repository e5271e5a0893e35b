package shard

import (
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// warnOfLength logs that a run's history has grown past where its limits come near: once for each limit, at the transition that crosses it. No
// payload is logged.
func (o *Owner) warnOfLength(r *Run, t history.Transition, bytesBefore int64) {
	if len(t.Events) == 0 {
		return
	}
	events, bytes := r.Header.NextEventID-1, r.Header.HistoryBytes
	if !crossed(events-int64(len(t.Events)), events, orchestration.WarnHistoryEvents) && !crossed(bytesBefore, bytes, orchestration.WarnHistoryBytes) {
		return
	}
	o.log.Warn("history grows long; the run is terminated at its limit unless it continues as new",
		"namespace", r.Key.Namespace.String(), "workflow_id", r.Key.WorkflowID, "run_id", r.Key.RunID.String(),
		"events", events, "most_events", orchestration.MaxHistoryEvents, "bytes", bytes, "most_bytes", orchestration.MaxHistoryBytes)
}

func crossed(before, after, mark int64) bool { return before < mark && after >= mark }
