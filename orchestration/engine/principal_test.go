package engine_test

import (
	"strings"
	"testing"

	batchpb "go.temporal.io/api/batch/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

func by(name string) *commonpb.Principal { return &commonpb.Principal{Type: "key", Name: name} }

// askedBy are the events of a run that somebody asked for: "WorkflowExecutionSignaled by ada".
func (r *rig) askedBy(k orchestration.RunKey) (all []string) {
	r.t.Helper()
	events := r.events(k)
	for i, kind := range kinds(events) {
		if p := events[i].GetPrincipal(); p != nil {
			all = append(all, strings.TrimPrefix(kind, "WorkflowExecution")+" by "+p.GetName())
		}
	}
	return all
}

func wantAsked(t *testing.T, got []string, want string) {
	t.Helper()
	if text := strings.Join(got, ", "); text != want {
		t.Errorf("asked for: %s\nwant: %s", text, want)
	}
}

// TestUpdateTellsWhoAsked: the acceptance of an update, which has its request, tells who asked for it; a reset that records it again, too, beside who asked for that.
func TestUpdateTellsWhoAsked(t *testing.T) {
	r := newRig(t)
	k := r.idle("id")
	done := make(chan updated, 1)
	go func() {
		reply, err := r.UpdateWorkflow(r.ctx(), engine.UpdateRequest{Run: k, Request: raise("u"), By: by("ada"), Stage: history.UpdateAccepted})
		done <- updated{reply, err}
	}()
	r.mustSay(r.pollWorkflow(), accept(t, "u"))
	(<-done).want(t, history.UpdateAccepted, "")
	wantAsked(t, r.askedBy(k), "UpdateAccepted by ada")
	next := r.reset(engine.ResetRequest{Run: k, Event: 4, Reapply: everything, By: by("bob")})
	wantAsked(t, r.askedBy(next), "WorkflowTaskFailed by bob, UpdateAdmitted by ada")
	wantAsked(t, r.askedBy(k), "UpdateAccepted by ada, Terminated by bob")
}

// TestOrderTellsWhoGaveIt: what a batch operation does to a run is by whoever began it, also at another node.
func TestOrderTellsWhoGaveIt(t *testing.T) {
	f := newFleetRig(t, 2)
	asking, owner := f.nodes[0].rig, f.nodes[1]
	ordered := func(k orchestration.RunKey, operation proto.Message) orchestration.RunKey {
		order := engine.Order{Operation: operation, Request: "1", Reason: "a test", By: by("ada")}
		if err := asking.Each(asking.ctx(), order, []orchestration.RunKey{k})[0]; err != nil {
			t.Fatalf("%s: %v", k.WorkflowID, err)
		}
		return k
	}
	old := ordered(owner.idle(f.ownedBy(owner, "reset")), &batchpb.BatchOperationReset{
		Options: &commonpb.ResetOptions{Target: &commonpb.ResetOptions_WorkflowTaskId{WorkflowTaskId: 4}, ResetReapplyType: enumspb.RESET_REAPPLY_TYPE_NONE}, //nolint:staticcheck // the older form
		PostResetOperations: []*workflowpb.PostResetOperation{{Variant: &workflowpb.PostResetOperation_SignalWorkflow_{
			SignalWorkflow: &workflowpb.PostResetOperation_SignalWorkflow{SignalName: "after"},
		}}},
	})
	wantAsked(t, owner.askedBy(old), "Terminated by ada")
	wantAsked(t, owner.askedBy(old.WorkflowKey.Run(orchestration.RunID{})), "WorkflowTaskFailed by ada, Signaled by ada")
	wantAsked(t, owner.askedBy(ordered(owner.start(f.ownedBy(owner, "signal")), &batchpb.BatchOperationSignal{Signal: "s"})), "Signaled by ada")
	wantAsked(t, owner.askedBy(ordered(owner.start(f.ownedBy(owner, "cancel")), &batchpb.BatchOperationCancellation{})), "CancelRequested by ada")
	wantAsked(t, owner.askedBy(ordered(owner.start(f.ownedBy(owner, "terminate")), &batchpb.BatchOperationTermination{})), "Terminated by ada")
}
