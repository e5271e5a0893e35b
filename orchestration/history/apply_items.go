package history

import (
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

func (r *Run) applyTaskScheduled(ev *historypb.HistoryEvent) {
	a := ev.GetWorkflowTaskScheduledEventAttributes()
	at := instantOf(ev.EventTime.AsTime())
	r.Header.FirstTaskDue = 0
	r.Header.Task = &WorkflowTask{
		ScheduledEventID: ev.EventId,
		Attempt:          a.Attempt,
		ScheduledTime:    at,
		Original:         at,
		ReadyAt:          at,
		Timeout:          a.StartToCloseTimeout.AsDuration(),
	}
}

func (r *Run) applyActivityScheduled(ev *historypb.HistoryEvent) {
	a := ev.GetActivityTaskScheduledEventAttributes()
	at := instantOf(ev.EventTime.AsTime())
	r.activities[ev.EventId] = &activity{
		ScheduledEventID: ev.EventId,
		ID:               a.ActivityId,
		Type:             a.ActivityType.GetName(),
		Queue:            a.TaskQueue.GetName(),
		ScheduledTime:    at,
		ScheduleToClose:  a.ScheduleToCloseTimeout.AsDuration(),
		ScheduleToStart:  a.ScheduleToStartTimeout.AsDuration(),
		StartToClose:     a.StartToCloseTimeout.AsDuration(),
		HeartbeatTimeout: a.HeartbeatTimeout.AsDuration(),
		Retry:            retryPolicy{a.RetryPolicy},
		Priority:         priority{MergePriority(r.Header.Priority.msg, a.Priority)},
		Attempt:          attempt{Number: 1, ScheduledTime: at},
	}
	r.activityIDs[a.ActivityId] = ev.EventId
	r.touchActivity(ev.EventId)
}

func (r *Run) applyActivityCancelRequested(ev *historypb.HistoryEvent) {
	id := ev.GetActivityTaskCancelRequestedEventAttributes().ScheduledEventId
	r.activities[id].CancelEventID = ev.EventId
	r.touchActivity(id)
}

func (r *Run) applyTimerStarted(ev *historypb.HistoryEvent) {
	a := ev.GetTimerStartedEventAttributes()
	fire := instantOf(ev.EventTime.AsTime()).after(a.StartToFireTimeout.AsDuration())
	r.timers[ev.EventId] = &timer{StartedEventID: ev.EventId, ID: a.TimerId, FireAt: fire}
	r.timerIDs[a.TimerId] = ev.EventId
	r.touchTimer(ev.EventId)
}

// removeActivity forgets an activity that closed, or whose run did.
func (r *Run) removeActivity(id orchestration.EventID) {
	a := r.activities[id]
	if r.activityIDs[a.ID] == id {
		delete(r.activityIDs, a.ID)
	}
	delete(r.activities, id)
	r.touchActivity(id)
}

// removeTimer forgets a timer that fired or was canceled, or whose run closed.
func (r *Run) removeTimer(id orchestration.EventID) {
	t := r.timers[id]
	if r.timerIDs[t.ID] == id {
		delete(r.timerIDs, t.ID)
	}
	delete(r.timers, id)
	r.touchTimer(id)
}

// closedActivity is the scheduled event id of the activity that the event closes.
func closedActivity(ev *historypb.HistoryEvent) orchestration.EventID {
	switch ev.EventType {
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
		return ev.GetActivityTaskCompletedEventAttributes().ScheduledEventId
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_FAILED:
		return ev.GetActivityTaskFailedEventAttributes().ScheduledEventId
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
		return ev.GetActivityTaskTimedOutEventAttributes().ScheduledEventId
	}
	return ev.GetActivityTaskCanceledEventAttributes().ScheduledEventId
}

// setStartedEventID completes an activity's closing event, whose Started event got its id only now.
func setStartedEventID(ev *historypb.HistoryEvent, id orchestration.EventID) {
	switch ev.EventType {
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
		ev.GetActivityTaskCompletedEventAttributes().StartedEventId = id
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_FAILED:
		ev.GetActivityTaskFailedEventAttributes().StartedEventId = id
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
		ev.GetActivityTaskTimedOutEventAttributes().StartedEventId = id
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCELED:
		ev.GetActivityTaskCanceledEventAttributes().StartedEventId = id
	}
}
