package engine_test

import (
	"testing"

	activitypb "go.temporal.io/api/activity/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

var stepOne = history.ActivityChoice{ID: "one"}

// scheduled starts a workflow with activity "one".
func (r *rig) scheduled(id string) orchestration.RunKey {
	r.t.Helper()
	k := r.start(id)
	r.complete(r.pollWorkflow(), scheduleActivity("one"))
	return k
}

// wantPending fails unless the run's one activity is in the state and attempt.
func (r *rig) wantPending(k orchestration.RunKey, state enumspb.PendingActivityState, attempt int32) {
	r.t.Helper()
	d, err := r.Describe(r.ctx(), k)
	if err != nil || len(d.Activities) != 1 || d.Activities[0].State != state || d.Activities[0].Attempt != attempt {
		r.t.Fatalf("%v, %v; want %v in attempt %d", d, err, state, attempt)
	}
}

// TestRestartKeepsPausesAndResets: what operators did is as durable as anything else, and tokens of before a reset are worth nothing after it.
func TestRestartKeepsPausesAndResets(t *testing.T) {
	r := newRig(t)
	k := r.scheduled("paused")
	if err := r.PauseActivities(r.ctx(), k, history.PauseActivities{ActivityChoice: stepOne, Identity: "operator", Reason: "why"}); err != nil {
		t.Fatal(err)
	}
	r.reopen()
	r.wantPending(k, enumspb.PENDING_ACTIVITY_STATE_PAUSED, 1)
	if d, err := r.DescribeQueue(r.ctx(), engine.QueueRequest{Namespace: namespace, Queue: "steps", Kind: enumspb.TASK_QUEUE_TYPE_ACTIVITY}); err != nil || d.Stats.ApproximateBacklogCount != 0 {
		t.Errorf("a paused activity waits in its queue: %v, %v", d.Stats, err)
	}
	if err := r.UnpauseActivities(r.ctx(), k, history.UnpauseActivities{ActivityChoice: stepOne}); err != nil {
		t.Fatal(err)
	}
	before := r.pollActivity()
	if err := r.ResetActivities(r.ctx(), k, history.ResetActivities{ActivityChoice: stepOne}); err != nil {
		t.Fatal(err)
	}
	r.reopen()
	if a, err := r.Heartbeat(r.ctx(), target(t, before), nil); err != nil || !a.Reset || a.Paused {
		t.Errorf("%+v, %v", a, err)
	}
	none := &failurepb.Failure{FailureInfo: &failurepb.Failure_ApplicationFailureInfo{ApplicationFailureInfo: &failurepb.ApplicationFailureInfo{}}}
	if err := r.FailActivity(r.ctx(), target(t, before), none, nil); err != nil {
		t.Fatal(err)
	}
	if err := r.ResetActivities(r.ctx(), k, history.ResetActivities{ActivityChoice: stepOne}); err != nil { // which ends the back-off
		t.Fatal(err)
	}
	after := r.pollActivity()
	if after.AttemptCount != 1 || target(t, after).Attempt == target(t, before).Attempt {
		t.Errorf("attempt %d, named %d as before", after.AttemptCount, target(t, after).Attempt)
	}
	if err := r.CompleteActivity(r.ctx(), target(t, before), nil); orchestration.CodeOf(err) != orchestration.NotFound {
		t.Errorf("the attempt before the reset completes the one after it: %v", err)
	}
	if err := r.CompleteActivity(r.ctx(), target(t, after), nil); err != nil {
		t.Error(err)
	}
}

// TestMovedActivityIsStartedFromItsNewQueueOnly, at another node too.
func TestMovedActivityIsStartedFromItsNewQueueOnly(t *testing.T) {
	f := newFleetRig(t, 2)
	first, second := f.nodes[0], f.nodes[1]
	k := first.start(f.ownedBy(first, "moved"))
	first.complete(first.pollWorkflow(), scheduleActivity("one"))
	move := func(queue string) {
		t.Helper()
		options, err := first.UpdateActivities(first.ctx(), k, history.UpdateActivities{
			ActivityChoice: stepOne, Mask: []string{"task_queue.name"},
			Options: &activitypb.ActivityOptions{TaskQueue: &taskqueuepb.TaskQueue{Name: queue}},
		})
		if err != nil || options.TaskQueue.Name != queue {
			t.Fatalf("%v, %v", options, err)
		}
	}
	move("elsewhere")
	kind := enumspb.TASK_QUEUE_TYPE_ACTIVITY
	for queue, want := range map[string]int64{"steps": 0, "elsewhere": 1} {
		if d, err := second.DescribeQueue(second.ctx(), engine.QueueRequest{Namespace: namespace, Queue: queue, Kind: kind}); err != nil || d.Stats.ApproximateBacklogCount != want {
			t.Errorf("%s: %v, %v; want %d", queue, d.Stats, err, want)
		}
	}
	task, err := second.PollActivityTask(second.ctx(), engine.Poll{Namespace: namespace, Queue: "elsewhere", Identity: "worker"})
	if err != nil || task == nil || task.ActivityID != "one" || task.AttemptCount != 1 {
		t.Fatalf("%+v, %v", task, err)
	}
}
