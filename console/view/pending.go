package view

import (
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
)

// attempt says which attempt it is, of how many; no limit is not shown.
func attempt(a *workflowpb.PendingActivityInfo) string {
	if a.GetMaximumAttempts() > 0 {
		return fmt.Sprintf("%d of %d", a.GetAttempt(), a.GetMaximumAttempts())
	}
	return fmt.Sprint(a.GetAttempt())
}

// paused tells whether an activity is paused, or about to be.
func paused(a *workflowpb.PendingActivityInfo) bool {
	return a.GetPaused() || a.GetState() == enumspb.PENDING_ACTIVITY_STATE_PAUSED || a.GetState() == enumspb.PENDING_ACTIVITY_STATE_PAUSE_REQUESTED
}

// activityStates are the states of a pending activity in words.
var activityStates = map[enumspb.PendingActivityState]string{
	enumspb.PENDING_ACTIVITY_STATE_SCHEDULED:        "waits for a worker",
	enumspb.PENDING_ACTIVITY_STATE_STARTED:          "runs",
	enumspb.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED: "asked to cancel",
	enumspb.PENDING_ACTIVITY_STATE_PAUSED:           "paused",
	enumspb.PENDING_ACTIVITY_STATE_PAUSE_REQUESTED:  "runs, then paused",
}

// stateOf is what a pending activity does just now.
func (f RunFrame) stateOf(a *workflowpb.PendingActivityInfo) string {
	if next := at(a.GetNextAttemptScheduleTime()); a.GetState() == enumspb.PENDING_ACTIVITY_STATE_SCHEDULED && next.After(f.Now) {
		return "waits to be retried"
	}
	if word := activityStates[a.GetState()]; word != "" {
		return word
	}
	return a.GetState().String()
}

// taskStates are the states of a pending workflow task in words.
var taskStates = map[enumspb.PendingWorkflowTaskState]string{
	enumspb.PENDING_WORKFLOW_TASK_STATE_SCHEDULED: "waits for a worker",
	enumspb.PENDING_WORKFLOW_TASK_STATE_STARTED:   "runs",
}

func taskState(t *workflowpb.PendingWorkflowTaskInfo) string {
	if word := taskStates[t.GetState()]; word != "" {
		return word
	}
	return t.GetState().String()
}
