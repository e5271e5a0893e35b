package wiretest

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// activity is a pending activity of a workflow.
type activity struct {
	r         *run
	scheduled *historypb.HistoryEvent
	token     string // of the current attempt, empty while it waits
	attempt   int32
	heartbeat *commonpb.Payloads
	cancel    bool
}

func (a *activity) attributes() *historypb.ActivityTaskScheduledEventAttributes {
	return a.scheduled.GetActivityTaskScheduledEventAttributes()
}

func (r *run) scheduleActivity(c *commandpb.ScheduleActivityTaskCommandAttributes, task int64) {
	a := &activity{r: r, scheduled: r.add(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
		Attributes: &historypb.HistoryEvent_ActivityTaskScheduledEventAttributes{
			ActivityTaskScheduledEventAttributes: &historypb.ActivityTaskScheduledEventAttributes{
				ActivityId: c.GetActivityId(), ActivityType: c.GetActivityType(), TaskQueue: c.GetTaskQueue(),
				Header: c.GetHeader(), Input: c.GetInput(), RetryPolicy: c.GetRetryPolicy(),
				ScheduleToCloseTimeout: c.GetScheduleToCloseTimeout(), ScheduleToStartTimeout: c.GetScheduleToStartTimeout(),
				StartToCloseTimeout: c.GetStartToCloseTimeout(), HeartbeatTimeout: c.GetHeartbeatTimeout(),
				WorkflowTaskCompletedEventId: task,
			},
		},
	})}
	r.activities[a.scheduled.GetEventId()] = a
	r.e.activities = append(r.e.activities, a)
}

// cancelActivity asks a running activity to stop, and ends one that waits.
func (r *run) cancelActivity(scheduled, task int64) {
	a := r.activities[scheduled]
	if a == nil {
		return
	}
	requested := r.add(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED,
		Attributes: &historypb.HistoryEvent_ActivityTaskCancelRequestedEventAttributes{
			ActivityTaskCancelRequestedEventAttributes: &historypb.ActivityTaskCancelRequestedEventAttributes{
				ScheduledEventId: scheduled, WorkflowTaskCompletedEventId: task,
			},
		},
	})
	a.cancel = true
	if a.token == "" {
		r.e.activities = slices.DeleteFunc(r.e.activities, func(b *activity) bool { return b == a })
		a.end(canceledEvent(a, requested.GetEventId(), nil))
	}
}

// PollActivityTaskQueue waits for an activity.
func (e *Engine) PollActivityTaskQueue(
	ctx context.Context, request *workflowservice.PollActivityTaskQueueRequest,
) (*workflowservice.PollActivityTaskQueueResponse, error) {
	task := &workflowservice.PollActivityTaskQueueResponse{}
	err := e.wait(ctx, func() bool {
		if e.stopped[request.GetWorkerInstanceKey()] {
			return true
		}
		for i, a := range e.activities {
			if a.attributes().GetTaskQueue().GetName() == request.GetTaskQueue().GetName() {
				e.activities = slices.Delete(e.activities, i, i+1)
				task = a.startAttempt()
				return true
			}
		}
		return false
	})
	return task, err
}

func (a *activity) startAttempt() *workflowservice.PollActivityTaskQueueResponse {
	a.attempt++
	// The token names the activity, and is good for this attempt only.
	a.token = fmt.Sprintf("%s\x00%d\x00%s", a.r.id.GetWorkflowId(), a.scheduled.GetEventId(), uuid.NewString())
	now := timestamppb.Now()
	s := a.attributes()
	return &workflowservice.PollActivityTaskQueueResponse{
		TaskToken: []byte(a.token), WorkflowExecution: a.r.id, WorkflowType: a.r.start.GetWorkflowType(),
		ActivityId: s.GetActivityId(), ActivityType: s.GetActivityType(), Input: s.GetInput(), Header: s.GetHeader(),
		Attempt: a.attempt, HeartbeatDetails: a.heartbeat, RetryPolicy: s.GetRetryPolicy(),
		ScheduledTime: a.scheduled.GetEventTime(), CurrentAttemptScheduledTime: now, StartedTime: now,
		ScheduleToCloseTimeout: s.GetScheduleToCloseTimeout(), StartToCloseTimeout: s.GetStartToCloseTimeout(),
		HeartbeatTimeout: s.GetHeartbeatTimeout(), WorkflowNamespace: a.r.start.GetNamespace(),
	}
}

// attemptOf returns the activity whose current attempt has the token. The lock is held.
func (e *Engine) attemptOf(token []byte) (*activity, error) {
	for _, r := range e.runs {
		for _, a := range r.activities {
			if !r.closed && a.token == string(token) {
				return a, nil
			}
		}
	}
	return nil, serviceerror.NewNotFound("no such activity")
}

