package acceptance

import (
	"errors"
	"fmt"
	"testing"
	"time"

	batchpb "go.temporal.io/api/batch/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/types/known/durationpb"
)

// batchLab is a lab in a namespace of its own: a namespace has one batch operation at a time.
type batchLab struct {
	*lab
	space string
}

func newBatchLab(t *testing.T) *batchLab {
	t.Helper()
	b := &batchLab{lab: newLab(t)}
	b.found()
	return b
}

// found makes the namespace and a client of it.
func (b *batchLab) found() {
	b.Helper()
	b.space = fmt.Sprintf("batch-%d-%d", time.Now().UnixNano(), labCount.Add(1))
	_, err := b.service().RegisterNamespace(b.ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: b.space, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
	})
	b.must(err)
	c, err := client.Dial(client.Options{HostPort: b.address, Namespace: b.space, Logger: quiet()})
	b.must(err)
	b.Cleanup(c.Close)
	b.client = c
}

// startMany starts n workflows.
func (b *batchLab) startMany(name string, n int) (runs []client.WorkflowRun) {
	b.Helper()
	for range n {
		runs = append(runs, b.start(name))
	}
	return runs
}

// request is a batch of the namespace on all its workflows.
func (b *batchLab) request(job string) *workflowservice.StartBatchOperationRequest {
	return &workflowservice.StartBatchOperationRequest{Namespace: b.space, JobId: job, Reason: "a test", VisibilityQuery: "ExecutionStatus = 'Running'"}
}

func (b *batchLab) startBatch(r *workflowservice.StartBatchOperationRequest) {
	b.Helper()
	_, err := b.service().StartBatchOperation(b.ctx, r)
	b.must(err)
}

// done waits for the end of a batch.
func (b *batchLab) done(job string) *workflowservice.DescribeBatchOperationResponse {
	b.Helper()
	var d *workflowservice.DescribeBatchOperationResponse
	eventually(b, func() (err error) {
		d, err = b.service().DescribeBatchOperation(b.ctx, &workflowservice.DescribeBatchOperationRequest{Namespace: b.space, JobId: job})
		if err == nil && d.State == enumspb.BATCH_OPERATION_STATE_RUNNING {
			err = fmt.Errorf("%d of %d are done", d.CompleteOperationCount, d.TotalOperationCount)
		}
		return err
	})
	return d
}

// wantDone waits for a batch that is to succeed on n workflows.
func (b *batchLab) wantDone(job string, kind enumspb.BatchOperationType, n int64) {
	b.Helper()
	d := b.done(job)
	equal(b, "state", d.State, enumspb.BATCH_OPERATION_STATE_COMPLETED)
	equal(b, "type", d.OperationType, kind)
	equal(b, "total", d.TotalOperationCount, n)
	equal(b, "complete", d.CompleteOperationCount, n)
	equal(b, "failed", d.FailureOperationCount, 0)
	equal(b, "reason", d.Reason, "a test")
	if !d.CloseTime.AsTime().After(d.StartTime.AsTime()) {
		b.Errorf("closed %v, started %v", d.CloseTime.AsTime(), d.StartTime.AsTime())
	}
}

func signalOperation(word string) *workflowservice.StartBatchOperationRequest_SignalOperation {
	input, _ := converter.GetDefaultDataConverter().ToPayloads(word)
	return &workflowservice.StartBatchOperationRequest_SignalOperation{
		SignalOperation: &batchpb.BatchOperationSignal{Signal: "word", Input: input, Identity: "operator"},
	}
}

