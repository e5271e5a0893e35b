package engine_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/fleettest"
)

// TestTasksOfAnotherNode: a worker that polls one node works at runs that another one owns, step by step, and gets what it would get there.
func TestTasksOfAnotherNode(t *testing.T) {
	f := newFleetRig(t, 2)
	owner, other := f.nodes[0], f.nodes[1]
	k := owner.start(f.ownedBy(owner, "transfer"))
	task := other.pollWorkflow()
	if got := kinds(task.History); !slices.Equal(got, oneActivity[:3]) || task.Run != k || task.Type != "Steps" || task.Queue != "steps" || task.Attempt != 1 ||
		task.StartedEventID != 3 || task.StartedTime.IsZero() || task.ScheduledTime.IsZero() {
		t.Fatalf("first task %+v shows %v", task, got)
	}
	owner.complete(task, scheduleActivity("1"))
	act := other.pollActivity()
	if act.Type != "Step" || act.Attempt != 1 || act.ActivityID != "1" || !proto.Equal(act.Input, text("input of 1")) || act.Run != k || act.WorkflowType != "Steps" ||
		act.StartToClose.Seconds() != 10 || act.RetryPolicy == nil {
		t.Fatalf("activity task %+v", act)
	}
	if err := owner.CompleteActivity(owner.ctx(), target(t, act), text("result")); err != nil {
		t.Fatal(err)
	}
	owner.complete(other.pollWorkflow(), completeWorkflow())
	if got := kinds(owner.events(k)); !slices.Equal(got, oneActivity) {
		t.Fatalf("history %v", got)
	}
}

