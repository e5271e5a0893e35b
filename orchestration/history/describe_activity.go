package history

import (
	"slices"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"google.golang.org/protobuf/types/known/durationpb"
)

// PendingActivities describes the pending activities in order of their events, without those whose close is buffered.
func (r *Run) PendingActivities() []*workflowpb.PendingActivityInfo {
	var open []*activity
	for _, a := range r.activities {
		if !a.Attempt.Closing {
			open = append(open, a)
		}
	}
	slices.SortFunc(open, func(a, b *activity) int { return int(a.ScheduledEventID - b.ScheduledEventID) })
	out := make([]*workflowpb.PendingActivityInfo, 0, len(open))
	for _, a := range open {
		out = append(out, a.describe())
	}
	return out
}

// describe is the activity as clients see it.
func (a *activity) describe() *workflowpb.PendingActivityInfo {
	at := &a.Attempt
	info := &workflowpb.PendingActivityInfo{
		ActivityId:              a.ID,
		ActivityType:            &commonpb.ActivityType{Name: a.Type},
		State:                   a.state(),
		HeartbeatDetails:        at.Heartbeat.msg,
		LastHeartbeatTime:       timestamp(at.HeartbeatTime),
		LastStartedTime:         timestamp(max(at.StartedTime, at.LastStarted)),
		Attempt:                 at.count(),
		MaximumAttempts:         a.Retry.msg.MaximumAttempts,
		ScheduledTime:           timestamp(at.ScheduledTime),
		ExpirationTime:          timestamp(a.expires()),
		LastFailure:             at.LastFailure.msg,
		LastWorkerIdentity:      at.LastIdentity,
		LastWorkerVersionStamp:  at.Stamp.msg,
		LastAttemptCompleteTime: timestamp(at.LastEnd),
		Priority:                a.Priority.msg,
		Paused:                  a.paused(),
		PauseInfo:               a.pauseInfo(),
		ActivityOptions:         a.settings().options(),
	}
	if a.started() {
		info.LastWorkerIdentity = at.Identity
	}
	if at.count() > 1 {
		info.CurrentRetryInterval = durationpb.New(at.RetryInterval)
	}
	if at.Waiting && !a.paused() {
		info.NextAttemptScheduleTime = timestamp(at.ScheduledTime)
	}
	return info
}

// state is the activity's state as clients see it.
func (a *activity) state() enumspb.PendingActivityState {
	switch {
	case a.CancelEventID != 0:
		return enumspb.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED
	case a.started() && a.paused():
		return enumspb.PENDING_ACTIVITY_STATE_PAUSE_REQUESTED
	case a.paused():
		return enumspb.PENDING_ACTIVITY_STATE_PAUSED
	case a.started():
		return enumspb.PENDING_ACTIVITY_STATE_STARTED
	}
	return enumspb.PENDING_ACTIVITY_STATE_SCHEDULED
}
