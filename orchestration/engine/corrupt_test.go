package engine_test

import (
	"testing"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// corrupt makes a column of everything stored unreadable, as a damaged disk would, and forgets what memory knew better.
func (r *rig) corrupt(table, column string) {
	r.t.Helper()
	r.storage.damage(r.t, table, column)
	r.reopen()
}

// TestUnreadableHistoryIsSetAside: a task whose history cannot be read goes to nobody and waits for its timeout; its neighbours go on.
func TestUnreadableHistoryIsSetAside(t *testing.T) {
	for name, poll := range map[string]func(r *rig) (string, error){
		"workflow task": func(r *rig) (string, error) {
			task, err := r.PollWorkflowTask(r.ctx(), engine.Poll{Namespace: namespace, Queue: "steps"})
			if err != nil || task == nil {
				return "", err
			}
			return task.Run.WorkflowID, nil
		},
		"activity task": func(r *rig) (string, error) {
			task, err := r.PollActivityTask(r.ctx(), engine.Poll{Namespace: namespace, Queue: "steps"})
			if err != nil || task == nil {
				return "", err
			}
			return task.Run.WorkflowID, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			begin := func(id string) {
				r.start(id)
				if name == "activity task" {
					r.complete(r.pollWorkflow(), scheduleActivity("1"))
				}
			}
			begin("damaged")
			r.corrupt("history", "events")
			begin("fine")
			eventually(t, func() bool { // recovery has found the damaged one
				kind := 1
				if name == "activity task" {
					kind = 2
				}
				return r.backlog(kind) == 2
			})
			if id, err := poll(r); err != nil || id != "fine" {
				t.Fatalf("got a task of %q, %v", id, err)
			}
			if _, err := r.History(r.ctx(), engine.HistoryRequest{Run: key("damaged")}); orchestration.CodeOf(err) != orchestration.DataLoss {
				t.Errorf("its history: %v", err)
			}
		})
	}
}

// TestUnreadableStateIsSetAside: a run whose state cannot be read answers DataLoss, and others of the same queue go on.
func TestUnreadableStateIsSetAside(t *testing.T) {
	r := newRig(t)
	k := r.start("damaged")
	r.corrupt("run", "state")
	r.start("fine")
	if _, err := r.Describe(r.ctx(), k); orchestration.CodeOf(err) != orchestration.DataLoss {
		t.Errorf("describe: %v", err)
	}
	if task := r.pollWorkflow(); task.Run.WorkflowID != "fine" {
		t.Errorf("got %s", task.Run.WorkflowID)
	}
}

// backlog is how many tasks of a kind wait in the queue.
func (r *rig) backlog(kind int) int64 {
	d, err := r.DescribeQueue(r.ctx(), engine.QueueRequest{Namespace: namespace, Queue: "steps", Kind: enumspb.TaskQueueType(kind)})
	if err != nil {
		r.t.Fatal(err)
	}
	return d.Stats.ApproximateBacklogCount
}
