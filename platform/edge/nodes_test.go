package edge_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	querypb "go.temporal.io/api/query/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/exchange"
	"github.com/tenuto-io/tenuto/orchestration/fleettest"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/store/sqlite"
	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/platform/edge"
	"github.com/tenuto-io/tenuto/tenants"
)

// installation is whole servers, without their processes: edges with real engines that share a database, and clients of each.
type installation struct {
	*fleettest.Fleet
	t       *testing.T
	nodes   []*fleettest.Node
	clients []workflowservice.WorkflowServiceClient
	ns      tenants.Namespace
	clerk   *clerk // notes the calls of every node
}

func newInstallation(t *testing.T, n int) *installation {
	t.Helper()
	in := &installation{Fleet: fleettest.New(), t: t, clerk: &clerk{}}
	t.Cleanup(in.Close)
	db, err := database.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "engine.db"), database.Migrations{Room: "engine", Files: sqlite.Migrations()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	driver := sqlite.New(db.Write, db.Read)
	directory := tenants.NewDirectory(&namespaceStore{}, time.Now)
	if in.ns, err = directory.Register(t.Context(), tenants.Registration{Name: "bank", Retention: tenants.MinRetention}); err != nil {
		t.Fatal(err)
	}
	for range n {
		in.add(driver, directory)
	}
	if err := in.Spread(t.Context(), in.nodes...); err != nil {
		t.Fatal(err)
	}
	return in
}

func (in *installation) add(driver *sqlite.Store, directory *tenants.Directory) {
	t := in.t
	t.Helper()
	n := in.Join()
	lane, err := driver.AcquireLane(t.Context(), n.ID().Lane(0))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	x := exchange.New(exchange.Config{Peers: n, Self: n.ID(), Owner: n.Owner, Logger: log})
	e, err := engine.Open(t.Context(), engine.Config{
		Store: driver, Reader: driver, Queues: driver, Logger: log, Cluster: n, Lanes: []store.Fence{lane}, Peers: n, Exchange: x,
	})
	if err != nil {
		t.Fatal(err)
	}
	x.Serve(e.Queues())
	n.Serve(e)
	t.Cleanup(func() { // after the edge's, which serve has yet to register
		x.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := e.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	server := edge.New(edge.Config{Engine: e, Namespaces: directory, Logger: log, Router: n, Auditor: in.clerk, AuditLevel: tenants.AuditWrites})
	in.nodes = append(in.nodes, n)
	in.clients = append(in.clients, workflowservice.NewWorkflowServiceClient(serve(t, server)))
}

// any is a client of any node.
func (in *installation) any() workflowservice.WorkflowServiceClient {
	return in.clients[rand.IntN(len(in.clients))]
}

func (in *installation) ctx() context.Context {
	ctx, cancel := context.WithTimeout(in.t.Context(), 30*time.Second)
	in.t.Cleanup(cancel)
	return ctx
}

var steps = &taskqueuepb.TaskQueue{Name: "steps"}

func startSteps(id string) *workflowservice.StartWorkflowExecutionRequest {
	return &workflowservice.StartWorkflowExecutionRequest{
		Namespace: "bank", WorkflowId: id, RequestId: "start-" + id, WorkflowType: &commonpb.WorkflowType{Name: "Steps"}, TaskQueue: steps, Input: payloads(10),
		WorkflowTaskTimeout: durationpb.New(2 * time.Second),
	}
}

func oneStep() *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
		Attributes: &commandpb.Command_ScheduleActivityTaskCommandAttributes{ScheduleActivityTaskCommandAttributes: &commandpb.ScheduleActivityTaskCommandAttributes{
			ActivityId: "1", ActivityType: &commonpb.ActivityType{Name: "Step"}, TaskQueue: steps, Input: payloads(20), StartToCloseTimeout: durationpb.New(5 * time.Second),
			RetryPolicy: &commonpb.RetryPolicy{InitialInterval: durationpb.New(100 * time.Millisecond)},
		}},
	}
}

