package acceptance

import (
	"errors"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
)

// wantTimedOut checks that a run ended by its timeout.
func (l *lab) wantTimedOut(run client.WorkflowRun) {
	l.Helper()
	var timeout *temporal.TimeoutError
	if err := l.failure(run); !errors.As(err, &timeout) {
		l.Fatalf("got %v, want a timeout", err)
	}
	equal(l.T, "kind", timeout.TimeoutType(), enumspb.TIMEOUT_TYPE_START_TO_CLOSE)
	l.wantShape(run, `WorkflowExecutionStarted WorkflowTaskScheduled WorkflowExecutionTimedOut`)
	equal(l.T, "status", l.describe(run).WorkflowExecutionInfo.Status, enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT)
}

func TestWorkflowRunTimeout(t *testing.T) {
	l := newLab(t)
	l.wantTimedOut(l.startWith(client.StartWorkflowOptions{WorkflowRunTimeout: time.Second}, "flow"))
}

func TestWorkflowExecutionTimeout(t *testing.T) {
	l := newLab(t)
	l.wantTimedOut(l.startWith(client.StartWorkflowOptions{WorkflowExecutionTimeout: time.Second}, "flow"))
}

func TestWorkflowTaskTimeoutGivesTheTaskToAnotherWorker(t *testing.T) {
	l := newLab(t)
	run := l.startWith(client.StartWorkflowOptions{WorkflowTaskTimeout: time.Second}, "flow")
	lost := l.pollTask()
	equal(t, "attempt", lost.Attempt, 1)
	again := l.pollTask()
	equal(t, "attempt after the timeout", again.Attempt, 2)
	l.must(func() error { _, err := l.answer(again, completeRun("late")); return err }())
	equal(t, "result", result[string](l, run), "late")
	all := l.wantShape(run, `WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskTimedOut
		WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionCompleted`)
	equal(t, "timeout", all[3].GetWorkflowTaskTimedOutEventAttributes().TimeoutType, enumspb.TIMEOUT_TYPE_START_TO_CLOSE)
}
