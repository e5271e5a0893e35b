package history

import (
	"slices"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Ready derives the tasks that are scheduled and unstarted, with the workflow task first and activities in order of their events: what
// recovery dispatches again. A task in back-off is not among them, also when that is over at now: Fire announces it.
func (r *Run) Ready(now time.Time) []Task {
	var out []Task
	if r.taskReady() {
		out = append(out, r.workflowTask())
	}
	first := len(out)
	for _, a := range r.activities {
		if a.ready() {
			out = append(out, a.task())
		}
	}
	slices.SortFunc(out[first:], func(a, b Task) int { return int(a.ScheduledEventID - b.ScheduledEventID) })
	return out
}

// SetBacklog records that the task has (seq > 0) or no longer has (0) a backlog row; it changes Wake. A task that is not waiting for a
// worker is ignored, and a speculative one, which has no row.
func (r *Run) SetBacklog(t Task, seq int64) {
	switch task, a := r.Header.Task, r.activities[t.ScheduledEventID]; {
	case t.Kind == orchestration.WorkflowTask && r.taskReady() && !task.Speculative && task.ScheduledEventID == t.ScheduledEventID && task.Attempt == t.Attempt:
		task.Backlog = seq
	case t.Kind == orchestration.ActivityTask && a != nil && a.ready() && a.Attempt.Number == t.Attempt:
		a.Attempt.Backlog = seq
		r.touchActivity(a.ScheduledEventID)
	}
}
