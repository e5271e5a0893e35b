package history

import (
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
)

// errNoWorkflowTask answers a claim on a workflow task that the state does not know.
func errNoWorkflowTask() error {
	return orchestration.Errorf(orchestration.NotFound, "Workflow task not found.")
}

// StartWorkflowTask starts the scheduled workflow task. The same poll request id gets the same answer again. A transient task gets its
// event ids here. Errors: NotFound when t is not the scheduled, unstarted task.
func (r *Run) StartWorkflowTask(t Task, p Poller, now time.Time) (Transition, StartedWorkflowTask, error) {
	task := r.Header.Task
	if err := r.open(); err != nil {
		return Transition{}, StartedWorkflowTask{}, err
	}
	if task.started() && p.RequestID != "" && task.RequestID == p.RequestID && task.Attempt == t.Attempt {
		return Transition{}, r.startedTask(), nil
	}
	if !r.taskReady() || task.ScheduledEventID != t.ScheduledEventID || task.Attempt != t.Attempt {
		return Transition{}, StartedWorkflowTask{}, errNoWorkflowTask()
	}
	s := r.begin(now)
	s.drop(r.workflowTask())
	task.StartedEventID = r.Header.NextEventID
	if task.unwritten() {
		task.ScheduledEventID, task.StartedEventID = r.Header.NextEventID, r.Header.NextEventID+1
		task.ScheduledTime = max(task.ScheduledTime, instantOf(r.Header.LastEventTime))
	}
	task.StartedTime = max(instantOf(s.now), task.ScheduledTime) // the clock may have gone back between
	task.Identity, task.RequestID, task.Stamp = p.Identity, p.RequestID, versionStamp{p.Stamp}
	task.HistoryBytes, task.Suggest = r.Header.HistoryBytes, r.suggest()
	task.Backlog = 0
	if task.Speculative {
		task.Nonce = nonceOf(p)
	}
	r.sendUpdates()
	return s.finish(), r.startedTask(), nil
}

// startedTask is what the worker of the task in flight is told.
func (r *Run) startedTask() StartedWorkflowTask {
	t := r.Header.Task
	out := StartedWorkflowTask{
		ScheduledEventID:     t.ScheduledEventID,
		StartedEventID:       t.StartedEventID,
		PreviousStarted:      r.Header.PreviousStarted,
		Attempt:              t.Attempt,
		ScheduledTime:        t.ScheduledTime.time(),
		StartedTime:          t.StartedTime.time(),
		Sticky:               t.Sticky,
		LastEventID:          t.StartedEventID,
		HistoryBytes:         t.HistoryBytes,
		SuggestContinueAsNew: t.Suggest != 0,
		Messages:             r.messages(),
		Nonce:                t.Nonce,
	}
	if events, transient := r.Pending(); transient {
		out.Transient = events
	}
	return out
}

// Pending are the events of the workflow task in flight that are not stored yet: Started of a first attempt; Scheduled and Started of a
// later one, or of a speculative one (those only SDK clients may see: transient is true). They follow the stored events.
func (r *Run) Pending() (events []*historypb.HistoryEvent, transient bool) {
	t := r.Header.Task
	if !t.started() {
		return nil, false
	}
	if t.unwritten() {
		events = append(events, r.unwrittenScheduled())
	}
	startedEvent := t.startedEvent()
	startedEvent.EventId = t.StartedEventID
	return append(events, startedEvent), t.unwritten()
}

// startedEvent is WorkflowTaskStarted of the task in flight, with its time.
func (t *WorkflowTask) startedEvent() *historypb.HistoryEvent {
	return &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED,
		EventTime: timestamppb.New(t.StartedTime.time()),
		Attributes: &historypb.HistoryEvent_WorkflowTaskStartedEventAttributes{
			WorkflowTaskStartedEventAttributes: &historypb.WorkflowTaskStartedEventAttributes{
				ScheduledEventId:            t.ScheduledEventID,
				Identity:                    t.Identity,
				RequestId:                   t.RequestID,
				SuggestContinueAsNew:        t.Suggest != 0,
				SuggestContinueAsNewReasons: t.Suggest.reasons(),
				HistorySizeBytes:            t.HistoryBytes,
				WorkerVersion:               t.Stamp.msg,
			},
		},
	}
}

