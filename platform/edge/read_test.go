package edge_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/platform/edge"
)

func TestHistoryRequest(t *testing.T) {
	w := newWorld(t)
	var got engine.HistoryRequest
	w.engine.history = func(_ context.Context, r engine.HistoryRequest) (engine.HistoryPage, error) {
		got = r
		return engine.HistoryPage{Events: []*historypb.HistoryEvent{{EventId: 1}}, PageToken: []byte("more")}, nil
	}
	resp, err := w.workflows.GetWorkflowExecutionHistory(t.Context(), &workflowservice.GetWorkflowExecutionHistoryRequest{
		Namespace: "bank", Execution: &commonpb.WorkflowExecution{WorkflowId: "transfer-1", RunId: someRun.String()},
		MaximumPageSize: 7, NextPageToken: []byte("here"), WaitNewEvent: true,
		HistoryEventFilterType: enumspb.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT, SkipArchival: true,
	})
	if err != nil || len(resp.GetHistory().GetEvents()) != 1 || string(resp.GetNextPageToken()) != "more" {
		t.Fatalf("%v, %v", resp, err)
	}
	run := orchestration.WorkflowKey{Namespace: w.ns.ID, WorkflowID: "transfer-1"}.Run(someRun)
	if got.Run != run || got.PageSize != 7 || string(got.PageToken) != "here" || !got.Wait || !got.CloseOnly || got.SDK {
		t.Errorf("%+v", got)
	}
}

func TestPageSizesAreClamped(t *testing.T) {
	w := newWorld(t)
	for wish, want := range map[int32]int{-5: 0, 0: 0, 10: 10, 1 << 30: edge.MaxPageSize} {
		w.engine.historyReverse = func(_ context.Context, r engine.HistoryRequest) (engine.HistoryPage, error) {
			if r.PageSize != want {
				t.Errorf("history: %d becomes %d, want %d", wish, r.PageSize, want)
			}
			return engine.HistoryPage{}, nil
		}
		w.engine.list = func(_ context.Context, r engine.ListRequest) (engine.ListPage, error) {
			if r.PageSize != want {
				t.Errorf("list: %d becomes %d, want %d", wish, r.PageSize, want)
			}
			return engine.ListPage{}, nil
		}
		resp, err := w.workflows.GetWorkflowExecutionHistoryReverse(t.Context(), &workflowservice.GetWorkflowExecutionHistoryReverseRequest{Namespace: "bank", Execution: runOfBank, MaximumPageSize: wish})
		if err != nil || resp.GetHistory() == nil {
			t.Errorf("%v, %v", resp, err)
		}
		if _, err := w.workflows.ListWorkflowExecutions(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{Namespace: "bank", PageSize: wish}); err != nil {
			t.Error(err)
		}
	}
}

func TestWhoIsAnSDK(t *testing.T) {
	w := newWorld(t)
	var sdk bool
	w.engine.history = func(_ context.Context, r engine.HistoryRequest) (engine.HistoryPage, error) {
		sdk = r.SDK
		return engine.HistoryPage{}, nil
	}
	for client, want := range map[string]bool{
		"temporal-go": true, "temporal-java": true, "temporal-typescript": true, "temporal-python": true, "temporal-php-2": true, "tenuto-go": true,
		"temporal-cli": false, "temporal-ui": false, "": false,
	} {
		ctx := metadata.AppendToOutgoingContext(t.Context(), "client-name", client)
		if _, err := w.workflows.GetWorkflowExecutionHistory(ctx, &workflowservice.GetWorkflowExecutionHistoryRequest{Namespace: "bank", Execution: runOfBank}); err != nil {
			t.Fatal(err)
		}
		if sdk != want {
			t.Errorf("client %q is an SDK: %v, want %v", client, sdk, want)
		}
	}
}

