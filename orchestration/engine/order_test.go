package engine_test

import (
	"fmt"
	"testing"

	batchpb "go.temporal.io/api/batch/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/fleettest"
)

// ask has a node give an order, which must go well for every run.
func ask(t *testing.T, r *rig, request string, operation proto.Message, runs []orchestration.RunKey) {
	t.Helper()
	for i, err := range r.Each(r.ctx(), engine.Order{Operation: operation, Request: request, Reason: "a test"}, runs) {
		if err != nil {
			t.Errorf("%s: %v", runs[i].WorkflowID, err)
		}
	}
}

// signals is how many signals are in a run's history.
func (r *rig) signals(k orchestration.RunKey) (n int) {
	r.t.Helper()
	for _, ev := range r.events(k) {
		if ev.EventType == enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED {
			n++
		}
	}
	return n
}

// TestOrderReachesEveryOwner: one node's order is carried out at whichever node serves each run, once however often it is given.
func TestOrderReachesEveryOwner(t *testing.T) {
	f := newFleetRig(t, 3)
	var runs []orchestration.RunKey
	for _, n := range f.nodes {
		for i := range 4 {
			runs = append(runs, n.start(f.ownedBy(n, fmt.Sprint("order-", i))))
		}
	}
	asking := f.nodes[0].rig
	for range 3 {
		ask(t, asking, "1", &batchpb.BatchOperationSignal{Signal: "s"}, runs)
		ask(t, asking, "1", &batchpb.BatchOperationCancellation{}, runs)
	}
	ask(t, asking, "2", &batchpb.BatchOperationSignal{Signal: "s"}, runs)
	for i, k := range runs {
		if n := f.nodes[i/4].signals(k); n != 2 {
			t.Errorf("%s has %d signals, want 2", k.WorkflowID, n)
		}
	}
	ask(t, asking, "3", &batchpb.BatchOperationTermination{}, runs[:6])
	for i, err := range asking.Each(t.Context(), engine.Order{Operation: &batchpb.BatchOperationTermination{}, Request: "4"}, runs) {
		if closed := orchestration.CodeOf(err) == orchestration.NotFound; closed != (i < 6) {
			t.Errorf("a second termination of %s: %v", runs[i].WorkflowID, err)
		}
	}
	ask(t, asking, "5", &batchpb.BatchOperationDeletion{}, runs)
	for i, k := range runs {
		f.nodes[i/4].wantNone(k)
	}
}

// TestOrderFollowsItsRuns: a node that believes in an older table, and one that has lost the connection, change nothing in the end.
func TestOrderFollowsItsRuns(t *testing.T) {
	f := newFleetRig(t, 3)
	a, b, c := f.nodes[0], f.nodes[1], f.nodes[2]
	k := b.start(f.ownedBy(b, "w"))
	if err := f.fleet.Move(t.Context(), c.Node, k.Shard()); err != nil {
		t.Fatal(err)
	}
	a.Mislead(k.Shard(), b.ID())
	signal := engine.Order{Operation: &batchpb.BatchOperationSignal{Signal: "s"}, Request: "1"}
	if err := a.Each(t.Context(), signal, []orchestration.RunKey{k})[0]; orchestration.CodeOf(err) != orchestration.Unavailable {
		t.Errorf("through an older table: %v", err)
	}
	if err := a.Await(t.Context(), k.Shard()); err != nil {
		t.Fatal(err)
	}
	lost := true
	f.fleet.Faults(func(m fleettest.Message) fleettest.Fault {
		if m.Verb == "runs.order" && lost {
			lost = false
			return fleettest.LostAnswer
		}
		return fleettest.None
	})
	if err := a.Each(t.Context(), signal, []orchestration.RunKey{k})[0]; orchestration.CodeOf(err) != orchestration.Unavailable {
		t.Errorf("an answer that was lost: %v", err)
	}
	ask(t, a.rig, "1", signal.Operation, []orchestration.RunKey{k})
	if n := c.signals(k); n != 1 {
		t.Errorf("%d signals, want 1", n)
	}
}

func TestOrderThatIsNotBuilt(t *testing.T) {
	r := newRig(t)
	k := r.start("id")
	errs := r.Each(r.ctx(), engine.Order{Operation: &batchpb.BatchOperationUpdateWorkflowExecutionOptions{}, Request: "1"}, []orchestration.RunKey{k})
	if orchestration.CodeOf(errs[0]) != orchestration.Unimplemented {
		t.Errorf("got %v", errs)
	}
}