// TestVerbsAtTheWrongNode are refused with Moved, all of them, and change nothing.
func TestVerbsAtTheWrongNode(t *testing.T) {
	f := newFleetRig(t, 2)
	owner, other := f.nodes[0], f.nodes[1]
	k := owner.start(f.ownedBy(owner, "transfer"))
	ctx := other.ctx()
	_, described := other.Describe(ctx, k)
	_, read := other.History(ctx, engine.HistoryRequest{Run: k})
	_, waited := other.History(ctx, engine.HistoryRequest{Run: k, Wait: true, CloseOnly: true})
	_, started := other.Start(ctx, startOf(k.WorkflowID))
	_, asked := other.Query(ctx, engine.QueryRequest{Run: k})
	answered := other.AnswerQuery(ctx, engine.QueryAnswer{Token: orchestration.TaskToken{
		Namespace: k.Namespace, WorkflowID: k.WorkflowID, RunID: k.RunID, QueryID: "q",
	}})
	for what, err := range map[string]error{"describe": described, "history": read, "wait": waited, "start": started, "query": asked, "answer": answered} {
		if orchestration.CodeOf(err) != orchestration.Moved {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestLeaseRunsOut: a node that may not count on its shards being its own answers nothing about them, and goes on when it may again.
func TestLeaseRunsOut(t *testing.T) {
	f := newFleetRig(t, 1)
	n := f.nodes[0]
	k := n.start("transfer")
	n.Suspend(true)
	if _, err := n.Describe(n.ctx(), k); orchestration.CodeOf(err) != orchestration.Unavailable {
		t.Errorf("without a lease: %v", err)
	}
	n.Suspend(false)
	if _, err := n.Describe(n.ctx(), k); err != nil {
		t.Errorf("with a lease again: %v", err)
	}
}

// TestMoveDuringALongPoll: who waits for a run's end at its owner learns that the run has moved.
func TestMoveDuringALongPoll(t *testing.T) {
	f := newFleetRig(t, 2)
	from, to := f.nodes[0], f.nodes[1]
	k := from.start(f.ownedBy(from, "transfer"))
	waiting := make(chan error, 1)
	go func() {
		_, err := from.History(from.ctx(), engine.HistoryRequest{Run: k, Wait: true, CloseOnly: true})
		waiting <- err
	}()
	f.move(k, to)
	if err := <-waiting; orchestration.CodeOf(err) != orchestration.Moved {
		t.Errorf("the wait ended with %v", err)
	}
	to.complete(to.pollWorkflow(), completeWorkflow())
	to.result(k)
}

// TestTaskMovesBeforeItsStart: a poller that believes in an old owner is told, and asks the new one with the same reference.
func TestTaskMovesBeforeItsStart(t *testing.T) {
	f := newFleetRig(t, 3)
	old, owner, poller := f.nodes[0], f.nodes[1], f.nodes[2]
	k := owner.start(f.ownedBy(owner, "transfer"))
	poller.Mislead(k.Shard(), old.ID())
	var asked atomic.Int32
	f.fleet.Faults(func(m fleettest.Message) fleettest.Fault {
		if m.Verb == "task.start" && m.From == poller.ID() {
			if asked.Add(1) == 1 {
				_ = poller.Await(context.Background(), k.Shard()) // the news arrives with the refusal
			}
		}
		return fleettest.None
	})
	if task := poller.pollWorkflow(); task.Run != k {
		t.Errorf("task of %v", task.Run)
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("%d nodes were asked", n)
	}
}

// TestLostStart: the answer to a start is lost. The start is taken back, and the task comes again, in the same attempt and long before its timeout.
func TestLostStart(t *testing.T) {
	for _, verb := range []string{"workflow", "activity"} {
		t.Run(verb, func(t *testing.T) {
			f := newFleetRig(t, 2)
			owner, poller := f.nodes[0], f.nodes[1]
			k := owner.start(f.ownedBy(owner, "transfer"))
			if verb == "activity" {
				owner.complete(owner.pollWorkflow(), scheduleActivity("1"))
			}
			var lost atomic.Int32
			f.fleet.Faults(func(m fleettest.Message) fleettest.Fault {
				if m.Verb == "task.start" && lost.Add(1) == 1 {
					return fleettest.LostAnswer
				}
				return fleettest.None
			})
			var run orchestration.RunKey
			var attempt int32
			if verb == "activity" {
				task := poller.pollActivity()
				run, attempt = task.Run, task.Attempt
			} else {
				task := poller.pollWorkflow()
				run, attempt = task.Run, task.Attempt
			}
			if run != k || attempt != 1 || lost.Load() < 2 {
				t.Errorf("run %v, attempt %d after %d starts", run, attempt, lost.Load())
			}
		})
	}
}

// TestOwnerDiesAfterAStart: the owner has committed a start and dies with the answer. The poller takes it back from the heir, long before its timeout.
func TestOwnerDiesAfterAStart(t *testing.T) {
	f := newFleetRig(t, 3)
	owner, poller, heir := f.nodes[0], f.nodes[1], f.nodes[2]
	k := owner.start(f.ownedBy(owner, "transfer"))
	f.fleet.Faults(func(m fleettest.Message) fleettest.Fault {
		if m.Verb == "task.start" && m.To == owner.ID() {
			return fleettest.LostAnswer
		}
		return fleettest.None
	})
	polled := make(chan *engine.WorkflowTask, 1)
	go func() {
		task, _ := poller.PollWorkflowTask(poller.ctx(), engine.Poll{Namespace: namespace, Queue: "steps", Identity: "worker"})
		polled <- task
	}()
	eventually(t, func() bool {
		d, err := owner.Describe(owner.ctx(), k)
		return err == nil && d.WorkflowTask.GetState() == enumspb.PENDING_WORKFLOW_TASK_STATE_STARTED
	})
	f.takeOver(owner, heir)
	if task := <-polled; task == nil || task.Run != k || task.Attempt != 1 {
		t.Errorf("polled %+v", task)
	}
}

// TestPollEndsDuringARemoteStart: the task does not wait for its timeout with nobody.
func TestPollEndsDuringARemoteStart(t *testing.T) {
	f := newFleetRig(t, 2)
	owner, poller := f.nodes[0], f.nodes[1]
	k := owner.start(f.ownedBy(owner, "transfer"))
	ctx, cancel := context.WithCancel(t.Context())
	f.fleet.Faults(func(m fleettest.Message) fleettest.Fault {
		if m.Verb == "task.start" {
			cancel() // the worker goes while its task is being started
		}
		return fleettest.None
	})
	task, err := poller.PollWorkflowTask(ctx, engine.Poll{Namespace: namespace, Queue: "steps", Identity: "worker"})
	if task != nil || err != nil || ctx.Err() == nil {
		t.Fatalf("%v, %v", task, err)
	}
	f.fleet.Faults(nil)
	if task := owner.pollWorkflow(); task.Run != k || task.Attempt != 1 {
		t.Errorf("%v attempt %d", task.Run, task.Attempt)
	}
}

// TestOwnerOutOfReach: a task that cannot be started now holds up neither the poll nor the tasks behind it.
func TestOwnerOutOfReach(t *testing.T) {
	f := newFleetRig(t, 2)
	owner, poller := f.nodes[0], f.nodes[1]
	owner.start(f.ownedBy(owner, "far"))
	refused := make(chan struct{}, 100)
	f.fleet.Faults(func(m fleettest.Message) fleettest.Fault {
		if m.Verb == "task.start" {
			refused <- struct{}{}
			return fleettest.Unreachable
		}
		return fleettest.None
	})
	polled := make(chan *engine.WorkflowTask, 1)
	go func() {
		task, _ := poller.PollWorkflowTask(poller.ctx(), engine.Poll{Namespace: namespace, Queue: "steps", Identity: "worker"})
		polled <- task
	}()
	<-refused
	near := poller.start(f.ownedBy(poller, "near"))
	if task := <-polled; task == nil || task.Run != near {
		t.Errorf("polled %+v", task)
	}
}
