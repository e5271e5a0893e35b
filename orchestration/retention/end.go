package retention

import (
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// end deletes what is left of a deleted namespace, and forgets it when that is nothing.
func (r *Room) end(ns Namespace) {
	empty, err := r.empty(ns)
	if err != nil {
		r.warn("a deleted namespace stays for now", err, "namespace", ns.Name)
		return
	}
	if !empty || r.c.Now().Before(ns.RemoveAfter) || !r.keeps(ns.ID) {
		return
	}
	r.dropJobs(ns, r.c.Now().Add(time.Hour)) // all that have ended
	jobs, err := r.c.Jobs.Jobs(r.ctx, store.JobScan{Namespace: ns.ID, Limit: 1})
	if err != nil || len(jobs) > 0 { // one goes on: it will soon find nothing more to do
		return
	}
	for _, drop := range r.c.Leftovers {
		if err := drop(r.ctx, ns.ID); err != nil {
			r.warn("a deleted namespace stays for now", err, "namespace", ns.Name)
			return
		}
	}
	if err := r.c.Namespaces.Remove(r.ctx, ns.ID); err != nil {
		r.warn("a deleted namespace stays for now", err, "namespace", ns.Name)
		return
	}
	r.c.Logger.Info("a deleted namespace has gone with all its runs", "namespace", ns.Name)
}

// empty deletes the runs that a namespace lists, newest first, and tells whether there were none.
func (r *Room) empty(ns Namespace) (bool, error) {
	in := engine.ListRequest{Namespace: ns.ID, PageSize: pageRuns}
	for page := 0; ; page++ {
		began := time.Now()
		listed, err := r.c.Engine.List(r.ctx, in)
		if err != nil {
			return false, err
		}
		runs := make([]orchestration.RunKey, len(listed.Executions))
		for i, w := range listed.Executions {
			id, err := orchestration.ParseRunID(w.GetExecution().GetRunId())
			if err != nil {
				return false, err
			}
			runs[i] = orchestration.WorkflowKey{Namespace: ns.ID, WorkflowID: w.GetExecution().GetWorkflowId()}.Run(id)
		}
		r.remove(ns, runs, "its namespace was deleted")
		in.PageToken = listed.PageToken
		if len(in.PageToken) == 0 || page == passPages || r.ctx.Err() != nil || !r.keeps(ns.ID) {
			return page == 0 && len(runs) == 0, nil
		}
		r.pace(len(runs), time.Since(began))
	}
}