func TestBatchSignalByQuery(t *testing.T) {
	b := newBatchLab(t)
	b.work(code{"flow": collect}, nil)
	runs := b.startMany("flow", 7)
	for i, word := range []string{"hello", "end"} {
		r := b.request(fmt.Sprint("job-", i))
		r.Operation = signalOperation(word)
		b.startBatch(r)
		b.wantDone(r.JobId, enumspb.BATCH_OPERATION_TYPE_SIGNAL, 7)
	}
	for _, run := range runs {
		equal(t, "words", result[string](b.lab, run), "hello")
	}
	page, err := b.service().ListBatchOperations(b.ctx, &workflowservice.ListBatchOperationsRequest{Namespace: b.space, PageSize: 1})
	b.must(err)
	equal(t, "newest", page.OperationInfo[0].JobId, "job-1")
	page, err = b.service().ListBatchOperations(b.ctx, &workflowservice.ListBatchOperationsRequest{Namespace: b.space, PageSize: 1, NextPageToken: page.NextPageToken})
	b.must(err)
	equal(t, "oldest", page.OperationInfo[0].JobId, "job-0")
	equal(t, "its state", page.OperationInfo[0].State, enumspb.BATCH_OPERATION_STATE_COMPLETED)
}

func TestBatchTerminateByList(t *testing.T) {
	b := newBatchLab(t)
	runs := b.startMany("flow", 3)
	r := b.request("job")
	r.VisibilityQuery = ""
	r.TargetExecutions = []*commonpb.Execution{{BusinessId: runs[0].GetID()}, {BusinessId: runs[1].GetID(), RunId: runs[1].GetRunID()}}
	r.Operation = &workflowservice.StartBatchOperationRequest_TerminationOperation{TerminationOperation: &batchpb.BatchOperationTermination{Identity: "operator"}}
	b.startBatch(r)
	b.wantDone("job", enumspb.BATCH_OPERATION_TYPE_TERMINATE, 2)
	for _, run := range runs[:2] {
		var terminated *temporal.TerminatedError
		if err := b.failure(run); !errors.As(err, &terminated) {
			t.Errorf("got %v, want terminated", err)
		}
	}
	equal(t, "the one that was not named", b.describe(runs[2]).WorkflowExecutionInfo.Status, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING)
}

func TestBatchCancel(t *testing.T) {
	b := newBatchLab(t)
	b.work(code{"flow": func(ctx workflow.Context) error { return workflow.Sleep(ctx, time.Hour) }}, nil)
	runs := b.startMany("flow", 3)
	r := b.request("job")
	r.Operation = &workflowservice.StartBatchOperationRequest_CancellationOperation{CancellationOperation: &batchpb.BatchOperationCancellation{}}
	b.startBatch(r)
	b.wantDone("job", enumspb.BATCH_OPERATION_TYPE_CANCEL, 3)
	for _, run := range runs {
		var canceled *temporal.CanceledError
		if err := b.failure(run); !errors.As(err, &canceled) {
			t.Errorf("got %v, want canceled", err)
		}
	}
}

func TestBatchDelete(t *testing.T) {
	b := newBatchLab(t)
	b.work(code{"flow": oneStep, "idle": collect}, code{"step": greet})
	closed := b.start("flow", "x")
	result[string](b.lab, closed)
	open := b.start("idle")
	r := b.request("job")
	r.VisibilityQuery = fmt.Sprintf("WorkflowId = '%s' OR WorkflowId = '%s'", closed.GetID(), open.GetID())
	r.Operation = &workflowservice.StartBatchOperationRequest_DeletionOperation{DeletionOperation: &batchpb.BatchOperationDeletion{}}
	b.startBatch(r)
	b.wantDone("job", enumspb.BATCH_OPERATION_TYPE_DELETE, 2)
	for _, run := range []client.WorkflowRun{closed, open} {
		var missing *serviceerror.NotFound
		if _, err := b.client.DescribeWorkflowExecution(b.ctx, run.GetID(), run.GetRunID()); !errors.As(err, &missing) {
			t.Errorf("describe: %v, want NotFound", err)
		}
	}
}

