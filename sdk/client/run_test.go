package client_test

import (
	"context"
	"errors"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/converter"
)

type historyReply = workflowservice.GetWorkflowExecutionHistoryResponse

func payloads(t *testing.T, values ...any) *commonpb.Payloads {
	t.Helper()
	p, err := converter.Default().ToPayloads(values...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func page(events ...*historypb.HistoryEvent) *historyReply {
	return &historyReply{History: &historypb.History{Events: events}}
}

func completed(result *commonpb.Payloads, next string) *historypb.HistoryEvent {
	return &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionCompletedEventAttributes{
			WorkflowExecutionCompletedEventAttributes: &historypb.WorkflowExecutionCompletedEventAttributes{
				Result: result, NewExecutionRunId: next,
			},
		},
	}
}

func failed(failure *failurepb.Failure, next string) *historypb.HistoryEvent {
	return &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionFailedEventAttributes{
			WorkflowExecutionFailedEventAttributes: &historypb.WorkflowExecutionFailedEventAttributes{
				Failure: failure, NewExecutionRunId: next, RetryState: enumspb.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED,
			},
		},
	}
}

func continued(next string) *historypb.HistoryEvent {
	return &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionContinuedAsNewEventAttributes{
			WorkflowExecutionContinuedAsNewEventAttributes: &historypb.WorkflowExecutionContinuedAsNewEventAttributes{
				NewExecutionRunId: next,
			},
		},
	}
}

func TestGetWaitsThroughEmptyPollsAndOutages(t *testing.T) {
	f := newFake().on("History", func(call int, _ proto.Message) (proto.Message, error) {
		switch call {
		case 0:
			return &historyReply{NextPageToken: []byte("wait")}, nil
		case 1:
			return nil, serviceerror.NewUnavailable("restarting")
		default:
			return page(completed(payloads(t, receipt{Number: 7}), "")), nil
		}
	})
	got, err := client.GetWorkflow[receipt](f.dial(t), "w", "r").Get(t.Context())
	if err != nil || got.Number != 7 {
		t.Fatalf("got %v, %v", got, err)
	}
	request := last[*workflowservice.GetWorkflowExecutionHistoryRequest](t, f, "History")
	if !request.GetWaitNewEvent() || string(request.GetNextPageToken()) != "wait" ||
		request.GetHistoryEventFilterType() != enumspb.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT {
		t.Errorf("request %v", request)
	}
}

func TestGetFollowsTheChain(t *testing.T) {
	chain := map[string]*historypb.HistoryEvent{
		"r1": continued("r2"),
		"r2": failed(&failurepb.Failure{Message: "retried"}, "r3"),
		"r3": completed(nil, "r4"),
		"r4": {
			EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
			Attributes: &historypb.HistoryEvent_WorkflowExecutionTimedOutEventAttributes{
				WorkflowExecutionTimedOutEventAttributes: &historypb.WorkflowExecutionTimedOutEventAttributes{NewExecutionRunId: "r5"},
			},
		},
		"r5": completed(payloads(t, "end"), ""),
	}
	f := newFake().on("History", func(_ int, request proto.Message) (proto.Message, error) {
		run := request.(*workflowservice.GetWorkflowExecutionHistoryRequest).GetExecution().GetRunId()
		return page(chain[run]), nil
	})
	got, err := client.GetWorkflow[string](f.dial(t), "w", "r1").Get(t.Context())
	if err != nil || got != "end" {
		t.Errorf("got %q, %v", got, err)
	}
}

func described() *workflowservice.DescribeWorkflowExecutionResponse {
	return &workflowservice.DescribeWorkflowExecutionResponse{WorkflowExecutionInfo: &workflowpb.WorkflowExecutionInfo{
		Execution: &commonpb.WorkflowExecution{WorkflowId: "w", RunId: "last"}, Type: &commonpb.WorkflowType{Name: "T"},
	}}
}

func TestGetReturnsTheFailureChain(t *testing.T) {
	cause := &sdk.ActivityError{ActivityType: "Debit", Cause: sdk.NewNonRetryableError("no funds", "Funds", nil, 5)}
	failure := converter.NewFailureConverter(converter.FailureOptions{}).ErrorToFailure(cause)
	f := newFake().answer("History", page(failed(failure, ""))).answer("Describe", described())
	_, err := client.GetWorkflow[receipt](f.dial(t), "w", "").Get(t.Context())
	var execution *sdk.WorkflowExecutionError
	var activity *sdk.ActivityError
	var application *sdk.ApplicationError
	if !errors.As(err, &execution) || !errors.As(err, &activity) || !errors.As(err, &application) {
		t.Fatalf("got %v", err)
	}
	if execution.RunID != "last" || execution.WorkflowType != "T" || execution.RetryState != enumspb.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED {
		t.Errorf("execution %+v", execution)
	}
	if n, err := sdk.DetailAs[int](application.Details); n != 5 || err != nil || application.Type != "Funds" {
		t.Errorf("application %+v %v", application, err)
	}
}

func TestGetTellsCanceledTimedOutAndTerminatedApart(t *testing.T) {
	canceled := &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionCanceledEventAttributes{
			WorkflowExecutionCanceledEventAttributes: &historypb.WorkflowExecutionCanceledEventAttributes{Details: payloads(t, "d")},
		},
	}
	terminated := &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionTerminatedEventAttributes{
			WorkflowExecutionTerminatedEventAttributes: &historypb.WorkflowExecutionTerminatedEventAttributes{
				Reason: "stuck", Identity: "ops", Details: payloads(t, "d"),
			},
		},
	}
	timedOut := &historypb.HistoryEvent{EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT}
	for name, test := range map[string]struct {
		event *historypb.HistoryEvent
		check func(error) bool
	}{
		"canceled": {canceled, func(err error) bool {
			var e *sdk.CanceledError
			return errors.As(err, &e) && e.Details.Len() == 1 && errors.Is(err, context.Canceled)
		}},
		"terminated": {terminated, func(err error) bool {
			var e *sdk.TerminatedError
			return errors.As(err, &e) && e.Reason == "stuck" && e.Identity == "ops" && e.Details.Len() == 1
		}},
		"timed out": {timedOut, func(err error) bool {
			var e *sdk.TimeoutError
			return errors.As(err, &e) && errors.Is(err, context.DeadlineExceeded)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake().answer("History", page(test.event)).on("Describe", func(int, proto.Message) (proto.Message, error) {
				return nil, serviceerror.NewUnavailable("no matter")
			})
			_, err := client.GetWorkflow[any](f.dial(t), "w", "r").Get(t.Context())
			var execution *sdk.WorkflowExecutionError
			if !errors.As(err, &execution) || execution.RunID != "r" || !test.check(err) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestGetOfAnUnknownWorkflowIsNotFound(t *testing.T) {
	f := newFake().on("History", func(int, proto.Message) (proto.Message, error) {
		return nil, serviceerror.NewNotFound("no such workflow")
	})
	_, err := client.GetWorkflow[any](f.dial(t), "w", "").Get(t.Context())
	var notFound *serviceerror.NotFound
	if !errors.As(err, &notFound) {
		t.Errorf("got %v", err)
	}
}

func TestGetRefusesAHistoryThatEndsOpen(t *testing.T) {
	f := newFake().answer("History", page())
	if _, err := client.GetWorkflow[any](f.dial(t), "w", "").Get(t.Context()); err == nil {
		t.Error("no error")
	}
}
