package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// callTimeout bounds a call that is not a long poll.
const callTimeout = 10 * time.Second

const identity = "tenuto bench"

// raw drives by gRPC itself: nothing stands between the load and the wire.
type raw struct {
	*tally
	flow   flow
	home   place // where the load's worker polls
	count  int   // pollers of each kind
	ended  func(workflowID string)
	broken func(error) // a poller cannot go on
	order  bool        // the arrival of tasks is noted

	conns            []*grpc.ClientConn
	callers, workers []workflowservice.WorkflowServiceClient
	signals          atomic.Int64
	cache            cache
}

// newRaw makes the driver of a load.
func newRaw(l *load, to targets, credential string) (*raw, error) {
	r := &raw{
		tally: &l.tally, flow: l.flow, home: place{l.namespace, l.prefix}, count: l.pollers, ended: l.ends.note,
		broken: func(err error) { l.fail(err) }, order: l.ordered, cache: cache{of: make(map[string]progress)},
	}
	for _, side := range []struct {
		addresses []string
		services  *[]workflowservice.WorkflowServiceClient
	}{{to.callers, &r.callers}, {to.workers, &r.workers}} {
		for _, address := range side.addresses {
			conn, err := connect(address, credential)
			if err != nil {
				return nil, errors.Join(err, r.close())
			}
			r.conns = append(r.conns, conn)
			*side.services = append(*side.services, workflowservice.NewWorkflowServiceClient(conn))
		}
	}
	return r, nil
}

func (r *raw) close() (err error) {
	for _, c := range r.conns {
		err = errors.Join(err, c.Close())
	}
	return err
}

// caller is any of the connections for calls, poller that of the n-th poller.
func (r *raw) caller() workflowservice.WorkflowServiceClient {
	return r.callers[rand.IntN(len(r.callers))]
}

func (r *raw) poller(n int) workflowservice.WorkflowServiceClient { return r.workers[n%len(r.workers)] }

// call makes a call to any server, as often as it asks for patience.
func (r *raw) call(ctx context.Context, timeout time.Duration, do func(context.Context, workflowservice.WorkflowServiceClient) error) error {
	service := r.caller()
	return r.patiently(ctx, func() error {
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		return do(ctx, service)
	})
}

func (r *raw) start(ctx context.Context, id string) error { return r.startAt(ctx, r.home, id) }

func (r *raw) startAt(ctx context.Context, at place, id string) error {
	return r.call(ctx, callTimeout, func(ctx context.Context, s workflowservice.WorkflowServiceClient) error {
		_, err := s.StartWorkflowExecution(ctx, &workflowservice.StartWorkflowExecutionRequest{
			Namespace: at.namespace, WorkflowId: id, RequestId: id, Identity: identity,
			WorkflowType: &commonpb.WorkflowType{Name: "bench"}, TaskQueue: at.normal(), Input: payload,
		})
		return err
	})
}

// await long-polls the closing event, as a client does that waits for a result.
func (r *raw) await(ctx context.Context, id string) error {
	request := &workflowservice.GetWorkflowExecutionHistoryRequest{
		Namespace: r.home.namespace, Execution: &commonpb.WorkflowExecution{WorkflowId: id},
		WaitNewEvent: true, HistoryEventFilterType: enumspb.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT,
	}
	for {
		var reply *workflowservice.GetWorkflowExecutionHistoryResponse
		err := r.call(ctx, pollTimeout, func(ctx context.Context, s workflowservice.WorkflowServiceClient) (err error) {
			reply, err = s.GetWorkflowExecutionHistory(ctx, request)
			return err
		})
		if err != nil {
			return err
		}
		if events := reply.GetHistory().GetEvents(); len(events) > 0 {
			if last := events[len(events)-1]; last.GetEventType() != enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED {
				return fmt.Errorf("ended with %v", last.GetEventType())
			}
			return nil
		}
		request.NextPageToken = reply.GetNextPageToken()
	}
}

func (r *raw) signal(ctx context.Context, id string) error {
	request := fmt.Sprint(id, "-", r.signals.Add(1)) // the same for every repetition
	return r.call(ctx, callTimeout, func(ctx context.Context, s workflowservice.WorkflowServiceClient) error {
		_, err := s.SignalWorkflowExecution(ctx, &workflowservice.SignalWorkflowExecutionRequest{
			Namespace: r.home.namespace, WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: id},
			SignalName: "bench", Input: payload, Identity: identity, RequestId: request,
		})
		return err
	})
}

func (r *raw) terminate(ctx context.Context, id string) error {
	err := r.call(ctx, callTimeout, func(ctx context.Context, s workflowservice.WorkflowServiceClient) error {
		_, err := s.TerminateWorkflowExecution(ctx, &workflowservice.TerminateWorkflowExecutionRequest{
			Namespace: r.home.namespace, WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: id},
			Reason: "the measurement is over", Identity: identity,
		})
		return err
	})
	if err != nil && status.Code(err) != codes.NotFound {
		return fmt.Errorf("terminate %s: %w", id, err)
	}
	return nil
}

// normal is the place's task queue.
func (p place) normal() *taskqueuepb.TaskQueue {
	return &taskqueuepb.TaskQueue{Name: p.queue, Kind: enumspb.TASK_QUEUE_KIND_NORMAL}
}

// sticky is the queue of one worker at the place.
func (p place) sticky(name string) *taskqueuepb.TaskQueue {
	return &taskqueuepb.TaskQueue{Name: name, Kind: enumspb.TASK_QUEUE_KIND_STICKY, NormalName: p.queue}
}