// TestBatchReset: to the first workflow task and to the last, in both forms of the request.
func TestBatchReset(t *testing.T) {
	b := newBatchLab(t)
	b.work(code{"flow": oneStep}, code{"step": greet})
	var runs []client.WorkflowRun
	for range 3 {
		run := b.start("flow", "x")
		result[string](b.lab, run)
		runs = append(runs, run)
	}
	for job, op := range map[string]*batchpb.BatchOperationReset{
		"first": {Options: &commonpb.ResetOptions{Target: &commonpb.ResetOptions_FirstWorkflowTask{}}},
		"last":  {ResetType: enumspb.RESET_TYPE_LAST_WORKFLOW_TASK}, //nolint:staticcheck // the older form
	} {
		r := b.request(job)
		r.VisibilityQuery = ""
		for _, run := range runs {
			r.TargetExecutions = append(r.TargetExecutions, &commonpb.Execution{BusinessId: run.GetID(), RunId: run.GetRunID()})
		}
		r.Operation = &workflowservice.StartBatchOperationRequest_ResetOperation{ResetOperation: op}
		b.startBatch(r)
		b.wantDone(job, enumspb.BATCH_OPERATION_TYPE_RESET, 3)
		for _, run := range runs {
			next := b.client.GetWorkflow(b.ctx, run.GetID(), "")
			equal(t, "result", result[string](b.lab, next), "hello x")
			if next.GetRunID() == run.GetRunID() {
				t.Errorf("%s: the workflow was not reset", job)
			}
			equal(t, job+": completed workflow tasks", count(b.events(next), enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED), 2)
		}
	}
}

// TestBatchResetByBuildID: workflows are reset to the first workflow task that a build of the worker's program completed, also one of a run before; those that the
// build has not touched fail to be.
func TestBatchResetByBuildID(t *testing.T) {
	b := newBatchLab(t)
	step := code{"step": greet}
	w := b.workWith(worker.Options{BuildID: "good"}, code{"flow": stepAndSignal}, step)
	untouched := b.start("flow", "x")
	b.await(untouched, enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, 1)
	b.signalTo(untouched, "go", nil)
	result[string](b.lab, untouched)
	run := b.start("flow", "y")
	b.await(run, enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, 2)
	w.Stop()
	b.workWith(worker.Options{BuildID: "bad"}, code{"flow": stepAndSignal}, step)
	b.signalTo(run, "go", nil)
	result[string](b.lab, run)
	r := b.request("by build")
	r.VisibilityQuery = ""
	for _, run := range []client.WorkflowRun{untouched, run} {
		r.TargetExecutions = append(r.TargetExecutions, &commonpb.Execution{BusinessId: run.GetID(), RunId: run.GetRunID()})
	}
	r.Operation = &workflowservice.StartBatchOperationRequest_ResetOperation{ResetOperation: &batchpb.BatchOperationReset{
		Options: &commonpb.ResetOptions{Target: &commonpb.ResetOptions_BuildId{BuildId: "bad"}},
	}}
	b.startBatch(r)
	d := b.done("by build")
	equal(t, "complete", d.CompleteOperationCount, 1)
	equal(t, "failed", d.FailureOperationCount, 1)
	next := b.client.GetWorkflow(b.ctx, run.GetID(), "")
	equal(t, "result", result[string](b.lab, next), "hello y")
	var resetAt int64
	for _, ev := range b.events(next) {
		if ev.GetWorkflowTaskFailedEventAttributes().GetCause() == enumspb.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW {
			resetAt = ev.EventId
		}
	}
	var first int64
	for _, p := range b.describe(run).WorkflowExecutionInfo.AutoResetPoints.GetPoints() {
		if p.BuildId == "bad" {
			first = p.FirstWorkflowTaskCompletedId
		}
	}
	if resetAt == 0 || resetAt != first {
		t.Errorf("reset at event %d, the build's first task was completed by event %d", resetAt, first)
	}
	if again := b.client.GetWorkflow(b.ctx, untouched.GetID(), ""); again.GetRunID() != untouched.GetRunID() {
		t.Error("a workflow was reset that the build has not touched")
	}
}

