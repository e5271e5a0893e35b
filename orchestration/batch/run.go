package batch

import (
	"bytes"
	"context"
	"errors"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

const (
	pageRuns = 100 // runs between two saves, if the rate allows so many in a second
	attempts = 30  // how often a run is tried that is unavailable, with a pause between
)

// do does a job until it is done, stopped, or another node's.
func (r *Room) do(j *job) {
	for r.ctx.Err() == nil && j.record.Open && r.engine.Serves(j.record.Shard) {
		began := time.Now()
		runs, more, err := r.next(j)
		if err != nil {
			if orchestration.CodeOf(err) == orchestration.InvalidArgument { // the query is none any more
				r.fail(j, err)
				return
			}
			r.wait(r.pause)
			continue
		}
		if err := r.carryOut(j, runs); err != nil {
			return // ctx has ended: the page is done again by whoever goes on
		}
		if !more {
			j.progress.Total = j.progress.Complete + j.progress.Failed
			j.close(enumspb.BATCH_OPERATION_STATE_COMPLETED, r.now())
		}
		if !r.save(j) {
			return
		}
		r.wait(time.Duration(float64(len(runs))/j.spec.Rate*float64(time.Second)) - time.Since(began))
	}
}

// next is the next page of runs, with the cursor moved behind it. more tells that there may be others.
func (r *Room) next(j *job) (runs []orchestration.RunKey, more bool, err error) {
	n := max(1, min(pageRuns, int(j.spec.Rate)))
	ns := j.record.Namespace
	if len(j.spec.Runs) > 0 {
		first := min(j.progress.Next, len(j.spec.Runs))
		last := min(first+n, len(j.spec.Runs))
		for _, k := range j.spec.Runs[first:last] {
			runs = append(runs, orchestration.WorkflowKey{Namespace: ns, WorkflowID: k.WorkflowID}.Run(k.RunID))
		}
		j.progress.Next = last
		return runs, last < len(j.spec.Runs), nil
	}
	page, err := r.engine.List(r.ctx, engine.ListRequest{Namespace: ns, Query: j.spec.Query, PageSize: n, PageToken: j.progress.Token})
	if err != nil {
		return nil, false, err
	}
	for _, w := range page.Executions {
		id, err := orchestration.ParseRunID(w.GetExecution().GetRunId())
		if err != nil {
			return nil, false, err
		}
		runs = append(runs, orchestration.WorkflowKey{Namespace: ns, WorkflowID: w.GetExecution().GetWorkflowId()}.Run(id))
	}
	j.progress.Token = page.PageToken
	return runs, len(page.PageToken) > 0, nil
}

// carryOut carries the order out on a page, and counts. What is unavailable is tried again, for as long as a takeover may last. Errors: the room's end.
func (r *Room) carryOut(j *job, runs []orchestration.RunKey) error {
	for attempt := 1; len(runs) > 0; attempt++ {
		var again []orchestration.RunKey
		for i, err := range r.engine.Each(r.ctx, j.order, runs) {
			switch {
			case r.ctx.Err() != nil:
				return r.ctx.Err()
			case err == nil, orchestration.CodeOf(err) == orchestration.NotFound: // closed or gone already, perhaps by an earlier try
				j.progress.Complete++
			case passes(err) && attempt < attempts:
				again = append(again, runs[i])
			default:
				j.progress.failed(runs[i], err)
				r.log.Warn("a batch operation has failed for one workflow", "job", j.record.ID, "workflow_id", runs[i].WorkflowID,
					"run_id", runs[i].RunID.String(), "error", err)
			}
		}
		if runs = again; len(runs) > 0 {
			r.wait(r.pause)
		}
	}
	return r.ctx.Err()
}

// passes tells that an error is nothing that the run is at fault for.
func passes(err error) bool {
	switch orchestration.CodeOf(err) {
	case 0, orchestration.Unavailable, orchestration.ResourceExhausted, orchestration.DeadlineExceeded, orchestration.Canceled:
		return true
	}
	return false
}

// fail ends a job that cannot go on.
func (r *Room) fail(j *job, why error) {
	j.progress.Reason = why.Error()
	j.close(enumspb.BATCH_OPERATION_STATE_FAILED, r.now())
	r.save(j)
}

// save stores how far a job is. ok is false when somebody else goes on with it, or nobody: its last counts are added to it then.
func (r *Room) save(j *job) (ok bool) {
	before := j.record.Version
	for r.ctx.Err() == nil {
		err := r.write(r.ctx, j)
		if err == nil {
			return true
		}
		if !errors.Is(err, store.ErrConflict) {
			r.log.Warn("how far a batch operation is cannot be stored now", "job", j.record.ID, "error", err)
			r.wait(r.pause)
			continue
		}
		stored, found, err := r.jobs.Job(r.ctx, j.record.Namespace, j.record.ID)
		switch {
		case err != nil:
			r.wait(r.pause)
		case found && stored.Version == before+1 && bytes.Equal(stored.Progress, j.record.Progress):
			j.record.Version = stored.Version // ours, whose answer was lost
			return true
		case found && stored.Version == before+1 && !stored.Open:
			return r.stopped(j, stored)
		default:
			return false
		}
	}
	return false
}

// stopped adds to a job that was stopped meanwhile what was done of it since the last save.
func (r *Room) stopped(j *job, stored store.Job) bool {
	s, err := decode(stored)
	if err != nil {
		return false
	}
	s.progress.Complete, s.progress.Failed, s.progress.Failures = j.progress.Complete, j.progress.Failed, j.progress.Failures
	*j = *s
	return r.write(context.WithoutCancel(r.ctx), j) == nil
}

// wait waits, or until the room is closed.
func (r *Room) wait(d time.Duration) {
	if d <= 0 {
		return
	}
	pause := time.NewTimer(d)
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-r.ctx.Done():
	}
}
