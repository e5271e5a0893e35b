package console

import (
	"context"
	"strconv"
	"strings"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// fakeRuns answers with what a test put in, and remembers what it was asked. What changes a run succeeds.
type fakeRuns struct {
	describe *workflowservice.DescribeWorkflowExecutionResponse
	history  []*historypb.HistoryEvent
	waited   func(token []byte) []*historypb.HistoryEvent // answers who waits for new events
	length   int64                                        // with it, the history is one of so many events instead, made up
	broken   int64                                        // the event that cannot be read; 0: all can
	answer   *workflowservice.QueryWorkflowResponse
	outcome  *workflowservice.UpdateWorkflowExecutionResponse
	err      error  // of everything
	missing  string // the workflow that is not there
	refusal  error  // of what changes a run

	described *workflowservice.DescribeWorkflowExecutionRequest
	read      *workflowservice.GetWorkflowExecutionHistoryRequest
	did       []proto.Message
}

func (f *fakeRuns) DescribeWorkflowExecution(_ context.Context, r *workflowservice.DescribeWorkflowExecutionRequest) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	f.described = r
	if f.err != nil {
		return nil, f.err
	}
	if id := r.GetExecution().GetWorkflowId(); id == f.missing && id != "" {
		return nil, orchestration.Errorf(orchestration.NotFound, "workflow %s is not found", id)
	}
	if f.describe != nil {
		return f.describe, nil
	}
	return &workflowservice.DescribeWorkflowExecutionResponse{WorkflowExecutionInfo: runInfo(r.GetExecution().GetWorkflowId(), enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING)}, nil
}