// TestHistoryWaitIsCutShort: the engine ends the wait with a token while the caller still listens.
func TestHistoryWaitIsCutShort(t *testing.T) {
	w := newWorld(t)
	waiting := make(chan struct{}, 1)
	w.engine.history = func(ctx context.Context, _ engine.HistoryRequest) (engine.HistoryPage, error) {
		waiting <- struct{}{}
		<-ctx.Done()
		return engine.HistoryPage{PageToken: []byte("here")}, nil
	}
	request := &workflowservice.GetWorkflowExecutionHistoryRequest{Namespace: "bank", Execution: runOfBank, WaitNewEvent: true}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second) // a caller in a hurry is welcome here
	defer cancel()
	resp, err := w.workflows.GetWorkflowExecutionHistory(ctx, request)
	if err != nil || string(resp.GetNextPageToken()) != "here" {
		t.Errorf("by the deadline: %v, %v", resp, err)
	}
	<-waiting
	answer := make(chan string, 1)
	go func() {
		resp, err := w.workflows.GetWorkflowExecutionHistory(t.Context(), request)
		answer <- fmt.Sprintf("%s %v", resp.GetNextPageToken(), err)
	}()
	<-waiting
	if err := w.answering().Drain(t.Context()); err != nil {
		t.Error(err)
	}
	if got := <-answer; got != "here <nil>" {
		t.Errorf("by a drain: %s", got)
	}
}

func TestHistoryThatCannotBeReadInTime(t *testing.T) {
	w := newWorld(t)
	waiting := make(chan struct{}, 1)
	w.engine.history = func(ctx context.Context, _ engine.HistoryRequest) (engine.HistoryPage, error) {
		waiting <- struct{}{}
		<-ctx.Done()
		return engine.HistoryPage{}, ctx.Err()
	}
	request := &workflowservice.GetWorkflowExecutionHistoryRequest{Namespace: "bank", Execution: runOfBank, WaitNewEvent: true}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err := w.workflows.GetWorkflowExecutionHistory(ctx, request)
	wantError[*serviceerror.DeadlineExceeded](t, err, "could not be read in time")
	<-waiting
	answer := make(chan error, 1)
	go func() {
		_, err := w.workflows.GetWorkflowExecutionHistory(t.Context(), request)
		answer <- err
	}()
	<-waiting
	if err := w.server.Drain(t.Context()); err != nil {
		t.Error(err)
	}
	wantError[*serviceerror.Unavailable](t, <-answer, "shutting down")
}

func TestHistoryOfARunThatIsNotThere(t *testing.T) {
	w := newWorld(t)
	w.engine.history = func(context.Context, engine.HistoryRequest) (engine.HistoryPage, error) {
		return engine.HistoryPage{}, orchestration.Errorf(orchestration.NotFound, "Workflow not found.")
	}
	for _, wait := range []bool{false, true} {
		_, err := w.workflows.GetWorkflowExecutionHistory(t.Context(), &workflowservice.GetWorkflowExecutionHistoryRequest{Namespace: "bank", Execution: runOfBank, WaitNewEvent: wait})
		wantError[*serviceerror.NotFound](t, err, "Workflow not found.")
	}
}

func TestReverseHistory(t *testing.T) {
	w := newWorld(t)
	w.engine.historyReverse = func(_ context.Context, r engine.HistoryRequest) (engine.HistoryPage, error) {
		if r.Wait || r.CloseOnly || string(r.PageToken) != "here" {
			t.Errorf("%+v", r)
		}
		return engine.HistoryPage{Events: []*historypb.HistoryEvent{{EventId: 2}, {EventId: 1}}, PageToken: []byte("more")}, nil
	}
	resp, err := w.workflows.GetWorkflowExecutionHistoryReverse(t.Context(), &workflowservice.GetWorkflowExecutionHistoryReverseRequest{Namespace: "bank", Execution: runOfBank, NextPageToken: []byte("here")})
	if err != nil || resp.GetHistory().GetEvents()[0].GetEventId() != 2 || string(resp.GetNextPageToken()) != "more" {
		t.Errorf("%v, %v", resp, err)
	}
}

