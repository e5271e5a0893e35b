package history

import (
	"slices"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	sdkpb "go.temporal.io/api/sdk/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Memo is the run's memo; nil when it has none. It must not be modified.
func (r *Run) Memo() *commonpb.Memo { return r.memo.msg }

// SearchAttributes are the run's search attributes; nil when it has none. They must not be modified.
func (r *Run) SearchAttributes() *commonpb.SearchAttributes { return r.search.msg }

// UserMetadata is the summary and details that the run was started with; nil when there are none.
func (r *Run) UserMetadata() *sdkpb.UserMetadata { return r.metadata.msg }

// Signals counts the signals that the run got, buffered ones included.
func (r *Run) Signals() int { return r.signals() }

// CancelRequested tells whether a cancellation of the run was requested, also when the event is still buffered.
func (r *Run) CancelRequested() bool { return r.cancelRequested() }

// Expires is when the run or execution timeout strikes. Zero: never.
func (r *Run) Expires() time.Time { return r.Header.expires().time() }

// Config is the run's configuration as clients see it.
func (r *Run) Config() *workflowpb.WorkflowExecutionConfig {
	h := &r.Header
	return &workflowpb.WorkflowExecutionConfig{
		TaskQueue:                  normalQueue(h.TaskQueue),
		WorkflowExecutionTimeout:   durationpb.New(h.ExecutionTimeout),
		WorkflowRunTimeout:         durationpb.New(h.RunTimeout),
		DefaultWorkflowTaskTimeout: durationpb.New(h.TaskTimeout),
		UserMetadata:               r.metadata.msg,
	}
}

// Extended is the part of a run's description that only open runs change.
func (r *Run) Extended() *workflowpb.WorkflowExecutionExtendedInfo {
	h := &r.Header
	from := instantOf(h.ExecutionTime)
	return &workflowpb.WorkflowExecutionExtendedInfo{
		ExecutionExpirationTime: timestamp(from.add(h.ExecutionTimeout)),
		RunExpirationTime:       timestamp(h.expires()),
		CancelRequested:         r.cancelRequested(),
		OriginalStartTime:       timestamppb.New(h.StartTime),
	}
}

// PendingWorkflowTask describes the pending workflow task; nil when there is none.
func (r *Run) PendingWorkflowTask() *workflowpb.PendingWorkflowTaskInfo {
	t := r.Header.Task
	if t == nil {
		return nil
	}
	state := enumspb.PENDING_WORKFLOW_TASK_STATE_SCHEDULED
	if t.started() {
		state = enumspb.PENDING_WORKFLOW_TASK_STATE_STARTED
	}
	return &workflowpb.PendingWorkflowTaskInfo{
		State:                 state,
		ScheduledTime:         timestamp(t.ScheduledTime),
		OriginalScheduledTime: timestamp(t.Original),
		StartedTime:           timestamp(t.StartedTime),
		Attempt:               t.Attempt,
	}
}

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
		Attempt:                 at.Number,
		MaximumAttempts:         a.Retry.msg.MaximumAttempts,
		ScheduledTime:           timestamp(at.ScheduledTime),
		ExpirationTime:          timestamp(a.ScheduledTime.add(a.ScheduleToClose)),
		LastFailure:             at.LastFailure.msg,
		LastWorkerIdentity:      at.LastIdentity,
		LastWorkerVersionStamp:  at.Stamp.msg,
		LastAttemptCompleteTime: timestamp(at.LastEnd),
		Priority:                a.Priority.msg,
	}
	if a.started() {
		info.LastWorkerIdentity = at.Identity
	}
	if at.Number > 1 {
		info.CurrentRetryInterval = durationpb.New(at.RetryInterval)
	}
	if at.Waiting {
		info.NextAttemptScheduleTime = timestamp(at.ScheduledTime)
	}
	return info
}

// state is the activity's state as clients see it.
func (a *activity) state() enumspb.PendingActivityState {
	switch {
	case a.CancelEventID != 0:
		return enumspb.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED
	case a.started():
		return enumspb.PENDING_ACTIVITY_STATE_STARTED
	}
	return enumspb.PENDING_ACTIVITY_STATE_SCHEDULED
}

// timestamp is the moment in the protocol's form; nil when unset.
func timestamp(i instant) *timestamppb.Timestamp {
	if i == 0 {
		return nil
	}
	return timestamppb.New(i.time())
}
