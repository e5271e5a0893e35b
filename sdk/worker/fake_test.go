package worker

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	namespacepb "go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/converter"
	"github.com/tenuto-io/tenuto/sdk/internal/wiretest"
)

// patience bounds the wait for something that must happen.
const patience = 10 * time.Second

// fakeServer hands out the tasks that a test puts in and passes on the reports that it gets.
type fakeServer struct {
	workflowservice.UnimplementedWorkflowServiceServer
	activities chan *activityTask
	workflows  chan *workflowTask // of the normal queue
	sticky     chan *workflowTask
	reports    chan proto.Message

	capabilities *namespacepb.NamespaceInfo_Capabilities
	// pollError, if set, is what polls for activities get, call by call, before they get tasks.
	pollError func(call int) error
	// reportError, if set, is what a report gets.
	reportError func(report proto.Message) error
	// heartbeat answers heartbeats.
	heartbeat func(call int) (*workflowservice.RecordActivityTaskHeartbeatResponse, error)
	// completed answers completions of workflow tasks.
	completed func(call int) *workflowservice.RespondWorkflowTaskCompletedResponse

	mu       sync.Mutex
	calls    map[string]int
	polls    []proto.Message
	beats    []*workflowservice.RecordActivityTaskHeartbeatRequest
	signOff  *workflowservice.ShutdownWorkerRequest
	shutdown chan struct{} // closed by ShutdownWorker
}

func newFakeServer() *fakeServer {
	return &fakeServer{
		activities: make(chan *activityTask, 16),
		workflows:  make(chan *workflowTask, 16),
		sticky:     make(chan *workflowTask, 16),
		reports:    make(chan proto.Message, 64),
		calls:      map[string]int{},
		shutdown:   make(chan struct{}),
	}
}

// count returns the number of earlier calls of a method.
func (s *fakeServer) count(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[method]++
	return s.calls[method] - 1
}

func (s *fakeServer) polled(request proto.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.polls = append(s.polls, proto.Clone(request))
}

func (s *fakeServer) heartbeats() []*workflowservice.RecordActivityTaskHeartbeatRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.beats
}

func next[T any](ctx context.Context, tasks chan T, over <-chan struct{}, none T) (T, error) {
	select {
	case task := <-tasks:
		return task, nil
	case <-over:
		return none, nil
	case <-ctx.Done():
		return none, ctx.Err()
	}
}

func (s *fakeServer) DescribeNamespace(
	context.Context, *workflowservice.DescribeNamespaceRequest,
) (*workflowservice.DescribeNamespaceResponse, error) {
	return &workflowservice.DescribeNamespaceResponse{
		NamespaceInfo: &namespacepb.NamespaceInfo{Name: "bank", Capabilities: s.capabilities},
	}, nil
}

func (s *fakeServer) PollActivityTaskQueue(
	ctx context.Context, r *workflowservice.PollActivityTaskQueueRequest,
) (*activityTask, error) {
	s.polled(r)
	if call := s.count("PollActivity"); s.pollError != nil {
		if err := s.pollError(call); err != nil {
			return nil, err
		}
	}
	return next(ctx, s.activities, s.shutdown, &activityTask{})
}

func (s *fakeServer) PollWorkflowTaskQueue(
	ctx context.Context, r *workflowservice.PollWorkflowTaskQueueRequest,
) (*workflowTask, error) {
	s.polled(r)
	tasks := s.workflows
	if r.GetTaskQueue().GetKind() == enumspb.TASK_QUEUE_KIND_STICKY {
		tasks = s.sticky
	}
	return next(ctx, tasks, s.shutdown, &workflowTask{})
}

func (s *fakeServer) take(report proto.Message) error {
	s.reports <- proto.Clone(report)
	if s.reportError != nil {
		return s.reportError(report)
	}
	return nil
}

func (s *fakeServer) RespondActivityTaskCompleted(
	_ context.Context, r *workflowservice.RespondActivityTaskCompletedRequest,
) (*workflowservice.RespondActivityTaskCompletedResponse, error) {
	return &workflowservice.RespondActivityTaskCompletedResponse{}, s.take(r)
}

func (s *fakeServer) RespondActivityTaskFailed(
	_ context.Context, r *workflowservice.RespondActivityTaskFailedRequest,
) (*workflowservice.RespondActivityTaskFailedResponse, error) {
	return &workflowservice.RespondActivityTaskFailedResponse{}, s.take(r)
}

