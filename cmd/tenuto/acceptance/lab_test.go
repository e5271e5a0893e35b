package acceptance

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"sync/atomic"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

const namespace = "default"

// lab is what one conformance test works with: an official client and a task queue of its own.
type lab struct {
	*testing.T
	ctx     context.Context // ends with the test, or after a minute
	address string
	client  client.Client
	queue   string
	started atomic.Int32
}

// newLab opens a lab at the server under test, in parallel with the other tests.
func newLab(t *testing.T) *lab {
	t.Helper()
	t.Parallel()
	if address := os.Getenv("TENUTO_TEST_ADDRESS"); address != "" {
		return labAt(t, address)
	}
	if onNodes() {
		return labAt(t, nextNode(t))
	}
	return labAt(t, sharedServer(t).grpc)
}

var labCount atomic.Int32

// labAt opens a lab at any server.
func labAt(t *testing.T, address string) *lab {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	name := regexp.MustCompile(`[^A-Za-z0-9]+`).ReplaceAllString(t.Name(), "-")
	l := &lab{T: t, ctx: ctx, address: address, client: dial(t, address)}
	l.queue = fmt.Sprintf("%s-%d-%d", name, time.Now().UnixMilli(), labCount.Add(1))
	return l
}

// dial connects the official client.
func dial(t testing.TB, address string) client.Client {
	t.Helper()
	c, err := client.Dial(client.Options{HostPort: address, Namespace: namespace, Logger: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func quiet() sdklog.Logger { return sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)) }

// code is what a worker registers: functions by name.
type code map[string]any

// work runs an official worker on the lab's queue until the end of the test.
func (l *lab) work(workflows, activities code) worker.Worker {
	l.Helper()
	return l.workWith(worker.Options{}, workflows, activities)
}

// workWith is work with options.
func (l *lab) workWith(o worker.Options, workflows, activities code) worker.Worker {
	l.Helper()
	if o.WorkerStopTimeout == 0 {
		o.WorkerStopTimeout = time.Second
	}
	w := worker.New(l.client, l.queue, o)
	for name, f := range workflows {
		w.RegisterWorkflowWithOptions(f, workflow.RegisterOptions{Name: name})
	}
	for name, f := range activities {
		w.RegisterActivityWithOptions(f, activity.RegisterOptions{Name: name})
	}
	if err := w.Start(); err != nil {
		l.Fatal(err)
	}
	l.Cleanup(w.Stop)
	return w
}

// newID is a workflow id that no other test uses.
func (l *lab) newID() string { return fmt.Sprintf("%s-%d", l.queue, l.started.Add(1)) }

// start begins the workflow with this name.
func (l *lab) start(name string, args ...any) client.WorkflowRun {
	l.Helper()
	return l.startWith(client.StartWorkflowOptions{}, name, args...)
}

// startWith begins a workflow with options; an id and the lab's queue are added where absent.
func (l *lab) startWith(o client.StartWorkflowOptions, name string, args ...any) client.WorkflowRun {
	l.Helper()
	if o.ID == "" {
		o.ID = l.newID()
	}
	if o.TaskQueue == "" {
		o.TaskQueue = l.queue
	}
	run, err := l.client.ExecuteWorkflow(l.ctx, o, name, args...)
	if err != nil {
		l.Fatalf("start %s: %v", name, err)
	}
	return run
}

// result waits for the run and decodes what it returned.
func result[R any](l *lab, run client.WorkflowRun) R {
	l.Helper()
	var out R
	if err := run.Get(l.ctx, &out); err != nil {
		l.Fatalf("workflow %s: %v", run.GetID(), err)
	}
	return out
}

// failure waits for the run, which must not succeed.
func (l *lab) failure(run client.WorkflowRun) error {
	l.Helper()
	err := run.Get(l.ctx, nil)
	if err == nil {
		l.Fatalf("workflow %s succeeded, want a failure", run.GetID())
	}
	return err
}

// must stops the test on an error.
func (l *lab) must(err error) {
	l.Helper()
	if err != nil {
		l.Fatal(err)
	}
}

// service is the raw protocol.
func (l *lab) service() workflowservice.WorkflowServiceClient { return l.client.WorkflowService() }

func execution(run client.WorkflowRun) *commonpb.WorkflowExecution {
	return &commonpb.WorkflowExecution{WorkflowId: run.GetID(), RunId: run.GetRunID()}
}

func (l *lab) taskQueue() *taskqueuepb.TaskQueue { return &taskqueuepb.TaskQueue{Name: l.queue} }

// describe asks for a run's state.
func (l *lab) describe(run client.WorkflowRun) *workflowservice.DescribeWorkflowExecutionResponse {
	l.Helper()
	d, err := l.client.DescribeWorkflowExecution(l.ctx, run.GetID(), run.GetRunID())
	l.must(err)
	return d
}

// equal fails the test when got differs from want.
func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
