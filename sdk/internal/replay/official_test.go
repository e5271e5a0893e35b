package replay_test

import (
	"context"
	"net"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	namespacepb "go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/workflowservice/v1"
	officialactivity "go.temporal.io/sdk/activity"
	officialclient "go.temporal.io/sdk/client"
	officiallog "go.temporal.io/sdk/log"
	officialworker "go.temporal.io/sdk/worker"
	officialworkflow "go.temporal.io/sdk/workflow"
	"google.golang.org/grpc"
	"google.golang.org/grpc/test/bufconn"

	"github.com/tenuto-io/tenuto/sdk/internal/rehearsal"
)

// officialWorker is a worker of the official Go SDK that gets its tasks from the test.
type officialWorker struct {
	workflowservice.UnimplementedWorkflowServiceServer
	tasks     chan *workflowservice.PollWorkflowTaskQueueResponse
	completed chan *workflowservice.RespondWorkflowTaskCompletedRequest
	failed    chan *workflowservice.RespondWorkflowTaskFailedRequest
	stopped   chan struct{}
}

// newOfficial starts a worker for one workflow function.
func newOfficial(t *testing.T, workflow any) *officialWorker {
	t.Helper()
	o := &officialWorker{
		tasks:     make(chan *workflowservice.PollWorkflowTaskQueueResponse),
		completed: make(chan *workflowservice.RespondWorkflowTaskCompletedRequest),
		failed:    make(chan *workflowservice.RespondWorkflowTaskFailedRequest),
		stopped:   make(chan struct{}),
	}
	listener := bufconn.Listen(1 << 20)
	server := grpc.NewServer()
	workflowservice.RegisterWorkflowServiceServer(server, o)
	go server.Serve(listener)
	client, err := officialclient.Dial(officialclient.Options{
		HostPort:  "passthrough:///rehearsal",
		Namespace: rehearsal.Namespace,
		Logger:    silent{},
		ConnectionOptions: officialclient.ConnectionOptions{DialOptions: []grpc.DialOption{
			grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }),
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	worker := officialworker.New(client, rehearsal.TaskQueue, officialworker.Options{WorkerStopTimeout: time.Millisecond})
	worker.RegisterWorkflowWithOptions(workflow, officialworkflow.RegisterOptions{Name: rehearsal.WorkflowType})
	worker.RegisterActivityWithOptions(OfficialFail, officialactivity.RegisterOptions{Name: "Fail"})
	if err := worker.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		close(o.stopped)
		worker.Stop()
		client.Close()
		server.Stop()
	})
	return o
}

// handle gives the worker a task and returns its reply; one of the two is nil.
func (o *officialWorker) handle(task *workflowservice.PollWorkflowTaskQueueResponse) (*workflowservice.RespondWorkflowTaskCompletedRequest, *workflowservice.RespondWorkflowTaskFailedRequest) {
	o.tasks <- task
	select {
	case completed := <-o.completed:
		return completed, nil
	case failed := <-o.failed:
		return nil, failed
	}
}

func (o *officialWorker) GetSystemInfo(context.Context, *workflowservice.GetSystemInfoRequest) (*workflowservice.GetSystemInfoResponse, error) {
	return &workflowservice.GetSystemInfoResponse{Capabilities: &workflowservice.GetSystemInfoResponse_Capabilities{
		SupportsSchedules: true, SdkMetadata: true, ActivityFailureIncludeHeartbeat: true, EncodedFailureAttributes: true,
	}}, nil
}

func (o *officialWorker) DescribeNamespace(context.Context, *workflowservice.DescribeNamespaceRequest) (*workflowservice.DescribeNamespaceResponse, error) {
	return &workflowservice.DescribeNamespaceResponse{NamespaceInfo: &namespacepb.NamespaceInfo{
		Name: rehearsal.Namespace, State: enumspb.NAMESPACE_STATE_REGISTERED,
	}}, nil
}

func (o *officialWorker) PollWorkflowTaskQueue(ctx context.Context, r *workflowservice.PollWorkflowTaskQueueRequest) (*workflowservice.PollWorkflowTaskQueueResponse, error) {
	select {
	case task := <-o.tasks:
		return task, nil
	case <-ctx.Done():
	case <-o.stopped:
	}
	return &workflowservice.PollWorkflowTaskQueueResponse{}, nil
}

func (o *officialWorker) PollActivityTaskQueue(ctx context.Context, _ *workflowservice.PollActivityTaskQueueRequest) (*workflowservice.PollActivityTaskQueueResponse, error) {
	select {
	case <-ctx.Done():
	case <-o.stopped:
	}
	return &workflowservice.PollActivityTaskQueueResponse{}, nil
}

func (o *officialWorker) RespondWorkflowTaskCompleted(_ context.Context, r *workflowservice.RespondWorkflowTaskCompletedRequest) (*workflowservice.RespondWorkflowTaskCompletedResponse, error) {
	o.completed <- r
	return &workflowservice.RespondWorkflowTaskCompletedResponse{}, nil
}

func (o *officialWorker) RespondWorkflowTaskFailed(_ context.Context, r *workflowservice.RespondWorkflowTaskFailedRequest) (*workflowservice.RespondWorkflowTaskFailedResponse, error) {
	o.failed <- r
	return &workflowservice.RespondWorkflowTaskFailedResponse{}, nil
}

func (o *officialWorker) ShutdownWorker(context.Context, *workflowservice.ShutdownWorkerRequest) (*workflowservice.ShutdownWorkerResponse, error) {
	return &workflowservice.ShutdownWorkerResponse{}, nil
}

// silent is a logger that says nothing.
type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}

var _ officiallog.Logger = silent{}