// end adds the events of the last attempt and of the outcome.
func (a *activity) end(outcome *historypb.HistoryEvent) {
	delete(a.r.activities, a.scheduled.GetEventId())
	if a.attempt == 0 {
		a.r.happened(outcome)
		return
	}
	a.r.happened(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED,
		Attributes: &historypb.HistoryEvent_ActivityTaskStartedEventAttributes{
			ActivityTaskStartedEventAttributes: &historypb.ActivityTaskStartedEventAttributes{
				ScheduledEventId: a.scheduled.GetEventId(), Attempt: a.attempt,
			},
		},
	}, outcome)
}

// RespondActivityTaskCompleted ends an activity.
func (e *Engine) RespondActivityTaskCompleted(
	_ context.Context, request *workflowservice.RespondActivityTaskCompletedRequest,
) (*workflowservice.RespondActivityTaskCompletedResponse, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a, err := e.attemptOf(request.GetTaskToken())
	if err != nil {
		return nil, err
	}
	a.end(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
		Attributes: &historypb.HistoryEvent_ActivityTaskCompletedEventAttributes{
			ActivityTaskCompletedEventAttributes: &historypb.ActivityTaskCompletedEventAttributes{
				Result: request.GetResult(), ScheduledEventId: a.scheduled.GetEventId(), Identity: request.GetIdentity(),
			},
		},
	})
	return &workflowservice.RespondActivityTaskCompletedResponse{}, nil
}

// RespondActivityTaskFailed ends an activity or tries it again at once.
func (e *Engine) RespondActivityTaskFailed(
	_ context.Context, request *workflowservice.RespondActivityTaskFailedRequest,
) (*workflowservice.RespondActivityTaskFailedResponse, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a, err := e.attemptOf(request.GetTaskToken())
	if err != nil {
		return nil, err
	}
	state := a.retryState(request.GetFailure())
	if state == enumspb.RETRY_STATE_IN_PROGRESS {
		if request.GetLastHeartbeatDetails() != nil {
			a.heartbeat = request.GetLastHeartbeatDetails()
		}
		a.token = ""
		e.activities = append(e.activities, a)
		e.touch()
		return &workflowservice.RespondActivityTaskFailedResponse{}, nil
	}
	a.end(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_FAILED,
		Attributes: &historypb.HistoryEvent_ActivityTaskFailedEventAttributes{
			ActivityTaskFailedEventAttributes: &historypb.ActivityTaskFailedEventAttributes{
				Failure: request.GetFailure(), ScheduledEventId: a.scheduled.GetEventId(), RetryState: state,
			},
		},
	})
	return &workflowservice.RespondActivityTaskFailedResponse{}, nil
}

func (a *activity) retryState(failure *failurepb.Failure) enumspb.RetryState {
	policy, info := a.attributes().GetRetryPolicy(), failure.GetApplicationFailureInfo()
	switch {
	case info.GetNonRetryable() || slices.Contains(policy.GetNonRetryableErrorTypes(), info.GetType()):
		return enumspb.RETRY_STATE_NON_RETRYABLE_FAILURE
	case a.cancel:
		return enumspb.RETRY_STATE_CANCEL_REQUESTED
	case policy.GetMaximumAttempts() > 0 && a.attempt >= policy.GetMaximumAttempts():
		return enumspb.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED
	default:
		return enumspb.RETRY_STATE_IN_PROGRESS
	}
}

// RespondActivityTaskCanceled ends an activity.
func (e *Engine) RespondActivityTaskCanceled(
	_ context.Context, request *workflowservice.RespondActivityTaskCanceledRequest,
) (*workflowservice.RespondActivityTaskCanceledResponse, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a, err := e.attemptOf(request.GetTaskToken())
	if err != nil {
		return nil, err
	}
	a.end(canceledEvent(a, 0, request.GetDetails()))
	return &workflowservice.RespondActivityTaskCanceledResponse{}, nil
}

func canceledEvent(a *activity, requested int64, details *commonpb.Payloads) *historypb.HistoryEvent {
	return &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCELED,
		Attributes: &historypb.HistoryEvent_ActivityTaskCanceledEventAttributes{
			ActivityTaskCanceledEventAttributes: &historypb.ActivityTaskCanceledEventAttributes{
				Details: details, ScheduledEventId: a.scheduled.GetEventId(), LatestCancelRequestedEventId: requested,
			},
		},
	}
}

// RecordActivityTaskHeartbeat keeps the details and tells of a cancellation.
func (e *Engine) RecordActivityTaskHeartbeat(
	_ context.Context, request *workflowservice.RecordActivityTaskHeartbeatRequest,
) (*workflowservice.RecordActivityTaskHeartbeatResponse, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a, err := e.attemptOf(request.GetTaskToken())
	if err != nil {
		return nil, err
	}
	a.heartbeat = request.GetDetails()
	return &workflowservice.RecordActivityTaskHeartbeatResponse{CancelRequested: a.cancel}, nil
}
