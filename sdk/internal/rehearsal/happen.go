package rehearsal

import (
	"slices"
	"strings"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
)

// Signal sends a signal.
func (s *Server) Signal(name string, input *commonpb.Payloads) {
	s.happen(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionSignaledEventAttributes{
			WorkflowExecutionSignaledEventAttributes: &historypb.WorkflowExecutionSignaledEventAttributes{SignalName: name, Input: input},
		},
	})
}

// Cancel asks for the workflow's cancellation.
func (s *Server) Cancel() {
	s.happen(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionCancelRequestedEventAttributes{
			WorkflowExecutionCancelRequestedEventAttributes: &historypb.WorkflowExecutionCancelRequestedEventAttributes{},
		},
	})
}

// CompleteActivity ends an open activity with a result.
func (s *Server) CompleteActivity(a *Activity, result *commonpb.Payloads) {
	s.endActivity(a, func(started int64) *historypb.HistoryEvent {
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
			Attributes: &historypb.HistoryEvent_ActivityTaskCompletedEventAttributes{
				ActivityTaskCompletedEventAttributes: &historypb.ActivityTaskCompletedEventAttributes{
					ScheduledEventId: a.ScheduledID, StartedEventId: started, Result: result, Identity: "actor",
				},
			},
		}
	})
}

// FailActivity ends an open activity with a failure.
func (s *Server) FailActivity(a *Activity, failure *failurepb.Failure) {
	s.endActivity(a, func(started int64) *historypb.HistoryEvent {
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_FAILED,
			Attributes: &historypb.HistoryEvent_ActivityTaskFailedEventAttributes{
				ActivityTaskFailedEventAttributes: &historypb.ActivityTaskFailedEventAttributes{
					ScheduledEventId: a.ScheduledID, StartedEventId: started, Failure: failure, Identity: "actor",
					RetryState: enumspb.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED,
				},
			},
		}
	})
}

// TimeOutActivity ends an open activity with its start-to-close timeout.
func (s *Server) TimeOutActivity(a *Activity) {
	s.endActivity(a, func(started int64) *historypb.HistoryEvent {
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT,
			Attributes: &historypb.HistoryEvent_ActivityTaskTimedOutEventAttributes{
				ActivityTaskTimedOutEventAttributes: &historypb.ActivityTaskTimedOutEventAttributes{
					ScheduledEventId: a.ScheduledID, StartedEventId: started, RetryState: enumspb.RETRY_STATE_TIMEOUT,
					Failure: &failurepb.Failure{
						Message: "activity StartToClose timeout",
						FailureInfo: &failurepb.Failure_TimeoutFailureInfo{
							TimeoutFailureInfo: &failurepb.TimeoutFailureInfo{TimeoutType: enumspb.TIMEOUT_TYPE_START_TO_CLOSE},
						},
					},
				},
			},
		}
	})
}

// CancelActivity ends an open activity that agreed to be cancelled.
func (s *Server) CancelActivity(a *Activity, details *commonpb.Payloads) {
	s.endActivity(a, func(started int64) *historypb.HistoryEvent {
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCELED,
			Attributes: &historypb.HistoryEvent_ActivityTaskCanceledEventAttributes{
				ActivityTaskCanceledEventAttributes: &historypb.ActivityTaskCanceledEventAttributes{
					ScheduledEventId: a.ScheduledID, StartedEventId: started, Details: details, Identity: "actor",
				},
			},
		}
	})
}

// endActivity writes Started and, right after it, the event that ends the activity.
func (s *Server) endActivity(a *Activity, end func(started int64) *historypb.HistoryEvent) {
	if a.closing {
		panic("rehearsal: the activity has ended")
	}
	a.closing = true
	s.happen(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED,
		Attributes: &historypb.HistoryEvent_ActivityTaskStartedEventAttributes{
			ActivityTaskStartedEventAttributes: &historypb.ActivityTaskStartedEventAttributes{ScheduledEventId: a.ScheduledID, Attempt: 1},
		},
	})
	s.happen(end(0))
	if s.started == 0 {
		delete(s.activities, a.ScheduledID)
	}
}

// Advance moves the time and fires the timers that become due, the earliest first.
func (s *Server) Advance(d time.Duration) {
	s.Now = s.Now.Add(d)
	for _, t := range s.due() {
		t.firing = true
		s.happen(&historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_TIMER_FIRED,
			Attributes: &historypb.HistoryEvent_TimerFiredEventAttributes{
				TimerFiredEventAttributes: &historypb.TimerFiredEventAttributes{TimerId: t.id, StartedEventId: t.started},
			},
		})
	}
}

func (s *Server) due() []*timer {
	var due []*timer
	for _, t := range s.timers {
		if !t.firing && !t.due.After(s.Now) {
			due = append(due, t)
		}
	}
	slices.SortFunc(due, func(a, b *timer) int {
		if c := a.due.Compare(b.due); c != 0 {
			return c
		}
		return strings.Compare(a.id, b.id)
	})
	return due
}

// UntilNextTimer returns the time until the earliest timer is due. It returns false if there is none.
func (s *Server) UntilNextTimer() (time.Duration, bool) {
	var earliest time.Time
	for _, t := range s.timers {
		if !t.firing && (earliest.IsZero() || t.due.Before(earliest)) {
			earliest = t.due
		}
	}
	return earliest.Sub(s.Now), !earliest.IsZero()
}
