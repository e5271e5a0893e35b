package edge

import (
	"context"
	"encoding/binary"
	"math"
	"strings"
	"time"

	batchpb "go.temporal.io/api/batch/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/batch"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// Batches are the verbs of operations on many runs; *batch.Room is one. Errors are *orchestration.Error or the context's.
type Batches interface {
	Start(context.Context, batch.Request) error
	Stop(ctx context.Context, ns orchestration.NamespaceID, id, reason string) error
	Describe(ctx context.Context, ns orchestration.NamespaceID, id string) (batch.Status, error)
	List(ctx context.Context, ns orchestration.NamespaceID, p batch.Page) ([]batch.Status, error)
}

// listedBatches is the page size of ListBatchOperations when the caller wishes none.
const listedBatches = 100

// StartBatchOperation begins an operation on many workflows, chosen by a query or named one by one.
func (s *workflowService) StartBatchOperation(ctx context.Context, r *workflowservice.StartBatchOperationRequest) (*workflowservice.StartBatchOperationResponse, error) {
	var c checks
	c.required("JobId", r.GetJobId())
	c.required("Reason", r.GetReason())
	rate := float64(r.GetMaxOperationsPerSecond())
	if rate < 0 || math.IsNaN(rate) {
		c.fail("MaxOperationsPerSecond must not be negative.")
	}
	operation := c.batchOperation(r)
	request := batch.Request{
		Namespace: namespaceOf(ctx).id, ID: r.GetJobId(), Operation: operation, Reason: r.GetReason(), Query: r.GetVisibilityQuery(), Rate: rate,
		Runs: c.targets(namespaceOf(ctx), r), By: stampOf(ctx),
	}
	if op, ok := operation.(interface{ GetIdentity() string }); ok {
		request.Identity = op.GetIdentity()
		c.id("Identity", request.Identity)
	}
	if c.err != nil {
		return nil, c.err
	}
	if err := s.batches.Start(ctx, request); err != nil {
		return nil, err
	}
	return &workflowservice.StartBatchOperationResponse{}, nil
}

// batchOperation is the one that a request asks for.
func (c *checks) batchOperation(r *workflowservice.StartBatchOperationRequest) proto.Message {
	m := r.ProtoReflect()
	field := m.WhichOneof(m.Descriptor().Oneofs().ByName("operation"))
	if field == nil {
		c.fail("Operation is not set on request.")
		return nil
	}
	operation := m.Get(field).Message().Interface()
	switch op := operation.(type) {
	case *batchpb.BatchOperationSignal:
		c.required("SignalName", op.GetSignal())
		c.blob("Input", op.GetInput())
		c.blob("Header", op.GetHeader())
	case *batchpb.BatchOperationTermination:
		c.blob("Details", op.GetDetails())
	case *batchpb.BatchOperationReset:
		c.reset(op)
	case *batchpb.BatchOperationUnpauseActivities:
		c.activities(op)
		c.duration("Jitter", op.GetJitter())
	case *batchpb.BatchOperationResetActivities:
		c.activities(op)
		c.duration("Jitter", op.GetJitter())
	case *batchpb.BatchOperationUpdateActivityOptions:
		c.activities(op)
		c.activityOptions(op)
	}
	return operation
}

// reset demands that a batch operation says where to reset workflows to.
func (c *checks) reset(op *batchpb.BatchOperationReset) {
	target := engine.ResetTarget(op)
	reapply(c, target)
	switch t := target.GetTarget().(type) {
	case nil:
		c.fail("ResetOperation.Options.Target is not set on request.")
	case *commonpb.ResetOptions_WorkflowTaskId:
		if t.WorkflowTaskId <= 1 {
			c.fail("ResetOperation.Options.WorkflowTaskId must be greater than 1.")
		}
	case *commonpb.ResetOptions_BuildId:
		c.required("ResetOperation.Options.BuildId", t.BuildId)
	}
	for _, after := range op.GetPostResetOperations() {
		if _, err := postReset(c, after, op.GetIdentity()); err != nil {
			c.refuse(err)
		}
	}
}

// activities demands that a batch operation says which activities it is about.
func (c *checks) activities(op interface {
	GetType() string
	GetMatchAll() bool
}) {
	c.id("Activity.Type", op.GetType())
	if op.GetType() == "" && !op.GetMatchAll() {
		c.fail("Activity is not set on request: neither a type nor MatchAll is given.")
	}
}

// targets are the runs that a request names; nil when it has a query.
func (c *checks) targets(ns namespace, r *workflowservice.StartBatchOperationRequest) (runs []orchestration.RunKey) {
	for _, e := range r.GetExecutions() { //nolint:staticcheck // what most clients send
		runs = append(runs, c.run(ns, e))
	}
	for _, e := range r.GetTargetExecutions() {
		if t := e.GetType(); t != enumspb.EXECUTION_TYPE_UNSPECIFIED && t != enumspb.EXECUTION_TYPE_WORKFLOW {
			c.fail("TargetExecutions names what is no workflow; a batch operation is about workflows.")
		}
		runs = append(runs, c.runOf(ns, e.GetBusinessId(), e.GetRunId()))
	}
	switch {
	case runs == nil && strings.TrimSpace(r.GetVisibilityQuery()) == "":
		c.fail("VisibilityQuery or Executions must be set on request.")
	case runs != nil && r.GetVisibilityQuery() != "":
		c.fail("VisibilityQuery and Executions are both set on request; only one of them can say which workflows are meant.")
	}
	return runs
}

// StopBatchOperation ends an operation; workflows that it has not come to stay as they are.
func (s *workflowService) StopBatchOperation(ctx context.Context, r *workflowservice.StopBatchOperationRequest) (*workflowservice.StopBatchOperationResponse, error) {
	var c checks
	c.required("JobId", r.GetJobId())
	c.id("Identity", r.GetIdentity())
	if c.err != nil {
		return nil, c.err
	}
	if err := s.batches.Stop(ctx, namespaceOf(ctx).id, r.GetJobId(), r.GetReason()); err != nil {
		return nil, err
	}
	return &workflowservice.StopBatchOperationResponse{}, nil
}

// DescribeBatchOperation shows how far an operation is.
func (s *workflowService) DescribeBatchOperation(ctx context.Context, r *workflowservice.DescribeBatchOperationRequest) (*workflowservice.DescribeBatchOperationResponse, error) {
	var c checks
	c.required("JobId", r.GetJobId())
	if c.err != nil {
		return nil, c.err
	}
	b, err := s.batches.Describe(ctx, namespaceOf(ctx).id, r.GetJobId())
	if err != nil {
		return nil, err
	}
	resp := &workflowservice.DescribeBatchOperationResponse{
		OperationType: operationType(b.Operation), JobId: b.ID, State: b.State, StartTime: timestamppb.New(b.Started), CloseTime: timeOrNil(b.Closed),
		TotalOperationCount: b.Total, CompleteOperationCount: b.Complete, FailureOperationCount: b.Failed,
		Identity: b.Identity, Reason: b.Reason, Query: b.Query,
	}
	for _, run := range b.Runs {
		resp.Executions = append(resp.Executions, &commonpb.Execution{
			Type: enumspb.EXECUTION_TYPE_WORKFLOW, BusinessId: run.WorkflowID, RunId: run.RunID.String(),
		})
	}
	return resp, nil
}

// ListBatchOperations lists operations of a namespace, newest first. The page token names the last one of the page before.
func (s *workflowService) ListBatchOperations(ctx context.Context, r *workflowservice.ListBatchOperationsRequest) (*workflowservice.ListBatchOperationsResponse, error) {
	p := batch.Page{Limit: page(r.GetPageSize())}
	if p.Limit == 0 {
		p.Limit = listedBatches
	}
	if token := r.GetNextPageToken(); len(token) > 0 {
		if len(token) <= 8 {
			return nil, invalid("NextPageToken is not valid.")
		}
		p.Before, p.BeforeID = time.UnixMicro(int64(binary.BigEndian.Uint64(token))).UTC(), string(token[8:])
	}
	found, err := s.batches.List(ctx, namespaceOf(ctx).id, p)
	if err != nil {
		return nil, err
	}
	resp := &workflowservice.ListBatchOperationsResponse{}
	for _, b := range found {
		resp.OperationInfo = append(resp.OperationInfo, &batchpb.BatchOperationInfo{
			JobId: b.ID, State: b.State, StartTime: timestamppb.New(b.Started), CloseTime: timeOrNil(b.Closed), OperationType: operationType(b.Operation),
		})
	}
	if n := len(found); n == p.Limit {
		last := found[n-1]
		resp.NextPageToken = append(binary.BigEndian.AppendUint64(nil, uint64(last.Started.UnixMicro())), last.ID...)
	}
	return resp, nil
}

// operationType is the protocol's name of an operation, in the form that clients of every age know.
func operationType(operation proto.Message) enumspb.BatchOperationType {
	switch operation.(type) {
	case *batchpb.BatchOperationTermination:
		return enumspb.BATCH_OPERATION_TYPE_TERMINATE
	case *batchpb.BatchOperationCancellation:
		return enumspb.BATCH_OPERATION_TYPE_CANCEL
	case *batchpb.BatchOperationSignal:
		return enumspb.BATCH_OPERATION_TYPE_SIGNAL
	case *batchpb.BatchOperationDeletion:
		return enumspb.BATCH_OPERATION_TYPE_DELETE
	case *batchpb.BatchOperationReset:
		return enumspb.BATCH_OPERATION_TYPE_RESET
	case *batchpb.BatchOperationUnpauseActivities:
		return enumspb.BATCH_OPERATION_TYPE_UNPAUSE_ACTIVITY
	case *batchpb.BatchOperationResetActivities:
		return enumspb.BATCH_OPERATION_TYPE_RESET_ACTIVITY
	case *batchpb.BatchOperationUpdateActivityOptions:
		return enumspb.BATCH_OPERATION_TYPE_UPDATE_ACTIVITY_OPTIONS
	}
	return enumspb.BATCH_OPERATION_TYPE_UNSPECIFIED
}

func timeOrNil(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}
