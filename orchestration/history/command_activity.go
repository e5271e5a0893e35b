package history

import (
	"time"

	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
)

func judgeScheduleActivity(p *plan, c *commandpb.Command) *refusal {
	a := c.GetScheduleActivityTaskCommandAttributes()
	id, kind := a.GetActivityId(), a.GetActivityType().GetName()
	switch {
	case a == nil:
		return refuse(c, "ScheduleActivityTaskCommandAttributes is not set on ScheduleActivityTaskCommand.")
	case id == "":
		return refuse(c, "ActivityId is not set on ScheduleActivityTaskCommand. ActivityType=%s", kind)
	case kind == "":
		return refuse(c, "ActivityType is not set on ScheduleActivityTaskCommand. ActivityId=%s", id)
	}
	for _, f := range []named{{"ActivityId", id}, {"ActivityType", kind}, {"TaskQueue", a.TaskQueue.GetName()}} {
		if bad := judgeLength(c, f); bad != nil {
			return bad
		}
	}
	if bad := judgeTimeouts(c, a); bad != nil {
		return bad
	}
	if message := badRetryPolicy(a.RetryPolicy); message != "" {
		return refuse(c, "%s ActivityId=%s ActivityType=%s", message, id, kind)
	}
	if p.activities[id] || p.run.openActivity(id, p.gone) {
		return &refusal{enumspb.WORKFLOW_TASK_FAILED_CAUSE_SCHEDULE_ACTIVITY_DUPLICATE_ID, "activity id " + id + " is in use by a pending activity"}
	}
	if p.pending >= orchestration.MaxPendingActivities {
		return &refusal{enumspb.WORKFLOW_TASK_FAILED_CAUSE_PENDING_ACTIVITIES_LIMIT_EXCEEDED, "the number of pending activities has reached the per-workflow limit of 2000"}
	}
	p.activities[id] = true
	p.pending++
	return nil
}

// openActivity tells whether a pending activity has the id, apart from those that are as good as gone.
func (r *Run) openActivity(id string, gone map[orchestration.EventID]bool) bool {
	a := r.activity(id)
	return a != nil && (a.started() || !gone[a.ScheduledEventID])
}

func judgeTimeouts(c *commandpb.Command, a *commandpb.ScheduleActivityTaskCommandAttributes) *refusal {
	for _, f := range []struct {
		name  string
		value *durationpb.Duration
	}{
		{"ScheduleToCloseTimeout", a.ScheduleToCloseTimeout},
		{"ScheduleToStartTimeout", a.ScheduleToStartTimeout},
		{"StartToCloseTimeout", a.StartToCloseTimeout},
		{"HeartbeatTimeout", a.HeartbeatTimeout},
	} {
		if badDuration(f.value) {
			return refuse(c, "Invalid %s on ScheduleActivityTaskCommand. ActivityId=%s ActivityType=%s", f.name, a.ActivityId, a.ActivityType.GetName())
		}
	}
	if a.ScheduleToCloseTimeout.AsDuration() == 0 && a.StartToCloseTimeout.AsDuration() == 0 {
		return refuse(c, "A valid StartToClose or ScheduleToCloseTimeout is not set on ScheduleActivityTaskCommand. ActivityId=%s ActivityType=%s", a.ActivityId, a.ActivityType.GetName())
	}
	return nil
}

