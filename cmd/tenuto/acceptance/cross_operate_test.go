package acceptance

import (
	"errors"
	"fmt"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"

	ours "github.com/tenuto-io/tenuto/sdk/client"
	ourworker "github.com/tenuto-io/tenuto/sdk/worker"
)

// TestOurClientOperates deletes a run and signals several at once with our client.
func TestOurClientOperates(t *testing.T) {
	l := newLab(t)
	c := dialOurs(l, l.address)
	w := ourworker.New(c, l.queue, ourworker.Options{GracefulStopTimeout: time.Second})
	w.RegisterWorkflowAs("kid", ourKid)
	l.must(w.Start(l.ctx))
	l.Cleanup(w.Stop)

	var kids []*ours.Run[string]
	var executions []*commonpb.WorkflowExecution
	for range 3 {
		kid, err := ours.ExecuteWorkflowByName[string](l.ctx, c, ours.StartOptions{ID: l.newID(), TaskQueue: l.queue}, "kid")
		l.must(err)
		kids = append(kids, kid)
		executions = append(executions, &commonpb.WorkflowExecution{WorkflowId: kid.ID()})
	}
	job, err := c.StartBatch(l.ctx, ours.BatchOptions{Executions: executions, Reason: "all of them"}, ours.BatchSignal("go", "together"))
	l.must(err)
	for _, kid := range kids {
		said, err := kid.Get(l.ctx)
		l.must(err)
		equal(l.T, kid.ID(), said, "together")
	}
	eventually(l, func() error {
		batch, err := c.DescribeBatch(l.ctx, job)
		if err == nil && (batch.GetState() != enumspb.BATCH_OPERATION_STATE_COMPLETED || batch.GetCompleteOperationCount() != 3) {
			err = fmt.Errorf("batch %v", batch)
		}
		return err
	})
	l.must(c.Delete(l.ctx, kids[0].ID(), kids[0].RunID()))
	eventually(l, func() error {
		var gone *serviceerror.NotFound
		if _, err := kids[0].Describe(l.ctx); !errors.As(err, &gone) {
			return fmt.Errorf("it is still there: %v", err)
		}
		return nil
	})
}

// TestOurClientResets resets a run of our worker: its updates and signals are handled again, or left out.
func TestOurClientResets(t *testing.T) {
	l := newLab(t)
	c := dialOurs(l, l.address)
	w := ourworker.New(c, l.queue, ourworker.Options{GracefulStopTimeout: time.Second})
	w.RegisterWorkflowAs("tally", ourTally)
	l.must(w.Start(l.ctx))
	l.Cleanup(w.Stop)

	run, err := ours.ExecuteWorkflowByName[int](l.ctx, c, ours.StartOptions{ID: l.newID(), TaskQueue: l.queue}, "tally", 0)
	l.must(err)
	l.awaitEvent(l.current(run.ID()), enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
	for i, n := range []int{1, 2} {
		update, err := ours.UpdateWorkflow[int](l.ctx, c, ours.UpdateOptions{WorkflowID: run.ID(), UpdateID: fmt.Sprint("update-", i)}, "add", n)
		l.must(err)
		_, err = update.Get(l.ctx)
		l.must(err)
	}
	l.must(run.Signal(l.ctx, "more", 10))
	for _, reset := range []struct {
		options ours.ResetOptions
		want    int
	}{
		{ours.ResetOptions{Reason: "again"}, 113},
		{ours.ResetOptions{Reason: "without", WithoutSignals: true}, 103},
	} {
		reset.options.WorkflowID, reset.options.RunID, reset.options.Point = run.ID(), run.RunID(), ours.FirstWorkflowTask
		next, err := c.Reset(l.ctx, reset.options)
		l.must(err)
		eventually(l, func() error { // the update that a reset brought along has its outcome again
			total, err := ours.GetUpdate[int](c, run.ID(), next, "update-1").Get(l.ctx)
			if err == nil && total < 2 {
				err = fmt.Errorf("total %d", total)
			}
			return err
		})
		update, err := ours.UpdateWorkflow[int](l.ctx, c, ours.UpdateOptions{WorkflowID: run.ID(), RunID: next, UpdateID: "update-3"}, "add", 100)
		l.must(err)
		total, err := update.Get(l.ctx)
		l.must(err)
		equal(l.T, reset.options.Reason, total, reset.want)
		r := newReplayers()
		r.add("tally", ourTally, officialTally)
		if err := r.replay(l.events(l.client.GetWorkflow(l.ctx, run.ID(), next))); err != nil {
			l.Errorf("%s: %v", reset.options.Reason, err)
		}
	}
}