func TestDescribe(t *testing.T) {
	w := newWorld(t)
	w.engine.describe = func(_ context.Context, run orchestration.RunKey) (*engine.Description, error) {
		if run.WorkflowID != "transfer-1" || !run.RunID.IsZero() {
			t.Errorf("run %v", run)
		}
		return &engine.Description{
			Config:       &workflowpb.WorkflowExecutionConfig{},
			Info:         &workflowpb.WorkflowExecutionInfo{HistoryLength: 5},
			Activities:   []*workflowpb.PendingActivityInfo{{ActivityId: "a-1"}},
			WorkflowTask: &workflowpb.PendingWorkflowTaskInfo{Attempt: 2},
			Extended:     &workflowpb.WorkflowExecutionExtendedInfo{},
		}, nil
	}
	d, err := w.workflows.DescribeWorkflowExecution(t.Context(), &workflowservice.DescribeWorkflowExecutionRequest{Namespace: "bank", Execution: runOfBank})
	if err != nil {
		t.Fatal(err)
	}
	if d.GetExecutionConfig() == nil || d.GetWorkflowExecutionInfo().GetHistoryLength() != 5 || d.GetPendingActivities()[0].GetActivityId() != "a-1" ||
		d.GetPendingWorkflowTask().GetAttempt() != 2 || d.GetWorkflowExtendedInfo() == nil {
		t.Errorf("%v", d)
	}
}

func TestListAndCount(t *testing.T) {
	w := newWorld(t)
	w.engine.list = func(_ context.Context, r engine.ListRequest) (engine.ListPage, error) {
		if r.Namespace != w.ns.ID || r.Query != "WorkflowId = 'x'" || string(r.PageToken) != "here" {
			t.Errorf("%+v", r)
		}
		return engine.ListPage{Executions: []*workflowpb.WorkflowExecutionInfo{{TaskQueue: "q"}}, PageToken: []byte("more")}, nil
	}
	w.engine.count = func(_ context.Context, r engine.ListRequest) (engine.RunCount, error) {
		if r.Namespace != w.ns.ID {
			t.Errorf("%+v", r)
		}
		if r.Query == "nonsense" {
			return engine.RunCount{}, orchestration.Errorf(orchestration.InvalidArgument, "invalid query: nonsense")
		}
		return engine.RunCount{Count: 42, Groups: []engine.RunGroup{{Value: "Running", Count: 40}}}, nil
	}
	l, err := w.workflows.ListWorkflowExecutions(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{Namespace: "bank", Query: "WorkflowId = 'x'", NextPageToken: []byte("here")})
	if err != nil || len(l.GetExecutions()) != 1 || string(l.GetNextPageToken()) != "more" {
		t.Errorf("%v, %v", l, err)
	}
	n, err := w.workflows.CountWorkflowExecutions(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{Namespace: "bank"})
	group := n.GetGroups()[0]
	value := group.GetGroupValues()[0]
	if err != nil || n.GetCount() != 42 || group.GetCount() != 40 || string(value.GetData()) != `"Running"` || string(value.GetMetadata()["type"]) != "Keyword" {
		t.Errorf("%v, %v", n, err)
	}
	_, err = w.workflows.CountWorkflowExecutions(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{Namespace: "bank", Query: "nonsense"})
	wantError[*serviceerror.InvalidArgument](t, err, "invalid query")
}

func TestLargeAnswersAreSent(t *testing.T) {
	w := newWorld(t, grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(edge.MaxSendSize)))
	w.engine.history = func(context.Context, engine.HistoryRequest) (engine.HistoryPage, error) {
		ev := &historypb.HistoryEvent{Attributes: &historypb.HistoryEvent_WorkflowExecutionSignaledEventAttributes{
			WorkflowExecutionSignaledEventAttributes: &historypb.WorkflowExecutionSignaledEventAttributes{Input: payloads(orchestration.MaxPayloadSize)},
		}}
		return engine.HistoryPage{Events: []*historypb.HistoryEvent{ev, ev, ev, ev}}, nil
	}
	resp, err := w.workflows.GetWorkflowExecutionHistory(t.Context(), &workflowservice.GetWorkflowExecutionHistoryRequest{Namespace: "bank", Execution: runOfBank})
	if err != nil || len(resp.GetHistory().GetEvents()) != 4 {
		t.Errorf("%v", err)
	}
}
