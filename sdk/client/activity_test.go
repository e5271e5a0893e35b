package client_test

import (
	"errors"
	"fmt"
	"testing"

	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/sdk"
)

func activityFake() *fake {
	return newFake().
		answer("Completed", &workflowservice.RespondActivityTaskCompletedResponse{}).
		answer("Failed", &workflowservice.RespondActivityTaskFailedResponse{}).
		answer("Canceled", &workflowservice.RespondActivityTaskCanceledResponse{}).
		answer("CompletedById", &workflowservice.RespondActivityTaskCompletedByIdResponse{}).
		answer("FailedById", &workflowservice.RespondActivityTaskFailedByIdResponse{}).
		answer("CanceledById", &workflowservice.RespondActivityTaskCanceledByIdResponse{})
}

func TestActivitiesAreCompletedByTokenAndByID(t *testing.T) {
	canceled := fmt.Errorf("stopped: %w", sdk.NewCanceledError("half done"))
	for _, test := range []struct {
		name, method string
		result       any
		err          error
	}{
		{"result", "Completed", receipt{Number: 1}, nil},
		{"no result", "Completed", nil, nil},
		{"failure", "Failed", nil, sdk.NewNonRetryableError("no", "T", nil)},
		{"canceled", "Canceled", nil, canceled},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := activityFake()
			c := f.dial(t)
			if err := c.CompleteActivity(t.Context(), []byte("token"), test.result, test.err); err != nil {
				t.Fatal(err)
			}
			if err := c.CompleteActivityByID(t.Context(), "w", "r", "5", test.result, test.err); err != nil {
				t.Fatal(err)
			}
			if len(f.asked(test.method)) != 1 || len(f.asked(test.method+"ById")) != 1 {
				t.Errorf("not reported as %s: %v", test.method, f.requests)
			}
		})
	}
}

func TestCompletionsCarryTheirContent(t *testing.T) {
	f := activityFake()
	c := f.dial(t)
	if err := errors.Join(
		c.CompleteActivity(t.Context(), []byte("token"), receipt{Number: 1}, nil),
		c.CompleteActivityByID(t.Context(), "w", "r", "5", nil, sdk.NewNonRetryableError("no", "T", nil)),
		c.CompleteActivity(t.Context(), []byte("token"), nil, sdk.NewCanceledError("half done")),
	); err != nil {
		t.Fatal(err)
	}
	completed := last[*workflowservice.RespondActivityTaskCompletedRequest](t, f, "Completed")
	if string(completed.GetTaskToken()) != "token" || string(completed.GetResult().GetPayloads()[0].GetData()) != `{"Number":1}` {
		t.Errorf("completed %v", completed)
	}
	failed := last[*workflowservice.RespondActivityTaskFailedByIdRequest](t, f, "FailedById")
	if failed.GetActivityId() != "5" || !failed.GetFailure().GetApplicationFailureInfo().GetNonRetryable() {
		t.Errorf("failed %v", failed)
	}
	canceled := last[*workflowservice.RespondActivityTaskCanceledRequest](t, f, "Canceled")
	if string(canceled.GetDetails().GetPayloads()[0].GetData()) != `"half done"` {
		t.Errorf("canceled %v", canceled)
	}
	if err := c.CompleteActivity(t.Context(), []byte("token"), make(chan int), nil); err == nil {
		t.Error("a result that cannot be encoded was sent")
	}
}

func TestHeartbeatByTokenTellsOfCancellation(t *testing.T) {
	f := newFake().answer("Heartbeat", &workflowservice.RecordActivityTaskHeartbeatResponse{})
	if err := f.dial(t).RecordActivityHeartbeat(t.Context(), []byte("token"), 50); err != nil {
		t.Fatal(err)
	}
	if beat := last[*workflowservice.RecordActivityTaskHeartbeatRequest](t, f, "Heartbeat"); string(beat.GetDetails().GetPayloads()[0].GetData()) != "50" {
		t.Errorf("heartbeat %v", beat)
	}
	f.answer("Heartbeat", &workflowservice.RecordActivityTaskHeartbeatResponse{CancelRequested: true})
	if err := f.dial(t).RecordActivityHeartbeat(t.Context(), []byte("token")); !sdk.IsCanceled(err) {
		t.Errorf("got %v", err)
	}
}
