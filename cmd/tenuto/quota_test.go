package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/usage"
	"github.com/tenuto-io/tenuto/platform/config"
	"github.com/tenuto-io/tenuto/tenants"
)

// bounded is a server in memory, with what an operator can do to it.
type bounded struct {
	*testing.T
	*server
	official client.Client
	raw      workflowservice.WorkflowServiceClient
}

func newBounded(t *testing.T) *bounded {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	want := serving{
		Node: config.Node{GRPC: "127.0.0.1:0", Console: "127.0.0.1:0", LogLevel: "error", LogFormat: "text"}, open: true, found: []string{config.DefaultNamespace},
		storage: func(ctx context.Context, _ *slog.Logger) (*storage, error) { return openFile(ctx, config.Memory) },
	}
	s, err := openServer(ctx, want, io.Discard, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	b := &bounded{T: t, server: s}
	b.official, err = client.Dial(client.Options{HostPort: s.grpc.Addr().String(), Logger: sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.official.Close)
	conn, err := grpc.NewClient(s.grpc.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	b.raw = workflowservice.NewWorkflowServiceClient(conn)
	return b
}

// bound gives the namespace a quota, which holds from the next call on.
func (b *bounded) bound(q tenants.Quota) {
	b.Helper()
	if _, err := b.directory.Update(b.Context(), config.DefaultNamespace, tenants.Change{Quota: &q}); err != nil {
		b.Fatal(err)
	}
}

// start starts a workflow that nobody works on, once, and returns why it was refused.
func (b *bounded) start(id string) *serviceerror.ResourceExhausted {
	b.Helper()
	_, err := b.raw.StartWorkflowExecution(b.Context(), &workflowservice.StartWorkflowExecutionRequest{
		Namespace: config.DefaultNamespace, WorkflowId: id, RequestId: id, WorkflowType: &commonpb.WorkflowType{Name: "none"}, TaskQueue: &taskqueuepb.TaskQueue{Name: "nobody"},
	})
	return b.exhausted(err)
}

func (b *bounded) exhausted(err error) *serviceerror.ResourceExhausted {
	b.Helper()
	if err == nil {
		return nil
	}
	var e *serviceerror.ResourceExhausted
	if !errors.As(serviceerror.FromStatus(status.Convert(err)), &e) || e.Scope != enumspb.RESOURCE_EXHAUSTED_SCOPE_NAMESPACE {
		b.Fatalf("refused with %v", err)
	}
	return e
}

// TestQuotaOfOpenRuns: what is open is counted by the commits, so what was terminated makes room.
func TestQuotaOfOpenRuns(t *testing.T) {
	b := newBounded(t)
	b.bound(tenants.Quota{OpenRuns: 3})
	for i := range 3 {
		if e := b.start(fmt.Sprint("w", i)); e != nil {
			t.Fatal(e)
		}
	}
	if e := b.start("w3"); e == nil || e.Cause != enumspb.RESOURCE_EXHAUSTED_CAUSE_CONCURRENT_LIMIT {
		t.Fatalf("a fourth: %v", e)
	}
	if err := b.official.TerminateWorkflow(t.Context(), "w1", "", "room"); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(20 * time.Second)
	for b.start("w3") != nil { // the server looks at what is held once a second
		if time.Now().After(deadline) {
			t.Fatal("what was terminated makes no room")
		}
	}
	b.bound(tenants.Quota{OpenRuns: 3, Retained: 1})
	if e := b.start("w4"); e == nil {
		t.Error("a fourth again")
	}
	b.bound(tenants.Quota{})
	if e := b.start("w4"); e != nil {
		t.Errorf("without a quota: %v", e)
	}
}

// TestQuotaOfPollers refuses the poll beyond it, and no other call.
func TestQuotaOfPollers(t *testing.T) {
	b := newBounded(t)
	b.bound(tenants.Quota{Pollers: 1})
	poll := func(ctx context.Context) error {
		_, err := b.raw.PollActivityTaskQueue(ctx, &workflowservice.PollActivityTaskQueueRequest{Namespace: config.DefaultNamespace, TaskQueue: &taskqueuepb.TaskQueue{Name: "q"}})
		return err
	}
	waiting, hangUp := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() {
		for { // one of the polls below may be there before it, and have it refused
			if err := poll(waiting); waiting.Err() != nil {
				first <- err
				return
			}
		}
	}()
	deadline := time.Now().Add(20 * time.Second)
	for {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		err := poll(ctx)
		cancel()
		if e := new(serviceerror.ResourceExhausted); errors.As(serviceerror.FromStatus(status.Convert(err)), &e) {
			if e.Cause != enumspb.RESOURCE_EXHAUSTED_CAUSE_CONCURRENT_LIMIT {
				t.Errorf("cause %v", e.Cause)
			}
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("a second poller was not refused: %v", err)
		}
	}
	if e := b.start("w"); e != nil {
		t.Errorf("a start: %v", e)
	}
	hangUp()
	<-first
}

// TestOfficialSDKGoesOnUnderAQuota: the official client and worker repeat what is refused, and all workflows end. What they used is in the report.
func TestOfficialSDKGoesOnUnderAQuota(t *testing.T) {
	b := newBounded(t)
	w := worker.New(b.official, "q", worker.Options{MaxConcurrentActivityTaskPollers: 2, MaxConcurrentWorkflowTaskPollers: 2})
	w.RegisterWorkflowWithOptions(func(ctx workflow.Context) error {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
		return workflow.ExecuteActivity(ctx, "step").Get(ctx, nil)
	}, workflow.RegisterOptions{Name: "flow"})
	w.RegisterActivityWithOptions(func(context.Context) error { return nil }, activity.RegisterOptions{Name: "step"})
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	b.bound(tenants.Quota{Requests: 40, Starts: 4})
	const flows = 10
	var runs []client.WorkflowRun
	begun := time.Now()
	for i := range flows {
		run, err := b.official.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: fmt.Sprint("flow", i), TaskQueue: "q"}, "flow")
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, run)
	}
	if took := time.Since(begun); took < time.Second {
		t.Errorf("%d workflows were started within %v though four a second may be", flows, took)
	}
	for _, run := range runs {
		if err := run.Get(t.Context(), nil); err != nil {
			t.Error(err)
		}
	}
	ns, err := b.directory.Describe(t.Context(), config.DefaultNamespace)
	if err != nil {
		t.Fatal(err)
	}
	report, err := usage.Read(t.Context(), b.storage.engine, ns.ID, begun, time.Now(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	want := orchestration.Actions{orchestration.StartAction: flows, orchestration.ActivityAction: flows}
	if sum := report.Total(); sum.Actions != want || report.Held.OpenRuns != 0 || report.Held.RetainedBytes == 0 {
		t.Errorf("used %+v, holds %+v", sum, report.Held)
	}
}

func TestPollingBetweenNodes(t *testing.T) {
	want := map[orchestration.NamespaceID]int64{{1}: 7, {2, 9}: 1 << 20}
	body := encodePolling(want)
	if got := decodePolling(body); !maps.Equal(got, want) {
		t.Errorf("%v came as %v", want, got)
	}
	if got := decodePolling(append(body, 1, 2, 3)); !maps.Equal(got, want) {
		t.Errorf("a message that was cut came as %v", got)
	}
}
