package bench

import (
	"context"
	"maps"
	"net"
	"sync"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// fakeServer is just enough of a server for one-activity workflows and chains: no timeouts, no retries, no checks. It counts the calls that it answers, and
// it can fail. What else the driver does is tested against a real server.
type fakeServer struct {
	workflowservice.UnimplementedWorkflowServiceServer

	queues *fakeQueues

	mu    sync.Mutex
	runs  map[string]*fakeRun
	asked map[string]int                      // calls that came, by method
	calls map[string]int                      // those that were answered
	fault func(method string, call int) error // nil: none
}

// fakeQueues are task queues by kind and name: a poll that was cut off takes nothing but from its own.
type fakeQueues struct {
	mu sync.Mutex
	of map[string]chan *fakeRun
}

func (q *fakeQueues) named(kind, name string) chan *fakeRun {
	q.mu.Lock()
	defer q.mu.Unlock()
	ch := q.of[kind+name]
	if ch == nil {
		const room = 10_000
		ch = make(chan *fakeRun, room)
		q.of[kind+name] = ch
	}
	return ch
}

type fakeRun struct {
	id     string
	sticky string // the worker's own queue
	mu     sync.Mutex
	events []*historypb.HistoryEvent
	shown  int // events that the worker has seen
	closed chan struct{}
}

func (r *fakeRun) add(kinds ...enumspb.EventType) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, k := range kinds {
		r.events = append(r.events, &historypb.HistoryEvent{EventId: int64(len(r.events) + 1), EventType: k})
	}
}

// show is the events after the first n, and marks all as seen.
func (r *fakeRun) show(n int) []*historypb.HistoryEvent {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.shown = len(r.events)
	return r.events[n:]
}

func newFakeServer() *fakeServer {
	return &fakeServer{
		queues: &fakeQueues{of: make(map[string]chan *fakeRun)},
		runs:   make(map[string]*fakeRun), asked: make(map[string]int), calls: make(map[string]int),
	}
}

// serve listens until the test ends, and returns the address.
func (s *fakeServer) serve(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := s.listen(l)
	t.Cleanup(g.Stop)
	return l.Addr().String()
}

func (s *fakeServer) listen(l net.Listener) *grpc.Server {
	g := grpc.NewServer(grpc.UnaryInterceptor(s.count))
	workflowservice.RegisterWorkflowServiceServer(g, s)
	go func() { _ = g.Serve(l) }() // until Stop
	return g
}

func (s *fakeServer) count(ctx context.Context, request any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	const service = "/temporal.api.workflowservice.v1.WorkflowService/"
	method := info.FullMethod[len(service):]
	s.mu.Lock()
	s.asked[method]++
	call, fault := s.asked[method], s.fault
	s.mu.Unlock()
	if fault != nil {
		if err := fault(method, call); err != nil {
			return nil, err
		}
	}
	reply, err := handle(ctx, request)
	if err == nil { // a poll that the driver cut off is no call of a workflow
		s.mu.Lock()
		s.calls[method]++
		s.mu.Unlock()
	}
	return reply, err
}

func (s *fakeServer) answered() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.calls)
}

func (s *fakeServer) run(id string) *fakeRun {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.runs[id]
}

// take waits for a run in a queue.
func take(ctx context.Context, queue chan *fakeRun) (*fakeRun, error) {
	select {
	case r := <-queue:
		return r, nil
	case <-ctx.Done():
		return nil, status.FromContextError(ctx.Err()).Err()
	}
}

func (s *fakeServer) GetSystemInfo(context.Context, *workflowservice.GetSystemInfoRequest) (*workflowservice.GetSystemInfoResponse, error) {
	return &workflowservice.GetSystemInfoResponse{}, nil
}

func (s *fakeServer) StartWorkflowExecution(_ context.Context, in *workflowservice.StartWorkflowExecutionRequest) (*workflowservice.StartWorkflowExecutionResponse, error) {
	r := &fakeRun{id: in.GetWorkflowId(), closed: make(chan struct{})}
	r.add(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED, enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED)
	s.mu.Lock()
	s.runs[r.id] = r
	s.mu.Unlock()
	s.queues.named("workflow ", in.GetTaskQueue().GetName()) <- r
	return &workflowservice.StartWorkflowExecutionResponse{RunId: r.id}, nil
}