func finish() *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
		Attributes: &commandpb.Command_CompleteWorkflowExecutionCommandAttributes{
			CompleteWorkflowExecutionCommandAttributes: &commandpb.CompleteWorkflowExecutionCommandAttributes{Result: payloads(30)},
		},
	}
}

// same asks every node and demands the same answer, or the same error with the same details.
func same[R proto.Message](in *installation, what string, ask func(workflowservice.WorkflowServiceClient) (R, error)) R {
	in.t.Helper()
	var first R
	var refusal *status.Status
	for i, c := range in.clients {
		got, err := ask(c)
		if i == 0 {
			first, refusal = got, status.Convert(err)
			continue
		}
		if st := status.Convert(err); !proto.Equal(st.Proto(), refusal.Proto()) {
			in.t.Errorf("%s: node %d says %v, node 1 says %v", what, i+1, st.Proto(), refusal.Proto())
		}
		if refusal.Code() == codes.OK && !proto.Equal(got, first) {
			in.t.Errorf("%s: node %d answers %v, node 1 answers %v", what, i+1, got, first)
		}
	}
	return first
}

// TestEveryNodeAnswersAlike: a run's life, each call of it at another node, and everything that can be read or refused is the same at each.
func TestEveryNodeAnswersAlike(t *testing.T) {
	in := newInstallation(t, 3)
	ctx := in.ctx()
	started, err := in.clients[0].StartWorkflowExecution(ctx, startSteps("transfer"))
	if err != nil {
		t.Fatal(err)
	}
	run := &commonpb.WorkflowExecution{WorkflowId: "transfer", RunId: started.GetRunId()}
	again := same(in, "repeated start", func(c workflowservice.WorkflowServiceClient) (*workflowservice.StartWorkflowExecutionResponse, error) {
		return c.StartWorkflowExecution(ctx, startSteps("transfer"))
	})
	if again.GetRunId() != run.RunId {
		t.Errorf("a repeated start found %v", again)
	}
	in.sameRefusals(ctx, run)
	in.sameReads(ctx, run)
	for i, c := range in.clients {
		if _, err := c.SignalWorkflowExecution(ctx, &workflowservice.SignalWorkflowExecutionRequest{
			Namespace: "bank", WorkflowExecution: run, SignalName: "s", RequestId: fmt.Sprint(i),
		}); err != nil {
			t.Errorf("signal at node %d: %v", i+1, err)
		}
	}
	in.work(ctx, oneStep())
	in.sameReads(ctx, run)
	act, err := in.clients[1].PollActivityTaskQueue(ctx, &workflowservice.PollActivityTaskQueueRequest{Namespace: "bank", TaskQueue: steps, Identity: "worker"})
	if err != nil || !proto.Equal(act.GetInput(), payloads(20)) {
		t.Fatalf("activity %v, %v", act, err)
	}
	for i, c := range in.clients {
		if _, err := c.RecordActivityTaskHeartbeat(ctx, &workflowservice.RecordActivityTaskHeartbeatRequest{Namespace: "bank", TaskToken: act.GetTaskToken()}); err != nil {
			t.Errorf("heartbeat at node %d: %v", i+1, err)
		}
	}
	if _, err = in.clients[2].RespondActivityTaskCompleted(ctx, &workflowservice.RespondActivityTaskCompletedRequest{
		Namespace: "bank", TaskToken: act.GetTaskToken(), Result: payloads(5),
	}); err != nil {
		t.Fatal(err)
	}
	same(in, "repeated completion", func(c workflowservice.WorkflowServiceClient) (*workflowservice.RespondActivityTaskCompletedResponse, error) {
		return c.RespondActivityTaskCompleted(ctx, &workflowservice.RespondActivityTaskCompletedRequest{Namespace: "bank", TaskToken: act.GetTaskToken()})
	})
	in.work(ctx, finish())
	in.sameReads(ctx, run)
}

