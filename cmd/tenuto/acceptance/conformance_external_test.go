package acceptance

import (
	"fmt"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/types/known/durationpb"
)

// otherNamespace registers a namespace that every server knows when it returns.
func (l *lab) otherNamespace() string {
	l.Helper()
	name := strings.ToLower(fmt.Sprintf("other-%d", time.Now().UnixNano()))
	_, err := l.service().RegisterNamespace(l.ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: name, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
	})
	l.must(err)
	return name
}

// workAt runs an official worker on the lab's queue in another namespace.
func workAt(l *lab, namespace string, workflows code) client.Client {
	l.Helper()
	c, err := client.Dial(client.Options{HostPort: l.address, Namespace: namespace, Logger: quiet()})
	l.must(err)
	l.Cleanup(c.Close)
	w := worker.New(c, l.queue, worker.Options{WorkerStopTimeout: time.Second})
	for name, f := range workflows {
		w.RegisterWorkflowWithOptions(f, workflow.RegisterOptions{Name: name})
	}
	l.must(w.Start())
	l.Cleanup(w.Stop)
	return c
}

// tell signals another workflow the words and an end.
func tell(ctx workflow.Context, id, run string, words []string) error {
	for _, word := range append(words, "end") {
		if err := workflow.SignalExternalWorkflow(ctx, id, run, "word", word).Get(ctx, nil); err != nil {
			return err
		}
	}
	return nil
}

func TestExternalSignalsReachAnotherWorkflow(t *testing.T) {
	l := newLab(t)
	l.work(code{"collect": collect, "tell": tell}, nil)
	to := l.start("collect")
	from := l.start("tell", to.GetID(), "", []string{"a", "b"})
	l.must(from.Get(l.ctx, nil))
	equal(t, "words", result[string](l, to), "a b")
	signal := l.first(l.events(to), enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED).GetWorkflowExecutionSignaledEventAttributes()
	equal(t, "sender", signal.GetExternalWorkflowExecution().GetRunId(), from.GetRunID())
	all := l.events(from)
	equal(t, "initiated", count(all, enumspb.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED), 3)
	equal(t, "signaled", count(all, enumspb.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED), 3)
}

func TestExternalSignalToARun(t *testing.T) {
	l := newLab(t)
	l.work(code{"collect": collect, "tell": tell}, nil)
	to := l.start("collect")
	l.must(l.start("tell", to.GetID(), to.GetRunID(), []string{"x"}).Get(l.ctx, nil))
	equal(t, "words", result[string](l, to), "x")
}

func TestExternalSignalToNobodyFails(t *testing.T) {
	l := newLab(t)
	l.work(code{"tell": tell}, nil)
	run := l.start("tell", l.newID(), "", []string{})
	_ = l.failure(run)
	failed := l.first(l.events(run), enumspb.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED).GetSignalExternalWorkflowExecutionFailedEventAttributes()
	equal(t, "cause", failed.Cause, enumspb.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND)
}

func TestExternalCancelReachesAnotherWorkflow(t *testing.T) {
	l := newLab(t)
	l.work(code{
		"sleeper": sleeper,
		"cancel": func(ctx workflow.Context, id string) error {
			return workflow.RequestCancelExternalWorkflow(ctx, id, "").Get(ctx, nil)
		},
	}, nil)
	to := l.start("sleeper")
	from := l.start("cancel", to.GetID())
	l.must(from.Get(l.ctx, nil))
	if err := l.failure(to); !temporal.IsCanceledError(err) {
		t.Errorf("got %v", err)
	}
	asked := l.first(l.events(to), enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED).GetWorkflowExecutionCancelRequestedEventAttributes()
	equal(t, "who asked", asked.GetExternalWorkflowExecution().GetRunId(), from.GetRunID())
	l.first(l.events(from), enumspb.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED)

	late := l.start("cancel", to.GetID())
	_ = l.failure(late)
	failed := l.first(l.events(late), enumspb.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED).GetRequestCancelExternalWorkflowExecutionFailedEventAttributes()
	equal(t, "cause", failed.Cause, enumspb.CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND)
}

func TestExternalSignalAcrossNamespaces(t *testing.T) {
	l := newLab(t)
	other := l.otherNamespace()
	l.work(code{"tell": func(ctx workflow.Context, namespace, id string) error {
		return tell(workflow.WithWorkflowNamespace(ctx, namespace), id, "", []string{"hello"})
	}}, nil)
	c := workAt(l, other, code{"collect": collect})
	to, err := c.ExecuteWorkflow(l.ctx, client.StartWorkflowOptions{ID: l.newID(), TaskQueue: l.queue}, "collect")
	l.must(err)
	l.must(l.start("tell", other, to.GetID()).Get(l.ctx, nil))
	equal(t, "words", result[string](l, to), "hello")
}
