package client_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

type transfer struct{ From, To string }

type receipt struct{ Number int }

func TransferFunds(workflow.Context, transfer) (receipt, error) { return receipt{}, nil }

func Nightly(workflow.Context) (int, error) { return 0, nil }

func started(run string) *workflowservice.StartWorkflowExecutionResponse {
	return &workflowservice.StartWorkflowExecutionResponse{RunId: run}
}

func TestStartSendsEveryOption(t *testing.T) {
	f := newFake().answer("Start", started("r1"))
	header := map[string]*commonpb.Payload{"trace": {Data: []byte("t")}}
	run, err := client.ExecuteWorkflow(t.Context(), f.dial(t), client.StartOptions{
		ID: "transfer-1", TaskQueue: "q", ExecutionTimeout: time.Hour, RunTimeout: time.Minute, TaskTimeout: time.Second,
		RetryPolicy:    &sdk.RetryPolicy{MaximumAttempts: 3},
		ReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		ConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		StartDelay:     5 * time.Second, CronSchedule: "@daily", Memo: map[string]any{"note": "n"},
		SearchAttributes: sdk.SearchAttributes{"Amount": sdk.Int(5)}, Header: header, RequestID: "request",
	}, TransferFunds, transfer{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	if run.ID() != "transfer-1" || run.RunID() != "r1" {
		t.Errorf("run %s %s", run.ID(), run.RunID())
	}
	request := last[*workflowservice.StartWorkflowExecutionRequest](t, f, "Start")
	if got := string(request.GetInput().GetPayloads()[0].GetData()); got != `{"From":"a","To":"b"}` {
		t.Errorf("input %s", got)
	}
	if got := request.GetSearchAttributes().GetIndexedFields()["Amount"]; string(got.GetMetadata()["type"]) != "Int" || string(got.GetData()) != "5" {
		t.Errorf("search attribute %v", got)
	}
	if got := string(request.GetMemo().GetFields()["note"].GetData()); got != `"n"` {
		t.Errorf("memo %s", got)
	}
	if got := request.GetHeader().GetFields()["trace"]; !proto.Equal(got, header["trace"]) {
		t.Errorf("header %v", got)
	}
	for name, ok := range map[string]bool{
		"namespace": request.GetNamespace() == "bank",
		"identity":  request.GetIdentity() == "tester",
		"type":      request.GetWorkflowType().GetName() == "TransferFunds",
		"queue":     request.GetTaskQueue().GetName() == "q",
		"execution": request.GetWorkflowExecutionTimeout().AsDuration() == time.Hour,
		"run":       request.GetWorkflowRunTimeout().AsDuration() == time.Minute,
		"task":      request.GetWorkflowTaskTimeout().AsDuration() == time.Second,
		"delay":     request.GetWorkflowStartDelay().AsDuration() == 5*time.Second,
		"retries":   request.GetRetryPolicy().GetMaximumAttempts() == 3,
		"reuse":     request.GetWorkflowIdReusePolicy() == enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		"conflict":  request.GetWorkflowIdConflictPolicy() == enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		"cron":      request.GetCronSchedule() == "@daily",
		"request":   request.GetRequestId() == "request",
	} {
		if !ok {
			t.Errorf("%s: %v", name, request)
		}
	}
}

func TestStartLeavesDefaultsToTheServer(t *testing.T) {
	f := newFake().answer("Start", started("r"))
	run, err := client.ExecuteWorkflowNoInput(t.Context(), f.dial(t), client.StartOptions{TaskQueue: "q"}, Nightly)
	if err != nil {
		t.Fatal(err)
	}
	request := last[*workflowservice.StartWorkflowExecutionRequest](t, f, "Start")
	if request.GetWorkflowRunTimeout() != nil || request.GetRetryPolicy() != nil || request.GetInput() != nil || request.GetMemo() != nil {
		t.Errorf("request %v", request)
	}
	if run.ID() == "" || request.GetRequestId() == "" {
		t.Errorf("no ids: %v", request)
	}
}

func TestARetriedStartIsOneRequest(t *testing.T) {
	f := newFake().on("Start", func(call int, _ proto.Message) (proto.Message, error) {
		if call < 2 {
			return nil, serviceerror.NewUnavailable("restarting")
		}
		return started("r"), nil
	})
	if _, err := client.ExecuteWorkflowByName[any](t.Context(), f.dial(t), client.StartOptions{TaskQueue: "q"}, "T", 1, "x"); err != nil {
		t.Fatal(err)
	}
	requests := f.asked("Start")
	if len(requests) != 3 {
		t.Fatalf("%d requests", len(requests))
	}
	for _, request := range requests[1:] {
		if !proto.Equal(request, requests[0]) {
			t.Errorf("it changed:\n%v\n%v", requests[0], request)
		}
	}
}

func TestStartErrorsAreTyped(t *testing.T) {
	f := newFake().on("Start", func(int, proto.Message) (proto.Message, error) {
		return nil, serviceerror.NewWorkflowExecutionAlreadyStarted("open", "request", "run-7")
	})
	_, err := client.ExecuteWorkflowByName[any](t.Context(), f.dial(t), client.StartOptions{ID: "x", TaskQueue: "q"}, "T")
	var conflict *serviceerror.WorkflowExecutionAlreadyStarted
	if !errors.As(err, &conflict) || conflict.RunId != "run-7" {
		t.Errorf("got %T %v", err, err)
	}
	if n := len(f.asked("Start")); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestMistakesAreFoundBeforeTheCall(t *testing.T) {
	c := newFake().dial(t)
	literal := func(workflow.Context, int) (int, error) { return 0, nil }
	if _, err := client.ExecuteWorkflow(t.Context(), c, client.StartOptions{}, literal, 1); err == nil ||
		!strings.Contains(err.Error(), "no stable name") {
		t.Errorf("a function literal: %v", err)
	}
	if _, err := client.ExecuteWorkflowByName[any](t.Context(), c, client.StartOptions{}, "T", make(chan int)); err == nil {
		t.Error("an input that cannot be encoded was sent")
	}
	memo := map[string]any{"bad": make(chan int)}
	if _, err := client.ExecuteWorkflowByName[any](t.Context(), c, client.StartOptions{Memo: memo}, "T"); err == nil {
		t.Error("a memo that cannot be encoded was sent")
	}
}

func TestACallEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	f := newFake().on("Start", func(int, proto.Message) (proto.Message, error) {
		cancel(why)
		return nil, serviceerror.NewUnavailable("down")
	})
	_, err := client.ExecuteWorkflowByName[any](ctx, f.dial(t), client.StartOptions{TaskQueue: "q"}, "T")
	if !errors.Is(err, why) {
		t.Errorf("got %v", err)
	}
}
