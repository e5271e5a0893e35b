package acceptance

import (
	"errors"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	updatepb "go.temporal.io/api/update/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
)

// updateWithStart starts an account, or uses the one that runs, and updates it.
func (l *lab) updateWithStart(id, name string, n int, policy enumspb.WorkflowIdConflictPolicy) (client.WithStartWorkflowOperation, client.WorkflowUpdateHandle, error) {
	start := l.client.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
		ID: id, TaskQueue: l.queue, WorkflowIDConflictPolicy: policy,
	}, "account")
	handle, err := l.client.UpdateWithStartWorkflow(l.ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: start,
		UpdateOptions:          client.UpdateWorkflowOptions{UpdateName: name, Args: []any{n}, WaitForStage: client.WorkflowUpdateStageCompleted},
	})
	return start, handle, err
}

func TestUpdateWithStart(t *testing.T) {
	l := newLab(t)
	l.work(code{"account": account}, code{"step": double})
	id := l.newID()
	start, handle, err := l.updateWithStart(id, "add", 2, enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING)
	l.must(err)
	equal(t, "sum of a new run", l.outcome(handle), 2)
	run, err := start.Get(l.ctx)
	l.must(err)
	l.wantShape(run, `WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted
		WorkflowExecutionUpdateAccepted WorkflowExecutionUpdateCompleted`)
	start, handle, err = l.updateWithStart(id, "addSlowly", 2, enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING)
	l.must(err)
	equal(t, "sum of the running one", l.outcome(handle), 6)
	again, err := start.Get(l.ctx)
	l.must(err)
	equal(t, "run", again.GetRunID(), run.GetRunID())
	l.say(run, "end")
	equal(t, "result", result[int](l, run), 6)
	l.replayed(run)
	_, handle, err = l.updateWithStart(id, "add", 9, enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL)
	l.must(err)
	equal(t, "sum of the run after it", l.outcome(handle), 9)
}

func TestUpdateWithStartThatIsRejectedStartsAllTheSame(t *testing.T) {
	l := newLab(t)
	l.work(code{"account": account}, nil)
	start, handle, err := l.updateWithStart(l.newID(), "add", -2, enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL)
	l.must(err)
	l.wantApplicationError(handle.Get(l.ctx, nil), "NotPositive")
	run, err := start.Get(l.ctx)
	l.must(err)
	l.wantShape(run, "WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted")
	l.say(run, "end")
	equal(t, "result", result[int](l, run), 0)
}

func TestUpdateWithStartOfARunningWorkflowMayFail(t *testing.T) {
	l := newLab(t)
	l.work(code{"account": account}, nil)
	run := l.start("account")
	_, _, err := l.updateWithStart(run.GetID(), "add", 1, enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL)
	started := want[*serviceerror.WorkflowExecutionAlreadyStarted](l, "the start", err)
	equal(t, "run in the way", started.RunId, run.GetRunID())
}

// rawUpdateWithStart is an update with start as the protocol has it.
func (l *lab) rawUpdateWithStart(id, updateID string) *workflowservice.ExecuteMultiOperationRequest {
	start := &workflowservice.StartWorkflowExecutionRequest{
		Namespace: namespace, WorkflowId: id, WorkflowType: &commonpb.WorkflowType{Name: "account"}, TaskQueue: l.taskQueue(), RequestId: "request-" + updateID,
		WorkflowIdConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
	}
	update := l.rawUpdate(l.client.GetWorkflow(l.ctx, id, ""), updateID, "add")
	update.WorkflowExecution = &commonpb.WorkflowExecution{WorkflowId: id}
	update.WaitPolicy = &updatepb.WaitPolicy{LifecycleStage: enumspb.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED}
	return &workflowservice.ExecuteMultiOperationRequest{
		Namespace: namespace, ResourceId: "workflow:" + id,
		Operations: []*workflowservice.ExecuteMultiOperationRequest_Operation{
			{Operation: &workflowservice.ExecuteMultiOperationRequest_Operation_StartWorkflow{StartWorkflow: start}},
			{Operation: &workflowservice.ExecuteMultiOperationRequest_Operation_UpdateWorkflow{UpdateWorkflow: update}},
		},
	}
}

func TestRepeatedUpdateWithStartIsOneRunAndOneUpdate(t *testing.T) {
	l := newLab(t)
	l.work(code{"account": account}, nil)
	id := l.newID()
	var runs []string
	for range 3 {
		r, err := l.service().ExecuteMultiOperation(l.ctx, l.rawUpdateWithStart(id, "once"))
		l.must(err)
		runs = append(runs, r.Responses[0].GetStartWorkflow().GetRunId())
		var sum int
		l.must(converter.GetDefaultDataConverter().FromPayloads(r.Responses[1].GetUpdateWorkflow().GetOutcome().GetSuccess(), &sum))
		equal(t, "sum", sum, 1)
	}
	equal(t, "run", runs[1], runs[0])
	equal(t, "run", runs[2], runs[0])
	run := l.client.GetWorkflow(l.ctx, id, runs[0])
	l.say(run, "end")
	equal(t, "result", result[int](l, run), 1)
	equal(t, "accepted", count(l.events(run), enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED), 1)
}

func TestBadUpdateWithStartSaysWhichOperation(t *testing.T) {
	l := newLab(t)
	request := l.rawUpdateWithStart(l.newID(), "bad")
	request.Operations[1].GetUpdateWorkflow().Request.Input.Name = ""
	_, err := l.service().ExecuteMultiOperation(l.ctx, request)
	failed := want[*serviceerror.MultiOperationExecution](l, "an update without a name", err)
	var aborted *serviceerror.MultiOperationAborted
	var invalid *serviceerror.InvalidArgument
	if errs := failed.OperationErrors(); len(errs) != 2 || !errors.As(errs[0], &aborted) || !errors.As(errs[1], &invalid) {
		t.Errorf("operations failed with %v", errs)
	}
}
