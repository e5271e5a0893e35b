package acceptance

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	updatepb "go.temporal.io/api/update/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// account keeps a sum until the word "end". Its updates: add (positive numbers only), addSlowly (by way of an activity), addLater (after the word "go"),
// overdraw (accepted, then fails).
func account(ctx workflow.Context) (int, error) {
	sum, going := 0, false
	positive := workflow.UpdateHandlerOptions{Validator: func(_ workflow.Context, n int) error {
		if n <= 0 {
			return temporal.NewApplicationError(fmt.Sprintf("%d is not positive", n), "NotPositive")
		}
		return nil
	}}
	add := func(n int) (int, error) { sum += n; return sum, nil }
	handlers := map[string]func(workflow.Context, int) (int, error){
		"add": func(_ workflow.Context, n int) (int, error) { return add(n) },
		"addSlowly": func(ctx workflow.Context, n int) (int, error) {
			ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 10 * time.Second})
			if err := workflow.ExecuteActivity(ctx, "step", n).Get(ctx, &n); err != nil {
				return 0, err
			}
			return add(n)
		},
		"addLater": func(ctx workflow.Context, n int) (int, error) {
			if err := workflow.Await(ctx, func() bool { return going }); err != nil {
				return 0, err
			}
			return add(n)
		},
		"overdraw": func(workflow.Context, int) (int, error) {
			return 0, temporal.NewApplicationError("no credit", "NoCredit")
		},
	}
	for _, name := range []string{"add", "addSlowly", "addLater", "overdraw"} {
		if err := workflow.SetUpdateHandlerWithOptions(ctx, name, handlers[name], positive); err != nil {
			return 0, err
		}
	}
	for word := ""; word != "end"; {
		workflow.GetSignalChannel(ctx, "word").Receive(ctx, &word)
		going = going || word == "go"
	}
	return sum, nil
}

// double is the activity of addSlowly.
func double(_ context.Context, n int) (int, error) { return 2 * n, nil }

// update sends an update to a run and waits until it is accepted, or as o says.
func (l *lab) update(run client.WorkflowRun, name string, n int, tune ...func(*client.UpdateWorkflowOptions)) (client.WorkflowUpdateHandle, error) {
	o := client.UpdateWorkflowOptions{
		WorkflowID: run.GetID(), RunID: run.GetRunID(), UpdateName: name, Args: []any{n}, WaitForStage: client.WorkflowUpdateStageAccepted,
	}
	for _, f := range tune {
		f(&o)
	}
	return l.client.UpdateWorkflow(l.ctx, o)
}

// mustUpdate is update that completes, with its result.
func (l *lab) mustUpdate(run client.WorkflowRun, name string, n int) int {
	l.Helper()
	handle, err := l.update(run, name, n, func(o *client.UpdateWorkflowOptions) { o.WaitForStage = client.WorkflowUpdateStageCompleted })
	l.must(err)
	return l.outcome(handle)
}

// outcome waits for an update's result.
func (l *lab) outcome(handle client.WorkflowUpdateHandle) int {
	l.Helper()
	var out int
	l.must(handle.Get(l.ctx, &out))
	return out
}

// wantApplicationError checks what an update failed with.
func (l *lab) wantApplicationError(err error, kind string) {
	l.Helper()
	var app *temporal.ApplicationError
	if !errors.As(err, &app) || app.Type() != kind {
		l.Errorf("failed with %v, want an application error %s", err, kind)
	}
}

// replayed replays an account's history with the official replayer.
func (l *lab) replayed(run client.WorkflowRun) {
	l.Helper()
	r := worker.NewWorkflowReplayer()
	r.RegisterWorkflowWithOptions(account, workflow.RegisterOptions{Name: "account"})
	l.must(r.ReplayWorkflowHistory(quiet(), &historypb.History{Events: l.events(run)}))
}

