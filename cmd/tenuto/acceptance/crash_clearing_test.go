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
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// clearingGroup is how many clearings are ended by one batch operation.
const clearingGroup = 8

// clearings keeps groups of clearings going, one after the other, through any outage.
type clearings struct {
	client client.Client
	driver sync.WaitGroup

	mu   sync.Mutex
	done int // clearings that ended as they should
	errs []error
}

func (c *crash) driveClearings(all, starting context.Context) {
	c.Helper()
	// Its own connection: it must not wait for the server while the test begins.
	official, err := client.NewLazyClient(client.Options{HostPort: c.address, Namespace: namespace, Logger: quiet()})
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(official.Close)
	c.clearings = &clearings{client: official}
	c.clearings.driver.Go(func() {
		if err := insist(all, func() error { return c.clearings.start(all, tallyID, "Tally", tallied{}) }); err != nil {
			c.clearings.failed(fmt.Errorf("start the tally: %w", err))
			return
		}
		for group := 1; starting.Err() == nil; group++ {
			c.clearings.group(all, group)
		}
	})
}

func (cs *clearings) failed(err error) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.errs = append(cs.errs, err)
}

// group takes some clearings from their starts to the end that a batch operation brings them.
func (cs *clearings) group(ctx context.Context, n int) {
	prefix := fmt.Sprintf("clearing-%d-", n)
	var members sync.WaitGroup
	for i := range clearingGroup {
		members.Go(func() {
			if err := cs.prepare(ctx, fmt.Sprint(prefix, i), i+1); err != nil {
				cs.failed(err)
			}
		})
	}
	members.Wait()
	if err := insist(ctx, func() error { return cs.finish(ctx, prefix) }); err != nil {
		cs.failed(fmt.Errorf("finish %s: %w", prefix, err))
		return
	}
	for i := range clearingGroup {
		if err := cs.settle(ctx, fmt.Sprint(prefix, i), i+1); err != nil {
			cs.failed(err)
		} else {
			cs.mu.Lock()
			cs.done++
			cs.mu.Unlock()
		}
	}
}

// prepare brings a clearing to where it waits for its end.
func (cs *clearings) prepare(ctx context.Context, id string, amount int) error {
	for what, do := range []func() error{
		func() error { return cs.start(ctx, id, "Clearing", cleared{}) },
		func() error { return cs.book(ctx, id, "first", amount) },
		func() error { return cs.note(ctx, id) },
		func() error { return cs.book(ctx, id, "second", 10*amount) },
		func() error { return cs.secondRound(ctx, id) },
	} {
		if err := insist(ctx, do); err != nil {
			return fmt.Errorf("step %d of %s: %w", what+1, id, err)
		}
	}
	return nil
}

func (cs *clearings) start(ctx context.Context, id, name string, in any) error {
	_, err := cs.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: id, TaskQueue: clearingQueue, WorkflowExecutionErrorWhenAlreadyStarted: false, WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		WorkflowTaskTimeout: 2 * time.Second,
	}, name, in)
	return err
}

// book is an update. Repeated with its id it takes effect once.
func (cs *clearings) book(ctx context.Context, id, update string, amount int) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	h, err := cs.client.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: id, UpdateID: update, UpdateName: "book", Args: []any{amount}, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err != nil {
		return err
	}
	var got int
	if err := h.Get(ctx, &got); err != nil {
		return err
	}
	if got != amount {
		return fmt.Errorf("booked %d, want %d", got, amount)
	}
	return nil
}

// note is a signal. Repeated with its request id it is one signal.
func (cs *clearings) note(ctx context.Context, id string) error {
	_, err := cs.client.WorkflowService().SignalWorkflowExecution(ctx, &workflowservice.SignalWorkflowExecutionRequest{
		Namespace: namespace, WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: id}, SignalName: "note", RequestId: "note of " + id,
	})
	return err
}

// secondRound is an error until the clearing has continued as new.
func (cs *clearings) secondRound(ctx context.Context, id string) error {
	d, err := cs.client.DescribeWorkflowExecution(ctx, id, "")
	if err == nil && d.WorkflowExecutionInfo.Execution.RunId == d.WorkflowExecutionInfo.FirstRunId {
		err = errors.New("still in its first run")
	}
	return err
}

