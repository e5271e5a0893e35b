package engine_test

import (
	"fmt"
	"strings"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// failTask fails the workflow task that is next.
func (r *rig) failTask(message string) {
	r.t.Helper()
	task := r.pollWorkflow()
	token, err := orchestration.DecodeTaskToken(task.Token, orchestration.WorkflowTask)
	if err != nil {
		r.t.Fatal(err)
	}
	in := history.FailWorkflowTask{
		Cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR, Failure: &failurepb.Failure{Message: message, StackTrace: "main.go:7", Cause: &failurepb.Failure{Message: "deeper"}},
	}
	if err := r.FailWorkflowTask(r.ctx(), token, in); err != nil {
		r.t.Fatal(err)
	}
}

// TestLooks: what each run waits for, in brief; and a run that has closed, or was never there, waits for nothing.
func TestLooks(t *testing.T) {
	r := newRig(t)
	long := strings.Repeat("é", 400)
	retrying := r.scheduled("retrying")
	a := r.pollActivity()
	if err := r.FailActivity(r.ctx(), target(t, a), &failurepb.Failure{Message: "no such account", StackTrace: "secret"}, text("details")); err != nil {
		t.Fatal(err)
	}
	failing := r.start("failing")
	r.failTask(long)
	waiting := r.start("waiting")
	looks := r.Looks(r.ctx(), []orchestration.RunKey{failing, retrying, waiting, key("nobody"), key("nobody").WorkflowKey.Run(retrying.RunID)})
	f, a2, w := looks[0], looks[1], looks[2]
	if f.Err != nil || f.Queue != "steps" || f.Task.GetAttempt() != 2 || f.Failed.GetEventId() != 4 || f.Pending != 0 || f.Activity != nil {
		t.Errorf("failing: %+v", f)
	}
	cause := f.Failed.GetWorkflowTaskFailedEventAttributes()
	if cause.GetCause() != enumspb.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR || cause.GetFailure().GetMessage() != long[:500] || cause.GetFailure().GetStackTrace() != "" ||
		cause.GetFailure().GetCause().GetMessage() != "deeper" {
		t.Errorf("failing: %+v", cause)
	}
	if a2.Err != nil || a2.Pending != 1 || a2.Activity.GetAttempt() != 2 || a2.Activity.GetLastFailure().GetMessage() != "no such account" ||
		a2.Activity.GetLastFailure().GetStackTrace() != "" || a2.Activity.GetHeartbeatDetails() != nil || a2.Activity.GetNextAttemptScheduleTime() == nil || a2.Failed != nil {
		t.Errorf("retrying: %+v", a2)
	}
	if w.Err != nil || w.Task.GetState() != enumspb.PENDING_WORKFLOW_TASK_STATE_SCHEDULED || w.Failed != nil {
		t.Errorf("waiting: %+v", w)
	}
	if err := r.Terminate(r.ctx(), waiting, orchestration.RunID{}, history.Terminate{}); err != nil {
		t.Fatal(err)
	}
	for i, l := range append(looks[3:], r.Looks(r.ctx(), []orchestration.RunKey{waiting})...) {
		if orchestration.CodeOf(l.Err) != orchestration.NotFound {
			t.Errorf("%d: %+v", i, l)
		}
		if ended := i == 2; l.Trace.IsZero() == ended || ended && l.Trace.Trace != waiting.RunID {
			t.Errorf("%d: the trace is %+v", i, l.Trace)
		}
	}
}

// TestLooksShowWhatStandsOut: a paused activity before one that is retried, and that before one that only waits.
func TestLooksShowWhatStandsOut(t *testing.T) {
	r := newRig(t)
	k := r.start("several")
	r.complete(r.pollWorkflow(), scheduleActivity("one"), scheduleActivity("two"), scheduleActivity("three"))
	want := func(id string, attempt int32) {
		t.Helper()
		l := r.Looks(r.ctx(), []orchestration.RunKey{k})[0]
		if l.Err != nil || l.Pending != 3 || l.Activity.GetActivityId() != id || l.Activity.GetAttempt() != attempt {
			t.Errorf("%+v, want %s in attempt %d", l, id, attempt)
		}
	}
	want("one", 1)
	a := r.pollActivity()
	for a.ActivityID != "two" {
		a = r.pollActivity()
	}
	if err := r.FailActivity(r.ctx(), target(t, a), &failurepb.Failure{Message: "no"}, nil); err != nil {
		t.Fatal(err)
	}
	want("two", 2)
	if err := r.PauseActivities(r.ctx(), k, history.PauseActivities{ActivityChoice: history.ActivityChoice{ID: "three"}}); err != nil {
		t.Fatal(err)
	}
	want("three", 1)
}

// TestLooksOfSeveralNodes: asked at any of them, each run is seen at its owner; those of a node that cannot be asked are not.
func TestLooksOfSeveralNodes(t *testing.T) {
	f := newFleetRig(t, 2)
	var runs []orchestration.RunKey
	for i := range 4 {
		n := f.nodes[i%2]
		runs = append(runs, n.start(f.ownedBy(n, fmt.Sprint("run-", i))))
	}
	for _, n := range f.nodes {
		for i, l := range n.Looks(n.ctx(), runs) {
			if l.Err != nil || l.Task == nil || l.Queue != "steps" || l.Trace.Trace != runs[i].RunID {
				t.Errorf("%d: %+v", i, l)
			}
		}
	}
	f.nodes[1].Kill()
	for i, l := range f.nodes[0].Looks(t.Context(), runs) {
		if (l.Err == nil) != (i%2 == 0) {
			t.Errorf("%d: %+v", i, l)
		}
	}
}
