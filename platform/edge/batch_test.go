package edge_test

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	batchpb "go.temporal.io/api/batch/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/batch"
	"github.com/tenuto-io/tenuto/platform/edge"
)

var _ edge.Batches = (*fakeBatches)(nil)

// fakeBatches answers with what a test puts into its fields.
type fakeBatches struct {
	start    func(batch.Request) error
	stop     func(ns orchestration.NamespaceID, id, reason string) error
	describe func(ns orchestration.NamespaceID, id string) (batch.Status, error)
	list     func(ns orchestration.NamespaceID, p batch.Page) ([]batch.Status, error)
}

func (f *fakeBatches) Start(_ context.Context, in batch.Request) error { return f.start(in) }

func (f *fakeBatches) Stop(_ context.Context, ns orchestration.NamespaceID, id, reason string) error {
	return f.stop(ns, id, reason)
}

func (f *fakeBatches) Describe(_ context.Context, ns orchestration.NamespaceID, id string) (batch.Status, error) {
	return f.describe(ns, id)
}

func (f *fakeBatches) List(_ context.Context, ns orchestration.NamespaceID, p batch.Page) ([]batch.Status, error) {
	return f.list(ns, p)
}

// signalAll is a batch that lacks nothing.
func signalAll() *workflowservice.StartBatchOperationRequest {
	return &workflowservice.StartBatchOperationRequest{
		Namespace: "bank", JobId: "job-1", Reason: "because", VisibilityQuery: "WorkflowType = 'Transfer'", MaxOperationsPerSecond: 2.5,
		Operation: &workflowservice.StartBatchOperationRequest_SignalOperation{SignalOperation: &batchpb.BatchOperationSignal{
			Signal: "abort", Input: payloads(1), Identity: "me",
		}},
	}
}

func TestStartBatchCarriesEverything(t *testing.T) {
	w := newWorld(t)
	var got batch.Request
	w.batches.start = func(in batch.Request) error {
		got = in
		return nil
	}
	r := signalAll()
	if _, err := w.workflows.StartBatchOperation(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if !proto.Equal(got.Operation, r.GetSignalOperation()) {
		t.Errorf("operation %v", got.Operation)
	}
	got.Operation = nil
	want := batch.Request{Namespace: w.ns.ID, ID: "job-1", Reason: "because", Identity: "me", Query: "WorkflowType = 'Transfer'", Rate: 2.5}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}

	r.VisibilityQuery = ""
	r.Executions = []*commonpb.WorkflowExecution{{WorkflowId: "a"}} //nolint:staticcheck // what most clients send
	r.TargetExecutions = []*commonpb.Execution{{BusinessId: "b", RunId: someRun.String()}, {BusinessId: "c", Type: enumspb.EXECUTION_TYPE_WORKFLOW}}
	if _, err := w.workflows.StartBatchOperation(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	key := func(id string) orchestration.WorkflowKey {
		return orchestration.WorkflowKey{Namespace: w.ns.ID, WorkflowID: id}
	}
	if runs := []orchestration.RunKey{key("a").Run(orchestration.RunID{}), key("b").Run(someRun), key("c").Run(orchestration.RunID{})}; !reflect.DeepEqual(got.Runs, runs) {
		t.Errorf("got %v, want %v", got.Runs, runs)
	}
}

func TestBadBatches(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		change func(*workflowservice.StartBatchOperationRequest)
		says   string
	}{
		"no job id":             {func(r *workflowservice.StartBatchOperationRequest) { r.JobId = "" }, "JobId is not set"},
		"no reason":             {func(r *workflowservice.StartBatchOperationRequest) { r.Reason = "" }, "Reason is not set"},
		"long job id":           {func(r *workflowservice.StartBatchOperationRequest) { r.JobId = strings.Repeat("x", 1001) }, "JobId length exceeds limit"},
		"negative rate":         {func(r *workflowservice.StartBatchOperationRequest) { r.MaxOperationsPerSecond = -1 }, "MaxOperationsPerSecond must not be negative"},
		"no operation":          {func(r *workflowservice.StartBatchOperationRequest) { r.Operation = nil }, "Operation is not set"},
		"neither query nor run": {func(r *workflowservice.StartBatchOperationRequest) { r.VisibilityQuery = "" }, "must be set"},
		"blank query":           {func(r *workflowservice.StartBatchOperationRequest) { r.VisibilityQuery = " " }, "must be set"},
		"query and runs": {func(r *workflowservice.StartBatchOperationRequest) {
			r.TargetExecutions = []*commonpb.Execution{{BusinessId: "a"}}
		}, "both set"},
		"an activity as target": {func(r *workflowservice.StartBatchOperationRequest) {
			r.VisibilityQuery, r.TargetExecutions = "", []*commonpb.Execution{{BusinessId: "a", Type: enumspb.EXECUTION_TYPE_ACTIVITY}}
		}, "no workflow"},
		"a run without id": {func(r *workflowservice.StartBatchOperationRequest) {
			r.VisibilityQuery, r.TargetExecutions = "", []*commonpb.Execution{{}}
		}, "WorkflowId is not set"},
		"no signal name": {func(r *workflowservice.StartBatchOperationRequest) { r.GetSignalOperation().Signal = "" }, "SignalName is not set"},
		"no activity": {func(r *workflowservice.StartBatchOperationRequest) {
			r.Operation = &workflowservice.StartBatchOperationRequest_ResetActivitiesOperation{ResetActivitiesOperation: &batchpb.BatchOperationResetActivities{}}
		}, "Activity is not set"},
		"no activity options": {func(r *workflowservice.StartBatchOperationRequest) {
			r.Operation = &workflowservice.StartBatchOperationRequest_UpdateActivityOptionsOperation{
				UpdateActivityOptionsOperation: &batchpb.BatchOperationUpdateActivityOptions{Activity: &batchpb.BatchOperationUpdateActivityOptions_MatchAll{MatchAll: true}},
			}
		}, "UpdateMask is not set"},
		"no reset target": {func(r *workflowservice.StartBatchOperationRequest) {
			r.Operation = &workflowservice.StartBatchOperationRequest_ResetOperation{ResetOperation: &batchpb.BatchOperationReset{}}
		}, "Target is not set"},
		"a reset to no build": {func(r *workflowservice.StartBatchOperationRequest) {
			r.Operation = &workflowservice.StartBatchOperationRequest_ResetOperation{ResetOperation: &batchpb.BatchOperationReset{
				Options: &commonpb.ResetOptions{Target: &commonpb.ResetOptions_BuildId{}},
			}}
		}, "ResetOperation.Options.BuildId is not set"},
		"a reset to nothing": {func(r *workflowservice.StartBatchOperationRequest) {
			r.Operation = &workflowservice.StartBatchOperationRequest_ResetOperation{ResetOperation: &batchpb.BatchOperationReset{
				Options: &commonpb.ResetOptions{Target: &commonpb.ResetOptions_WorkflowTaskId{WorkflowTaskId: 1}},
			}}
		}, "must be greater than 1"},
		"large input": {func(r *workflowservice.StartBatchOperationRequest) {
			r.GetSignalOperation().Input = payloads(orchestration.MaxPayloadSize)
		}, "Blob data size exceeds limit. Input"},
	} {
		t.Run(name, func(t *testing.T) {
			r := signalAll()
			c.change(r)
			_, err := w.workflows.StartBatchOperation(t.Context(), r)
			if status.Code(err) != codes.InvalidArgument || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want InvalidArgument that says %q", err, c.says)
			}
		})
	}
	_, err := w.workflows.StopBatchOperation(t.Context(), &workflowservice.StopBatchOperationRequest{Namespace: "bank", Reason: "enough"})
	wantError[*serviceerror.InvalidArgument](t, err, "JobId is not set on request.")
	_, err = w.workflows.DescribeBatchOperation(t.Context(), &workflowservice.DescribeBatchOperationRequest{Namespace: "bank"})
	wantError[*serviceerror.InvalidArgument](t, err, "JobId is not set on request.")
	_, err = w.workflows.ListBatchOperations(t.Context(), &workflowservice.ListBatchOperationsRequest{Namespace: "bank", NextPageToken: []byte("x")})
	wantError[*serviceerror.InvalidArgument](t, err, "NextPageToken is not valid.")
}

