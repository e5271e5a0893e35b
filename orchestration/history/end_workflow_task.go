package history

import (
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
)

// endTask ends the workflow task in flight with an event. Its Started event enters history just before; a speculative task's Scheduled too, and
// a transient one's if it completed: one that failed leaves nothing.
func (s *step) endTask(ev *historypb.HistoryEvent) {
	t := s.run.Header.Task
	completed := ev.EventType == enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
	if !completed {
		s.run.leaveSticky()
	}
	if t.transient() && !completed {
		s.run.Header.Task = nil
		s.out.Changed = true
		return
	}
	scheduled, started := t.ScheduledEventID, t.StartedEventID
	unstored, _ := s.run.Pending()
	for _, e := range unstored {
		s.append(e)
	}
	setTaskIDs(ev, scheduled, started)
	s.append(ev)
}

// setTaskIDs completes an event that ends a workflow task.
func setTaskIDs(ev *historypb.HistoryEvent, scheduled, started int64) {
	switch ev.EventType {
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
		a := ev.GetWorkflowTaskCompletedEventAttributes()
		a.ScheduledEventId, a.StartedEventId = scheduled, started
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED:
		a := ev.GetWorkflowTaskFailedEventAttributes()
		a.ScheduledEventId, a.StartedEventId = scheduled, started
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
		a := ev.GetWorkflowTaskTimedOutEventAttributes()
		a.ScheduledEventId, a.StartedEventId = scheduled, started
	}
}

// FailWorkflowTask records the failure and schedules the next attempt, for any worker. Only a first attempt's failure is an event.
// Errors: NotFound.
func (r *Run) FailWorkflowTask(in FailWorkflowTask, now time.Time) (Transition, error) {
	if err := r.inFlight(in.WorkflowTaskRef); err != nil {
		return Transition{}, err
	}
	s := r.begin(now)
	s.retryTask(taskFailed(failedTask{Cause: in.Cause, Failure: in.Failure, Identity: in.Identity, Checksum: in.BinaryChecksum, Stamp: versionStamp{in.Stamp}}))
	return s.finish(), nil
}

// retryTask ends the workflow task in flight without a result, and schedules the next attempt.
func (s *step) retryTask(ev *historypb.HistoryEvent) {
	next := s.run.Header.Task.Attempt + 1
	s.endTask(ev)
	s.flush()
	s.scheduleTask(next)
}

// repeatTask ends the workflow task in flight for no fault of its worker: the next one is a first attempt again.
func (s *step) repeatTask(ev *historypb.HistoryEvent) {
	s.endTask(ev)
	s.flush()
	s.scheduleTask(1)
}

// interruptTask takes a workflow task away from its worker because too much has been buffered behind it.
func (s *step) interruptTask() {
	s.repeatTask(taskFailed(failedTask{Cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND, Identity: serverIdentity}))
}

// failedTask says how a workflow task failed.
type failedTask struct {
	Cause    enumspb.WorkflowTaskFailedCause
	Failure  *failurepb.Failure
	Identity string
	Checksum string
	Stamp    versionStamp
}

// taskFailed is the event WorkflowTaskFailed, without ids.
func taskFailed(f failedTask) *historypb.HistoryEvent {
	return &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED,
		Attributes: &historypb.HistoryEvent_WorkflowTaskFailedEventAttributes{
			WorkflowTaskFailedEventAttributes: &historypb.WorkflowTaskFailedEventAttributes{
				Cause:          f.Cause,
				Failure:        f.Failure,
				Identity:       f.Identity,
				BinaryChecksum: f.Checksum,
				WorkerVersion:  f.Stamp.msg,
			},
		},
	}
}

// taskTimedOut is the event WorkflowTaskTimedOut, without ids.
func taskTimedOut(t enumspb.TimeoutType) *historypb.HistoryEvent {
	return &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
		Attributes: &historypb.HistoryEvent_WorkflowTaskTimedOutEventAttributes{
			WorkflowTaskTimedOutEventAttributes: &historypb.WorkflowTaskTimedOutEventAttributes{TimeoutType: t},
		},
	}
}

// timeOutTask is the end of a workflow task whose worker was not heard of in time: of one in flight, or of one that waits for a sticky
// worker which does not come for it. The latter is nobody's failure: the next task is a first attempt, for any worker.
func (s *step) timeOutTask() {
	t := s.run.Header.Task
	if t.started() {
		s.retryTask(taskTimedOut(enumspb.TIMEOUT_TYPE_START_TO_CLOSE))
		return
	}
	s.drop(s.run.workflowTask())
	ev := taskTimedOut(enumspb.TIMEOUT_TYPE_SCHEDULE_TO_START)
	setTaskIDs(ev, t.ScheduledEventID, 0)
	s.append(ev)
	s.run.leaveSticky()
	s.scheduleTask(1)
}
