package engine_test

import (
	"context"
	"slices"
	"testing"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

func continueAsNew() *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
		Attributes: &commandpb.Command_ContinueAsNewWorkflowExecutionCommandAttributes{
			ContinueAsNewWorkflowExecutionCommandAttributes: &commandpb.ContinueAsNewWorkflowExecutionCommandAttributes{Input: text("next")},
		},
	}
}

// TestChainKeepsItsName: the runs of a chain answer to the first run's id, and a repeated start is answered as before.
func TestChainKeepsItsName(t *testing.T) {
	r := newRig(t)
	request := startOf("id")
	request.Run.RequestID = "start"
	first, err := r.Start(r.ctx(), request)
	if err != nil || first.First != first.RunID {
		t.Fatalf("%+v, %v", first, err)
	}
	r.complete(r.pollWorkflow(), continueAsNew())
	d, err := r.Describe(r.ctx(), key("id"))
	if err != nil || d.Info.FirstRunId != first.RunID.String() || d.Info.Execution.RunId == first.RunID.String() {
		t.Fatalf("%v, %v", d.Info, err)
	}
	if again, err := r.Start(r.ctx(), request); err != nil || again.RunID != first.RunID || !again.Started {
		t.Errorf("repeated: %+v, %v", again, err)
	}
	request.Run.RequestID, request.ConflictPolicy = "other", enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
	if found, err := r.Start(r.ctx(), request); err != nil || found.RunID.String() != d.Info.Execution.RunId || found.First != first.RunID || found.Started {
		t.Errorf("found: %+v, %v", found, err)
	}
	if err := r.RequestCancel(r.ctx(), key("id"), first.RunID, history.Cancel{}); err != nil {
		t.Errorf("cancel by the first run: %v", err)
	}
	if err := r.Terminate(r.ctx(), key("id"), first.RunID, history.Terminate{}); err != nil {
		t.Errorf("terminate by the first run: %v", err)
	}
}

func TestSignalWithStart(t *testing.T) {
	r := newRig(t)
	request := startOf("id")
	request.ConflictPolicy = enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
	send := func(id string) engine.StartReply {
		t.Helper()
		request.Run.RequestID = id
		reply, err := r.SignalWithStart(r.ctx(), request, history.Signal{Name: id, RequestID: id})
		if err != nil {
			t.Fatal(err)
		}
		return reply
	}
	first := send("a")
	if again := send("a"); again.RunID != first.RunID || !again.Started || !first.Started {
		t.Errorf("repeated: %+v after %+v", again, first)
	}
	if second := send("b"); second.RunID != first.RunID || second.Started {
		t.Errorf("second: %+v", second)
	}
	send("b")
	k := key("id")
	k.RunID = first.RunID
	want := []string{"WorkflowExecutionStarted", "WorkflowExecutionSignaled", "WorkflowTaskScheduled", "WorkflowExecutionSignaled"}
	if got := kinds(r.events(k)); !slices.Equal(got, want) {
		t.Errorf("history %v", got)
	}
	request.ConflictPolicy = enumspb.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING
	if third := send("c"); third.RunID == first.RunID || !third.Started {
		t.Errorf("third: %+v", third)
	}
	request.ReusePolicy = enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE
	if err := r.Terminate(r.ctx(), key("id"), orchestration.RunID{}, history.Terminate{}); err != nil {
		t.Fatal(err)
	}
	request.Run.RequestID = "d"
	if _, err := r.SignalWithStart(r.ctx(), request, history.Signal{Name: "d", RequestID: "d"}); orchestration.CodeOf(err) != orchestration.AlreadyStarted {
		t.Errorf("a closed run that must not have a successor: %v", err)
	}
}

// TestRefusedSignalWithStartLeavesNothing: neither the signal nor the run, and not the termination of the run before.
func TestRefusedSignalWithStartLeavesNothing(t *testing.T) {
	r := newRig(t)
	k := r.start("id")
	request := startOf("id")
	request.ConflictPolicy = enumspb.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING
	r.faulty.FailBefore(1, store.ErrUnavailable)
	if _, err := r.SignalWithStart(r.ctx(), request, history.Signal{Name: "s"}); orchestration.CodeOf(err) != orchestration.Unavailable {
		t.Fatalf("acknowledged: %v", err)
	}
	d, err := r.Describe(r.ctx(), key("id"))
	if err != nil || d.Info.Execution.RunId != k.RunID.String() || d.Info.Status != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING || d.Info.HistoryLength != 2 {
		t.Errorf("%v, %v", d, err)
	}
}

// TestEagerStart: the first workflow task comes with the start, and again with its repetition; a task that has to wait does not.
func TestEagerStart(t *testing.T) {
	r := newRig(t)
	request := startOf("id")
	request.Eager, request.Run.RequestID = true, "start"
	first, err := r.Start(r.ctx(), request)
	if err != nil || first.Task == nil || len(first.Task.History) != 3 || first.Task.StartedEventID != 3 {
		t.Fatalf("%+v, %v", first, err)
	}
	again, err := r.Start(r.ctx(), request)
	if err != nil || again.Task == nil || string(again.Task.Token) != string(first.Task.Token) {
		t.Fatalf("repeated: %+v, %v", again, err)
	}
	r.complete(first.Task, completeWorkflow())
	if again, err = r.Start(r.ctx(), request); err != nil || again.Task != nil || again.RunID != first.RunID {
		t.Errorf("after its end: %+v, %v", again, err)
	}
	request = startOf("later")
	request.Eager, request.Run.StartDelay = true, time.Hour
	if later, err := r.Start(r.ctx(), request); err != nil || later.Task != nil {
		t.Errorf("with a delay: %+v, %v", later, err)
	}
}

// TestEagerStartIsTakenBack: a caller that has gone does not keep the task that it would have got.
func TestEagerStartIsTakenBack(t *testing.T) {
	r := newRig(t)
	request := startOf("id")
	request.Eager, request.Run.RequestID = true, "start"
	ctx, cancel := context.WithCancel(t.Context())
	held := r.faulty.Hold(1)
	done := make(chan error, 1)
	go func() {
		_, err := r.Start(ctx, request)
		done <- err
	}()
	<-held.Reached()
	cancel()
	if err := <-done; err == nil {
		t.Error("acknowledged before its commit")
	}
	held.Release()
	r.complete(r.pollWorkflow(), completeWorkflow())
}

// TestRetriedRunAfterARestart: a process that was away when a run timed out has the next attempt follow.
func TestRetriedRunAfterARestart(t *testing.T) {
	r := newRig(t)
	request := startOf("id")
	request.Run.RunTimeout = 50 * time.Millisecond
	request.Run.RetryPolicy = &commonpb.RetryPolicy{MaximumAttempts: 2}
	first, err := r.Start(r.ctx(), request)
	if err != nil {
		t.Fatal(err)
	}
	r.reopen()
	k := key("id")
	k.RunID = first.RunID
	a := r.result(k).GetWorkflowExecutionTimedOutEventAttributes()
	if a.GetRetryState() != enumspb.RETRY_STATE_IN_PROGRESS || a.GetNewExecutionRunId() == "" {
		t.Fatalf("%v", a)
	}
	if k.RunID, err = orchestration.ParseRunID(a.GetNewExecutionRunId()); err != nil {
		t.Fatal(err)
	}
	if a := r.result(k).GetWorkflowExecutionTimedOutEventAttributes(); a.GetRetryState() != enumspb.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED {
		t.Fatalf("%v", a)
	}
}
