package machine

import (
	historypb "go.temporal.io/api/history/v1"
	protocolpb "go.temporal.io/api/protocol/v1"
)

// Task is the part of a history that one workflow task processes.
type Task struct {
	// Events are those after the ones applied before, up to and including the task's WorkflowTaskStarted.
	Events []*historypb.HistoryEvent
	// Answers, in replay, are the events that the task's commands made. They are looked at, not applied.
	Answers []*historypb.HistoryEvent
	// Messages, outside of replay, came with the task: requests for updates.
	Messages []*protocolpb.Message
	// Replaying: the history goes on after the task.
	Replaying bool
}

// Advance applies the task's events and runs the workflow. If the run is then [Run.Pending], Resolve and Finish end the task. The error is a [NondeterminismError], a [coroutine.PanicError], a
// [coroutine.DeadlockError] or a history that makes no sense; after an error the run can only be closed.
func (r *Run) Advance(task Task) error {
	if r.broken == nil {
		r.broken = r.scheduler.Execute(r.config.DeadlockTimeout, func() error { return r.advance(task) })
	}
	return r.broken
}

func (r *Run) advance(task Task) error {
	r.Replaying = task.Replaying
	if err := r.applyAll(task.Events); err != nil {
		return err
	}
	if err := r.AllMatched(); err != nil {
		return err
	}
	if err := r.preload(task.Answers); err != nil {
		return err
	}
	r.learnFlags(task.Answers)
	r.startTask(task.Events[len(task.Events)-1])
	if err := r.deliverUpdates(task); err != nil {
		return err
	}
	if err := r.run(); err != nil {
		return err
	}
	if err := r.replayLocalActivities(); err != nil {
		return err
	}
	if !r.Pending() {
		r.finish()
	}
	return nil
}

// run runs the code until nothing can move.
func (r *Run) run() error {
	for {
		if err := r.scheduler.Run(); err != nil || !r.drainUpdates() {
			return err
		}
	}
}

// Finish ends a task that was Pending after Advance: its local activities have ended, or the server must hear of the worker before they do.
func (r *Run) Finish() {
	r.finish()
}

func (r *Run) finish() {
	r.conclude()
	r.flush()
}

// startTask sets the clock to the task's WorkflowTaskStarted.
func (r *Run) startTask(event *historypb.HistoryEvent) {
	started := event.GetWorkflowTaskStartedEventAttributes()
	r.StartedID = event.GetEventId()
	// After WorkflowTaskCompleted come the events of the commands; some may have been asked for by this task's events.
	r.eventID = r.StartedID + 2 + int64(len(r.commands))
	r.setNow(event.GetEventTime().AsTime())
	r.HistorySize = started.GetHistorySizeBytes()
	r.ContinueAsNewSuggested = started.GetSuggestContinueAsNew()
	r.ContinueAsNewReasons = started.GetSuggestContinueAsNewReasons()
}

// Absorb applies the events that answer the last task's commands, without running the workflow.
func (r *Run) Absorb(answers []*historypb.HistoryEvent) error {
	if r.broken == nil {
		r.broken = r.applyAll(answers)
	}
	return r.broken
}