func (s *fakeServer) RespondActivityTaskCanceled(
	_ context.Context, r *workflowservice.RespondActivityTaskCanceledRequest,
) (*workflowservice.RespondActivityTaskCanceledResponse, error) {
	return &workflowservice.RespondActivityTaskCanceledResponse{}, s.take(r)
}

func (s *fakeServer) RecordActivityTaskHeartbeat(
	_ context.Context, r *workflowservice.RecordActivityTaskHeartbeatRequest,
) (*workflowservice.RecordActivityTaskHeartbeatResponse, error) {
	s.mu.Lock()
	s.beats = append(s.beats, proto.CloneOf(r))
	s.mu.Unlock()
	if call := s.count("Heartbeat"); s.heartbeat != nil {
		return s.heartbeat(call)
	}
	return &workflowservice.RecordActivityTaskHeartbeatResponse{}, nil
}

func (s *fakeServer) RecordWorkerHeartbeat(
	_ context.Context, r *workflowservice.RecordWorkerHeartbeatRequest,
) (*workflowservice.RecordWorkerHeartbeatResponse, error) {
	return &workflowservice.RecordWorkerHeartbeatResponse{}, s.take(r)
}

func (s *fakeServer) RespondWorkflowTaskCompleted(
	_ context.Context, r *workflowservice.RespondWorkflowTaskCompletedRequest,
) (*workflowservice.RespondWorkflowTaskCompletedResponse, error) {
	if err := s.take(r); err != nil {
		return nil, err
	}
	if call := s.count("Completed"); s.completed != nil {
		return s.completed(call), nil
	}
	return &workflowservice.RespondWorkflowTaskCompletedResponse{}, nil
}

func (s *fakeServer) RespondWorkflowTaskFailed(
	_ context.Context, r *workflowservice.RespondWorkflowTaskFailedRequest,
) (*workflowservice.RespondWorkflowTaskFailedResponse, error) {
	return &workflowservice.RespondWorkflowTaskFailedResponse{}, s.take(r)
}

func (s *fakeServer) RespondQueryTaskCompleted(
	_ context.Context, r *workflowservice.RespondQueryTaskCompletedRequest,
) (*workflowservice.RespondQueryTaskCompletedResponse, error) {
	return &workflowservice.RespondQueryTaskCompletedResponse{}, s.take(r)
}

func (s *fakeServer) ShutdownWorker(
	_ context.Context, r *workflowservice.ShutdownWorkerRequest,
) (*workflowservice.ShutdownWorkerResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.signOff = proto.CloneOf(r)
	if s.capabilities.GetWorkerPollCompleteOnShutdown() {
		close(s.shutdown)
	}
	return &workflowservice.ShutdownWorkerResponse{}, nil
}

// dial returns a client of the fake.
func (s *fakeServer) dial(t *testing.T) *client.Client {
	return client.FromConn(wiretest.Serve(t, s), client.Options{
		Namespace: "bank", Identity: "tester", Logger: slog.New(slog.DiscardHandler),
	})
}

// report waits for the next report, which must be a T.
func report[T proto.Message](t *testing.T, s *fakeServer) T {
	t.Helper()
	got := await(t, s.reports)
	typed, ok := got.(T)
	if !ok {
		t.Fatalf("got %T %v", got, got)
	}
	return typed
}

func await[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case value := <-from:
		return value
	case <-time.After(patience):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

// start starts a worker and stops it when the test ends.
func start(t *testing.T, w *Worker) {
	t.Helper()
	if err := w.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
}

func taskOf(t *testing.T, activityType string, args ...any) *activityTask {
	t.Helper()
	input, err := converter.Default().ToPayloads(args...)
	if err != nil {
		t.Fatal(err)
	}
	return &activityTask{
		TaskToken:           []byte("token of " + activityType),
		WorkflowNamespace:   "bank",
		WorkflowExecution:   &commonpb.WorkflowExecution{WorkflowId: "w", RunId: "r"},
		WorkflowType:        &commonpb.WorkflowType{Name: "T"},
		ActivityType:        &commonpb.ActivityType{Name: activityType},
		ActivityId:          "5",
		Attempt:             1,
		Input:               input,
		StartToCloseTimeout: durationpb.New(time.Minute),
	}
}
