package engine_test

import (
	"context"
	"slices"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

func TestActivityVerbs(t *testing.T) {
	r := newRig(t)
	k := r.start("id")
	r.complete(r.pollWorkflow(), scheduleActivity("1"))
	a := target(t, r.pollActivity())
	if answer, err := r.Heartbeat(r.ctx(), a, text("half")); err != nil || answer.CancelRequested {
		t.Fatalf("%+v, %v", answer, err)
	}
	d, err := r.Describe(r.ctx(), k)
	if err != nil || len(d.Activities) != 1 || d.Activities[0].HeartbeatDetails == nil || d.Info.GetExecution().GetRunId() != k.RunID.String() {
		t.Fatalf("%v, %v", d, err)
	}
	if err := r.CancelActivity(r.ctx(), a, nil); orchestration.CodeOf(err) != orchestration.InvalidArgument {
		t.Errorf("cancelled though nobody asked: %v", err)
	}
	if err := r.FailActivity(r.ctx(), a, &failurepb.Failure{Message: "no", FailureInfo: &failurepb.Failure_ApplicationFailureInfo{
		ApplicationFailureInfo: &failurepb.ApplicationFailureInfo{NonRetryable: true},
	}}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Heartbeat(r.ctx(), a, nil); orchestration.CodeOf(err) != orchestration.NotFound {
		t.Errorf("heartbeat of an activity that has failed: %v", err)
	}
	if got := kinds(r.events(k)); !slices.Contains(got, "ActivityTaskFailed") {
		t.Errorf("history %v", got)
	}
}

func TestSteeringVerbs(t *testing.T) {
	r := newRig(t)
	k := r.start("id")
	other := orchestration.NewRunID(time.Now())
	if err := r.RequestCancel(r.ctx(), k, other, history.Cancel{}); orchestration.CodeOf(err) != orchestration.NotFound {
		t.Errorf("cancel of another chain: %v", err)
	}
	if err := r.RequestCancel(r.ctx(), k, k.RunID, history.Cancel{Reason: "enough"}); err != nil {
		t.Error(err)
	}
	task := r.pollWorkflow()
	token, err := orchestration.DecodeTaskToken(task.Token, orchestration.WorkflowTask)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.FailWorkflowTask(r.ctx(), token, history.FailWorkflowTask{Failure: &failurepb.Failure{Message: "a defect"}}); err != nil {
		t.Fatal(err)
	}
	if task = r.pollWorkflow(); task.Attempt != 2 {
		t.Errorf("attempt %d", task.Attempt)
	}
	if err := r.ResetSticky(r.ctx(), k); err != nil {
		t.Error(err)
	}
	if err := r.Terminate(r.ctx(), k, other, history.Terminate{}); orchestration.CodeOf(err) != orchestration.NotFound {
		t.Errorf("terminate of another chain: %v", err)
	}
	if err := r.Terminate(r.ctx(), k, orchestration.RunID{}, history.Terminate{}); err != nil {
		t.Error(err)
	}
	if err := r.FailWorkflowTask(r.ctx(), token, history.FailWorkflowTask{}); orchestration.CodeOf(err) != orchestration.NotFound {
		t.Errorf("a stale token: %v", err)
	}
}

// TestInlineStarts: eager activities and the next workflow task come back with the completion that made them ready.
func TestInlineStarts(t *testing.T) {
	r := newRig(t)
	k := r.start("id")
	command := scheduleActivity("1")
	command.GetScheduleActivityTaskCommandAttributes().RequestEagerExecution = true
	answer := answerOf(t, r.pollWorkflow(), command)
	answer.ReturnNew, answer.Answer.ForceCreate = true, true
	got, err := r.CompleteWorkflowTask(r.ctx(), answer)
	if err != nil || len(got.Activities) != 1 || got.New == nil {
		t.Fatalf("%+v, %v", got, err)
	}
	if err := r.CompleteActivity(r.ctx(), target(t, got.Activities[0]), nil); err != nil {
		t.Error(err)
	}
	r.complete(got.New)
	r.complete(r.pollWorkflow(), completeWorkflow())
	if ev := r.result(k); ev.EventType != enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED {
		t.Errorf("%v", ev)
	}
}

// TestInlineStartsAreTakenBack: a caller that has gone does not keep the tasks it would have got.
func TestInlineStartsAreTakenBack(t *testing.T) {
	r := newRig(t)
	r.start("id")
	command := scheduleActivity("1")
	command.GetScheduleActivityTaskCommandAttributes().RequestEagerExecution = true
	answer := answerOf(t, r.pollWorkflow(), command)
	ctx, cancel := context.WithCancel(t.Context())
	held := r.faulty.Hold(1)
	done := make(chan error, 1)
	go func() {
		_, err := r.CompleteWorkflowTask(ctx, answer)
		done <- err
	}()
	<-held.Reached()
	cancel()
	if err := <-done; err == nil {
		t.Error("acknowledged before its commit")
	}
	held.Release()
}

func TestListAndCount(t *testing.T) {
	r := newRig(t)
	for _, id := range []string{"a", "b", "c"} {
		r.start(id)
	}
	if err := r.Terminate(r.ctx(), key("b"), orchestration.RunID{}, history.Terminate{}); err != nil {
		t.Fatal(err)
	}
	var ids []string
	in := engine.ListRequest{Namespace: namespace, PageSize: 2}
	for {
		page, err := r.List(r.ctx(), in)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Executions {
			ids = append(ids, e.Execution.WorkflowId)
			if closed := e.CloseTime != nil; closed != (e.Execution.WorkflowId == "b") || closed != (e.ExecutionDuration != nil) {
				t.Errorf("%v", e)
			}
		}
		if in.PageToken = page.PageToken; len(in.PageToken) == 0 {
			break
		}
	}
	if slices.Sort(ids); !slices.Equal(ids, []string{"a", "b", "c"}) {
		t.Errorf("listed %v", ids)
	}
	if n, err := r.Count(r.ctx(), engine.ListRequest{Namespace: namespace, Query: "ExecutionStatus = 'Running'"}); err != nil || n != 2 {
		t.Errorf("counted %d, %v", n, err)
	}
	for _, bad := range []engine.ListRequest{{Namespace: namespace, Query: "nonsense ="}, {Namespace: namespace, PageToken: []byte("x")}} {
		if _, err := r.List(r.ctx(), bad); orchestration.CodeOf(err) != orchestration.InvalidArgument {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if page, err := r.List(r.ctx(), engine.ListRequest{Namespace: orchestration.NamespaceID{9}}); err != nil || len(page.Executions) != 0 {
		t.Errorf("another namespace: %v, %v", page, err)
	}
}

func TestHistoryBackward(t *testing.T) {
	r := newRig(t)
	k := r.start("id")
	r.complete(r.pollWorkflow(), completeWorkflow())
	var ids []int64
	in := engine.HistoryRequest{Run: k, PageSize: 2}
	for {
		page, err := r.HistoryReverse(r.ctx(), in)
		if err != nil {
			t.Fatal(err)
		}
		for _, ev := range page.Events {
			ids = append(ids, ev.EventId)
		}
		if in.PageToken = page.PageToken; len(in.PageToken) == 0 {
			break
		}
	}
	if !slices.Equal(ids, []int64{5, 4, 3, 2, 1}) {
		t.Errorf("events %v", ids)
	}
	in.PageToken = []byte("x")
	if _, err := r.HistoryReverse(r.ctx(), in); orchestration.CodeOf(err) != orchestration.InvalidArgument {
		t.Errorf("a bad token: %v", err)
	}
}

// TestPagesOfAnotherRun: run ids and tokens of another namespace or workflow find nothing.
func TestPagesOfAnotherRun(t *testing.T) {
	r := newRig(t)
	mine, theirs := r.start("mine"), r.start("theirs")
	page, err := r.History(r.ctx(), engine.HistoryRequest{Run: theirs, PageSize: 1})
	if err != nil || len(page.PageToken) == 0 {
		t.Fatalf("%v, %v", page, err)
	}
	if _, err := r.History(r.ctx(), engine.HistoryRequest{Run: mine, PageToken: page.PageToken}); orchestration.CodeOf(err) != orchestration.InvalidArgument {
		t.Errorf("with a token of another run: %v", err)
	}
	foreign := theirs
	foreign.Namespace = orchestration.NamespaceID{9}
	for _, k := range []orchestration.RunKey{foreign, key("mine").WorkflowKey.Run(theirs.RunID)} {
		if _, err := r.History(r.ctx(), engine.HistoryRequest{Run: k}); orchestration.CodeOf(err) != orchestration.NotFound {
			t.Errorf("%v: %v", k, err)
		}
		if _, err := r.Describe(r.ctx(), k); orchestration.CodeOf(err) != orchestration.NotFound {
			t.Errorf("%v: %v", k, err)
		}
	}
	bare := key("mine")
	if _, err := r.History(r.ctx(), engine.HistoryRequest{Run: bare, PageToken: page.PageToken}); orchestration.CodeOf(err) != orchestration.NotFound {
		t.Errorf("a token of another workflow's run: %v", err)
	}
}

// TestHistoryWaitShowsNothingUncommitted: the wait ends while the closing commit is under way, and says only that nothing is new.
func TestHistoryWaitShowsNothingUncommitted(t *testing.T) {
	r := newRig(t)
	k := r.start("id")
	held := r.faulty.Hold(1)
	defer held.Release()
	ended := make(chan error, 1)
	go func() { ended <- r.Terminate(r.ctx(), k, orchestration.RunID{}, history.Terminate{}) }()
	<-held.Reached()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	page, err := r.History(ctx, engine.HistoryRequest{Run: k, Wait: true, CloseOnly: true})
	if err != nil || len(page.Events) != 0 || len(page.PageToken) == 0 {
		t.Errorf("%v, %v", page, err)
	}
	held.Release()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestLastEventOfAnOpenRun(t *testing.T) {
	r := newRig(t)
	k := r.start("id")
	last := func(id int64) {
		t.Helper()
		page, err := r.History(r.ctx(), engine.HistoryRequest{Run: k, CloseOnly: true})
		if err != nil || len(page.Events) != 1 || page.Events[0].EventId != id {
			t.Errorf("%v, %v", page.Events, err)
		}
	}
	last(2)
	r.pollWorkflow()
	last(3)
}

// TestWorkerGone: the polls of a process that shuts down end empty.
func TestWorkerGone(t *testing.T) {
	r := newRig(t)
	ended := make(chan *engine.WorkflowTask, 1)
	go func() {
		task, _ := r.PollWorkflowTask(r.ctx(), engine.Poll{Namespace: namespace, Queue: "steps", InstanceKey: "process"})
		ended <- task
	}()
	eventually(t, func() bool { return r.Waiting(engine.QueueRequest{Namespace: namespace, Queue: "steps", Kind: 1}) == 1 })
	if err := r.WorkerGone(r.ctx(), engine.WorkerGone{Namespace: namespace, StickyQueue: "own", TaskQueue: "steps", InstanceKey: "process"}); err != nil {
		t.Fatal(err)
	}
	if task := <-ended; task != nil {
		t.Errorf("%+v", task)
	}
}

// TestPoisonedTaskStarvesNobody: a task whose start cannot be committed lets the tasks behind it pass.
func TestPoisonedTaskStarvesNobody(t *testing.T) {
	r := newRig(t)
	poisoned := r.start("poisoned")
	r.start("fine")
	r.faulty.Poison(poisoned.RunID)
	if _, err := r.PollWorkflowTask(r.ctx(), engine.Poll{Namespace: namespace, Queue: "steps"}); orchestration.CodeOf(err) != orchestration.Unavailable {
		t.Fatalf("the poisoned task: %v", err)
	}
	if task := r.pollWorkflow(); task.Run.WorkflowID != "fine" {
		t.Errorf("got %s", task.Run.WorkflowID)
	}
	r.faulty.Cure(poisoned.RunID)
	if task := r.pollWorkflow(); task.Run.WorkflowID != "poisoned" {
		t.Errorf("got %s", task.Run.WorkflowID)
	}
}
