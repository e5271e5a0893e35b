package view

import (
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
)

// attributesOf are an event's own attributes; nil: it has none that are known.
func attributesOf(e *historypb.HistoryEvent) any {
	m := e.ProtoReflect()
	field := m.WhichOneof(m.Descriptor().Oneofs().ByName("attributes"))
	if field == nil {
		return nil
	}
	return m.Get(field).Message().Interface()
}

// workflowTask draws a workflow task into the run's own bar. One that failed has a lane of its own.
func (g *grouping) workflowTask(e *historypb.HistoryEvent) {
	when := at(e.GetEventTime())
	switch e.GetEventType() {
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED:
		g.task.scheduled, g.task.started = when, time.Time{}
		return
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED:
		g.task.started = when
		return
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED:
		a := e.GetWorkflowTaskFailedEventAttributes()
		g.failedTask(e, a.GetScheduledEventId(), isFailed, join(a.GetCause().String(), firstLine(message(a.GetFailure()))))
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
		a := e.GetWorkflowTaskTimedOutEventAttributes()
		g.failedTask(e, a.GetScheduledEventId(), isTimedOut, a.GetTimeoutType().String())
	}
	g.tasked(when)
}

func (g *grouping) failedTask(e *historypb.HistoryEvent, scheduled int64, outcome look, note string) {
	b := g.of(scheduled, e, "Workflow task")
	b.event, b.name = e.GetEventId(), ""
	if !g.task.scheduled.IsZero() {
		b.from = g.task.scheduled
	}
	b.end(e, phaseRuns, outcome, note)
}

// tasked ends the workflow task that is under way.
func (g *grouping) tasked(when time.Time) {
	run := &g.t.lanes[0]
	begin := g.task.scheduled
	if begin.IsZero() && g.task.started.IsZero() {
		return // it began on an earlier page
	}
	if s := g.task.started; !s.IsZero() {
		if !begin.IsZero() {
			run.parts = append(run.parts, part{phaseQueued, begin, s})
		}
		run.parts = append(run.parts, part{phaseRuns, s, when})
	} else {
		run.parts = append(run.parts, part{phaseQueued, begin, when})
	}
	g.task.scheduled, g.task.started = time.Time{}, time.Time{}
}

// other is what happens at once, and an update, which takes its time.
func (g *grouping) other(e *historypb.HistoryEvent) {
	if a := e.GetWorkflowExecutionUpdateCompletedEventAttributes(); a != nil {
		outcome, note := isDone, ""
		if f := a.GetOutcome().GetFailure(); f != nil {
			outcome, note = isFailed, firstLine(message(f))
		}
		g.of(a.GetAcceptedEventId(), e, "Update").end(e, phaseRuns, outcome, note)
		return
	}
	b, ends := happening(e)
	if b.kind == "" {
		return
	}
	g.begin(e, b)
	if ends {
		g.t.lanes[len(g.t.lanes)-1].end(e, phaseHappened, b.outcome, b.note)
	}
}

// happening is the group that an event begins which belongs to none; its kind is empty for one that has no row.
func happening(e *historypb.HistoryEvent) (b lane, ends bool) {
	switch e.GetEventType() {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
		return lane{kind: "Signal", name: e.GetWorkflowExecutionSignaledEventAttributes().GetSignalName(), outcome: isArrived}, true
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
		return lane{kind: "Cancel request", outcome: isArrived, note: e.GetWorkflowExecutionCancelRequestedEventAttributes().GetCause()}, true
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
		return lane{kind: "Update", name: e.GetWorkflowExecutionUpdateAcceptedEventAttributes().GetAcceptedRequest().GetInput().GetName()}, false
	case enumspb.EVENT_TYPE_MARKER_RECORDED:
		return lane{kind: "Marker", name: e.GetMarkerRecordedEventAttributes().GetMarkerName(), outcome: isRecorded}, true
	}
	return lane{}, false
}