// sameRefusals asks for what cannot be.
func (in *installation) sameRefusals(ctx context.Context, run *commonpb.WorkflowExecution) {
	in.t.Helper()
	same(in, "second start", func(c workflowservice.WorkflowServiceClient) (*workflowservice.StartWorkflowExecutionResponse, error) {
		other := startSteps(run.WorkflowId)
		other.RequestId = "other"
		_, err := c.StartWorkflowExecution(ctx, other)
		if taken := wantError[*serviceerror.WorkflowExecutionAlreadyStarted](in.t, err); taken.RunId != run.RunId || taken.StartRequestId != "start-transfer" {
			in.t.Errorf("%+v", taken)
		}
		return nil, err
	})
	same(in, "describe nobody", func(c workflowservice.WorkflowServiceClient) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
		return c.DescribeWorkflowExecution(ctx, &workflowservice.DescribeWorkflowExecutionRequest{Namespace: "bank", Execution: &commonpb.WorkflowExecution{WorkflowId: "nobody"}})
	})
	same(in, "query too early", func(c workflowservice.WorkflowServiceClient) (*workflowservice.QueryWorkflowResponse, error) {
		short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
		defer cancel()
		return c.QueryWorkflow(short, &workflowservice.QueryWorkflowRequest{Namespace: "bank", Execution: run, Query: &querypb.WorkflowQuery{QueryType: "state"}})
	})
	same(in, "bad page token", func(c workflowservice.WorkflowServiceClient) (*workflowservice.GetWorkflowExecutionHistoryResponse, error) {
		return c.GetWorkflowExecutionHistory(ctx, &workflowservice.GetWorkflowExecutionHistoryRequest{Namespace: "bank", Execution: run, NextPageToken: []byte("x")})
	})
}

// sameReads reads all that can be read of a run.
func (in *installation) sameReads(ctx context.Context, run *commonpb.WorkflowExecution) {
	in.t.Helper()
	same(in, "describe", func(c workflowservice.WorkflowServiceClient) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
		return c.DescribeWorkflowExecution(ctx, &workflowservice.DescribeWorkflowExecutionRequest{Namespace: "bank", Execution: run})
	})
	same(in, "history", func(c workflowservice.WorkflowServiceClient) (*workflowservice.GetWorkflowExecutionHistoryResponse, error) {
		return c.GetWorkflowExecutionHistory(ctx, &workflowservice.GetWorkflowExecutionHistoryRequest{Namespace: "bank", Execution: run})
	})
	same(in, "history page", func(c workflowservice.WorkflowServiceClient) (*workflowservice.GetWorkflowExecutionHistoryResponse, error) {
		return c.GetWorkflowExecutionHistory(ctx, &workflowservice.GetWorkflowExecutionHistoryRequest{Namespace: "bank", Execution: run, MaximumPageSize: 1})
	})
	same(in, "reverse history", func(c workflowservice.WorkflowServiceClient) (*workflowservice.GetWorkflowExecutionHistoryReverseResponse, error) {
		return c.GetWorkflowExecutionHistoryReverse(ctx, &workflowservice.GetWorkflowExecutionHistoryReverseRequest{Namespace: "bank", Execution: run})
	})
	same(in, "list", func(c workflowservice.WorkflowServiceClient) (*workflowservice.ListWorkflowExecutionsResponse, error) {
		return c.ListWorkflowExecutions(ctx, &workflowservice.ListWorkflowExecutionsRequest{Namespace: "bank"})
	})
	same(in, "count", func(c workflowservice.WorkflowServiceClient) (*workflowservice.CountWorkflowExecutionsResponse, error) {
		return c.CountWorkflowExecutions(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: "bank"})
	})
}

