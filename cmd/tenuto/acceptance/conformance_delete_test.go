package acceptance

import (
	"errors"
	"fmt"
	"testing"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
)

// deleteRun asks for a run's deletion.
func (l *lab) deleteRun(run client.WorkflowRun) error {
	_, err := l.service().DeleteWorkflowExecution(l.ctx, &workflowservice.DeleteWorkflowExecutionRequest{Namespace: namespace, WorkflowExecution: execution(run)})
	return err
}

// wantGone waits until nobody can see anything of a run.
func (l *lab) wantGone(run client.WorkflowRun) {
	l.Helper()
	eventually(l, func() error {
		var missing *serviceerror.NotFound
		if _, err := l.client.DescribeWorkflowExecution(l.ctx, run.GetID(), run.GetRunID()); !errors.As(err, &missing) {
			return fmt.Errorf("describe: %v, want NotFound", err)
		}
		_, err := l.service().GetWorkflowExecutionHistory(l.ctx, &workflowservice.GetWorkflowExecutionHistoryRequest{Namespace: namespace, Execution: execution(run)})
		if !errors.As(err, &missing) {
			return fmt.Errorf("history: %v, want NotFound", err)
		}
		listed, err := l.list(fmt.Sprintf("RunId = '%s'", run.GetRunID()))
		if err != nil || len(listed) > 0 {
			return fmt.Errorf("list: %v, %v", listed, err)
		}
		return nil
	})
}

func TestDeletedRunIsGone(t *testing.T) {
	l := newLab(t)
	l.work(code{"flow": oneStep}, code{"step": greet})
	closed := l.start("flow", "x")
	result[string](l, closed)
	open := l.startWith(client.StartWorkflowOptions{TaskQueue: l.queue + "-nobody"}, "flow", "x")
	for _, run := range []client.WorkflowRun{closed, open} {
		l.must(l.deleteRun(run))
		l.wantGone(run)
		var missing *serviceerror.NotFound
		if err := l.deleteRun(run); !errors.As(err, &missing) {
			t.Errorf("a second deletion: %v, want NotFound", err)
		}
		if err := l.client.SignalWorkflow(l.ctx, run.GetID(), "", "word", "late"); !errors.As(err, &missing) {
			t.Errorf("a signal to a deleted workflow: %v, want NotFound", err)
		}
	}
}

func TestDeletedWorkflowIDIsFree(t *testing.T) {
	l := newLab(t)
	run := l.start("flow")
	waiting := make(chan error, 1)
	go func() { waiting <- run.Get(l.ctx, nil) }()
	l.must(l.deleteRun(run))
	if err := <-waiting; err == nil {
		t.Error("who waited for the result of a deleted run got one")
	}
	l.work(code{"flow": oneStep}, code{"step": greet})
	next := l.startWith(client.StartWorkflowOptions{ID: run.GetID(), WorkflowExecutionErrorWhenAlreadyStarted: true}, "flow", "x")
	if next.GetRunID() == run.GetRunID() {
		t.Error("the deleted run is current")
	}
	result[string](l, next)
}