func (f *fakeRuns) GetWorkflowExecutionHistory(ctx context.Context, r *workflowservice.GetWorkflowExecutionHistoryRequest) (*workflowservice.GetWorkflowExecutionHistoryResponse, error) {
	if r.GetWaitNewEvent() {
		if f.waited == nil {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return &workflowservice.GetWorkflowExecutionHistoryResponse{History: &historypb.History{Events: f.waited(r.GetNextPageToken())}}, nil
	}
	f.read = r
	if f.length > 0 {
		return f.long(r)
	}
	return &workflowservice.GetWorkflowExecutionHistoryResponse{History: &historypb.History{Events: f.history}}, f.err
}

// long answers with events that are made up: each third one begins an activity, which the next ones start and complete.
func (f *fakeRuns) long(r *workflowservice.GetWorkflowExecutionHistoryRequest) (*workflowservice.GetWorkflowExecutionHistoryResponse, error) {
	run, err := orchestration.ParseRunID(someRun)
	if err != nil {
		return nil, err
	}
	for from := int64(1); from <= f.length; from++ {
		if string(engine.PageFrom(run, from)) != string(r.GetNextPageToken()) {
			continue
		}
		answer := &workflowservice.GetWorkflowExecutionHistoryResponse{History: &historypb.History{}}
		for id := from; id <= f.length && id < from+int64(r.GetMaximumPageSize()); id++ {
			if id == f.broken {
				return nil, orchestration.Errorf(orchestration.Unavailable, "event %d cannot be read now", id)
			}
			answer.History.Events = append(answer.History.Events, activityEvent(id))
		}
		return answer, nil
	}
	return nil, orchestration.Errorf(orchestration.InvalidArgument, "there is no such page")
}

func activityID(id int64) string { return strconv.FormatInt(id, 10) }

func activityEvent(id int64) *historypb.HistoryEvent {
	e := &historypb.HistoryEvent{EventId: id, EventTime: timestamppb.New(noon.Add(time.Duration(id) * time.Second))}
	input := &commonpb.Payloads{Payloads: []*commonpb.Payload{{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(`{"account":"` + strings.Repeat("<", 800) + `"}`)}}}
	switch id % 3 {
	case 0:
		e.EventType = enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
		e.Attributes = &historypb.HistoryEvent_ActivityTaskScheduledEventAttributes{ActivityTaskScheduledEventAttributes: &historypb.ActivityTaskScheduledEventAttributes{
			ActivityId: activityID(id), ActivityType: &commonpb.ActivityType{Name: "Charge"}, Input: input,
		}}
	case 1:
		e.EventType = enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED
		e.Attributes = &historypb.HistoryEvent_ActivityTaskStartedEventAttributes{ActivityTaskStartedEventAttributes: &historypb.ActivityTaskStartedEventAttributes{ScheduledEventId: id - 1, Attempt: 2}}
	default:
		e.EventType = enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED
		e.Attributes = &historypb.HistoryEvent_ActivityTaskCompletedEventAttributes{ActivityTaskCompletedEventAttributes: &historypb.ActivityTaskCompletedEventAttributes{ScheduledEventId: id - 2, Result: input}}
	}
	return e
}

func (f *fakeRuns) QueryWorkflow(_ context.Context, r *workflowservice.QueryWorkflowRequest) (*workflowservice.QueryWorkflowResponse, error) {
	f.did = append(f.did, r)
	return f.answer, f.refusal
}

func (f *fakeRuns) UpdateWorkflowExecution(_ context.Context, r *workflowservice.UpdateWorkflowExecutionRequest) (*workflowservice.UpdateWorkflowExecutionResponse, error) {
	f.did = append(f.did, r)
	if f.outcome != nil {
		return f.outcome, f.refusal
	}
	return &workflowservice.UpdateWorkflowExecutionResponse{Stage: enumspb.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED}, f.refusal
}

// done answers a change of a run.
func done[R any](f *fakeRuns, r proto.Message) (*R, error) {
	f.did = append(f.did, r)
	return new(R), f.refusal
}

func (f *fakeRuns) StartWorkflowExecution(_ context.Context, r *workflowservice.StartWorkflowExecutionRequest) (*workflowservice.StartWorkflowExecutionResponse, error) {
	f.did = append(f.did, r)
	return &workflowservice.StartWorkflowExecutionResponse{RunId: someRun}, f.refusal
}

func (f *fakeRuns) SignalWorkflowExecution(_ context.Context, r *workflowservice.SignalWorkflowExecutionRequest) (*workflowservice.SignalWorkflowExecutionResponse, error) {
	return done[workflowservice.SignalWorkflowExecutionResponse](f, r)
}

func (f *fakeRuns) RequestCancelWorkflowExecution(_ context.Context, r *workflowservice.RequestCancelWorkflowExecutionRequest) (*workflowservice.RequestCancelWorkflowExecutionResponse, error) {
	return done[workflowservice.RequestCancelWorkflowExecutionResponse](f, r)
}

func (f *fakeRuns) TerminateWorkflowExecution(_ context.Context, r *workflowservice.TerminateWorkflowExecutionRequest) (*workflowservice.TerminateWorkflowExecutionResponse, error) {
	return done[workflowservice.TerminateWorkflowExecutionResponse](f, r)
}

func (f *fakeRuns) ResetWorkflowExecution(_ context.Context, r *workflowservice.ResetWorkflowExecutionRequest) (*workflowservice.ResetWorkflowExecutionResponse, error) {
	f.did = append(f.did, r)
	return &workflowservice.ResetWorkflowExecutionResponse{RunId: someRun}, f.refusal
}

func (f *fakeRuns) PauseActivity(_ context.Context, r *workflowservice.PauseActivityRequest) (*workflowservice.PauseActivityResponse, error) {
	return done[workflowservice.PauseActivityResponse](f, r)
}

func (f *fakeRuns) UpdateActivityOptions(_ context.Context, r *workflowservice.UpdateActivityOptionsRequest) (*workflowservice.UpdateActivityOptionsResponse, error) {
	return done[workflowservice.UpdateActivityOptionsResponse](f, r)
}

func (f *fakeRuns) UnpauseActivity(_ context.Context, r *workflowservice.UnpauseActivityRequest) (*workflowservice.UnpauseActivityResponse, error) {
	return done[workflowservice.UnpauseActivityResponse](f, r)
}

func (f *fakeRuns) StartBatchOperation(_ context.Context, r *workflowservice.StartBatchOperationRequest) (*workflowservice.StartBatchOperationResponse, error) {
	f.did = append(f.did, r)
	return &workflowservice.StartBatchOperationResponse{}, f.refusal
}

func (f *fakeRuns) ResetActivity(_ context.Context, r *workflowservice.ResetActivityRequest) (*workflowservice.ResetActivityResponse, error) {
	return done[workflowservice.ResetActivityResponse](f, r)
}