// UnstartWorkflowTask takes a start back that never reached its worker: same attempt, dispatchable again, no trace in history (a Started
// event enters history only when its task ends). What was buffered meanwhile enters history. Errors: NotFound.
func (r *Run) UnstartWorkflowTask(ref WorkflowTaskRef, now time.Time) (Transition, error) {
	if err := r.inFlight(ref); err != nil {
		return Transition{}, err
	}
	s := r.begin(now)
	r.unsendUpdates()
	t := r.Header.Task
	t.StartedEventID, t.StartedTime, t.Identity, t.RequestID = 0, 0, "", ""
	t.Stamp, t.HistoryBytes, t.Suggest, t.Nonce = versionStamp{}, 0, 0, 0
	t.ReadyAt = instantOf(s.now)
	t.Sticky = t.Sticky && r.Header.StickyQueue != "" // the worker may have left meanwhile
	s.flush()
	s.ready(r.workflowTask())
	return s.finish(), nil
}

// WorkflowTaskOf is the workflow task in flight, if it was the poll with this request id that started it.
func (r *Run) WorkflowTaskOf(requestID string) (ref WorkflowTaskRef, ok bool) {
	t := r.Header.Task
	if r.open() != nil || !t.started() || requestID == "" || t.RequestID != requestID {
		return WorkflowTaskRef{}, false
	}
	return WorkflowTaskRef{ScheduledEventID: t.ScheduledEventID, StartedEventID: t.StartedEventID, Attempt: t.Attempt, Nonce: t.Nonce}, true
}

// inFlight refuses a claim that is not about the workflow task in flight.
func (r *Run) inFlight(ref WorkflowTaskRef) error {
	if err := r.open(); err != nil {
		return err
	}
	t := r.Header.Task
	if !t.started() || t.ScheduledEventID != ref.ScheduledEventID || t.StartedEventID != ref.StartedEventID || t.Attempt != ref.Attempt || t.Nonce != ref.Nonce {
		return errNoWorkflowTask()
	}
	return nil
}

// suggestion is why workflow code should continue as new; 0: it need not.
type suggestion uint8

const (
	historyTooLarge suggestion = 1 << iota
	tooManyEvents
	tooManyUpdates
)

// suggest weighs the history against the limits.
func (r *Run) suggest() suggestion {
	var s suggestion
	if r.Header.HistoryBytes >= orchestration.SuggestHistoryBytes {
		s |= historyTooLarge
	}
	if r.Header.NextEventID-1 >= orchestration.SuggestHistoryEvents {
		s |= tooManyEvents
	}
	if len(r.updates) >= orchestration.SuggestUpdates {
		s |= tooManyUpdates
	}
	return s
}

// reasons is the suggestion as the protocol lists it.
func (s suggestion) reasons() []enumspb.SuggestContinueAsNewReason {
	var out []enumspb.SuggestContinueAsNewReason
	if s&historyTooLarge != 0 {
		out = append(out, enumspb.SUGGEST_CONTINUE_AS_NEW_REASON_HISTORY_SIZE_TOO_LARGE)
	}
	if s&tooManyEvents != 0 {
		out = append(out, enumspb.SUGGEST_CONTINUE_AS_NEW_REASON_TOO_MANY_HISTORY_EVENTS)
	}
	if s&tooManyUpdates != 0 {
		out = append(out, enumspb.SUGGEST_CONTINUE_AS_NEW_REASON_TOO_MANY_UPDATES)
	}
	return out
}