func scheduleActivity(o *orders, c *commandpb.Command) {
	a := c.GetScheduleActivityTaskCommandAttributes()
	limits := activityTimeouts(a, o.run.Header.RunTimeout)
	queue := a.TaskQueue.GetName()
	if queue == "" {
		queue = o.run.Header.TaskQueue
	}
	o.record(c, &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
		Attributes: &historypb.HistoryEvent_ActivityTaskScheduledEventAttributes{
			ActivityTaskScheduledEventAttributes: &historypb.ActivityTaskScheduledEventAttributes{
				ActivityId:                   a.ActivityId,
				ActivityType:                 a.ActivityType,
				TaskQueue:                    normalQueue(queue),
				Header:                       a.Header,
				Input:                        a.Input,
				ScheduleToCloseTimeout:       durationpb.New(limits.scheduleToClose),
				ScheduleToStartTimeout:       durationpb.New(limits.scheduleToStart),
				StartToCloseTimeout:          durationpb.New(limits.startToClose),
				HeartbeatTimeout:             durationpb.New(limits.heartbeat),
				WorkflowTaskCompletedEventId: o.completedID,
				RetryPolicy:                  completeRetryPolicy(a.RetryPolicy),
				UseWorkflowBuildId:           a.UseWorkflowBuildId,
				Priority:                     a.Priority,
			},
		},
	})
	id := o.run.Header.NextEventID - 1
	o.ready(o.run.activities[id].task())
	if a.RequestEagerExecution {
		o.eager = append(o.eager, id)
	}
}

// timeouts are the four of an activity; 0: none.
type timeouts struct{ scheduleToClose, scheduleToStart, startToClose, heartbeat time.Duration }

// activityTimeouts completes what a command says: schedule-to-close bounds the others and is itself bounded by the run timeout; what is
// unset takes its bound. A run without timeout leaves schedule-to-close and schedule-to-start unlimited.
func activityTimeouts(a *commandpb.ScheduleActivityTaskCommandAttributes, run time.Duration) timeouts {
	t := timeouts{
		scheduleToClose: bounded(a.ScheduleToCloseTimeout.AsDuration(), run),
		scheduleToStart: a.ScheduleToStartTimeout.AsDuration(),
		startToClose:    a.StartToCloseTimeout.AsDuration(),
	}
	t.scheduleToStart = bounded(t.scheduleToStart, t.scheduleToClose)
	t.startToClose = bounded(t.startToClose, t.scheduleToClose)
	if t.heartbeat = a.HeartbeatTimeout.AsDuration(); t.heartbeat > 0 {
		t.heartbeat = bounded(t.heartbeat, t.startToClose)
	}
	return t
}

// bounded is the smaller of two limits, 0 being none.
func bounded(d, limit time.Duration) time.Duration {
	if d <= 0 || limit > 0 && limit < d {
		return max(limit, 0)
	}
	return d
}

func judgeCancelActivity(p *plan, c *commandpb.Command) *refusal {
	a := c.GetRequestCancelActivityTaskCommandAttributes()
	if a.GetScheduledEventId() <= 0 {
		return refuse(c, "ScheduledEventId is not set on RequestCancelActivityTaskCommand.")
	}
	pending := p.run.activities[a.ScheduledEventId]
	if pending == nil {
		return refuse(c, "ScheduledEventId %d on RequestCancelActivityTaskCommand names no pending activity.", a.ScheduledEventId)
	}
	if pending.CancelEventID != 0 || p.gone[a.ScheduledEventId] {
		return refuse(c, "Cancellation of activity with ScheduledEventId %d was requested already.", a.ScheduledEventId)
	}
	p.gone[a.ScheduledEventId] = true
	if !pending.started() && !pending.Attempt.Closing {
		p.pending--
	}
	return nil
}

// cancelActivity requests a cancellation. An activity that no worker has is canceled at once; one that has closed already (its close is
// buffered) keeps its result, and still gets the event that the replaying SDK expects.
func cancelActivity(o *orders, c *commandpb.Command) {
	id := c.GetRequestCancelActivityTaskCommandAttributes().ScheduledEventId
	o.record(c, &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED,
		Attributes: &historypb.HistoryEvent_ActivityTaskCancelRequestedEventAttributes{
			ActivityTaskCancelRequestedEventAttributes: &historypb.ActivityTaskCancelRequestedEventAttributes{
				ScheduledEventId:             id,
				WorkflowTaskCompletedEventId: o.completedID,
			},
		},
	})
	if a := o.run.activities[id]; !a.started() && !a.Attempt.Closing {
		o.closeActivity(a, activityCanceled(a, nil, o.identity), nil)
	}
}
