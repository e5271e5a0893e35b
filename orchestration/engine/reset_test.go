package engine_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

var everything = history.Reapply{Signals: true, Updates: true, Cancels: true}

func (r *rig) signal(k orchestration.RunKey, name string) {
	r.t.Helper()
	if err := r.Signal(r.ctx(), k, history.Signal{Name: name, RequestID: name}); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) reset(in engine.ResetRequest) orchestration.RunKey {
	r.t.Helper()
	id, err := r.Reset(r.ctx(), in)
	for tries := 0; orchestration.CodeOf(err) == orchestration.Unavailable && tries < 100; tries++ { // it shared a commit with what was made to fail; clients try again, too
		time.Sleep(10 * time.Millisecond)
		id, err = r.Reset(r.ctx(), in)
	}
	if err != nil {
		r.t.Fatalf("reset: %v", err)
	}
	return in.Run.WorkflowKey.Run(id)
}

// signals are the names of the signals in a history.
func signals(events []*historypb.HistoryEvent) (out []string) {
	for _, ev := range events {
		if a := ev.GetWorkflowExecutionSignaledEventAttributes(); a != nil {
			out = append(out, a.SignalName)
		}
	}
	return out
}

// TestResetOfAnOpenRun: terminated and begun again in one step, with its activity, and with signals that waited for a workflow task to end.
func TestResetOfAnOpenRun(t *testing.T) {
	r := newRig(t)
	k := r.start("id")
	r.complete(r.pollWorkflow(), scheduleActivity("1"))
	r.signal(k, "one")
	r.pollWorkflow()
	r.signal(k, "held")
	request := engine.ResetRequest{Run: key("id"), Event: 8, Reapply: everything, Reason: "a mistake", RequestID: "reset"} // the task in flight
	next := r.reset(request)
	if again := r.reset(request); again != next {
		t.Errorf("repeated: %v, %v", again, next)
	}
	if last := r.events(k); last[len(last)-1].EventType != enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED {
		t.Errorf("the old run ends with %v", last[len(last)-1])
	}
	want := []string{"WorkflowExecutionStarted", "WorkflowTaskScheduled", "WorkflowTaskStarted", "WorkflowTaskCompleted", "ActivityTaskScheduled",
		"WorkflowExecutionSignaled", "WorkflowTaskScheduled", "WorkflowTaskStarted", "WorkflowTaskFailed", "WorkflowExecutionSignaled", "WorkflowTaskScheduled"}
	if got := kinds(r.events(next)); !slices.Equal(got, want) {
		t.Errorf("history %v", got)
	}
	if d, err := r.Describe(r.ctx(), k); err != nil || d.Extended.ResetRunId != next.RunID.String() {
		t.Errorf("%v, %v", d, err)
	}
	d, err := r.Describe(r.ctx(), key("id"))
	if err != nil || d.Info.Execution.RunId != next.RunID.String() || d.Info.FirstRunId != k.RunID.String() || len(d.Activities) != 1 || d.Extended.LastResetTime == nil {
		t.Errorf("%v, %v", d, err)
	}
	if a := r.pollActivity(); a.Run != next || a.Attempt != 1 {
		t.Errorf("activity %+v", a)
	}
	r.complete(r.pollWorkflow(), completeWorkflow())
}

// TestResetAcrossAChain: a reset of the first run of a chain records the signals of all its runs, and ends the current one.
func TestResetAcrossAChain(t *testing.T) {
	r := newRig(t)
	k := r.start("id")
	for i := range 3 {
		r.signal(key("id"), fmt.Sprint("s", i))
		r.complete(r.pollWorkflow(), continueAsNew())
	}
	r.signal(key("id"), "last")
	r.reopen()
	next := r.reset(engine.ResetRequest{Run: k, Event: 5, Reapply: everything})
	if got := signals(r.events(next)); !slices.Equal(got, []string{"s0", "s1", "s2", "last"}) {
		t.Errorf("signals %v", got)
	}
	if err := r.Signal(r.ctx(), key("id"), history.Signal{Name: "s1", RequestID: "s1"}); err != nil {
		t.Error(err)
	}
	if got := signals(r.events(next)); len(got) != 4 {
		t.Errorf("a repeated signal is recorded twice: %v", got)
	}
	open := 0
	page, err := r.List(r.ctx(), engine.ListRequest{Namespace: namespace})
	if err != nil {
		t.Fatal(err)
	}
	for _, info := range page.Executions {
		if info.Status == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
			open++
		}
	}
	if open != 1 || len(page.Executions) != 5 {
		t.Errorf("%d open runs of %d", open, len(page.Executions))
	}
}