func (s *fakeServer) PollWorkflowTaskQueue(ctx context.Context, in *workflowservice.PollWorkflowTaskQueueRequest) (*workflowservice.PollWorkflowTaskQueueResponse, error) {
	r, err := take(ctx, s.queues.named("workflow ", in.GetTaskQueue().GetName()))
	if err != nil {
		return nil, err
	}
	r.add(enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED)
	return &workflowservice.PollWorkflowTaskQueueResponse{
		TaskToken:         []byte(r.id),
		WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: r.id, RunId: r.id},
		History:           &historypb.History{Events: r.show(r.shown)},
		ScheduledTime:     timestamppb.Now(),
	}, nil
}

func (s *fakeServer) RespondWorkflowTaskCompleted(_ context.Context, in *workflowservice.RespondWorkflowTaskCompletedRequest) (*workflowservice.RespondWorkflowTaskCompletedResponse, error) {
	r := s.run(string(in.GetTaskToken()))
	r.add(enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
	r.mu.Lock()
	r.sticky = in.GetStickyAttributes().GetWorkerTaskQueue().GetName()
	r.mu.Unlock()
	if first := in.GetCommands()[0]; first.GetCommandType() == enumspb.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK {
		r.add(enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
		s.queues.named("activity ", first.GetScheduleActivityTaskCommandAttributes().GetTaskQueue().GetName()) <- r
	} else {
		r.add(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED)
		close(r.closed)
	}
	return &workflowservice.RespondWorkflowTaskCompletedResponse{}, nil
}

func (s *fakeServer) PollActivityTaskQueue(ctx context.Context, in *workflowservice.PollActivityTaskQueueRequest) (*workflowservice.PollActivityTaskQueueResponse, error) {
	r, err := take(ctx, s.queues.named("activity ", in.GetTaskQueue().GetName()))
	if err != nil {
		return nil, err
	}
	return &workflowservice.PollActivityTaskQueueResponse{TaskToken: []byte(r.id), CurrentAttemptScheduledTime: timestamppb.Now()}, nil
}

func (s *fakeServer) RespondActivityTaskCompleted(_ context.Context, in *workflowservice.RespondActivityTaskCompletedRequest) (*workflowservice.RespondActivityTaskCompletedResponse, error) {
	r := s.run(string(in.GetTaskToken()))
	r.add(enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED, enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED)
	r.mu.Lock()
	sticky := r.sticky
	r.mu.Unlock()
	s.queues.named("workflow ", sticky) <- r
	return &workflowservice.RespondActivityTaskCompletedResponse{}, nil
}

func (s *fakeServer) GetWorkflowExecutionHistory(ctx context.Context, in *workflowservice.GetWorkflowExecutionHistoryRequest) (*workflowservice.GetWorkflowExecutionHistoryResponse, error) {
	r := s.run(in.GetExecution().GetWorkflowId())
	if !in.GetWaitNewEvent() {
		return &workflowservice.GetWorkflowExecutionHistoryResponse{History: &historypb.History{Events: r.show(0)}}, nil
	}
	select {
	case <-r.closed:
	case <-ctx.Done():
		return nil, status.FromContextError(ctx.Err()).Err()
	}
	events := r.show(0)
	return &workflowservice.GetWorkflowExecutionHistoryResponse{History: &historypb.History{Events: events[len(events)-1:]}}, nil
}

func (s *fakeServer) TerminateWorkflowExecution(_ context.Context, in *workflowservice.TerminateWorkflowExecutionRequest) (*workflowservice.TerminateWorkflowExecutionResponse, error) {
	r := s.run(in.GetWorkflowExecution().GetWorkflowId())
	if r == nil {
		return nil, status.Error(codes.NotFound, "no such workflow")
	}
	close(r.closed)
	return &workflowservice.TerminateWorkflowExecutionResponse{}, nil
}

// fakeDriver is a driver whose workflows take as long as a function says.
type fakeDriver struct {
	takes func(id string) time.Duration
}

func (d fakeDriver) start(ctx context.Context, id string) error {
	select {
	case <-time.After(d.takes(id)):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
func (fakeDriver) await(context.Context, string) error         { return nil }
func (fakeDriver) signal(context.Context, string) error        { return nil }
func (fakeDriver) terminate(context.Context, string) error     { return nil }
func (fakeDriver) work(context.Context, *sync.WaitGroup) error { return nil }

var queueOfTests = &taskqueuepb.TaskQueue{Name: "q"}