// work has one workflow task done: polled at one node, answered at another.
func (in *installation) work(ctx context.Context, command *commandpb.Command) {
	in.t.Helper()
	task, err := in.clients[1].PollWorkflowTaskQueue(ctx, &workflowservice.PollWorkflowTaskQueueRequest{Namespace: "bank", TaskQueue: steps, Identity: "worker"})
	if err != nil || len(task.GetTaskToken()) == 0 {
		in.t.Fatalf("workflow task %v, %v", task, err)
	}
	if _, err := in.clients[2].RespondWorkflowTaskCompleted(ctx, &workflowservice.RespondWorkflowTaskCompletedRequest{
		Namespace: "bank", TaskToken: task.GetTaskToken(), Identity: "worker", Commands: []*commandpb.Command{command},
	}); err != nil {
		in.t.Fatal(err)
	}
}

// TestLongPollFollowsItsRun: a client that waits for a run's end gets it from the call that it began with, though the run moves twice.
func TestLongPollFollowsItsRun(t *testing.T) {
	in := newInstallation(t, 3)
	ctx := in.ctx()
	started, err := in.clients[0].StartWorkflowExecution(ctx, startSteps("transfer"))
	if err != nil {
		t.Fatal(err)
	}
	shard := orchestration.ShardOf(in.ns.ID, "transfer")
	owner, _ := in.nodes[0].Owner(shard)
	type answer struct {
		resp *workflowservice.GetWorkflowExecutionHistoryResponse
		err  error
	}
	answers := make(chan answer, len(in.clients))
	for _, c := range in.clients {
		go func() {
			resp, err := c.GetWorkflowExecutionHistory(ctx, &workflowservice.GetWorkflowExecutionHistoryRequest{
				Namespace: "bank", Execution: &commonpb.WorkflowExecution{WorkflowId: "transfer", RunId: started.GetRunId()},
				WaitNewEvent: true, HistoryEventFilterType: enumspb.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT,
			})
			answers <- answer{resp, err}
		}()
	}
	for i := range 2 {
		if err := in.Move(ctx, in.nodes[(int(owner)+i)%3], shard); err != nil {
			t.Fatal(err)
		}
		if _, err := in.any().SignalWorkflowExecution(ctx, &workflowservice.SignalWorkflowExecutionRequest{
			Namespace: "bank", WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: "transfer"}, SignalName: "s",
		}); err != nil {
			t.Fatal(err)
		}
	}
	in.work(ctx, finish())
	for range in.clients {
		a := <-answers
		if events := a.resp.GetHistory().GetEvents(); a.err != nil || len(events) != 1 || events[0].EventType != enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED {
			t.Errorf("%v, %v", a.resp, a.err)
		}
	}
}

// TestQueryThroughAnyNode: asked at one node, worked at by a second one, answered through a third.
func TestQueryThroughAnyNode(t *testing.T) {
	in := newInstallation(t, 3)
	ctx := in.ctx()
	if _, err := in.clients[0].StartWorkflowExecution(ctx, startSteps("transfer")); err != nil {
		t.Fatal(err)
	}
	in.work(ctx, oneStep())
	for i := range 3 {
		worker := make(chan error, 1)
		go func() {
			task, err := in.clients[(i+1)%3].PollWorkflowTaskQueue(ctx, &workflowservice.PollWorkflowTaskQueueRequest{Namespace: "bank", TaskQueue: steps})
			if err == nil {
				_, err = in.clients[(i+2)%3].RespondQueryTaskCompleted(ctx, &workflowservice.RespondQueryTaskCompletedRequest{
					Namespace: "bank", TaskToken: task.GetTaskToken(), CompletedType: enumspb.QUERY_RESULT_TYPE_ANSWERED, QueryResult: payloads(40 + i),
				})
			}
			worker <- err
		}()
		got, err := in.clients[i].QueryWorkflow(ctx, &workflowservice.QueryWorkflowRequest{
			Namespace: "bank", Execution: &commonpb.WorkflowExecution{WorkflowId: "transfer"}, Query: &querypb.WorkflowQuery{QueryType: "state"},
		})
		if err != nil || !proto.Equal(got.GetQueryResult(), payloads(40+i)) {
			t.Errorf("asked at node %d: %v, %v", i+1, got, err)
		}
		if err := <-worker; err != nil {
			t.Error(err)
		}
	}
}