func TestResetOfAClosedRun(t *testing.T) {
	r := newRig(t)
	k := r.start("id")
	r.complete(r.pollWorkflow(), completeWorkflow())
	next := r.reset(engine.ResetRequest{Run: key("id"), Event: 4, Reapply: everything, Signals: []history.Signal{{Name: "added"}}})
	if got := signals(r.events(next)); !slices.Equal(got, []string{"added"}) {
		t.Errorf("signals %v", got)
	}
	r.complete(r.pollWorkflow(), completeWorkflow())
	if ev := r.result(next); ev.EventType != enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED {
		t.Errorf("%v", ev)
	}
	if ev := r.result(k); ev.EventType != enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED {
		t.Errorf("the old run: %v", ev)
	}
}

func TestResetToNoWorkflowTask(t *testing.T) {
	r := newRig(t)
	r.start("id")
	r.complete(r.pollWorkflow(), startTimer("t", time.Hour))
	for _, event := range []orchestration.EventID{2, 5, 6, 100} {
		if _, err := r.Reset(r.ctx(), engine.ResetRequest{Run: key("id"), Event: event}); orchestration.CodeOf(err) != orchestration.InvalidArgument {
			t.Errorf("event %d: %v", event, err)
		}
	}
	if _, err := r.Reset(r.ctx(), engine.ResetRequest{Run: key("nobody"), Event: 3}); orchestration.CodeOf(err) != orchestration.NotFound {
		t.Error(err)
	}
	if d, err := r.Describe(r.ctx(), key("id")); err != nil || d.Info.Status != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		t.Errorf("a refused reset has touched the run: %v, %v", d, err)
	}
}

// TestRefusedResetLeavesNothing: neither the new run nor the end of the old one.
func TestRefusedResetLeavesNothing(t *testing.T) {
	r := newRig(t)
	k := r.start("id")
	r.complete(r.pollWorkflow(), startTimer("t", time.Hour))
	r.faulty.FailBefore(1, store.ErrUnavailable)
	if _, err := r.Reset(r.ctx(), engine.ResetRequest{Run: key("id"), Event: 4}); orchestration.CodeOf(err) != orchestration.Unavailable {
		t.Fatalf("acknowledged: %v", err)
	}
	d, err := r.Describe(r.ctx(), key("id"))
	if err != nil || d.Info.Execution.RunId != k.RunID.String() || d.Info.Status != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		t.Errorf("%v, %v", d, err)
	}
}

// TestResetOfALongHistory: more than one page is read and written.
func TestResetOfALongHistory(t *testing.T) {
	r := newRig(t)
	r.start("id")
	noise := make([]byte, 200<<10)
	for i := range noise {
		noise[i] = "0123456789abcdef"[(i*i/7+i/3)%16]
	}
	task := r.pollWorkflow()
	for i := range 12 {
		command := scheduleActivity(fmt.Sprint(i))
		command.GetScheduleActivityTaskCommandAttributes().Input = text(string(noise))
		answer := answerOf(t, task, command)
		answer.ReturnNew, answer.Answer.ForceCreate = true, true
		reply, err := r.CompleteWorkflowTask(r.ctx(), answer)
		if err != nil {
			t.Fatal(err)
		}
		task = reply.New
	}
	before := r.events(key("id"))
	next := r.reset(engine.ResetRequest{Run: key("id"), Event: task.StartedEventID})
	if after := r.events(next); len(after) != len(before)+2 {
		t.Errorf("%d events after %d", len(after), len(before))
	}
}

// TestResetWithASignalUnderWay: a signal whose answer is missing is sent by the run that a reset begins, too. Its target takes it once.
func TestResetWithASignalUnderWay(t *testing.T) {
	r := newRig(t)
	other := r.start("other")
	r.complete(r.pollWorkflow())
	k := r.start("id")
	answer := answerOf(t, r.pollWorkflow(), signalOther("other"))
	answer.Answer.Commands[0].GetSignalExternalWorkflowExecutionCommandAttributes().ChildWorkflowOnly = false
	answer.ReturnNew, answer.Answer.ForceCreate = true, true
	held := r.faulty.Hold(2) // the completion, the signal
	reply, err := r.CompleteWorkflowTask(r.ctx(), answer)
	if err != nil {
		t.Fatal(err)
	}
	<-held.Reached()
	r.faulty.Poison(k.RunID) // no answer is recorded
	held.Release()
	eventually(t, func() bool { return len(signals(r.events(other))) == 1 })
	r.faulty.Cure(k.RunID)
	next := r.reset(engine.ResetRequest{Run: k, Event: reply.New.StartedEventID, Reapply: everything})
	eventually(t, func() bool { return countKind(r.events(next), "ExternalWorkflowExecutionSignaled") == 1 })
	if got := signals(r.events(other)); len(got) != 1 {
		t.Errorf("signals of the target: %v", got)
	}
}

