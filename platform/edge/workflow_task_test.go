package edge_test

import (
	"context"
	"strings"
	"testing"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	querypb "go.temporal.io/api/query/v1"
	sdkpb "go.temporal.io/api/sdk/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 1000, time.UTC)

func TestWorkflowTaskIsFilled(t *testing.T) {
	w := newWorld(t)
	run := orchestration.WorkflowKey{Namespace: w.ns.ID, WorkflowID: "transfer-1"}.Run(someRun)
	w.engine.pollWorkflowTask = func(context.Context, engine.Poll) (*engine.WorkflowTask, error) {
		return &engine.WorkflowTask{
			StartedWorkflowTask: history.StartedWorkflowTask{StartedEventID: 9, PreviousStarted: 4, Attempt: 3, ScheduledTime: noon, StartedTime: noon.Add(time.Second)},
			Token:               []byte("token"), Run: run, Type: "Transfer", Queue: "transfers",
			History:       []*historypb.HistoryEvent{{EventId: 5}, {EventId: 6}},
			NextPageToken: []byte("more"), BacklogHint: 12, Behind: true,
			Queries: map[string]*querypb.WorkflowQuery{"q1": {QueryType: "progress"}},
		}, nil
	}
	got, err := w.workflows.PollWorkflowTaskQueue(t.Context(), &workflowservice.PollWorkflowTaskQueueRequest{Namespace: "bank", TaskQueue: &taskqueuepb.TaskQueue{Name: "transfers"}})
	if err != nil {
		t.Fatal(err)
	}
	want := &workflowservice.PollWorkflowTaskQueueResponse{
		TaskToken:                  []byte("token"),
		WorkflowExecution:          &commonpb.WorkflowExecution{WorkflowId: "transfer-1", RunId: someRun.String()},
		WorkflowType:               &commonpb.WorkflowType{Name: "Transfer"},
		PreviousStartedEventId:     4,
		StartedEventId:             9,
		Attempt:                    3,
		BacklogCountHint:           12,
		History:                    &historypb.History{Events: []*historypb.HistoryEvent{{EventId: 5}, {EventId: 6}}},
		NextPageToken:              []byte("more"),
		Queries:                    map[string]*querypb.WorkflowQuery{"q1": {QueryType: "progress"}},
		WorkflowExecutionTaskQueue: &taskqueuepb.TaskQueue{Name: "transfers", Kind: enumspb.TASK_QUEUE_KIND_NORMAL},
		ScheduledTime:              timestamppb.New(noon),
		StartedTime:                timestamppb.New(noon.Add(time.Second)),
		PollerScalingDecision:      &taskqueuepb.PollerScalingDecision{PollRequestDeltaSuggestion: 1},
	}
	if !proto.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestQueryAloneIsATaskWithoutTimes(t *testing.T) {
	w := newWorld(t)
	w.engine.pollWorkflowTask = func(context.Context, engine.Poll) (*engine.WorkflowTask, error) {
		return &engine.WorkflowTask{Token: []byte("token"), Query: &querypb.WorkflowQuery{QueryType: "progress"}}, nil
	}
	got, err := w.workflows.PollWorkflowTaskQueue(t.Context(), &workflowservice.PollWorkflowTaskQueueRequest{Namespace: "bank", TaskQueue: &taskqueuepb.TaskQueue{Name: "q"}})
	if err != nil || got.GetQuery().GetQueryType() != "progress" || got.GetScheduledTime() != nil || got.GetStartedTime() != nil || got.GetHistory() == nil {
		t.Errorf("%v, %v", got, err)
	}
}

func TestCompletionCarriesEverything(t *testing.T) {
	w := newWorld(t)
	var got engine.WorkflowTaskAnswer
	w.engine.completeWorkflowTask = func(_ context.Context, a engine.WorkflowTaskAnswer) (engine.WorkflowTaskAccepted, error) {
		got = a
		return engine.WorkflowTaskAccepted{}, nil
	}
	sticky := &taskqueuepb.StickyExecutionAttributes{WorkerTaskQueue: &taskqueuepb.TaskQueue{Name: "me:sticky"}, ScheduleToStartTimeout: durationpb.New(5 * time.Second)}
	resp, err := w.workflows.RespondWorkflowTaskCompleted(t.Context(), &workflowservice.RespondWorkflowTaskCompletedRequest{
		Namespace:                  "bank",
		TaskToken:                  w.token(orchestration.WorkflowTask),
		Commands:                   []*commandpb.Command{{CommandType: enumspb.COMMAND_TYPE_START_TIMER}, {CommandType: 4242}}, // the state machine judges unknown ones
		Identity:                   "me",
		StickyAttributes:           sticky,
		ReturnNewWorkflowTask:      true,
		ForceCreateNewWorkflowTask: true,
		BinaryChecksum:             "sum",
		QueryResults:               map[string]*querypb.WorkflowQueryResult{"q1": {ResultType: enumspb.QUERY_RESULT_TYPE_ANSWERED, Answer: payloads(2)}},
		SdkMetadata:                &sdkpb.WorkflowTaskCompletedMetadata{SdkName: "tenuto-go"},
		MeteringMetadata:           &commonpb.MeteringMetadata{NonfirstLocalActivityExecutionAttempts: 1},
		WorkerVersionStamp:         &commonpb.WorkerVersionStamp{BuildId: "b"},
	})
	if err != nil || resp.GetWorkflowTask() != nil || len(resp.GetActivityTasks()) != 0 {
		t.Fatalf("%v, %v", resp, err)
	}
	a := got.Answer
	if got.Token.WorkflowID != "transfer-1" || got.Token.RunID != someRun || !got.ReturnNew || got.Queries["q1"].GetAnswer() == nil {
		t.Errorf("answer %+v", got)
	}
	if a.WorkflowTaskRef != (history.WorkflowTaskRef{ScheduledEventID: 5, StartedEventID: 6, Attempt: 2}) {
		t.Errorf("ref %+v", a.WorkflowTaskRef)
	}
	if len(a.Commands) != 2 || a.Identity != "me" || !proto.Equal(a.Sticky, sticky) || !a.ForceCreate || a.BinaryChecksum != "sum" ||
		a.SDKMetadata.GetSdkName() != "tenuto-go" || a.Metering.GetNonfirstLocalActivityExecutionAttempts() != 1 || a.Stamp.GetBuildId() != "b" {
		t.Errorf("completion %+v", a)
	}
}

func TestCompletionWithoutStickyQueue(t *testing.T) {
	w := newWorld(t)
	w.engine.completeWorkflowTask = func(_ context.Context, a engine.WorkflowTaskAnswer) (engine.WorkflowTaskAccepted, error) {
		if a.Answer.Sticky != nil {
			t.Errorf("sticky %v", a.Answer.Sticky)
		}
		return engine.WorkflowTaskAccepted{}, nil
	}
	for _, none := range []*taskqueuepb.StickyExecutionAttributes{nil, {}, {WorkerTaskQueue: &taskqueuepb.TaskQueue{}}} {
		_, err := w.workflows.RespondWorkflowTaskCompleted(t.Context(), &workflowservice.RespondWorkflowTaskCompletedRequest{
			Namespace: "bank", TaskToken: w.token(orchestration.WorkflowTask), StickyAttributes: none,
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func TestCompletionReturnsTasks(t *testing.T) {
	w := newWorld(t)
	w.engine.completeWorkflowTask = func(context.Context, engine.WorkflowTaskAnswer) (engine.WorkflowTaskAccepted, error) {
		return engine.WorkflowTaskAccepted{
			New:        &engine.WorkflowTask{Token: []byte("next")},
			Activities: []*engine.ActivityTask{{Token: []byte("eager"), Type: "Debit"}},
		}, nil
	}
	resp, err := w.workflows.RespondWorkflowTaskCompleted(t.Context(), &workflowservice.RespondWorkflowTaskCompletedRequest{
		Namespace: "bank", TaskToken: w.token(orchestration.WorkflowTask), ReturnNewWorkflowTask: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	if string(resp.GetWorkflowTask().GetTaskToken()) != "next" {
		t.Errorf("new task %v", resp.GetWorkflowTask())
	}
	if tasks := resp.GetActivityTasks(); len(tasks) != 1 || tasks[0].GetActivityType().GetName() != "Debit" || tasks[0].GetWorkflowNamespace() != "bank" {
		t.Errorf("eager activities %v", tasks)
	}
}

func TestCompletionWithATooLargeQueryAnswer(t *testing.T) {
	w := newWorld(t)
	var got map[string]*querypb.WorkflowQueryResult
	w.engine.completeWorkflowTask = func(_ context.Context, a engine.WorkflowTaskAnswer) (engine.WorkflowTaskAccepted, error) {
		got = a.Queries
		return engine.WorkflowTaskAccepted{}, nil
	}
	_, err := w.workflows.RespondWorkflowTaskCompleted(t.Context(), &workflowservice.RespondWorkflowTaskCompletedRequest{
		Namespace: "bank", TaskToken: w.token(orchestration.WorkflowTask),
		QueryResults: map[string]*querypb.WorkflowQueryResult{
			"big":   {ResultType: enumspb.QUERY_RESULT_TYPE_ANSWERED, Answer: payloads(orchestration.MaxPayloadSize)},
			"small": {ResultType: enumspb.QUERY_RESULT_TYPE_ANSWERED, Answer: payloads(1)},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if q := got["big"]; q.GetResultType() != enumspb.QUERY_RESULT_TYPE_FAILED || q.GetAnswer() != nil || !strings.Contains(q.GetErrorMessage(), "exceeds size limit") {
		t.Errorf("large answer became %v", q.GetErrorMessage())
	}
	if got["small"].GetResultType() != enumspb.QUERY_RESULT_TYPE_ANSWERED {
		t.Errorf("small answer became %v", got["small"])
	}
}

func TestBadCompletions(t *testing.T) {
	w := newWorld(t)
	for words, change := range map[string]func(*workflowservice.RespondWorkflowTaskCompletedRequest){
		"Identity length": func(r *workflowservice.RespondWorkflowTaskCompletedRequest) { r.Identity = strings.Repeat("i", 1001) },
		"BinaryChecksum": func(r *workflowservice.RespondWorkflowTaskCompletedRequest) {
			r.BinaryChecksum = strings.Repeat("i", 1001)
		},
		"ScheduleToStartTimeout": func(r *workflowservice.RespondWorkflowTaskCompletedRequest) {
			r.StickyAttributes = &taskqueuepb.StickyExecutionAttributes{WorkerTaskQueue: &taskqueuepb.TaskQueue{Name: "s"}, ScheduleToStartTimeout: durationpb.New(-1)}
		},
		"WorkerTaskQueue": func(r *workflowservice.RespondWorkflowTaskCompletedRequest) {
			r.StickyAttributes = &taskqueuepb.StickyExecutionAttributes{WorkerTaskQueue: &taskqueuepb.TaskQueue{Name: strings.Repeat("s", 1001)}}
		},
	} {
		r := &workflowservice.RespondWorkflowTaskCompletedRequest{Namespace: "bank", TaskToken: w.token(orchestration.WorkflowTask)}
		change(r)
		_, err := w.workflows.RespondWorkflowTaskCompleted(t.Context(), r)
		wantError[*serviceerror.InvalidArgument](t, err, words)
	}
}

func TestStaleWorkflowTaskIsNotFound(t *testing.T) {
	w := newWorld(t)
	stale := orchestration.Errorf(orchestration.NotFound, "Workflow task not found.")
	w.engine.completeWorkflowTask = func(context.Context, engine.WorkflowTaskAnswer) (engine.WorkflowTaskAccepted, error) {
		return engine.WorkflowTaskAccepted{}, stale
	}
	w.engine.failWorkflowTask = func(context.Context, orchestration.TaskToken, history.FailWorkflowTask) error { return stale }
	_, err := w.workflows.RespondWorkflowTaskCompleted(t.Context(), &workflowservice.RespondWorkflowTaskCompletedRequest{Namespace: "bank", TaskToken: w.token(orchestration.WorkflowTask)})
	wantError[*serviceerror.NotFound](t, err, "Workflow task not found.")
	_, err = w.workflows.RespondWorkflowTaskFailed(t.Context(), &workflowservice.RespondWorkflowTaskFailedRequest{Namespace: "bank", TaskToken: w.token(orchestration.WorkflowTask)})
	wantError[*serviceerror.NotFound](t, err, "Workflow task not found.")
}

func TestFailedWorkflowTask(t *testing.T) {
	w := newWorld(t)
	var got history.FailWorkflowTask
	w.engine.failWorkflowTask = func(_ context.Context, token orchestration.TaskToken, f history.FailWorkflowTask) error {
		if token.RunID != someRun {
			t.Errorf("token %+v", token)
		}
		got = f
		return nil
	}
	_, err := w.workflows.RespondWorkflowTaskFailed(t.Context(), &workflowservice.RespondWorkflowTaskFailedRequest{
		Namespace: "bank", TaskToken: w.token(orchestration.WorkflowTask), Identity: "me", BinaryChecksum: "sum",
		Cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR, Failure: &failurepb.Failure{Message: "panic", StackTrace: "stack"},
		WorkerVersion: &commonpb.WorkerVersionStamp{BuildId: "b"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got.Cause != enumspb.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR || got.Failure.GetStackTrace() != "stack" || got.Identity != "me" ||
		got.BinaryChecksum != "sum" || got.Stamp.GetBuildId() != "b" || got.StartedEventID != 6 {
		t.Errorf("%+v", got)
	}
}