func TestUpdateChangesAndAnswers(t *testing.T) {
	l := newLab(t)
	l.work(code{"account": account}, code{"step": double})
	run := l.start("account")
	l.awaitEvent(run, enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
	equal(t, "sum", l.mustUpdate(run, "add", 3), 3)
	equal(t, "sum", l.mustUpdate(run, "addSlowly", 4), 11)
	l.say(run, "end")
	equal(t, "result", result[int](l, run), 11)
	all := l.wantShape(run, `
		WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted
		WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionUpdateAccepted WorkflowExecutionUpdateCompleted
		WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionUpdateAccepted
		ActivityTaskScheduled ActivityTaskStarted ActivityTaskCompleted
		WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionUpdateCompleted
		WorkflowExecutionSignaled WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionCompleted`)
	accepted := all[7].GetWorkflowExecutionUpdateAcceptedEventAttributes()
	completed := all[8].GetWorkflowExecutionUpdateCompletedEventAttributes()
	id := accepted.GetProtocolInstanceId()
	equal(t, "update id of the request", accepted.GetAcceptedRequest().GetMeta().GetUpdateId(), id)
	equal(t, "name", accepted.GetAcceptedRequest().GetInput().GetName(), "add")
	equal(t, "message", accepted.GetAcceptedRequestMessageId(), id+"/request")
	equal(t, "sequencing event", accepted.GetAcceptedRequestSequencingEventId(), 5)
	equal(t, "accepted event", completed.GetAcceptedEventId(), 8)
	equal(t, "update id of the outcome", completed.GetMeta().GetUpdateId(), id)
	l.replayed(run)
}

func TestRejectedUpdateLeavesNoTrace(t *testing.T) {
	l := newLab(t)
	l.work(code{"account": account}, code{"step": double})
	run := l.start("account")
	l.awaitEvent(run, enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
	for n := range 3 {
		handle, err := l.update(run, "add", -n)
		l.must(err)
		l.wantApplicationError(handle.Get(l.ctx, nil), "NotPositive")
	}
	l.wantShape(run, "WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted")
	handle, err := l.update(run, "unknown", 1)
	l.must(err)
	if err := handle.Get(l.ctx, nil); err == nil || !strings.Contains(err.Error(), "unknown update unknown") {
		t.Errorf("an update without handler: %v", err)
	}
	equal(t, "sum", l.mustUpdate(run, "add", 1), 1)
	l.say(run, "end")
	equal(t, "result", result[int](l, run), 1)
	equal(t, "failed tasks", count(l.events(run), enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED), 0)
	l.replayed(run)
}

func TestUpdateThatFailsAfterItsAcceptance(t *testing.T) {
	l := newLab(t)
	l.work(code{"account": account}, nil)
	run := l.start("account")
	handle, err := l.update(run, "overdraw", 1)
	l.must(err)
	l.wantApplicationError(handle.Get(l.ctx, nil), "NoCredit")
	l.say(run, "end")
	equal(t, "result", result[int](l, run), 0)
	equal(t, "accepted", count(l.events(run), enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED), 1)
	l.replayed(run)
}

func TestUpdateIsKnownByItsID(t *testing.T) {
	l := newLab(t)
	l.work(code{"account": account}, nil)
	run := l.start("account")
	once := func(o *client.UpdateWorkflowOptions) { o.UpdateID = "deposit-1" }
	for range 3 {
		handle, err := l.update(run, "add", 5, once)
		l.must(err)
		equal(t, "update id", handle.UpdateID(), "deposit-1")
		equal(t, "sum", l.outcome(handle), 5)
	}
	l.say(run, "end")
	equal(t, "result", result[int](l, run), 5)
	handle, err := l.update(run, "add", 5, once)
	l.must(err)
	equal(t, "sum, after the close", l.outcome(handle), 5)
	found := l.client.GetWorkflowUpdateHandle(client.GetWorkflowUpdateHandleOptions{WorkflowID: run.GetID(), RunID: run.GetRunID(), UpdateID: "deposit-1"})
	equal(t, "sum, polled after the close", l.outcome(found), 5)
	equal(t, "accepted", count(l.events(run), enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED), 1)
	_, err = l.update(run, "add", 5)
	want[*serviceerror.NotFound](l, "an update of a closed run", err)
	stranger := l.client.GetWorkflowUpdateHandle(client.GetWorkflowUpdateHandleOptions{WorkflowID: run.GetID(), RunID: run.GetRunID(), UpdateID: "deposit-2"})
	want[*serviceerror.NotFound](l, "an update that never was", stranger.Get(l.ctx, nil))
	l.replayed(run)
}

func TestUpdatesAtTheSameTime(t *testing.T) {
	l := newLab(t)
	l.work(code{"account": account}, code{"step": double})
	run := l.start("account")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 5 {
				handle, err := l.update(run, []string{"add", "addSlowly"}[i%2], 1)
				if err == nil {
					err = handle.Get(l.ctx, nil)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	l.say(run, "end")
	equal(t, "result", result[int](l, run), 4*5*1+4*5*2)
	l.replayed(run)
}

func TestAcceptedUpdateEndsWithItsRun(t *testing.T) {
	l := newLab(t)
	l.work(code{"account": account}, nil)
	run := l.start("account")
	handle, err := l.update(run, "addLater", 1)
	l.must(err)
	l.must(l.client.TerminateWorkflow(l.ctx, run.GetID(), run.GetRunID(), "enough"))
	l.wantApplicationError(handle.Get(l.ctx, nil), "AcceptedUpdateCompletedWorkflow")
	again := l.client.GetWorkflowUpdateHandle(client.GetWorkflowUpdateHandleOptions{WorkflowID: run.GetID(), RunID: run.GetRunID(), UpdateID: handle.UpdateID()})
	l.wantApplicationError(again.Get(l.ctx, nil), "AcceptedUpdateCompletedWorkflow")
}

func TestUpdateThatItsRunEndsBefore(t *testing.T) {
	l := newLab(t)
	run := l.start("account") // there is no worker
	asked := make(chan error, 1)
	go func() {
		_, err := l.update(run, "add", 1, func(o *client.UpdateWorkflowOptions) { o.UpdateID = "early" })
		asked <- err
	}()
	eventually(t, func() error {
		return l.updateIs(run, "early", enumspb.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED)
	})
	l.must(l.client.TerminateWorkflow(l.ctx, run.GetID(), run.GetRunID(), "enough"))
	want[*serviceerror.NotFound](l, "an update of a run that closed", <-asked)
}

func TestUpdatesInFlightAreBounded(t *testing.T) {
	l := newLab(t)
	l.work(code{"account": account}, nil)
	run := l.start("account")
	var accepted []client.WorkflowUpdateHandle
	for range 10 {
		handle, err := l.update(run, "addLater", 1)
		l.must(err)
		accepted = append(accepted, handle)
	}
	_, err := l.service().UpdateWorkflowExecution(l.ctx, l.rawUpdate(run, "eleventh", "add"))
	exhausted := want[*serviceerror.ResourceExhausted](l, "the eleventh update", err)
	equal(t, "cause", exhausted.Cause, enumspb.RESOURCE_EXHAUSTED_CAUSE_CONCURRENT_LIMIT)
	l.say(run, "go")
	for _, handle := range accepted {
		l.outcome(handle)
	}
	equal(t, "sum", l.mustUpdate(run, "add", 1), 11)
	l.say(run, "end")
	equal(t, "result", result[int](l, run), 11)
	l.replayed(run)
}

// rawUpdate is an update as the protocol has it, waiting for acceptance.
func (l *lab) rawUpdate(run client.WorkflowRun, id, name string) *workflowservice.UpdateWorkflowExecutionRequest {
	return &workflowservice.UpdateWorkflowExecutionRequest{
		Namespace: namespace, WorkflowExecution: execution(run),
		WaitPolicy: &updatepb.WaitPolicy{LifecycleStage: enumspb.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED},
		Request:    &updatepb.Request{Meta: &updatepb.Meta{UpdateId: id, Identity: "by hand"}, Input: &updatepb.Input{Name: name, Args: encode(1)}},
	}
}

// updateIs looks at an update without waiting.
func (l *lab) updateIs(run client.WorkflowRun, id string, stage enumspb.UpdateWorkflowExecutionLifecycleStage) error {
	r, err := l.service().PollWorkflowExecutionUpdate(l.ctx, &workflowservice.PollWorkflowExecutionUpdateRequest{
		Namespace: namespace, UpdateRef: &updatepb.UpdateRef{WorkflowExecution: execution(run), UpdateId: id},
	})
	if err == nil && r.Stage != stage {
		err = fmt.Errorf("update %s is %v, want %v", id, r.Stage, stage)
	}
	return err
}

// want checks the type of an error.
func want[E error](l *lab, what string, err error) (e E) {
	l.Helper()
	if !errors.As(err, &e) {
		l.Fatalf("%s: got %v (%T), want %T", what, err, err, e)
	}
	return e
}