// TestResetReplacesItsChildren: a child that was started after the point of the reset makes way for the one that the new run starts with its id, also
// when its policies would keep it, or refuse the other.
func TestResetReplacesItsChildren(t *testing.T) {
	r := newRig(t)
	k := r.start("id")
	begin := func() *commandpb.Command {
		c := startChild("child", enumspb.PARENT_CLOSE_POLICY_ABANDON)
		a := c.GetStartChildWorkflowExecutionCommandAttributes()
		a.WorkflowIdReusePolicy, a.TaskQueue = enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE, &taskqueuepb.TaskQueue{Name: "children"}
		return c
	}
	r.complete(r.pollWorkflow(), begin())
	eventually(t, func() bool { return countKind(r.events(k), "ChildWorkflowExecutionStarted") == 1 })
	before, err := r.Describe(r.ctx(), key("child"))
	if err != nil {
		t.Fatal(err)
	}
	next := r.reset(engine.ResetRequest{Run: k, Event: 4})
	r.complete(r.pollWorkflow(), begin())
	eventually(t, func() bool { return countKind(r.events(next), "ChildWorkflowExecutionStarted") == 1 })
	after, err := r.Describe(r.ctx(), key("child"))
	if err != nil || after.Info.Execution.RunId == before.Info.Execution.RunId || after.Info.ParentExecution.RunId != next.RunID.String() {
		t.Errorf("the child is %v of %v, %v", after.Info.Execution, after.Info.ParentExecution, err)
	}
	id, err := orchestration.ParseRunID(before.Info.Execution.RunId)
	if err != nil {
		t.Fatal(err)
	}
	if ev := r.result(key("child").WorkflowKey.Run(id)); ev.EventType != enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED {
		t.Errorf("the child of the old run: %v", ev)
	}
	if got := countKind(r.events(next), "ChildWorkflowExecutionTerminated"); got != 0 {
		t.Error("the new run was told the end of the old one's child")
	}
}

// TestResetOfAClosedParent: its child ended while nobody listened; the run that begins has it pending again, and is told.
func TestResetOfAClosedParent(t *testing.T) {
	r := newRig(t)
	k := r.start("id")
	c := startChild("child", enumspb.PARENT_CLOSE_POLICY_ABANDON)
	c.GetStartChildWorkflowExecutionCommandAttributes().TaskQueue = &taskqueuepb.TaskQueue{Name: "children"}
	r.complete(r.pollWorkflow(), c)
	task := r.pollWorkflow() // the child has started
	r.complete(task)
	if err := r.Terminate(r.ctx(), k, orchestration.RunID{}, history.Terminate{Reason: "a mistake"}); err != nil {
		t.Fatal(err)
	}
	d, err := r.Describe(r.ctx(), key("child"))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Terminate(r.ctx(), key("child"), orchestration.RunID{}, history.Terminate{Reason: "enough"}); err != nil {
		t.Fatal(err)
	}
	for range 2 { // also when it was told to a run that made way since
		next := r.reset(engine.ResetRequest{Run: k, Event: task.StartedEventID + 1})
		eventually(t, func() bool { return countKind(r.events(next), "ChildWorkflowExecutionTerminated") == 1 })
	}
	// Another run of the same workflow id does not hide it.
	r.start("child")
	last := r.reset(engine.ResetRequest{Run: k, Event: task.StartedEventID + 1})
	eventually(t, func() bool { return countKind(r.events(last), "ChildWorkflowExecutionTerminated") == 1 })
	for _, ev := range r.events(last) {
		if a := ev.GetChildWorkflowExecutionTerminatedEventAttributes(); a != nil && a.WorkflowExecution.RunId != d.Info.Execution.RunId {
			t.Errorf("told of %v", a.WorkflowExecution)
		}
	}
}

// TestResetAgainstAnother: two resets of the current run at the same time. The later one is of the run that the earlier one began, and of all that this has heard.
func TestResetAgainstAnother(t *testing.T) {
	r := newRig(t)
	r.start("id")
	r.complete(r.pollWorkflow())
	between := func() {
		r.reset(engine.ResetRequest{Run: key("id"), Event: 4, Reapply: everything})
		r.signal(key("id"), "heard")
	}
	r.reading.Store(&between)
	next := r.reset(engine.ResetRequest{Run: key("id"), Event: 4, Reapply: everything})
	if got := signals(r.events(next)); !slices.Equal(got, []string{"heard"}) {
		t.Errorf("signals %v", got)
	}
}
