package history

import (
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// closeActivity records the closing event, with the Started event of the worker that has the activity (nil: none has). While it is
// buffered, the activity is closed for everyone but the events.
func (s *step) closeActivity(a *activity, ev, started *historypb.HistoryEvent) {
	if a.ready() {
		s.drop(a.task())
	}
	if s.holding || s.run.Header.Task.started() {
		a.Attempt.Closing = true
		delete(s.run.activityIDs, a.ID)
		s.run.touchActivity(a.ScheduledEventID)
	}
	s.emitWith(ev, started)
}

// CompleteActivity records a result. By activity id, an activity can be completed also when no worker has it. Errors: NotFound.
func (r *Run) CompleteActivity(ref ActivityRef, result *commonpb.Payloads, identity string, now time.Time) (Transition, error) {
	a, err := r.findActivity(ref)
	if err != nil {
		return Transition{}, err
	}
	if !a.started() && ref.ScheduledEventID != 0 {
		return Transition{}, errNoActivity()
	}
	s := r.begin(now)
	started := a.startedEvent()
	if !a.started() {
		started.EventTime = nil
		started.GetActivityTaskStartedEventAttributes().Identity = identity
	}
	s.closeActivity(a, &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
		Attributes: &historypb.HistoryEvent_ActivityTaskCompletedEventAttributes{
			ActivityTaskCompletedEventAttributes: &historypb.ActivityTaskCompletedEventAttributes{
				Result:           result,
				ScheduledEventId: a.ScheduledEventID,
				Identity:         identity,
			},
		},
	}, started)
	return s.finish(), nil
}

// FailActivity records a failure: a retry is scheduled as the policy says, or the activity closes. lastHeartbeat, when set, is kept first. Errors: NotFound.
func (r *Run) FailActivity(ref ActivityRef, failure *failurepb.Failure, lastHeartbeat *commonpb.Payloads, identity string, now time.Time) (Transition, error) {
	a, err := r.startedActivity(ref)
	if err != nil {
		return Transition{}, err
	}
	s := r.begin(now)
	if lastHeartbeat != nil {
		a.Attempt.Heartbeat = payloads{lastHeartbeat}
	}
	state, pause := a.decideRetry(failure, s.now)
	if state == enumspb.RETRY_STATE_IN_PROGRESS {
		s.retryActivity(a, failure, pause)
		return s.finish(), nil
	}
	s.closeActivity(a, &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_FAILED,
		Attributes: &historypb.HistoryEvent_ActivityTaskFailedEventAttributes{
			ActivityTaskFailedEventAttributes: &historypb.ActivityTaskFailedEventAttributes{
				Failure:          failure,
				ScheduledEventId: a.ScheduledEventID,
				Identity:         identity,
				RetryState:       state,
			},
		},
	}, a.startedEvent())
	return s.finish(), nil
}

// CancelActivity records that the activity gave way to a cancellation. Errors: NotFound, InvalidArgument when no cancellation was requested.
func (r *Run) CancelActivity(ref ActivityRef, details *commonpb.Payloads, identity string, now time.Time) (Transition, error) {
	a, err := r.startedActivity(ref)
	if err != nil {
		return Transition{}, err
	}
	if a.CancelEventID == 0 {
		return Transition{}, orchestration.Errorf(orchestration.InvalidArgument, "Cancellation of activity %q was not requested.", a.ID)
	}
	s := r.begin(now)
	s.closeActivity(a, activityCanceled(a, details, identity), a.startedEvent())
	return s.finish(), nil
}

// activityCanceled is the event ActivityTaskCanceled, without the Started id.
func activityCanceled(a *activity, details *commonpb.Payloads, identity string) *historypb.HistoryEvent {
	return &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCELED,
		Attributes: &historypb.HistoryEvent_ActivityTaskCanceledEventAttributes{
			ActivityTaskCanceledEventAttributes: &historypb.ActivityTaskCanceledEventAttributes{
				Details:                      details,
				LatestCancelRequestedEventId: a.CancelEventID,
				ScheduledEventId:             a.ScheduledEventID,
				Identity:                     identity,
			},
		},
	}
}

// Heartbeat records liveness and details, which the next attempt gets. Errors: NotFound.
func (r *Run) Heartbeat(ref ActivityRef, details *commonpb.Payloads, _ string, now time.Time) (Transition, HeartbeatAnswer, error) {
	a, err := r.startedActivity(ref)
	if err != nil {
		return Transition{}, HeartbeatAnswer{}, err
	}
	s := r.begin(now)
	a.Attempt.HeartbeatTime = instantOf(s.now)
	a.Attempt.Heartbeat = payloads{details}
	r.touchActivity(a.ScheduledEventID)
	s.out.Changed = true
	return s.finish(), HeartbeatAnswer{CancelRequested: a.CancelEventID != 0, Paused: a.paused(), Reset: a.Attempt.Reset&tellWorker != 0}, nil
}
