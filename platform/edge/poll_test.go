package edge_test

import (
	"context"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	deploymentpb "go.temporal.io/api/deployment/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

func TestPollCarriesEverything(t *testing.T) {
	w := newWorld(t)
	var got engine.Poll
	w.engine.pollWorkflowTask = func(_ context.Context, p engine.Poll) (*engine.WorkflowTask, error) { got = p; return nil, nil }
	resp, err := w.workflows.PollWorkflowTaskQueue(t.Context(), &workflowservice.PollWorkflowTaskQueueRequest{
		Namespace:         "bank",
		TaskQueue:         &taskqueuepb.TaskQueue{Name: "me:sticky", Kind: enumspb.TASK_QUEUE_KIND_STICKY, NormalName: "transfers"},
		Identity:          "me",
		WorkerInstanceKey: "key-1",
		DeploymentOptions: &deploymentpb.WorkerDeploymentOptions{BuildId: "b1", WorkerVersioningMode: enumspb.WORKER_VERSIONING_MODE_UNVERSIONED},
	})
	if err != nil || !proto.Equal(resp, &workflowservice.PollWorkflowTaskQueueResponse{}) {
		t.Fatalf("%v, %v: nothing came, so the answer is empty", resp, err)
	}
	if got.Namespace != w.ns.ID || got.Queue != "me:sticky" || !got.Sticky || got.NormalQueue != "transfers" || got.Identity != "me" ||
		got.InstanceKey != "key-1" || got.Stamp.GetBuildId() != "b1" {
		t.Errorf("poll %+v", got)
	}
}

func TestActivityPollCarriesItsRate(t *testing.T) {
	w := newWorld(t)
	var got engine.Poll
	w.engine.pollActivityTask = func(_ context.Context, p engine.Poll) (*engine.ActivityTask, error) { got = p; return nil, nil }
	resp, err := w.workflows.PollActivityTaskQueue(t.Context(), &workflowservice.PollActivityTaskQueueRequest{
		Namespace:                 "bank",
		TaskQueue:                 &taskqueuepb.TaskQueue{Name: "ledger"},
		TaskQueueMetadata:         &taskqueuepb.TaskQueueMetadata{MaxTasksPerSecond: wrapperspb.Double(2.5)},
		WorkerVersionCapabilities: &commonpb.WorkerVersionCapabilities{BuildId: "b2"},
	})
	if err != nil || !proto.Equal(resp, &workflowservice.PollActivityTaskQueueResponse{}) {
		t.Fatalf("%v, %v: nothing came, so the answer is empty", resp, err)
	}
	if got.Queue != "ledger" || got.Sticky || got.MaxTasksPerSecond != 2.5 || got.Stamp.GetBuildId() != "b2" {
		t.Errorf("poll %+v", got)
	}
}

// pollBoth runs a check for a poll of either kind.
func pollBoth(t *testing.T, check func(t *testing.T, w *world, poll func(context.Context) error)) {
	t.Run("workflow", func(t *testing.T) {
		w := newWorld(t)
		check(t, w, func(ctx context.Context) error {
			resp, err := w.workflows.PollWorkflowTaskQueue(ctx, &workflowservice.PollWorkflowTaskQueueRequest{Namespace: "bank", TaskQueue: &taskqueuepb.TaskQueue{Name: "q"}})
			if len(resp.GetTaskToken()) > 0 {
				t.Errorf("a task came: %v", resp)
			}
			return err
		})
	})
	t.Run("activity", func(t *testing.T) {
		w := newWorld(t)
		check(t, w, func(ctx context.Context) error {
			resp, err := w.workflows.PollActivityTaskQueue(ctx, &workflowservice.PollActivityTaskQueueRequest{Namespace: "bank", TaskQueue: &taskqueuepb.TaskQueue{Name: "q"}})
			if len(resp.GetTaskToken()) > 0 {
				t.Errorf("a task came: %v", resp)
			}
			return err
		})
	})
}

// whilePolling makes both polls of the engine do as f says.
func (w *world) whilePolling(f func(context.Context) error) {
	w.engine.pollWorkflowTask = func(ctx context.Context, _ engine.Poll) (*engine.WorkflowTask, error) { return nil, f(ctx) }
	w.engine.pollActivityTask = func(ctx context.Context, _ engine.Poll) (*engine.ActivityTask, error) { return nil, f(ctx) }
}

func TestPollLeavesTheClientAMargin(t *testing.T) {
	pollBoth(t, func(t *testing.T, w *world, poll func(context.Context) error) {
		var left time.Duration
		w.whilePolling(func(ctx context.Context) error {
			deadline, _ := ctx.Deadline()
			left = time.Until(deadline)
			return nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		if err := poll(ctx); err != nil {
			t.Fatal(err)
		}
		if left > 29*time.Second || left < 25*time.Second {
			t.Errorf("the engine may wait %v of 30 s", left)
		}
	})
}

func TestPollWithTooLittleTime(t *testing.T) {
	pollBoth(t, func(t *testing.T, w *world, poll func(context.Context) error) {
		ctx, cancel := context.WithTimeout(t.Context(), 900*time.Millisecond)
		defer cancel()
		wantError[*serviceerror.InvalidArgument](t, poll(ctx), "Context timeout is too short")
	})
}

func TestPollEndsEmptyWhenTheServerDrains(t *testing.T) {
	pollBoth(t, func(t *testing.T, w *world, poll func(context.Context) error) {
		polling := make(chan struct{})
		w.whilePolling(func(ctx context.Context) error { close(polling); <-ctx.Done(); return ctx.Err() })
		answer := make(chan error, 1)
		go func() { answer <- poll(t.Context()) }()
		<-polling
		if err := w.server.Drain(t.Context()); err != nil {
			t.Errorf("drain: %v", err)
		}
		if err := <-answer; err != nil {
			t.Errorf("the poll must end empty: %v", err)
		}
	})
}

func TestPollErrorsComeThrough(t *testing.T) {
	pollBoth(t, func(t *testing.T, w *world, poll func(context.Context) error) {
		w.whilePolling(func(context.Context) error { return orchestration.Errorf(orchestration.Unavailable, "fenced") })
		wantError[*serviceerror.Unavailable](t, poll(t.Context()), "fenced")
	})
}

func TestDrainCutsOffCallsThatDoNotEnd(t *testing.T) {
	w := newWorld(t)
	calling, release := make(chan struct{}), make(chan struct{})
	w.engine.count = func(context.Context, engine.ListRequest) (engine.RunCount, error) {
		close(calling)
		<-release
		return engine.RunCount{}, nil
	}
	answer := make(chan error, 1)
	go func() {
		_, err := w.workflows.CountWorkflowExecutions(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{Namespace: "bank"})
		answer <- err
	}()
	<-calling
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	drained := make(chan error, 1)
	go func() { drained <- w.server.Drain(ctx) }()
	if err := <-answer; err == nil {
		t.Error("the call was answered though it was cut off")
	}
	close(release)
	if err := <-drained; err != context.Canceled {
		t.Errorf("drain: %v", err)
	}
}

func TestHealth(t *testing.T) {
	w := newWorld(t)
	c := healthpb.NewHealthClient(w.conn)
	for _, service := range []string{"", "temporal.api.workflowservice.v1.WorkflowService", "temporal.api.operatorservice.v1.OperatorService"} {
		resp, err := c.Check(t.Context(), &healthpb.HealthCheckRequest{Service: service})
		if err != nil || resp.GetStatus() != healthpb.HealthCheckResponse_SERVING {
			t.Errorf("%q: %v, %v", service, resp, err)
		}
	}
	watch, err := c.Watch(t.Context(), &healthpb.HealthCheckRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := watch.Recv(); err != nil || resp.GetStatus() != healthpb.HealthCheckResponse_SERVING {
		t.Fatalf("%v, %v", resp, err)
	}
	if err := w.server.Drain(t.Context()); err != nil {
		t.Errorf("drain: %v: a watch must not hold it up", err)
	}
	for resp := (*healthpb.HealthCheckResponse)(nil); err == nil; resp, err = watch.Recv() {
		if resp != nil && resp.GetStatus() != healthpb.HealthCheckResponse_NOT_SERVING {
			t.Errorf("while draining: %v", resp)
		}
	}
}
