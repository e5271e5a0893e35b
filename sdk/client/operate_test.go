package client_test

import (
	"slices"
	"testing"

	batchpb "go.temporal.io/api/batch/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

func TestSignalWithStart(t *testing.T) {
	f := newFake().answer("SignalWithStart", &workflowservice.SignalWithStartWorkflowExecutionResponse{RunId: "r"})
	c := f.dial(t)
	run, err := client.SignalWithStart(t.Context(), c, client.NewStartNoInput(client.StartOptions{ID: "w", TaskQueue: "q", CronSchedule: "@daily"}, Nightly), "go", 1, "x")
	if err != nil || run.ID() != "w" || run.RunID() != "r" {
		t.Fatal(run, err)
	}
	request := last[*workflowservice.SignalWithStartWorkflowExecutionRequest](t, f, "SignalWithStart")
	if request.GetWorkflowType().GetName() != "Nightly" || request.GetSignalName() != "go" || len(request.GetSignalInput().GetPayloads()) != 2 ||
		request.GetCronSchedule() != "@daily" || request.GetTaskQueue().GetName() != "q" || request.GetRequestId() == "" {
		t.Errorf("request %v", request)
	}
	literal := client.NewStartNoInput(client.StartOptions{}, func(workflow.Context) (int, error) { return 0, nil })
	if _, err := client.SignalWithStart(t.Context(), c, literal, "go"); err == nil {
		t.Error("a function without a name was started")
	}
}

func TestResetFindsItsPoint(t *testing.T) {
	ended := func(id int64) *historypb.HistoryEvent {
		return &historypb.HistoryEvent{EventId: id, EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED}
	}
	f := newFake().answer("Reset", &workflowservice.ResetWorkflowExecutionResponse{RunId: "next"}).
		answer("History", &workflowservice.GetWorkflowExecutionHistoryResponse{History: &historypb.History{Events: []*historypb.HistoryEvent{
			{EventId: 3, EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED}, ended(4), ended(8), {EventId: 9},
		}}})
	c := f.dial(t)
	for point, want := range map[client.ResetPoint]int64{client.AtEvent: 5, client.FirstWorkflowTask: 4, client.LastWorkflowTask: 8} {
		runID, err := c.Reset(t.Context(), client.ResetOptions{WorkflowID: "w", Point: point, EventID: 5, Reason: "why", WithoutSignals: true, WithoutUpdates: true})
		if err != nil || runID != "next" {
			t.Fatal(runID, err)
		}
		request := last[*workflowservice.ResetWorkflowExecutionRequest](t, f, "Reset")
		if request.GetWorkflowTaskFinishEventId() != want || request.GetReason() != "why" || len(request.GetResetReapplyExcludeTypes()) != 2 {
			t.Errorf("point %d: %v", point, request)
		}
	}
	f.answer("History", &workflowservice.GetWorkflowExecutionHistoryResponse{})
	if _, err := c.Reset(t.Context(), client.ResetOptions{WorkflowID: "w", Point: client.LastWorkflowTask}); err == nil {
		t.Error("a run without a workflow task was reset")
	}
}

func TestDelete(t *testing.T) {
	f := newFake().answer("Delete", &workflowservice.DeleteWorkflowExecutionResponse{})
	if err := f.dial(t).Delete(t.Context(), "w", "r"); err != nil {
		t.Fatal(err)
	}
	if got := last[*workflowservice.DeleteWorkflowExecutionRequest](t, f, "Delete").GetWorkflowExecution(); got.GetWorkflowId() != "w" || got.GetRunId() != "r" {
		t.Errorf("deleted %v", got)
	}
}

func TestBatchOperations(t *testing.T) {
	f := newFake().answer("StartBatch", &workflowservice.StartBatchOperationResponse{})
	c := f.dial(t)
	for operation, check := range map[string]struct {
		do   client.BatchOperation
		want func(*workflowservice.StartBatchOperationRequest) bool
	}{
		"signal": {client.BatchSignal("go", 1), func(r *workflowservice.StartBatchOperationRequest) bool {
			return r.GetSignalOperation().GetSignal() == "go"
		}},
		"cancel": {client.BatchCancel(), func(r *workflowservice.StartBatchOperationRequest) bool { return r.GetCancellationOperation() != nil }},
		"terminate": {client.BatchTerminate("x"), func(r *workflowservice.StartBatchOperationRequest) bool {
			return len(r.GetTerminationOperation().GetDetails().GetPayloads()) == 1
		}},
		"delete": {client.BatchDelete(), func(r *workflowservice.StartBatchOperationRequest) bool { return r.GetDeletionOperation() != nil }},
		"reset": {client.BatchReset(client.ResetOptions{Point: client.FirstWorkflowTask}), func(r *workflowservice.StartBatchOperationRequest) bool {
			return r.GetResetOperation().GetOptions().GetFirstWorkflowTask() != nil
		}},
	} {
		id, err := c.StartBatch(t.Context(), client.BatchOptions{Filter: "WorkflowType = 'W'", Reason: "why", MaxPerSecond: 5}, check.do)
		if err != nil {
			t.Fatal(operation, err)
		}
		request := last[*workflowservice.StartBatchOperationRequest](t, f, "StartBatch")
		if !check.want(request) || request.GetJobId() != id || id == "" || request.GetReason() != "why" || request.GetMaxOperationsPerSecond() != 5 {
			t.Errorf("%s: %v", operation, request)
		}
	}
}

func TestBatchThatMakesNoSense(t *testing.T) {
	c := newFake().dial(t)
	list := []*commonpb.WorkflowExecution{{WorkflowId: "w"}}
	for name, start := range map[string]func() (string, error){
		"no target": func() (string, error) { return c.StartBatch(t.Context(), client.BatchOptions{}, client.BatchCancel()) },
		"two targets": func() (string, error) {
			return c.StartBatch(t.Context(), client.BatchOptions{Filter: "x", Executions: list}, client.BatchCancel())
		},
		"reset nowhere": func() (string, error) {
			return c.StartBatch(t.Context(), client.BatchOptions{Filter: "x"}, client.BatchReset(client.ResetOptions{EventID: 4}))
		},
		"bad input": func() (string, error) {
			return c.StartBatch(t.Context(), client.BatchOptions{Filter: "x"}, client.BatchSignal("s", make(chan int)))
		},
	} {
		if _, err := start(); err == nil {
			t.Error(name)
		}
	}
}

func TestBatchesAreWatchedAndStopped(t *testing.T) {
	f := newFake().answer("StopBatch", &workflowservice.StopBatchOperationResponse{}).
		answer("DescribeBatch", &workflowservice.DescribeBatchOperationResponse{CompleteOperationCount: 3}).
		on("ListBatches", inTurn(
			&workflowservice.ListBatchOperationsResponse{OperationInfo: []*batchpb.BatchOperationInfo{{JobId: "a"}}, NextPageToken: []byte("t")},
			&workflowservice.ListBatchOperationsResponse{OperationInfo: []*batchpb.BatchOperationInfo{{JobId: "b"}}}))
	c := f.dial(t)
	if d, err := c.DescribeBatch(t.Context(), "a"); err != nil || d.GetCompleteOperationCount() != 3 {
		t.Error(d, err)
	}
	if err := c.StopBatch(t.Context(), "a", "enough"); err != nil || last[*workflowservice.StopBatchOperationRequest](t, f, "StopBatch").GetReason() != "enough" {
		t.Error(err)
	}
	var jobs []string
	for info, err := range c.ListBatches(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		jobs = append(jobs, info.GetJobId())
	}
	if !slices.Equal(jobs, []string{"a", "b"}) {
		t.Errorf("jobs %v", jobs)
	}
}

func TestCountGroups(t *testing.T) {
	f := newFake().answer("Count", &workflowservice.CountWorkflowExecutionsResponse{Count: 5, Groups: []*workflowservice.CountWorkflowExecutionsResponse_AggregationGroup{
		{GroupValues: jsonPayloads(`"Running"`).GetPayloads(), Count: 2}, {GroupValues: jsonPayloads(`"Failed"`).GetPayloads(), Count: 3},
	}})
	groups, err := f.dial(t).CountGroups(t.Context(), "GROUP BY ExecutionStatus")
	if err != nil || len(groups) != 2 || groups[1].Values[0] != "Failed" || groups[1].Count != 3 {
		t.Errorf("%v, %v", groups, err)
	}
}
