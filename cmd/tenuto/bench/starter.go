package bench

import (
	"context"
	"fmt"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// callTimeout bounds a call that is not a long poll.
const callTimeout = 10 * time.Second

// start starts workflows, one after the other, and waits for each, until all of the load are taken.
func (l *load) start(ctx context.Context) {
	for ctx.Err() == nil {
		n := l.next.Add(1)
		if n > int64(l.count) {
			return
		}
		id := l.workflowID(n)
		began := time.Now()
		err := l.startOne(ctx, id)
		if err == nil && l.workers {
			err = l.await(ctx, id)
		}
		if err != nil {
			l.fail(fmt.Errorf("workflow %s: %w", id, err))
			return
		}
		l.latencies.add(time.Since(began))
		l.done.Add(1)
	}
}

func (l *load) workflowID(n int64) string { return fmt.Sprintf("%s-%d", l.prefix, n) }

func (l *load) startOne(ctx context.Context, id string) error {
	return l.patiently(ctx, func() error {
		ctx, cancel := context.WithTimeout(ctx, callTimeout)
		defer cancel()
		_, err := l.service.StartWorkflowExecution(ctx, &workflowservice.StartWorkflowExecutionRequest{
			Namespace: l.namespace, WorkflowId: id, RequestId: id, Identity: identity,
			WorkflowType: &commonpb.WorkflowType{Name: "bench"},
			TaskQueue:    l.queue(""),
			Input:        payload,
		})
		return err
	})
}

// await long-polls the closing event, as a client does that waits for a result.
func (l *load) await(ctx context.Context, id string) error {
	request := &workflowservice.GetWorkflowExecutionHistoryRequest{
		Namespace: l.namespace, Execution: &commonpb.WorkflowExecution{WorkflowId: id},
		WaitNewEvent: true, HistoryEventFilterType: enumspb.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT,
	}
	for {
		var reply *workflowservice.GetWorkflowExecutionHistoryResponse
		err := l.patiently(ctx, func() (err error) {
			ctx, cancel := context.WithTimeout(ctx, pollTimeout)
			defer cancel()
			reply, err = l.service.GetWorkflowExecutionHistory(ctx, request)
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

// terminate ends what a load without workers left open.
func (l *load) terminate(ctx context.Context) error {
	for n := int64(1); n <= l.done.Load(); n++ {
		err := l.patiently(ctx, func() error {
			ctx, cancel := context.WithTimeout(ctx, callTimeout)
			defer cancel()
			_, err := l.service.TerminateWorkflowExecution(ctx, &workflowservice.TerminateWorkflowExecutionRequest{
				Namespace: l.namespace, WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: l.workflowID(n)},
				Reason: "the measurement is over", Identity: identity,
			})
			return err
		})
		if err != nil && status.Code(err) != codes.NotFound {
			return fmt.Errorf("terminate %s: %w", l.workflowID(n), err)
		}
	}
	return nil
}

// patiently repeats a call while the server asks for patience. Each repetition is counted, and shown with the result.
func (l *load) patiently(ctx context.Context, call func() error) error {
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		err := call()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		switch status.Code(err) {
		case codes.Unavailable, codes.ResourceExhausted, codes.DeadlineExceeded:
		default:
			return err
		}
		if l.retries.Add(1) > maxRetries {
			return fmt.Errorf("too many retries: %w", err)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// maxRetries ends a load whose server refuses too much for its figures to mean anything.
const maxRetries = 1000

const identity = "tenuto bench"

// payload is the input and result of everything: 32 bytes of JSON.
var payload = &commonpb.Payloads{Payloads: []*commonpb.Payload{{
	Metadata: map[string][]byte{"encoding": []byte("json/plain")},
	Data:     []byte(`"0123456789abcdef0123456789abcd"`),
}}}

// queue is the load's task queue; with a suffix, its worker's sticky queue.
func (l *load) queue(sticky string) *taskqueuepb.TaskQueue {
	if sticky == "" {
		return &taskqueuepb.TaskQueue{Name: l.prefix, Kind: enumspb.TASK_QUEUE_KIND_NORMAL}
	}
	return &taskqueuepb.TaskQueue{Name: l.prefix + sticky, Kind: enumspb.TASK_QUEUE_KIND_STICKY, NormalName: l.prefix}
}
