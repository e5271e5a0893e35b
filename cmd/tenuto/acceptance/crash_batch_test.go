package acceptance

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	batchpb "go.temporal.io/api/batch/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"
)

const (
	batchSpace     = "crash-batches" // a namespace of their own: the audit of the transfers counts all of the other
	batchWorkflows = 30
	batchRate      = 20 // so that most strikes fall into the middle of one
)

// batches signals the same workflows again and again, each time by another batch operation, while everything around is killed.
type batches struct {
	service workflowservice.WorkflowServiceClient
	driver  sync.WaitGroup
	stop    context.CancelFunc
	done    int // batch operations that have ended
	err     error
}

// call gives one call of an insisting client its time.
func (b *batches) call(ctx context.Context, f func(context.Context) error) error {
	return insist(ctx, func() error {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		return f(ctx)
	})
}

func (c *crash) driveBatches() {
	c.Helper()
	b := &batches{service: dial(c, c.address).WorkflowService()}
	c.batches = b
	ctx, cancel := context.WithTimeout(c.Context(), time.Minute)
	defer cancel()
	_, err := b.service.RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: batchSpace, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
	})
	if err != nil {
		c.Fatal(err)
	}
	for i := range batchWorkflows {
		err := b.call(ctx, func(ctx context.Context) error {
			_, err := b.service.StartWorkflowExecution(ctx, &workflowservice.StartWorkflowExecutionRequest{
				Namespace: batchSpace, WorkflowId: fmt.Sprint("watched-", i), RequestId: fmt.Sprint("start-", i),
				WorkflowType: &commonpb.WorkflowType{Name: "Watched"}, TaskQueue: &taskqueuepb.TaskQueue{Name: "nobody"},
			})
			return err
		})
		if err != nil {
			c.Fatal(err)
		}
	}
	until, stop := context.WithCancel(c.Context())
	b.stop = stop
	c.Cleanup(stop)
	b.driver.Go(func() {
		for until.Err() == nil && b.err == nil {
			r := &workflowservice.StartBatchOperationRequest{
				VisibilityQuery: "WorkflowType = 'Watched'", MaxOperationsPerSecond: batchRate,
				Operation: &workflowservice.StartBatchOperationRequest_SignalOperation{SignalOperation: &batchpb.BatchOperationSignal{Signal: "tick"}},
			}
			if b.err = b.run(c.Context(), fmt.Sprint("tick-", b.done), r); b.err == nil {
				b.done++
			}
		}
	})
}

// run has a batch operation on all the workflows done, and checks its counts.
func (b *batches) run(ctx context.Context, job string, r *workflowservice.StartBatchOperationRequest) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	r.Namespace, r.JobId, r.Reason = batchSpace, job, "the crash test"
	err := b.call(ctx, func(ctx context.Context) error {
		_, err := b.service.StartBatchOperation(ctx, r)
		return err
	})
	if err != nil {
		return fmt.Errorf("start %s: %w", job, err)
	}
	var d *workflowservice.DescribeBatchOperationResponse
	err = b.call(ctx, func(ctx context.Context) (err error) {
		d, err = b.service.DescribeBatchOperation(ctx, &workflowservice.DescribeBatchOperationRequest{Namespace: batchSpace, JobId: job})
		if err == nil && d.State == enumspb.BATCH_OPERATION_STATE_RUNNING {
			err = errors.New("it goes on")
		}
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("end of %s: %w", job, err)
	case d.State != enumspb.BATCH_OPERATION_STATE_COMPLETED || d.TotalOperationCount != batchWorkflows || d.CompleteOperationCount != batchWorkflows:
		return fmt.Errorf("%s ended as %v", job, d)
	}
	return nil
}

// finishBatches checks that every workflow has had every signal once, and deletes them all.
func (c *crash) finishBatches() {
	c.Helper()
	b := c.batches
	b.stop()
	b.driver.Wait()
	if b.err != nil {
		c.Error(b.err)
		return
	}
	for i := range batchWorkflows {
		page, err := b.service.GetWorkflowExecutionHistory(c.Context(), &workflowservice.GetWorkflowExecutionHistoryRequest{
			Namespace: batchSpace, Execution: &commonpb.WorkflowExecution{WorkflowId: fmt.Sprint("watched-", i)},
		})
		if err != nil {
			c.Error(err)
			continue
		}
		if n := count(page.History.Events, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED); n != b.done {
			c.Errorf("watched-%d has %d signals of %d batch operations", i, n, b.done)
		}
	}
	deletion := &workflowservice.StartBatchOperationRequest{
		VisibilityQuery: "WorkflowType = 'Watched'",
		Operation:       &workflowservice.StartBatchOperationRequest_DeletionOperation{DeletionOperation: &batchpb.BatchOperationDeletion{}},
	}
	if err := b.run(c.Context(), "deletion", deletion); err != nil {
		c.Error(err)
	}
	_, err := b.service.DescribeWorkflowExecution(c.Context(), &workflowservice.DescribeWorkflowExecutionRequest{
		Namespace: batchSpace, Execution: &commonpb.WorkflowExecution{WorkflowId: "watched-0"},
	})
	var missing *serviceerror.NotFound
	if !errors.As(err, &missing) {
		c.Errorf("a deleted workflow: %v", err)
	}
}
