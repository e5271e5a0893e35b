package acceptance

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/workflow"
)

// collect receives words until "end" and returns them joined.
func collect(ctx workflow.Context) (string, error) {
	var words []string
	for {
		var word string
		workflow.GetSignalChannel(ctx, "word").Receive(ctx, &word)
		if word == "end" {
			return strings.Join(words, " "), nil
		}
		words = append(words, word)
	}
}

func TestSignalsArriveInOrder(t *testing.T) {
	l := newLab(t)
	run := l.start("flow") // before any worker: the first two wait in history
	for _, word := range []string{"a", "b"} {
		l.must(l.client.SignalWorkflow(l.ctx, run.GetID(), run.GetRunID(), "word", word))
	}
	l.work(code{"flow": collect}, nil)
	for i := range 20 {
		l.must(l.client.SignalWorkflow(l.ctx, run.GetID(), "", "word", fmt.Sprint(i)))
	}
	l.must(l.client.SignalWorkflow(l.ctx, run.GetID(), "", "word", "end"))
	equal(t, "words", result[string](l, run), "a b 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19")
	equal(t, "signals", count(l.events(run), enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED), 23)
}

func TestSignalDuringATaskIsBuffered(t *testing.T) {
	l := newLab(t)
	run := l.start("flow")
	task := l.pollTask()
	l.must(l.client.SignalWorkflow(l.ctx, run.GetID(), "", "word", "meanwhile"))
	equal(t, "events while the task is in flight", len(l.events(run)), 3)
	l.mustAnswer(task, startTimer("t", time.Hour))
	next := l.pollTask()
	l.mustAnswer(next, completeRun("done"))
	all := l.wantShape(run, `WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted
		TimerStarted WorkflowExecutionSignaled WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted
		WorkflowExecutionCompleted`)
	signal := all[5].GetWorkflowExecutionSignaledEventAttributes()
	equal(t, "signal", signal.SignalName, "word")
}

func TestClosingOverABufferedSignalIsRefused(t *testing.T) {
	l := newLab(t)
	run := l.start("flow")
	task := l.pollTask()
	l.must(l.client.SignalWorkflow(l.ctx, run.GetID(), "", "word", "meanwhile"))
	if _, err := l.answer(task, completeRun("too early")); err == nil {
		t.Error("the run closed although a signal was waiting")
	}
	failed := l.awaitEvent(run, enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED).GetWorkflowTaskFailedEventAttributes()
	equal(t, "cause", failed.Cause, enumspb.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND)
	l.mustAnswer(l.pollTask(), completeRun("seen"))
	equal(t, "result", result[string](l, run), "seen")
	equal(t, "signals", count(l.events(run), enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED), 1)
}

func TestRepeatedSignalRequestIsOneEvent(t *testing.T) {
	l := newLab(t)
	run := l.start("flow")
	for range 3 {
		_, err := l.service().SignalWorkflowExecution(l.ctx, &workflowservice.SignalWorkflowExecutionRequest{
			Namespace: namespace, WorkflowExecution: execution(run), SignalName: "word", RequestId: "same", Input: encode("once"),
		})
		l.must(err)
	}
	equal(t, "signals", count(l.events(run), enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED), 1)
}

func TestSignalToNobodyIsNotFound(t *testing.T) {
	l := newLab(t)
	var missing *serviceerror.NotFound
	if err := l.client.SignalWorkflow(l.ctx, l.newID(), "", "word", 1); !errors.As(err, &missing) {
		t.Errorf("signal to an unknown workflow: %v", err)
	}
	run := l.start("flow")
	l.must(l.client.TerminateWorkflow(l.ctx, run.GetID(), "", "closed now"))
	if err := l.client.SignalWorkflow(l.ctx, run.GetID(), "", "word", 1); !errors.As(err, &missing) {
		t.Errorf("signal to a closed workflow: %v", err)
	}
}