func TestBatchesAreStoppedDescribedAndListed(t *testing.T) {
	w := newWorld(t)
	w.batches.stop = func(ns orchestration.NamespaceID, id, reason string) error {
		if ns != w.ns.ID || id != "job-1" || reason != "enough" {
			t.Errorf("stop %v %s %s", ns, id, reason)
		}
		return nil
	}
	_, err := w.workflows.StopBatchOperation(t.Context(), &workflowservice.StopBatchOperationRequest{Namespace: "bank", JobId: "job-1", Reason: "enough", Identity: "me"})
	if err != nil {
		t.Fatal(err)
	}
	shown := batch.Status{
		ID: "job-1", Operation: &batchpb.BatchOperationDeletion{}, State: enumspb.BATCH_OPERATION_STATE_COMPLETED, Started: noon, Closed: noon.Add(time.Minute),
		Total: 3, Complete: 2, Failed: 1, Identity: "me", Reason: "because",
		Runs: []orchestration.RunKey{(orchestration.WorkflowKey{Namespace: w.ns.ID, WorkflowID: "a"}).Run(someRun)},
	}
	w.batches.describe = func(orchestration.NamespaceID, string) (batch.Status, error) { return shown, nil }
	d, err := w.workflows.DescribeBatchOperation(t.Context(), &workflowservice.DescribeBatchOperationRequest{Namespace: "bank", JobId: "job-1"})
	if err != nil {
		t.Fatal(err)
	}
	if d.OperationType != enumspb.BATCH_OPERATION_TYPE_DELETE || d.State != shown.State || d.TotalOperationCount != 3 || d.CompleteOperationCount != 2 ||
		d.FailureOperationCount != 1 || !d.StartTime.AsTime().Equal(noon) || !d.CloseTime.AsTime().Equal(shown.Closed) || d.Reason != "because" ||
		d.Identity != "me" || len(d.Executions) != 1 || d.Executions[0].BusinessId != "a" || d.Executions[0].RunId != someRun.String() {
		t.Errorf("described as %v", d)
	}
	w.batches.list = func(_ orchestration.NamespaceID, p batch.Page) ([]batch.Status, error) {
		if p.Limit != 1 {
			t.Errorf("page %+v", p)
		}
		if p.BeforeID == "job-1" && p.Before.Equal(noon) {
			return nil, nil
		}
		return []batch.Status{shown}, nil
	}
	request := &workflowservice.ListBatchOperationsRequest{Namespace: "bank", PageSize: 1}
	for _, want := range []int{1, 0} {
		page, err := w.workflows.ListBatchOperations(t.Context(), request)
		if err != nil || len(page.OperationInfo) != want {
			t.Fatalf("%v, %v; want %d", page, err, want)
		}
		request.NextPageToken = page.NextPageToken
	}
}
