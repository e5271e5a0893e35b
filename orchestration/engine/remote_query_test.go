package engine_test

import (
	"context"
	"slices"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/fleettest"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// idleRun is a run of a node that has completed one workflow task, so that it can be queried, and has nothing to do.
func (f *fleetRig) idleRun(n *nodeRig) orchestration.RunKey {
	f.t.Helper()
	k := n.start(f.ownedBy(n, "asked"))
	n.complete(n.pollWorkflow())
	return k
}

// polling has a node polled for a query, and waits until the poll is known to another one.
func (f *fleetRig) polling(at, knownTo *nodeRig, queue string) chan *engine.WorkflowTask {
	f.t.Helper()
	polled := make(chan *engine.WorkflowTask, 1)
	go func() {
		task, _ := at.PollWorkflowTask(at.ctx(), engine.Poll{Namespace: namespace, Queue: queue, Identity: "worker"})
		polled <- task
	}()
	key := matching.Key{Namespace: namespace, Name: queue, Kind: orchestration.WorkflowTask}
	eventually(f.t, func() bool { return slices.Contains(knownTo.exchange.Present(key), at.ID()) })
	return polled
}

// TestQueryOfAnotherNodesWorker: the only worker polls elsewhere. It gets the query with the history, and its answer comes by way of the owner.
func TestQueryOfAnotherNodesWorker(t *testing.T) {
	f := newFleetRig(t, 3)
	owner, other := f.nodes[0], f.nodes[1]
	k := f.idleRun(owner)
	polled := f.polling(other, owner, "steps")
	asked := owner.query(k)
	task := <-polled
	if task == nil || task.Query.GetQueryType() != "state" || task.Run != k || len(task.History) != 4 || task.PreviousStarted != 3 {
		t.Fatalf("query task %+v", task)
	}
	answer := engine.QueryAnswer{Token: queryToken(t, task), Result: text("idle")}
	if err := other.AnswerQuery(other.ctx(), answer); orchestration.CodeOf(err) != orchestration.Moved {
		t.Errorf("an answer at the wrong node: %v", err)
	}
	if err := owner.AnswerQuery(owner.ctx(), answer); err != nil {
		t.Fatal(err)
	}
	(<-asked).want(t, "idle")
}

// TestQueryOfAnotherNodesStickyWorker goes to the worker that has the run, wherever it polls, without history.
func TestQueryOfAnotherNodesStickyWorker(t *testing.T) {
	f := newFleetRig(t, 2)
	owner, other := f.nodes[0], f.nodes[1]
	k := owner.start(f.ownedBy(owner, "asked"))
	task := owner.pollWorkflow()
	polled := f.polling(other, owner, "own")
	if _, err := owner.CompleteWorkflowTask(owner.ctx(), sticky(answerOf(t, task), "own")); err != nil {
		t.Fatal(err)
	}
	asked := owner.query(k)
	if task = <-polled; task == nil || task.Query == nil || len(task.History) != 0 {
		t.Fatalf("query task %+v", task)
	}
	if err := owner.AnswerQuery(owner.ctx(), engine.QueryAnswer{Token: queryToken(t, task), Result: text("kept")}); err != nil {
		t.Fatal(err)
	}
	(<-asked).want(t, "kept")
}

// TestQueryWhoseWorkerIsOutOfReach: a worker that comes here gets the query, though another node was said to have one.
func TestQueryWhoseWorkerIsOutOfReach(t *testing.T) {
	f := newFleetRig(t, 2)
	owner, other := f.nodes[0], f.nodes[1]
	k := f.idleRun(owner)
	f.polling(other, owner, "steps")
	refused := make(chan struct{}, 100)
	f.fleet.Faults(func(m fleettest.Message) fleettest.Fault {
		if m.Verb != "query.hand" {
			return fleettest.None
		}
		refused <- struct{}{}
		return fleettest.Unreachable
	})
	asked := owner.query(k)
	<-refused
	task := owner.pollWorkflow()
	if err := owner.AnswerQuery(owner.ctx(), engine.QueryAnswer{Token: queryToken(t, task), Result: text("here")}); err != nil {
		t.Fatal(err)
	}
	(<-asked).want(t, "here")
}

// TestQueryMoves: whoever asks a run that moves away learns that, whether a worker has the query already, nobody does, or it rides on a task.
func TestQueryMoves(t *testing.T) {
	for _, where := range []string{"with a worker", "with nobody", "on a task"} {
		t.Run(where, func(t *testing.T) {
			f := newFleetRig(t, 2)
			from, to := f.nodes[0], f.nodes[1]
			var k orchestration.RunKey
			var asked chan queryOutcome
			switch where {
			case "with a worker":
				k = f.idleRun(from)
				asked = from.query(k)
				from.pollWorkflow()
			case "with nobody":
				k = f.idleRun(from)
				asked = from.query(k)
			default:
				k = from.start(f.ownedBy(from, "asked"))
				asked = from.query(k)
				eventually(t, func() bool { return from.Riding(from.ctx(), k) == 1 })
			}
			f.move(k, to)
			if o := <-asked; orchestration.CodeOf(o.err) != orchestration.Moved {
				t.Errorf("%v", o.err)
			}
		})
	}
}

// TestQueueOfSeveralNodes: who polls anywhere and what waits anywhere are one description. A node that does not answer is left out.
func TestQueueOfSeveralNodes(t *testing.T) {
	f := newFleetRig(t, 3)
	in := engine.QueueRequest{Namespace: namespace, Queue: "steps", Kind: enumspb.TASK_QUEUE_TYPE_WORKFLOW}
	for _, n := range f.nodes {
		n.start(f.ownedBy(n, "first"))
		n.start(f.ownedBy(n, "second"))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for i, identity := range []string{"a", "b", "a"} { // each is noted, and none waits
		if _, err := f.nodes[i].PollActivityTask(ctx, engine.Poll{Namespace: namespace, Queue: "steps", Identity: identity}); err != nil {
			t.Fatal(err)
		}
	}
	for i, n := range f.nodes {
		d, err := n.DescribeQueue(n.ctx(), in)
		if err != nil || d.Stats.ApproximateBacklogCount != 6 || d.Stats.ApproximateBacklogAge.AsDuration() <= 0 || d.Stats.TasksAddRate <= 0 {
			t.Errorf("node %d: %v, %v", i+1, d.Stats, err)
		}
	}
	f.fleet.Faults(func(m fleettest.Message) fleettest.Fault {
		if m.To == f.nodes[2].ID() {
			return fleettest.Unreachable
		}
		return fleettest.None
	})
	if d, err := f.nodes[0].DescribeQueue(f.nodes[0].ctx(), in); err != nil || d.Stats.ApproximateBacklogCount != 4 {
		t.Errorf("without one node: %v, %v", d.Stats, err)
	}
}

// TestPollersOfSeveralNodes are listed once each, latest first.
func TestPollersOfSeveralNodes(t *testing.T) {
	f := newFleetRig(t, 2)
	first, second := f.nodes[0], f.nodes[1]
	f.polling(first, second, "pollers")
	key := engine.Poll{Namespace: namespace, Queue: "pollers", Identity: "other"}
	polled := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { defer close(polled); _, _ = second.PollWorkflowTask(ctx, key) }()
	in := engine.QueueRequest{Namespace: namespace, Queue: "pollers", Kind: enumspb.TASK_QUEUE_TYPE_WORKFLOW}
	eventually(t, func() bool { return second.Waiting(in) == 1 })
	d, err := first.DescribeQueue(first.ctx(), in)
	if err != nil || !slices.Equal(identities(d.Pollers), []string{"other", "worker"}) {
		t.Errorf("%v, %v", d.Pollers, err)
	}
	cancel()
	<-polled
	f.polling(second, first, "pollers") // the worker of the first node, at the second one
	eventually(t, func() bool { return second.Waiting(in) == 1 })
	d, err = first.DescribeQueue(first.ctx(), in)
	if err != nil || !slices.Equal(identities(d.Pollers), []string{"worker", "other"}) {
		t.Errorf("%v, %v", d.Pollers, err)
	}
}

func identities(pollers []*taskqueuepb.PollerInfo) (out []string) {
	for _, p := range pollers {
		out = append(out, p.Identity)
	}
	return out
}

// TestWorkerGoneEverywhere: a worker says goodbye to one node, and its polls end at all of them.
func TestWorkerGoneEverywhere(t *testing.T) {
	f := newFleetRig(t, 2)
	told, other := f.nodes[0], f.nodes[1]
	polled := make(chan *engine.WorkflowTask, 2)
	for _, queue := range []string{"steps", "own"} {
		go func() {
			task, _ := other.PollWorkflowTask(other.ctx(), engine.Poll{Namespace: namespace, Queue: queue, InstanceKey: "process"})
			polled <- task
		}()
		eventually(t, func() bool {
			return other.Waiting(engine.QueueRequest{Namespace: namespace, Queue: queue, Kind: enumspb.TASK_QUEUE_TYPE_WORKFLOW}) == 1
		})
	}
	if err := told.WorkerGone(told.ctx(), engine.WorkerGone{Namespace: namespace, StickyQueue: "own", InstanceKey: "process", TaskQueue: "steps"}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if task := <-polled; task != nil {
			t.Errorf("%+v", task)
		}
	}
}
