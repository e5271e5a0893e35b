package history

import (
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
)

// timeOutActivity is the end of an attempt that took too long: the activity is retried, or closes. Start-to-close and heartbeat timeouts
// are retried as the policy says, the two that count the wait for a worker or the whole activity are not.
func (s *step) timeOutActivity(a *activity, t enumspb.TimeoutType) {
	f := timeoutFailure(a, t)
	state, pause := a.decideRetry(f, s.now)
	if state == enumspb.RETRY_STATE_IN_PROGRESS {
		s.retryActivity(a, f, pause)
		return
	}
	f.Cause = a.Attempt.LastFailure.msg
	if state == enumspb.RETRY_STATE_TIMEOUT && !countsWait(t) {
		f = outOfTime(a, f)
	}
	var started *historypb.HistoryEvent
	if a.started() {
		started = a.startedEvent()
	}
	s.closeActivity(a, &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT,
		Attributes: &historypb.HistoryEvent_ActivityTaskTimedOutEventAttributes{
			ActivityTaskTimedOutEventAttributes: &historypb.ActivityTaskTimedOutEventAttributes{
				Failure:          f,
				ScheduledEventId: a.ScheduledEventID,
				RetryState:       state,
			},
		},
	}, started)
}

// timeoutFailure is what workflow code sees of a timeout.
func timeoutFailure(a *activity, t enumspb.TimeoutType) *failurepb.Failure {
	return &failurepb.Failure{
		Message: "activity " + t.String() + " timeout",
		Source:  failureSource,
		FailureInfo: &failurepb.Failure_TimeoutFailureInfo{
			TimeoutFailureInfo: &failurepb.TimeoutFailureInfo{TimeoutType: t, LastHeartbeatDetails: a.Attempt.Heartbeat.msg},
		},
	}
}

// outOfTime is the failure of an activity whose next attempt would begin only after its schedule-to-close timeout: it ends now, because of
// that timeout, and the attempt's own is the cause.
func outOfTime(a *activity, last *failurepb.Failure) *failurepb.Failure {
	f := timeoutFailure(a, enumspb.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE)
	f.Message = "no time for another attempt before the activity ScheduleToClose timeout"
	f.Cause = last
	return f
}

// deadline is when the activity's next time-out strikes, and which; unset: never. A paused one is in no queue: its wait for a worker does not count.
func (a *activity) deadline() (instant, enumspb.TimeoutType) {
	if a.Attempt.Closing {
		return 0, 0
	}
	at, kind := a.expires(), enumspb.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE
	sooner := func(when instant, t enumspb.TimeoutType) {
		if when != 0 && (at == 0 || when < at) {
			at, kind = when, t
		}
	}
	if !a.started() {
		if !a.paused() {
			sooner(a.readyAt().add(a.ScheduleToStart), enumspb.TIMEOUT_TYPE_SCHEDULE_TO_START)
		}
		return at, kind
	}
	sooner(a.Attempt.StartedTime.add(a.StartToClose), enumspb.TIMEOUT_TYPE_START_TO_CLOSE)
	heard := max(a.Attempt.StartedTime, a.Attempt.HeartbeatTime, a.grace)
	sooner(heard.add(a.HeartbeatTimeout), enumspb.TIMEOUT_TYPE_HEARTBEAT)
	return at, kind
}
