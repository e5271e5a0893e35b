package engine_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/fleettest"
)

// lent is a fleet in which a node has lent its next polls to an owner: it has just worked at a task of it.
func lent(t *testing.T) (f *fleetRig, owner, poller *nodeRig, verbs *counts) {
	t.Helper()
	f = newFleetRig(t, 2)
	owner, poller = f.nodes[0], f.nodes[1]
	k := owner.start(f.ownedBy(owner, "first"))
	owner.complete(poller.pollWorkflow(), completeWorkflow())
	owner.result(k)
	verbs = &counts{}
	f.fleet.Faults(verbs.see)
	return f, owner, poller, verbs
}

// counts counts what nodes ask each other. A fault, once set, decides about every message; nodes talk at any time.
type counts struct {
	lent, carried, started, unstarted atomic.Int32
	fault                             atomic.Value // of func(fleettest.Message) fleettest.Fault
}

func (c *counts) see(m fleettest.Message) fleettest.Fault {
	switch m.Verb {
	case "poll.lend":
		c.lent.Add(1)
	case "task.carry":
		c.carried.Add(1)
	case "task.start":
		c.started.Add(1)
	case "task.unstart":
		c.unstarted.Add(1)
	}
	if fault, ok := c.fault.Load().(func(fleettest.Message) fleettest.Fault); ok {
		return fault(m)
	}
	return fleettest.None
}

// polling is a poll in the background.
func (n *nodeRig) polling(ctx context.Context) chan *engine.WorkflowTask {
	polled := make(chan *engine.WorkflowTask, 1)
	go func() {
		task, err := n.PollWorkflowTask(ctx, engine.Poll{Namespace: namespace, Queue: "steps", Identity: "borrowed worker"})
		if err != nil {
			n.t.Error(err)
		}
		polled <- task
	}()
	return polled
}

// TestLentPoll: a task is started for a poll of another node in the commit that makes it ready, and nobody asks for its start.
func TestLentPoll(t *testing.T) {
	f, owner, poller, verbs := lent(t)
	polled := poller.polling(poller.ctx())
	eventually(t, func() bool { return verbs.lent.Load() == 1 })
	k := owner.start(f.ownedBy(owner, "second"))
	task := <-polled
	if task == nil || task.Run != k || task.Attempt != 1 || task.StartedEventID != 3 || len(task.History) != 3 {
		t.Fatalf("polled %+v", task)
	}
	if id := task.History[2].GetWorkflowTaskStartedEventAttributes().GetIdentity(); id != "borrowed worker" {
		t.Errorf("started by %q", id)
	}
	if verbs.carried.Load() != 1 || verbs.started.Load() != 0 {
		t.Errorf("%d tasks were carried, %d starts asked for", verbs.carried.Load(), verbs.started.Load())
	}
	owner.complete(task, scheduleActivity("1"))
	if act := poller.pollActivity(); act.Run != k {
		t.Errorf("activity of %v", act.Run)
	}
}

// TestLentPollIsGone: the poll ends while a task is on its way to it. The start is taken back at once.
func TestLentPollIsGone(t *testing.T) {
	f, owner, poller, verbs := lent(t)
	ctx, leave := context.WithCancel(poller.ctx())
	polled := poller.polling(ctx)
	eventually(t, func() bool { return verbs.lent.Load() == 1 })
	verbs.fault.Store(func(m fleettest.Message) fleettest.Fault {
		if m.Verb == "task.carry" {
			leave()
			<-polled
		}
		return fleettest.None
	})
	k := owner.start(f.ownedBy(owner, "second"))
	if task := owner.pollWorkflow(); task.Run != k || task.Attempt != 1 || verbs.carried.Load() != 1 {
		t.Errorf("%v, attempt %d, after %d tasks were carried", task.Run, task.Attempt, verbs.carried.Load())
	}
}

// TestLostCarry: nobody knows whether the poll has the task. It is brought again, and the poll has it once.
func TestLostCarry(t *testing.T) {
	for what, fault := range map[string]fleettest.Fault{"answer lost": fleettest.LostAnswer, "never sent": fleettest.Unreachable} {
		t.Run(what, func(t *testing.T) {
			f, owner, poller, verbs := lent(t)
			verbs.fault.Store(func(m fleettest.Message) fleettest.Fault {
				if m.Verb == "task.carry" && verbs.carried.Load() == 1 {
					return fault
				}
				return fleettest.None
			})
			polled := poller.polling(poller.ctx())
			eventually(t, func() bool { return verbs.lent.Load() == 1 })
			k := owner.start(f.ownedBy(owner, "second"))
			if task := <-polled; task == nil || task.Run != k {
				t.Fatalf("polled %+v", task)
			}
			eventually(t, func() bool { return verbs.carried.Load() == 2 })
			d, err := owner.Describe(owner.ctx(), k)
			if err != nil || d.WorkflowTask.GetState() != enumspb.PENDING_WORKFLOW_TASK_STATE_STARTED || d.WorkflowTask.GetAttempt() != 1 {
				t.Errorf("the task is %v, %v", d.WorkflowTask, err)
			}
		})
	}
}

// TestLostLoan: a loan that never arrives costs nothing but the way through a reference.
func TestLostLoan(t *testing.T) {
	f, owner, poller, verbs := lent(t)
	verbs.fault.Store(func(m fleettest.Message) fleettest.Fault {
		if m.Verb == "poll.lend" {
			return fleettest.Unreachable
		}
		return fleettest.None
	})
	polled := poller.polling(poller.ctx())
	eventually(t, func() bool { return verbs.lent.Load() == 1 })
	k := owner.start(f.ownedBy(owner, "second"))
	if task := <-polled; task == nil || task.Run != k || verbs.started.Load() != 1 {
		t.Errorf("polled %+v after %d starts", task, verbs.started.Load())
	}
}

// TestLoanOfALostCommit: the commit that was to start the task fails. The loan holds, and the task comes all the same.
func TestLoanOfALostCommit(t *testing.T) {
	f, owner, poller, verbs := lent(t)
	polled := poller.polling(poller.ctx())
	eventually(t, func() bool { return verbs.lent.Load() == 1 })
	owner.faulty.FailBefore(1, errors.New("the database refuses"))
	if _, err := owner.Start(owner.ctx(), startOf(f.ownedBy(owner, "second"))); orchestration.CodeOf(err) != orchestration.Unavailable {
		t.Fatalf("started with %v", err)
	}
	k := owner.start(f.ownedBy(owner, "third"))
	if task := <-polled; task == nil || task.Run != k || verbs.carried.Load() != 1 {
		t.Errorf("polled %+v after %d tasks were carried", task, verbs.carried.Load())
	}
}
