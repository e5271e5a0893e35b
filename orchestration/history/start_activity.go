package history

import (
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
)

// errNoActivity answers a claim on an activity that the state does not know.
func errNoActivity() error {
	return orchestration.Errorf(orchestration.NotFound, "invalid activityID or activity already timed out or invoking workflow is completed")
}

// StartActivity starts a scheduled activity. No event: Started is written when the activity closes. The same poll request id gets the
// same answer again. Errors: NotFound.
func (r *Run) StartActivity(t Task, p Poller, now time.Time) (Transition, StartedActivity, error) {
	if err := r.open(); err != nil {
		return Transition{}, StartedActivity{}, err
	}
	a := r.activities[t.ScheduledEventID]
	if a == nil || a.Attempt.Number != t.Attempt || a.Attempt.Closing || a.Attempt.Waiting || a.paused() && !a.started() {
		return Transition{}, StartedActivity{}, errNoActivity()
	}
	if a.started() {
		if p.RequestID != "" && p.RequestID == a.Attempt.RequestID {
			return Transition{}, a.startedTask(), nil
		}
		return Transition{}, StartedActivity{}, errNoActivity()
	}
	if a.Queue != t.Queue { // an operator has moved it, and the reference is of before
		return Transition{}, StartedActivity{}, errNoActivity()
	}
	s := r.begin(now)
	s.drop(a.task())
	a.Attempt.StartedTime = max(instantOf(s.now), a.Attempt.ScheduledTime)
	a.Attempt.Identity, a.Attempt.RequestID, a.Attempt.Stamp = p.Identity, p.RequestID, versionStamp{p.Stamp}
	a.Attempt.Backlog = 0
	r.touchActivity(a.ScheduledEventID)
	s.countAttempt(1)
	return s.finish(), a.startedTask(), nil
}

// startedTask is what the worker that has the activity is told.
func (a *activity) startedTask() StartedActivity {
	return StartedActivity{
		ScheduledEventID:     a.ScheduledEventID,
		ActivityID:           a.ID,
		Attempt:              a.Attempt.Number,
		AttemptCount:         a.Attempt.count(),
		ScheduledTime:        a.ScheduledTime.time(),
		AttemptScheduledTime: a.Attempt.ScheduledTime.time(),
		StartedTime:          a.Attempt.StartedTime.time(),
		HeartbeatDetails:     a.Attempt.Heartbeat.msg,
		RetryPolicy:          a.Retry.msg,
		ScheduleToClose:      a.ScheduleToClose,
		StartToClose:         a.StartToClose,
		HeartbeatTimeout:     a.HeartbeatTimeout,
		Priority:             a.Priority.msg,
	}
}

// UnstartActivity takes a start back that never reached its worker: same attempt, dispatchable again unless it is paused. If a cancellation was requested
// meanwhile, the activity is canceled instead. Errors: NotFound.
func (r *Run) UnstartActivity(ref ActivityRef, now time.Time) (Transition, error) {
	a, err := r.startedActivity(ref)
	if err != nil {
		return Transition{}, err
	}
	s := r.begin(now)
	s.countAttempt(-1)
	if a.CancelEventID != 0 {
		s.closeActivity(a, activityCanceled(a, nil, serverIdentity), nil)
		return s.finish(), nil
	}
	at := &a.Attempt
	at.StartedTime, at.HeartbeatTime, at.Identity, at.RequestID, at.Stamp = 0, 0, "", "", versionStamp{}
	at.ReadyAt = instantOf(s.now)
	s.settleReset(a)
	r.touchActivity(a.ScheduledEventID)
	s.out.Changed = true
	if a.ready() {
		s.ready(a.task())
	}
	return s.finish(), nil
}

// ActivityOf is the attempt of an activity that a worker has, if it was the poll with this request id that started it.
func (r *Run) ActivityOf(scheduled orchestration.EventID, requestID string) (ref ActivityRef, ok bool) {
	a := r.activities[scheduled]
	if r.open() != nil || a == nil || !a.started() || a.Attempt.Closing || requestID == "" || a.Attempt.RequestID != requestID {
		return ActivityRef{}, false
	}
	return ActivityRef{ScheduledEventID: scheduled, Attempt: a.Attempt.Number}, true
}

// findActivity finds the open activity that a worker speaks of.
func (r *Run) findActivity(ref ActivityRef) (*activity, error) {
	if err := r.open(); err != nil {
		return nil, err
	}
	a := r.activities[ref.ScheduledEventID]
	if ref.ScheduledEventID == 0 {
		a = r.activity(ref.ActivityID)
	} else if a != nil && a.Attempt.Number != ref.Attempt {
		a = nil
	}
	if a == nil || a.Attempt.Closing {
		return nil, errNoActivity()
	}
	return a, nil
}

// startedActivity is findActivity of one that a worker has.
func (r *Run) startedActivity(ref ActivityRef) (*activity, error) {
	a, err := r.findActivity(ref)
	if err == nil && !a.started() {
		return nil, errNoActivity()
	}
	return a, err
}

// startedEvent is ActivityTaskStarted of the attempt that a worker has; it is written just before the activity's closing event, with the
// time at which the attempt really started.
func (a *activity) startedEvent() *historypb.HistoryEvent {
	return &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED,
		EventTime: timestamppb.New(a.Attempt.StartedTime.time()),
		Attributes: &historypb.HistoryEvent_ActivityTaskStartedEventAttributes{
			ActivityTaskStartedEventAttributes: &historypb.ActivityTaskStartedEventAttributes{
				ScheduledEventId: a.ScheduledEventID,
				Identity:         a.Attempt.Identity,
				RequestId:        a.Attempt.RequestID,
				Attempt:          a.Attempt.count(),
				LastFailure:      a.Attempt.LastFailure.msg,
				WorkerVersion:    a.Attempt.Stamp.msg,
			},
		},
	}
}
