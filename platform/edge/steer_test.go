package edge_test

import (
	"context"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	querypb "go.temporal.io/api/query/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

func TestSignalCarriesEverything(t *testing.T) {
	w := newWorld(t)
	header := &commonpb.Header{Fields: map[string]*commonpb.Payload{"trace": {Data: []byte("t")}}}
	w.engine.signal = func(_ context.Context, run orchestration.RunKey, s history.Signal) error {
		if run != (orchestration.WorkflowKey{Namespace: w.ns.ID, WorkflowID: "transfer-1"}).Run(someRun) {
			t.Errorf("run %v", run)
		}
		if s.Name != "abort" || s.Identity != "me" || s.RequestID != "req-1" || !proto.Equal(s.Input, payloads(3)) || !proto.Equal(s.Header, header) || len(s.Links) != 1 {
			t.Errorf("signal %+v", s)
		}
		return nil
	}
	_, err := w.workflows.SignalWorkflowExecution(t.Context(), &workflowservice.SignalWorkflowExecutionRequest{
		Namespace: "bank", WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: "transfer-1", RunId: strings.ToUpper(someRun.String())},
		SignalName: "abort", Input: payloads(3), Header: header, Identity: "me", RequestId: "req-1", Links: []*commonpb.Link{{}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSignalOfAClosedWorkflow(t *testing.T) {
	w := newWorld(t)
	w.engine.signal = func(context.Context, orchestration.RunKey, history.Signal) error {
		return orchestration.Errorf(orchestration.NotFound, "workflow execution already completed")
	}
	_, err := w.workflows.SignalWorkflowExecution(t.Context(), &workflowservice.SignalWorkflowExecutionRequest{Namespace: "bank", WorkflowExecution: runOfBank, SignalName: "s"})
	wantError[*serviceerror.NotFound](t, err, "workflow execution already completed")
}

func TestCancelAndTerminateCarryEverything(t *testing.T) {
	w := newWorld(t)
	first := orchestration.NewRunID(noon)
	w.engine.requestCancel = func(_ context.Context, run orchestration.RunKey, f orchestration.RunID, c history.Cancel) error {
		if run.WorkflowID != "transfer-1" || f != first || c.Reason != "why" || c.Identity != "me" || c.RequestID != "req-1" || len(c.Links) != 1 {
			t.Errorf("%v %v %+v", run, f, c)
		}
		return nil
	}
	w.engine.terminate = func(_ context.Context, run orchestration.RunKey, f orchestration.RunID, e history.Terminate) error {
		if run.WorkflowID != "transfer-1" || f != first || e.Reason != "why" || e.Identity != "me" || !proto.Equal(e.Details, payloads(2)) || len(e.Links) != 1 {
			t.Errorf("%v %v %+v", run, f, e)
		}
		return nil
	}
	_, err := w.workflows.RequestCancelWorkflowExecution(t.Context(), &workflowservice.RequestCancelWorkflowExecutionRequest{
		Namespace: "bank", WorkflowExecution: runOfBank, FirstExecutionRunId: first.String(), Reason: "why", Identity: "me", RequestId: "req-1", Links: []*commonpb.Link{{}},
	})
	if err != nil {
		t.Error(err)
	}
	_, err = w.workflows.TerminateWorkflowExecution(t.Context(), &workflowservice.TerminateWorkflowExecutionRequest{
		Namespace: "bank", WorkflowExecution: runOfBank, FirstExecutionRunId: first.String(), Reason: "why", Details: payloads(2), Identity: "me", Links: []*commonpb.Link{{}},
	})
	if err != nil {
		t.Error(err)
	}
}

func progress() *workflowservice.QueryWorkflowRequest {
	return &workflowservice.QueryWorkflowRequest{
		Namespace: "bank", Execution: runOfBank, Query: &querypb.WorkflowQuery{QueryType: "progress", QueryArgs: payloads(1)},
		QueryRejectCondition: enumspb.QUERY_REJECT_CONDITION_NOT_OPEN,
	}
}

func TestQuery(t *testing.T) {
	w := newWorld(t)
	reply := engine.QueryReply{Result: payloads(5)}
	w.engine.query = func(_ context.Context, r engine.QueryRequest) (engine.QueryReply, error) {
		if r.Run.WorkflowID != "transfer-1" || r.Query.GetQueryType() != "progress" || r.Reject != enumspb.QUERY_REJECT_CONDITION_NOT_OPEN {
			t.Errorf("%+v", r)
		}
		return reply, nil
	}
	resp, err := w.workflows.QueryWorkflow(t.Context(), progress())
	if err != nil || !proto.Equal(resp.GetQueryResult(), payloads(5)) || resp.GetQueryRejected() != nil {
		t.Errorf("%v, %v", resp, err)
	}
	reply = engine.QueryReply{Rejected: enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED}
	resp, err = w.workflows.QueryWorkflow(t.Context(), progress())
	if err != nil || resp.GetQueryRejected().GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED {
		t.Errorf("%v, %v", resp, err)
	}
}

func TestQueryThatNobodyAnswers(t *testing.T) {
	w := newWorld(t)
	w.engine.query = func(ctx context.Context, _ engine.QueryRequest) (engine.QueryReply, error) {
		<-ctx.Done()
		return engine.QueryReply{}, ctx.Err()
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second) // answered before, by the margin
	defer cancel()
	_, err := w.workflows.QueryWorkflow(ctx, progress())
	wantError[*serviceerror.DeadlineExceeded](t, err, "No worker answered the query in time")
}

func TestQueryWhenTheServerDrains(t *testing.T) {
	w := newWorld(t)
	asked := make(chan struct{})
	w.engine.query = func(ctx context.Context, _ engine.QueryRequest) (engine.QueryReply, error) {
		close(asked)
		<-ctx.Done()
		return engine.QueryReply{}, ctx.Err()
	}
	answer := make(chan error, 1)
	go func() {
		_, err := w.workflows.QueryWorkflow(t.Context(), progress())
		answer <- err
	}()
	<-asked
	if err := w.server.Drain(t.Context()); err != nil {
		t.Error(err)
	}
	wantError[*serviceerror.Unavailable](t, <-answer, "shutting down")
}

func TestFailedQuery(t *testing.T) {
	w := newWorld(t)
	w.engine.query = func(context.Context, engine.QueryRequest) (engine.QueryReply, error) {
		return engine.QueryReply{}, orchestration.Errorf(orchestration.QueryFailed, "unknown query type progress")
	}
	_, err := w.workflows.QueryWorkflow(t.Context(), progress())
	wantError[*serviceerror.QueryFailed](t, err, "unknown query type progress")
}

func TestQueryAnswers(t *testing.T) {
	w := newWorld(t)
	var got engine.QueryAnswer
	w.engine.answerQuery = func(_ context.Context, a engine.QueryAnswer) error { got = a; return nil }
	answer := func(r *workflowservice.RespondQueryTaskCompletedRequest) error {
		r.Namespace, r.TaskToken = "bank", w.token(orchestration.QueryTask)
		_, err := w.workflows.RespondQueryTaskCompleted(t.Context(), r)
		return err
	}
	if err := answer(&workflowservice.RespondQueryTaskCompletedRequest{CompletedType: enumspb.QUERY_RESULT_TYPE_ANSWERED, QueryResult: payloads(4)}); err != nil {
		t.Fatal(err)
	}
	if got.Failed || !proto.Equal(got.Result, payloads(4)) || got.Token.RunID != someRun {
		t.Errorf("%+v", got)
	}
	failed := &workflowservice.RespondQueryTaskCompletedRequest{
		CompletedType: enumspb.QUERY_RESULT_TYPE_FAILED, ErrorMessage: "unknown query", Failure: &failurepb.Failure{Message: "inner"},
		Cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR,
	}
	if err := answer(failed); err != nil {
		t.Fatal(err)
	}
	if !got.Failed || got.Message != "unknown query" || got.Failure.GetMessage() != "inner" || got.Cause != enumspb.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR {
		t.Errorf("%+v", got)
	}
	if err := answer(&workflowservice.RespondQueryTaskCompletedRequest{CompletedType: enumspb.QUERY_RESULT_TYPE_ANSWERED, QueryResult: payloads(orchestration.MaxPayloadSize)}); err != nil {
		t.Fatal(err)
	}
	if !got.Failed || got.Result != nil || got.Message != "Query result exceeds size limit." {
		t.Errorf("a large answer became %+v", got)
	}
	wantError[*serviceerror.InvalidArgument](t, answer(&workflowservice.RespondQueryTaskCompletedRequest{}), "CompletedType is not set")
}
