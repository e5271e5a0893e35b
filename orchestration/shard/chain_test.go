package shard

import (
	"context"
	"testing"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// current is the stored current run of a workflow, and the states of all of its runs by id.
func (r *rig) stored(key orchestration.WorkflowKey) (store.Current, map[orchestration.RunID]enumspb.WorkflowExecutionStatus) {
	r.t.Helper()
	cur, _, err := r.sqlite.CurrentRun(context.Background(), key)
	if err != nil {
		r.t.Fatalf("current run: %v", err)
	}
	rows, err := r.sqlite.List(context.Background(), store.ListQuery{Namespace: testNamespace, Limit: 100})
	if err != nil {
		r.t.Fatalf("list: %v", err)
	}
	states := map[orchestration.RunID]enumspb.WorkflowExecutionStatus{}
	for _, row := range rows {
		states[row.RunID] = enumspb.WorkflowExecutionStatus(row.Status)
	}
	return cur, states
}

// mustPoll takes the workflow task that waits.
func (r *rig) mustPoll() *WorkflowDelivery {
	r.t.Helper()
	d, ok := r.poll(orchestration.WorkflowTask)
	if !ok {
		r.t.Fatalf("no workflow task")
	}
	return d.Workflow
}

// continueAsNew answers a workflow task.
func (r *rig) continueAsNew(k *WorkflowDelivery) error {
	return r.turnOf(k.Run, func(tx *Tx, run *Run) (history.Transition, error) {
		done, err := run.CompleteWorkflowTask(history.CompleteWorkflowTask{
			WorkflowTaskRef: history.WorkflowTaskRef{ScheduledEventID: k.ScheduledEventID, StartedEventID: k.StartedEventID, Attempt: k.Attempt},
			Commands:        []*commandpb.Command{continueCommand(0)}, NextRunID: orchestration.NewRunID(tx.Now()),
		}, tx.Now())
		return done.Transition, err
	})
}

// TestContinueAsNewIsOneCommit: the close of a run, the run that follows and which of them is current are stored together, or nothing of them is;
// and the run that follows is dispatched after a restart.
func TestContinueAsNewIsOneCommit(t *testing.T) {
	for name, c := range map[string]struct {
		fault   func(*rig)
		applied bool
	}{
		"committed":              {func(*rig) {}, true},
		"refused":                {func(r *rig) { r.faulty.FailBefore(1, store.ErrUnavailable) }, false},
		"the answer is lost":     {func(r *rig) { r.faulty.FailAfter(1, store.ErrUnknownOutcome) }, true},
		"the connection is lost": {func(r *rig) { r.faulty.FailBefore(1, store.ErrUnknownOutcome) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, t.TempDir())
			defer r.close()
			key := workflowKey(1)
			if err := r.start(key, history.StartRun{}); err != nil {
				t.Fatal(err)
			}
			first, _ := r.stored(key)
			task := r.mustPoll()
			c.fault(r)
			if err := r.continueAsNew(task); (err == nil) != c.applied {
				t.Fatalf("answered %v", err)
			}
			r.reopen()
			cur, states := r.stored(key)
			if c.applied != (cur.RunID != first.RunID) || cur.Status != int32(enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING) {
				t.Fatalf("current run %+v after %+v", cur, first)
			}
			if want := enumspb.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW; c.applied && (states[first.RunID] != want || len(states) != 2) || !c.applied && len(states) != 1 {
				t.Fatalf("runs %v", states)
			}
			r.advance(time.Minute) // also past the time-out of a task whose answer was refused
			r.flush()
			if d, ok := r.poll(orchestration.WorkflowTask); !ok || d.Workflow.Run.RunID != cur.RunID {
				t.Fatalf("the run is not dispatched: %+v, %v", d, ok)
			}
		})
	}
}

// TestTimedOutRunIsFollowed: a run that times out while nobody serves it is followed by the next attempt, in the commit that closes it.
func TestTimedOutRunIsFollowed(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	key := workflowKey(1)
	in := history.StartRun{RunTimeout: time.Minute, RetryPolicy: &commonpb.RetryPolicy{MaximumAttempts: 2}}
	if err := r.start(key, in); err != nil {
		t.Fatal(err)
	}
	first, _ := r.stored(key)
	r.reopen()
	r.advance(time.Hour)
	r.flush()
	second, states := r.stored(key)
	if second.RunID == first.RunID || states[first.RunID] != enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT || states[second.RunID] != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		t.Fatalf("runs %v, current %v after %v", states, second.RunID, first.RunID)
	}
	r.advance(time.Second)
	if d, ok := r.poll(orchestration.WorkflowTask); !ok || d.Workflow.Run.RunID != second.RunID {
		t.Fatalf("the next attempt is not dispatched: %+v, %v", d, ok)
	}
	r.advance(time.Hour)
	r.flush()
	if cur, states := r.stored(key); cur.RunID != second.RunID || states[second.RunID] != enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT || len(states) != 2 {
		t.Fatalf("runs %v, current %v", states, cur.RunID)
	}
}