// stepAndSignal runs an activity, and returns what that returns when it is signaled.
func stepAndSignal(ctx workflow.Context, name string) (out string, err error) {
	err = workflow.ExecuteActivity(quick(ctx), "step", name).Get(ctx, &out)
	workflow.GetSignalChannel(ctx, "go").Receive(ctx, nil)
	return out, err
}

func TestBatchIsPacedAndStopped(t *testing.T) {
	b := newBatchLab(t)
	b.startMany("flow", 20)
	r := b.request("slow")
	r.MaxOperationsPerSecond = 0.2
	r.Operation = signalOperation("x")
	b.startBatch(r)
	b.startBatch(r) // the same request again is the same job

	var exists *serviceerror.WorkflowExecutionAlreadyStarted
	other := b.request("slow")
	other.Operation = signalOperation("y")
	if _, err := b.service().StartBatchOperation(b.ctx, other); !errors.As(err, &exists) {
		t.Errorf("another request with its job id: %v", err)
	}
	var busy *serviceerror.ResourceExhausted
	other.JobId = "second"
	if _, err := b.service().StartBatchOperation(b.ctx, other); !errors.As(err, &busy) || busy.Cause != enumspb.RESOURCE_EXHAUSTED_CAUSE_CONCURRENT_LIMIT {
		t.Errorf("a second operation of the namespace: %v", err)
	}
	_, err := b.service().StopBatchOperation(b.ctx, &workflowservice.StopBatchOperationRequest{Namespace: b.space, JobId: "slow", Reason: "enough", Identity: "operator"})
	b.must(err)
	d := b.done("slow")
	equal(t, "state", d.State, enumspb.BATCH_OPERATION_STATE_FAILED)
	equal(t, "reason", d.Reason, "enough")
	equal(t, "total", d.TotalOperationCount, 20)
	if d.CompleteOperationCount > 2 {
		t.Errorf("%d of 20 were done at one in five seconds", d.CompleteOperationCount)
	}
	b.startBatch(other) // its place is free
}

func TestBadBatchesAreRefused(t *testing.T) {
	b := newBatchLab(t)
	unknown := b.request("job")
	unknown.Operation = signalOperation("x")
	unknown.VisibilityQuery = "NoSuchAttribute = 'x'"
	var invalid *serviceerror.InvalidArgument
	if _, err := b.service().StartBatchOperation(b.ctx, unknown); !errors.As(err, &invalid) {
		t.Errorf("a bad query: %v", err)
	}
	crowd := b.request("job")
	crowd.VisibilityQuery, crowd.Operation = "", signalOperation("x")
	for i := range 1001 {
		crowd.TargetExecutions = append(crowd.TargetExecutions, &commonpb.Execution{BusinessId: fmt.Sprint("workflow-", i)})
	}
	if _, err := b.service().StartBatchOperation(b.ctx, crowd); !errors.As(err, &invalid) {
		t.Errorf("too many workflows: %v", err)
	}
	var missing *serviceerror.NotFound
	if _, err := b.service().DescribeBatchOperation(b.ctx, &workflowservice.DescribeBatchOperationRequest{Namespace: b.space, JobId: "job"}); !errors.As(err, &missing) {
		t.Errorf("an operation that was never started: %v", err)
	}
	options := b.request("job")
	options.Operation = &workflowservice.StartBatchOperationRequest_UpdateWorkflowOptionsOperation{
		UpdateWorkflowOptionsOperation: &batchpb.BatchOperationUpdateWorkflowExecutionOptions{},
	}
	var unbuilt *serviceerror.Unimplemented
	if _, err := b.service().StartBatchOperation(b.ctx, options); !errors.As(err, &unbuilt) {
		t.Errorf("an operation that is not built: %v", err)
	}
}
