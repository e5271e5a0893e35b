package view

import (
	"fmt"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
)

// The outcomes of groups that are no run's.
var (
	isDone     = looks[enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED]
	isFailed   = looks[enumspb.WORKFLOW_EXECUTION_STATUS_FAILED]
	isTimedOut = looks[enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT]
	isCanceled = looks[enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED]
	isFired    = look{"Fired", "completed", pathTick}
	isArrived  = look{"Arrived", "continued", pathArrow}
	isRecorded = look{"Recorded", "continued", pathSquare}
)

// add puts one event into its group. What is about workflow tasks goes to the run's own bar, unless it failed.
func (g *grouping) add(e *historypb.HistoryEvent) {
	switch word := e.GetEventType().String(); {
	case strings.HasPrefix(word, "WorkflowTask"):
		g.workflowTask(e)
	case strings.HasPrefix(word, "ActivityTask"):
		g.activity(e)
	case strings.HasPrefix(word, "Timer"):
		g.timer(e)
	case strings.Contains(word, "ChildWorkflow"):
		g.child(e)
	case strings.Contains(word, "External"):
		g.external(e)
	default:
		g.other(e)
	}
}

func (g *grouping) activity(e *historypb.HistoryEvent) {
	if a := e.GetActivityTaskScheduledEventAttributes(); a != nil {
		g.begin(e, lane{kind: "Activity", name: a.GetActivityType().GetName(), id: a.GetActivityId()})
		return
	}
	began, ok := attributesOf(e).(interface{ GetScheduledEventId() int64 })
	if !ok {
		return
	}
	b := g.of(began.GetScheduledEventId(), e, "Activity")
	last := phaseRuns // the phase that a started activity ends in; one that never started was waited for
	if len(b.parts) == 0 {
		last = phaseQueued
	}
	switch e.GetEventType() {
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED:
		b.started(e)
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
		b.end(e, last, isDone, b.note)
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_FAILED:
		b.end(e, last, isFailed, join(b.note, firstLine(message(e.GetActivityTaskFailedEventAttributes().GetFailure()))))
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
		b.end(e, last, isTimedOut, join(b.note, firstLine(message(e.GetActivityTaskTimedOutEventAttributes().GetFailure()))))
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCELED:
		b.end(e, last, isCanceled, b.note)
	}
}

// started says that an activity has begun its last attempt: earlier ones leave no event, but their number.
func (b *lane) started(e *historypb.HistoryEvent) {
	a := e.GetActivityTaskStartedEventAttributes()
	if a.GetAttempt() <= 1 {
		b.turn(e, phaseQueued)
		return
	}
	b.turn(e, phaseRetried)
	b.note = fmt.Sprintf("attempt %d", a.GetAttempt())
	if why := firstLine(message(a.GetLastFailure())); why != "" {
		b.note += " after: " + why
	}
}

func (g *grouping) timer(e *historypb.HistoryEvent) {
	if a := e.GetTimerStartedEventAttributes(); a != nil {
		g.begin(e, lane{kind: "Timer", name: span(a.GetStartToFireTimeout().AsDuration()), id: a.GetTimerId()})
		return
	}
	if began, ok := attributesOf(e).(interface{ GetStartedEventId() int64 }); ok {
		outcome := isFired
		if e.GetEventType() == enumspb.EVENT_TYPE_TIMER_CANCELED {
			outcome = isCanceled
		}
		g.of(began.GetStartedEventId(), e, "Timer").end(e, phaseWaits, outcome, "")
	}
}

func (g *grouping) child(e *historypb.HistoryEvent) {
	if a := e.GetStartChildWorkflowExecutionInitiatedEventAttributes(); a != nil {
		g.begin(e, lane{kind: "Child workflow", name: a.GetWorkflowType().GetName(), id: a.GetWorkflowId()})
		return
	}
	began, ok := attributesOf(e).(interface{ GetInitiatedEventId() int64 })
	if !ok {
		return
	}
	b := g.of(began.GetInitiatedEventId(), e, "Child workflow")
	switch e.GetEventType() {
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED:
		b.turn(e, phaseQueued)
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED:
		b.end(e, phaseRuns, isDone, "")
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED:
		b.end(e, phaseRuns, isCanceled, "")
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT:
		b.end(e, phaseRuns, isTimedOut, "")
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED:
		b.end(e, phaseRuns, looks[enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED], "")
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED:
		b.end(e, phaseRuns, isFailed, firstLine(message(e.GetChildWorkflowExecutionFailedEventAttributes().GetFailure())))
	case enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED:
		b.end(e, phaseQueued, isFailed, e.GetStartChildWorkflowExecutionFailedEventAttributes().GetCause().String())
	}
}

// external is a signal or a request to cancel that goes to another workflow.
func (g *grouping) external(e *historypb.HistoryEvent) {
	if a := e.GetSignalExternalWorkflowExecutionInitiatedEventAttributes(); a != nil {
		g.begin(e, lane{kind: "Signal to", name: a.GetWorkflowExecution().GetWorkflowId(), id: a.GetSignalName()})
		return
	}
	if a := e.GetRequestCancelExternalWorkflowExecutionInitiatedEventAttributes(); a != nil {
		g.begin(e, lane{kind: "Cancel of", name: a.GetWorkflowExecution().GetWorkflowId()})
		return
	}
	began, ok := attributesOf(e).(interface{ GetInitiatedEventId() int64 })
	if !ok {
		return
	}
	outcome := isDone
	if strings.HasSuffix(e.GetEventType().String(), "Failed") {
		outcome = isFailed
	}
	g.of(began.GetInitiatedEventId(), e, "To another workflow").end(e, phaseQueued, outcome, "")
}
