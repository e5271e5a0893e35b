package engine_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

var oneActivity = []string{
	"WorkflowExecutionStarted", "WorkflowTaskScheduled", "WorkflowTaskStarted", "WorkflowTaskCompleted",
	"ActivityTaskScheduled", "ActivityTaskStarted", "ActivityTaskCompleted",
	"WorkflowTaskScheduled", "WorkflowTaskStarted", "WorkflowTaskCompleted", "WorkflowExecutionCompleted",
}

func TestOneActivityStepByStep(t *testing.T) {
	r := newRig(t)
	k := r.start("transfer")
	task := r.pollWorkflow()
	if got := kinds(task.History); !slices.Equal(got, oneActivity[:3]) {
		t.Fatalf("first task shows %v", got)
	}
	r.complete(task, scheduleActivity("1"))
	act := r.pollActivity()
	if act.Type != "Step" || act.Attempt != 1 || string(act.Input.Payloads[0].Data) != `"input of 1"` {
		t.Fatalf("activity task %+v", act)
	}
	if err := r.CompleteActivity(r.ctx(), target(t, act), text("result")); err != nil {
		t.Fatal(err)
	}
	task = r.pollWorkflow()
	if got := kinds(task.History); !slices.Equal(got, oneActivity[:9]) {
		t.Fatalf("second task shows %v", got)
	}
	r.complete(task, completeWorkflow())
	if got := kinds(r.events(k)); !slices.Equal(got, oneActivity) {
		t.Fatalf("history %v", got)
	}
	if got := r.result(k).EventType; got != enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED {
		t.Fatalf("closed by %v", got)
	}
}

// With pollers waiting, a one-activity workflow costs four commits: start, first task completed, activity completed, second task completed.
func TestFusedStartsCostFourCommits(t *testing.T) {
	r := newRig(t)
	ctx, cancel := context.WithCancel(t.Context())
	wg := r.oneStep(ctx, 2)
	defer wg.Wait()
	defer cancel()
	r.waitForPollers(2)
	before := r.faulty.Commits()
	k := r.start("transfer")
	r.result(k)
	if got := r.faulty.Commits() - before; got != 4 {
		t.Errorf("%d commits, want 4", got)
	}
	if got := kinds(r.events(k)); !slices.Equal(got, oneActivity) {
		t.Errorf("history %v", got)
	}
}

// waitForPollers returns once n polls wait for each kind of task.
func (r *rig) waitForPollers(n int) {
	r.t.Helper()
	eventually(r.t, func() bool {
		for _, kind := range []enumspb.TaskQueueType{enumspb.TASK_QUEUE_TYPE_WORKFLOW, enumspb.TASK_QUEUE_TYPE_ACTIVITY} {
			if r.Waiting(engine.QueueRequest{Namespace: namespace, Queue: "steps", Kind: kind}) < n {
				return false
			}
		}
		return true
	})
}

func eventually(t testing.TB, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatal("did not happen within 20 s")
		}
		time.Sleep(time.Millisecond)
	}
}

func TestManyWorkflowsAtOnce(t *testing.T) {
	r := newRig(t)
	ctx, cancel := context.WithCancel(t.Context())
	wg := r.oneStep(ctx, 4)
	defer wg.Wait()
	defer cancel()
	keys := make(chan orchestration.RunKey, 200)
	for i := range 200 {
		go func() { keys <- r.start(fmt.Sprintf("transfer-%d", i)) }()
	}
	for range 200 {
		k := <-keys
		r.result(k)
		if got := kinds(r.events(k)); !slices.Equal(got, oneActivity) {
			t.Errorf("history of %s: %v", k.WorkflowID, got)
		}
	}
}

func TestStartDeduplicatesByRequestID(t *testing.T) {
	r := newRig(t)
	in := startOf("once")
	in.Run.RequestID = "request"
	first, err := r.Start(r.ctx(), in)
	if err != nil || !first.Started {
		t.Fatalf("%+v, %v", first, err)
	}
	again, err := r.Start(r.ctx(), in)
	if err != nil || again.RunID != first.RunID || !again.Started {
		t.Fatalf("%+v, %v; want run %s", again, err, first.RunID)
	}
	r.reopen()
	again, err = r.Start(r.ctx(), in)
	if err != nil || again.RunID != first.RunID {
		t.Fatalf("after a restart: %+v, %v; want run %s", again, err, first.RunID)
	}
}

func TestConflictPolicies(t *testing.T) {
	r := newRig(t)
	k := r.start("id")
	_, err := r.Start(r.ctx(), startOf("id"))
	if e, ok := err.(*orchestration.Error); !ok || e.Code != orchestration.AlreadyStarted || e.RunID != k.RunID.String() {
		t.Fatalf("fail: %#v", err)
	}
	in := startOf("id")
	in.ConflictPolicy = enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
	if reply, err := r.Start(r.ctx(), in); err != nil || reply.RunID != k.RunID || reply.Started {
		t.Fatalf("use existing: %+v, %v", reply, err)
	}
	in.ConflictPolicy = enumspb.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING
	reply, err := r.Start(r.ctx(), in)
	if err != nil || reply.RunID == k.RunID || !reply.Started {
		t.Fatalf("terminate existing: %+v, %v", reply, err)
	}
	if got := r.result(k).EventType; got != enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED {
		t.Fatalf("old run closed by %v", got)
	}
}

func TestReusePolicies(t *testing.T) {
	r := newRig(t)
	finish := func(id string, how func(orchestration.RunKey)) {
		k := r.start(id)
		how(k)
	}
	completed := func(orchestration.RunKey) { r.complete(r.pollWorkflow(), completeWorkflow()) }
	terminated := func(k orchestration.RunKey) {
		if err := r.Terminate(r.ctx(), k, orchestration.RunID{}, history.Terminate{Reason: "test"}); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name   string
		how    func(orchestration.RunKey)
		policy enumspb.WorkflowIdReusePolicy
		ok     bool
	}{
		{"completed, allow", completed, enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE, true},
		{"completed, failed only", completed, enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY, false},
		{"terminated, failed only", terminated, enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY, true},
		{"completed, reject", completed, enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE, false},
		{"terminated, reject", terminated, enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE, false},
	} {
		finish(c.name, c.how)
		in := startOf(c.name)
		in.ReusePolicy = c.policy
		reply, err := r.Start(r.ctx(), in)
		if ok := err == nil; ok != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
		if err != nil && orchestration.CodeOf(err) != orchestration.AlreadyStarted {
			t.Errorf("%s: code %v", c.name, orchestration.CodeOf(err))
		}
		if err == nil {
			k := key(c.name)
			k.RunID = reply.RunID
			terminated(k)
		}
	}
}
