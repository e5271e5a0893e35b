package edge_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/fleettest"
)

// TestTrafficWhileShardsMove: workers and clients talk to any node, shards move all the time, messages and answers between the nodes are lost. Every
// workflow ends once with one activity, and nobody sees an error that SDKs would not repeat by themselves.
func TestTrafficWhileShardsMove(t *testing.T) {
	in := newInstallation(t, 3)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(seed, 1))
	roll := func(n int) int { mu.Lock(); defer mu.Unlock(); return rng.IntN(n) }
	in.Faults(func(m fleettest.Message) fleettest.Fault {
		switch {
		case m.Verb != "task.start" && m.Verb != "edge.forward":
			return fleettest.None
		case roll(50) == 0:
			return fleettest.LostAnswer
		case roll(50) == 0:
			return fleettest.Unreachable
		}
		return fleettest.None
	})
	ctx, cancel := context.WithCancel(in.ctx())
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	for i := range 6 {
		wg.Go(func() { in.workflowWorker(ctx, in.clients[i%3]) })
		wg.Go(func() { in.activityWorker(ctx, in.clients[i%3]) })
	}
	wg.Go(func() {
		for moves := 0; ; moves++ {
			shards := make([]orchestration.ShardID, 0, 100)
			for s := roll(orchestration.Shards - 100); len(shards) < cap(shards); s++ {
				shards = append(shards, orchestration.ShardID(s))
			}
			err := in.Move(ctx, in.nodes[roll(3)], shards...)
			if ctx.Err() != nil {
				t.Logf("%d moves", moves)
				return
			}
			if err != nil {
				t.Errorf("move: %v", err)
			}
		}
	})
	ids := make(chan string)
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			for id := range ids {
				in.runOnce(ctx, id)
			}
		})
	}
	for i := range 100 {
		ids <- fmt.Sprint("transfer-", i)
	}
	close(ids)
	clients.Wait()
}

// retried calls until the server is available; any other error is one that an SDK would give up on.
func retried[R any](ctx context.Context, call func() (R, error)) (resp R, err error) {
	for ctx.Err() == nil {
		if resp, err = call(); status.Code(err) != codes.Unavailable {
			return resp, err
		}
	}
	return resp, ctx.Err()
}

func (in *installation) workflowWorker(ctx context.Context, c workflowservice.WorkflowServiceClient) {
	for ctx.Err() == nil {
		task, err := retried(ctx, func() (*workflowservice.PollWorkflowTaskQueueResponse, error) {
			return c.PollWorkflowTaskQueue(ctx, &workflowservice.PollWorkflowTaskQueueRequest{Namespace: "bank", TaskQueue: steps, Identity: "worker"})
		})
		if err != nil && ctx.Err() == nil {
			in.t.Errorf("poll: %v", err)
		}
		if len(task.GetTaskToken()) == 0 {
			continue
		}
		command := oneStep()
		for _, ev := range task.GetHistory().GetEvents() {
			if ev.GetEventType() == enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED {
				command = finish()
			}
		}
		_, err = retried(ctx, func() (*workflowservice.RespondWorkflowTaskCompletedResponse, error) {
			return in.any().RespondWorkflowTaskCompleted(ctx, &workflowservice.RespondWorkflowTaskCompletedRequest{
				Namespace: "bank", TaskToken: task.GetTaskToken(), Commands: []*commandpb.Command{command},
			})
		})
		// NotFound: an earlier try was carried out, and its answer lost; or the task has timed out meanwhile.
		if err != nil && status.Code(err) != codes.NotFound && ctx.Err() == nil {
			in.t.Errorf("complete: %v", err)
		}
	}
}

func (in *installation) activityWorker(ctx context.Context, c workflowservice.WorkflowServiceClient) {
	for ctx.Err() == nil {
		task, err := retried(ctx, func() (*workflowservice.PollActivityTaskQueueResponse, error) {
			return c.PollActivityTaskQueue(ctx, &workflowservice.PollActivityTaskQueueRequest{Namespace: "bank", TaskQueue: steps, Identity: "worker"})
		})
		if err != nil && ctx.Err() == nil {
			in.t.Errorf("poll: %v", err)
		}
		if len(task.GetTaskToken()) == 0 {
			continue
		}
		_, err = retried(ctx, func() (*workflowservice.RespondActivityTaskCompletedResponse, error) {
			return in.any().RespondActivityTaskCompleted(ctx, &workflowservice.RespondActivityTaskCompletedRequest{Namespace: "bank", TaskToken: task.GetTaskToken()})
		})
		if err != nil && status.Code(err) != codes.NotFound && ctx.Err() == nil {
			in.t.Errorf("complete activity: %v", err)
		}
	}
}

// runOnce starts a workflow, waits for its end and reads its history.
func (in *installation) runOnce(ctx context.Context, id string) {
	started, err := retried(ctx, func() (*workflowservice.StartWorkflowExecutionResponse, error) {
		return in.any().StartWorkflowExecution(ctx, startSteps(id))
	})
	if err != nil {
		in.t.Errorf("start %s: %v", id, err)
		return
	}
	run := &commonpb.WorkflowExecution{WorkflowId: id, RunId: started.GetRunId()}
	read := &workflowservice.GetWorkflowExecutionHistoryRequest{
		Namespace: "bank", Execution: run, WaitNewEvent: true, HistoryEventFilterType: enumspb.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT,
	}
	for {
		page, err := retried(ctx, func() (*workflowservice.GetWorkflowExecutionHistoryResponse, error) {
			return in.any().GetWorkflowExecutionHistory(ctx, read)
		})
		if err != nil {
			in.t.Errorf("end of %s: %v", id, err)
			return
		}
		if read.NextPageToken = page.GetNextPageToken(); len(page.GetHistory().GetEvents()) > 0 {
			break
		}
	}
	page, err := retried(ctx, func() (*workflowservice.GetWorkflowExecutionHistoryResponse, error) {
		return in.any().GetWorkflowExecutionHistory(ctx, &workflowservice.GetWorkflowExecutionHistoryRequest{Namespace: "bank", Execution: run})
	})
	events := page.GetHistory().GetEvents()
	if err != nil || countOf(events, enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) != 1 || countOf(events, enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED) != 1 ||
		countOf(events, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED) != 1 {
		in.t.Errorf("%s: %v, %v", id, events, err)
	}
}

func countOf(events []*historypb.HistoryEvent, kind enumspb.EventType) (n int) {
	for _, ev := range events {
		if ev.GetEventType() == kind {
			n++
		}
	}
	return n
}
