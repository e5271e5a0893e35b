package machine

import (
	"fmt"
	"strconv"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	sdkpb "go.temporal.io/api/sdk/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"

	"github.com/tenuto-io/tenuto/sdk"
)

// ActivityRequest asks for an activity.
type ActivityRequest struct {
	// Attributes are sent as they are; an empty activity id and task queue are filled in. RequestEagerExecution means: allowed.
	Attributes *commandpb.ScheduleActivityTaskCommandAttributes
	Metadata   *sdkpb.UserMetadata
	// WaitForCancellation: a cancelled activity settles when it has ended, not at once.
	WaitForCancellation bool
	// Settle is called once.
	Settle func(*commonpb.Payloads, error)
}

// Activity is an activity that workflow code asked for.
type Activity struct {
	run     *Run
	request ActivityRequest
	// scheduledID is the id of its ActivityTaskScheduled, startedID that of its ActivityTaskStarted once it has ended.
	scheduledID int64
	startedID   int64
	// cancellation is the request to cancel it, nil before.
	cancellation *command
	settled      bool
}

// ScheduleActivity asks for an activity.
func (r *Run) ScheduleActivity(request ActivityRequest) *Activity {
	r.mutating("ExecuteActivity")
	attributes := request.Attributes
	if attributes.ActivityId == "" {
		attributes.ActivityId = strconv.FormatInt(r.nextEventID(), 10)
	}
	if attributes.TaskQueue.GetName() == "" {
		attributes.TaskQueue = &taskqueuepb.TaskQueue{Name: r.TaskQueue(), Kind: enumspb.TASK_QUEUE_KIND_NORMAL}
	}
	// On the workflow's own queue the activity belongs with the workflow's version of the code.
	attributes.UseWorkflowBuildId = attributes.TaskQueue.GetName() == r.TaskQueue()
	a := &Activity{run: r, request: request, scheduledID: r.nextEventID()}
	r.activities[a.scheduledID] = a
	r.request(&commandpb.Command{
		CommandType:  enumspb.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
		UserMetadata: request.Metadata,
		Attributes:   &commandpb.Command_ScheduleActivityTaskCommandAttributes{ScheduleActivityTaskCommandAttributes: attributes},
	})
	return a
}

// Cancel asks the server to cancel the activity. It does nothing the second time or after the end.
func (a *Activity) Cancel() {
	if a.settled || a.cancellation != nil {
		return
	}
	a.cancellation = a.run.request(&commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK,
		Attributes: &commandpb.Command_RequestCancelActivityTaskCommandAttributes{
			RequestCancelActivityTaskCommandAttributes: &commandpb.RequestCancelActivityTaskCommandAttributes{ScheduledEventId: a.scheduledID},
		},
	})
	if !a.request.WaitForCancellation {
		a.settle(nil, sdk.NewCanceledError())
	}
}

func (a *Activity) settle(result *commonpb.Payloads, err error) {
	if !a.settled {
		a.settled = true
		a.request.Settle(result, err)
	}
}

// fail settles the activity with an error that says which activity it was.
func (a *Activity) fail(cause error, identity string, retryState enumspb.RetryState) {
	attributes := a.request.Attributes
	a.settle(nil, &sdk.ActivityError{
		Message:          "activity error",
		ActivityType:     attributes.GetActivityType().GetName(),
		ActivityID:       attributes.GetActivityId(),
		ScheduledEventID: a.scheduledID,
		StartedEventID:   a.startedID,
		Identity:         identity,
		RetryState:       retryState,
		Cause:            cause,
	})
}

// closeActivity returns the activity that an event ends. Each ends once.
func (r *Run) closeActivity(event *historypb.HistoryEvent, scheduledID, startedID int64) (*Activity, error) {
	a := r.activities[scheduledID]
	if a == nil {
		return nil, fmt.Errorf("event %d (%s) ends the activity of event %d, which is not open",
			event.EventId, event.EventType, scheduledID)
	}
	delete(r.activities, scheduledID)
	r.withdraw(a.cancellation)
	a.startedID = startedID
	return a, nil
}

func (r *Run) activityCompleted(event *historypb.HistoryEvent) error {
	e := event.GetActivityTaskCompletedEventAttributes()
	a, err := r.closeActivity(event, e.GetScheduledEventId(), e.GetStartedEventId())
	if err == nil {
		r.hold(e.GetResult())
		a.settle(e.GetResult(), nil)
	}
	return err
}

func (r *Run) activityFailed(event *historypb.HistoryEvent) error {
	e := event.GetActivityTaskFailedEventAttributes()
	a, err := r.closeActivity(event, e.GetScheduledEventId(), e.GetStartedEventId())
	if err == nil {
		a.fail(r.failure(e.GetFailure()), e.GetIdentity(), e.GetRetryState())
	}
	return err
}

func (r *Run) activityTimedOut(event *historypb.HistoryEvent) error {
	e := event.GetActivityTaskTimedOutEventAttributes()
	a, err := r.closeActivity(event, e.GetScheduledEventId(), e.GetStartedEventId())
	if err == nil {
		a.fail(r.failure(e.GetFailure()), "", e.GetRetryState())
	}
	return err
}

func (r *Run) activityCanceled(event *historypb.HistoryEvent) error {
	e := event.GetActivityTaskCanceledEventAttributes()
	a, err := r.closeActivity(event, e.GetScheduledEventId(), e.GetStartedEventId())
	if err == nil {
		canceled := sdk.NewCanceledError()
		canceled.Details = sdk.ReceivedDetails(e.GetDetails(), r.config.Data)
		a.fail(canceled, e.GetIdentity(), enumspb.RETRY_STATE_UNSPECIFIED)
	}
	return err
}

func (r *Run) failure(failure *failurepb.Failure) error {
	if failure == nil {
		failure = &failurepb.Failure{Message: "the server gave no reason"}
	}
	return r.config.Failures.FailureToError(failure)
}