// finish has a batch operation signal all clearings of a group, and waits until it has.
func (cs *clearings) finish(ctx context.Context, prefix string) error {
	service := cs.client.WorkflowService()
	job := "finish-" + prefix
	_, err := service.StartBatchOperation(ctx, &workflowservice.StartBatchOperationRequest{
		Namespace: namespace, JobId: job, Reason: "the day is over",
		VisibilityQuery: fmt.Sprintf("WorkflowId STARTS_WITH '%s' AND WorkflowType = 'Clearing' AND ExecutionStatus = 'Running'", prefix),
		Operation: &workflowservice.StartBatchOperationRequest_SignalOperation{
			SignalOperation: &batchpb.BatchOperationSignal{Signal: "finish", Identity: "the clerk"},
		},
	})
	var there *serviceerror.AlreadyExists
	if err != nil && !errors.As(err, &there) {
		return err
	}
	d, err := service.DescribeBatchOperation(ctx, &workflowservice.DescribeBatchOperationRequest{Namespace: namespace, JobId: job})
	if err != nil {
		return err
	}
	if d.State != enumspb.BATCH_OPERATION_STATE_COMPLETED || d.CompleteOperationCount != clearingGroup {
		return fmt.Errorf("the batch operation is %v with %d done and %d failed", d.State, d.CompleteOperationCount, d.FailureOperationCount)
	}
	return nil
}

// settle checks how a clearing ended.
func (cs *clearings) settle(ctx context.Context, id string, amount int) error {
	var got cleared
	if err := insist(ctx, func() error { return cs.client.GetWorkflow(ctx, id, "").Get(ctx, &got) }); err != nil {
		return fmt.Errorf("result of %s: %w", id, err)
	}
	if got.Round != 2 || got.booked() != 11*amount || got.Legs != clearingLegs*(clearingLegs+1)/2 || got.Notes != 1 || got.Finishes != 1 {
		return fmt.Errorf("%s ended with %+v", id, got)
	}
	return nil
}

// finishClearings ends the tally and checks everything about the clearings: what was counted, and every history in the official replayer.
func (c *crash) finishClearings() (summary string) {
	c.Helper()
	cs := c.clearings
	for _, err := range cs.errs {
		c.Error(err)
	}
	ctx, cancel := context.WithTimeout(c.Context(), patience)
	defer cancel()
	var counted tallied
	err := insist(ctx, func() error { return cs.client.SignalWorkflow(ctx, tallyID, "", "end", nil) })
	if err == nil {
		err = insist(ctx, func() error { return cs.client.GetWorkflow(ctx, tallyID, "").Get(ctx, &counted) })
	}
	if err != nil {
		c.Errorf("the tally: %v", err)
	}
	equal(c, "clearings that the tally heard of", counted.Clearings, cs.done)
	runs, events := c.replayClearings(ctx)
	// Each clearing is two runs and its children.
	equal(c, "runs", runs, cs.done*(2+clearingLegs)+counted.Runs)
	return fmt.Sprintf("clearings=%d runs=%d clearing_events=%d tally_runs=%d", cs.done, runs, events, counted.Runs)
}

// replayClearings reads the history of every run of the clearings.
func (c *crash) replayClearings(ctx context.Context) (runs, events int) {
	c.Helper()
	r := worker.NewWorkflowReplayer()
	registerClearing(r)
	request := &workflowservice.ListWorkflowExecutionsRequest{Namespace: namespace, Query: fmt.Sprintf("TaskQueue = '%s'", clearingQueue)}
	for {
		page, err := c.clearings.client.ListWorkflow(ctx, request)
		if err != nil {
			c.Fatal(err)
		}
		for _, run := range page.Executions {
			n, err := c.replayClearing(ctx, r, run)
			if err != nil {
				c.Errorf("%s %s: %v", run.Type.GetName(), run.Execution, err)
			}
			runs, events = runs+1, events+n
		}
		if request.NextPageToken = page.NextPageToken; len(page.NextPageToken) == 0 {
			return runs, events
		}
	}
}

func (c *crash) replayClearing(ctx context.Context, r worker.WorkflowReplayer, run *workflowpb.WorkflowExecutionInfo) (int, error) {
	var history historypb.History
	for it := c.clearings.client.GetWorkflowHistory(ctx, run.Execution.WorkflowId, run.Execution.RunId, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); it.HasNext(); {
		ev, err := it.Next()
		if err != nil {
			return 0, err
		}
		history.Events = append(history.Events, ev)
	}
	if err := contiguous(history.Events); err != nil {
		return 0, err
	}
	switch run.Status {
	case enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED, enumspb.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW:
		// The ids of its children are made of its own.
		original := worker.ReplayWorkflowHistoryOptions{OriginalExecution: workflow.Execution{ID: run.Execution.WorkflowId, RunID: run.Execution.RunId}}
		return len(history.Events), r.ReplayWorkflowHistoryWithOptions(quiet(), &history, original)
	}
	return len(history.Events), fmt.Errorf("it is %v", run.Status)
}
