package client_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/converter"
)

func TestSignalCancelTerminate(t *testing.T) {
	f := newFake().
		answer("Signal", &workflowservice.SignalWorkflowExecutionResponse{}).
		answer("Cancel", &workflowservice.RequestCancelWorkflowExecutionResponse{}).
		answer("Terminate", &workflowservice.TerminateWorkflowExecutionResponse{}).
		answer("Describe", described())
	run := client.GetWorkflow[any](f.dial(t), "w", "r")
	if err := errors.Join(
		run.Signal(t.Context(), "abort", "why"), run.Cancel(t.Context()), run.Terminate(t.Context(), "reason", 1),
	); err != nil {
		t.Fatal(err)
	}
	signal := last[*workflowservice.SignalWorkflowExecutionRequest](t, f, "Signal")
	if signal.GetSignalName() != "abort" || string(signal.GetInput().GetPayloads()[0].GetData()) != `"why"` ||
		signal.GetWorkflowExecution().GetRunId() != "r" || signal.GetRequestId() == "" {
		t.Errorf("signal %v", signal)
	}
	if cancel := last[*workflowservice.RequestCancelWorkflowExecutionRequest](t, f, "Cancel"); cancel.GetRequestId() == "" {
		t.Errorf("cancel %v", cancel)
	}
	terminate := last[*workflowservice.TerminateWorkflowExecutionRequest](t, f, "Terminate")
	if terminate.GetReason() != "reason" || len(terminate.GetDetails().GetPayloads()) != 1 {
		t.Errorf("terminate %v", terminate)
	}
	if description, err := run.Describe(t.Context()); err != nil || description.GetWorkflowExecutionInfo().GetType().GetName() != "T" {
		t.Errorf("describe %v, %v", description, err)
	}
}

func TestQueryDecodesItsAnswer(t *testing.T) {
	f := newFake().answer("Query", &workflowservice.QueryWorkflowResponse{QueryResult: payloads(t, receipt{Number: 3})})
	answer, err := client.Query[receipt](t.Context(), f.dial(t), "w", "", "progress", "arg")
	if err != nil || answer.Number != 3 {
		t.Fatalf("got %v, %v", answer, err)
	}
	request := last[*workflowservice.QueryWorkflowRequest](t, f, "Query")
	if request.GetQuery().GetQueryType() != "progress" || len(request.GetQuery().GetQueryArgs().GetPayloads()) != 1 {
		t.Errorf("request %v", request)
	}
}

func TestAFailedQueryIsTyped(t *testing.T) {
	f := newFake().on("Query", func(int, proto.Message) (proto.Message, error) {
		return nil, serviceerror.NewQueryFailedWithFailure("unknown query", &failurepb.Failure{Message: "unknown query"})
	})
	_, err := client.Query[int](t.Context(), f.dial(t), "w", "", "nope")
	var queryFailed *serviceerror.QueryFailed
	if !errors.As(err, &queryFailed) || queryFailed.Failure.GetMessage() != "unknown query" {
		t.Errorf("got %v", err)
	}
}

func TestAnEncodedQueryFailureIsReadable(t *testing.T) {
	failure := converter.NewFailureConverter(converter.FailureOptions{EncodeAttributes: true}).ErrorToFailure(errors.New("no such account"))
	f := newFake().on("Query", func(int, proto.Message) (proto.Message, error) {
		return nil, serviceerror.NewQueryFailedWithFailure(failure.GetMessage(), failure)
	})
	_, err := client.Query[int](t.Context(), f.dial(t), "w", "", "balance")
	var queryFailed *serviceerror.QueryFailed
	if !errors.As(err, &queryFailed) || !strings.Contains(err.Error(), "no such account") {
		t.Errorf("got %v", err)
	}
}

func TestListYieldsEveryPage(t *testing.T) {
	info := func(id string) *workflowpb.WorkflowExecutionInfo {
		return &workflowpb.WorkflowExecutionInfo{Execution: &commonpb.WorkflowExecution{WorkflowId: id}}
	}
	f := newFake().on("List", func(_ int, request proto.Message) (proto.Message, error) {
		if string(request.(*workflowservice.ListWorkflowExecutionsRequest).GetNextPageToken()) == "" {
			return &workflowservice.ListWorkflowExecutionsResponse{
				Executions: []*workflowpb.WorkflowExecutionInfo{info("a"), info("b")}, NextPageToken: []byte("2"),
			}, nil
		}
		return &workflowservice.ListWorkflowExecutionsResponse{Executions: []*workflowpb.WorkflowExecutionInfo{info("c")}}, nil
	})
	c := f.dial(t)
	var ids string
	for execution, err := range c.List(t.Context(), "WorkflowType = 'T'") {
		if err != nil {
			t.Fatal(err)
		}
		ids += execution.GetExecution().GetWorkflowId()
	}
	if ids != "abc" {
		t.Errorf("got %q", ids)
	}
	if request := last[*workflowservice.ListWorkflowExecutionsRequest](t, f, "List"); request.GetQuery() != "WorkflowType = 'T'" {
		t.Errorf("request %v", request)
	}
	for range c.List(t.Context(), "") {
		break
	}
	if n := len(f.asked("List")); n != 3 {
		t.Errorf("a broken-off list fetched on: %d calls", n)
	}
}

func TestListYieldsItsErrorLast(t *testing.T) {
	f := newFake().on("List", func(int, proto.Message) (proto.Message, error) {
		return nil, serviceerror.NewInvalidArgument("bad filter")
	})
	for execution, err := range f.dial(t).List(t.Context(), "?") {
		var invalid *serviceerror.InvalidArgument
		if execution != nil || !errors.As(err, &invalid) {
			t.Errorf("got %v, %v", execution, err)
		}
	}
}

func TestHistoryCountAndNamespace(t *testing.T) {
	f := newFake().
		on("History", func(call int, _ proto.Message) (proto.Message, error) {
			reply := page(&historypb.HistoryEvent{EventId: int64(call + 1)})
			if call == 0 {
				reply.NextPageToken = []byte("2")
			}
			return reply, nil
		}).
		answer("Count", &workflowservice.CountWorkflowExecutionsResponse{Count: 12}).
		answer("Register", &workflowservice.RegisterNamespaceResponse{})
	c := f.dial(t)
	var ids []int64
	for event, err := range c.History(t.Context(), "w", "") {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, event.GetEventId())
	}
	if len(ids) != 2 || ids[0] != 1 || ids[1] != 2 {
		t.Errorf("events %v", ids)
	}
	if n, err := c.Count(t.Context(), ""); n != 12 || err != nil {
		t.Errorf("count %d, %v", n, err)
	}
	if err := c.RegisterNamespace(t.Context(), "new", "d", 24*time.Hour); err != nil {
		t.Fatal(err)
	}
	request := last[*workflowservice.RegisterNamespaceRequest](t, f, "Register")
	if request.GetWorkflowExecutionRetentionPeriod().AsDuration() != 24*time.Hour || request.GetNamespace() != "new" {
		t.Errorf("request %v", request)
	}
}
