package trace

import (
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// task adds a workflow task that ended, with its wait. The one that a reset ends is not of this run, and nothing before it is.
func (w *walk) task(ev *historypb.HistoryEvent) {
	var scheduled, started orchestration.EventID
	outcome, identity := outcomeCompleted, ""
	var failure *failurepb.Failure
	switch a := ev.Attributes.(type) {
	case *historypb.HistoryEvent_WorkflowTaskCompletedEventAttributes:
		t := a.WorkflowTaskCompletedEventAttributes
		scheduled, started, identity = t.ScheduledEventId, t.StartedEventId, t.Identity
	case *historypb.HistoryEvent_WorkflowTaskFailedEventAttributes:
		t := a.WorkflowTaskFailedEventAttributes
		if t.Cause == enumspb.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW {
			w.reset, w.spans = ev, nil
			return
		}
		scheduled, started, identity, outcome, failure = t.ScheduledEventId, t.StartedEventId, t.Identity, word(t.Cause), t.Failure
	case *historypb.HistoryEvent_WorkflowTaskTimedOutEventAttributes:
		t := a.WorkflowTaskTimedOutEventAttributes
		scheduled, started, outcome = t.ScheduledEventId, t.StartedEventId, outcomeTimedOut
	}
	opened, begun := w.event(scheduled), w.event(started)
	if opened == nil {
		return
	}
	queue := text(attrQueue, opened.GetWorkflowTaskScheduledEventAttributes().GetTaskQueue().GetName())
	own := spanID(w.run.Key.RunID, opened.EventId, whole)
	if begun != nil {
		w.add(begun, span{kind: KindWait, name: "wait for a worker", opened: opened, part: waiting, parent: own, attributes: []*commonpb.KeyValue{queue}})
	}
	out := w.add(ev, span{kind: KindTask, name: "workflow task", opened: opened, attributes: []*commonpb.KeyValue{
		queue, number(attrAttempts, int64(max(1, opened.GetWorkflowTaskScheduledEventAttributes().GetAttempt()))), text(attrIdentity, identity), text(attrOutcome, outcome),
	}})
	if outcome != outcomeCompleted {
		fail(out, out.EndTimeUnixNano, failure, outcome)
	}
}

// signal adds a signal, with a link to whoever sent it.
func (w *walk) signal(ev *historypb.HistoryEvent) {
	a := ev.GetWorkflowExecutionSignaledEventAttributes()
	s := moment(KindSignal, "signal "+a.SignalName, text(attrName, a.SignalName))
	if from := a.ExternalWorkflowExecution; from != nil {
		s.attributes = append(s.attributes, text(attrTarget, from.WorkflowId), text(attrTargetRun, from.RunId))
	}
	caller, _ := orchestration.TraceContextOf(a.Header)
	link(w.add(ev, s), caller, "caller")
}

// end adds what the run leaves open, and the run itself.
func (w *walk) end(ev *historypb.HistoryEvent, c conclusion) {
	for _, opened := range w.left() {
		w.outcome(ev, w.stepOf(opened), ended{outcome: outcomeLeft})
	}
	w.open = nil
	a := w.start
	begun := w.events[0]
	s := span{kind: KindRun, name: "workflow " + a.WorkflowType.GetName(), opened: &historypb.HistoryEvent{EventTime: begun.EventTime}, parent: w.parent(), attributes: []*commonpb.KeyValue{
		text(attrType, a.WorkflowType.GetName()), text(attrQueue, a.TaskQueue.GetName()), number(attrEvents, ev.EventId), number(attrRunAttempt, int64(max(1, a.Attempt))),
		text(attrCron, a.CronSchedule), text(attrOutcome, c.outcome),
	}}
	if w.reset != nil {
		s.from = w.reset.EventTime.AsTime()
	}
	out := w.add(ev, s)
	if s.parent == [8]byte{} {
		out.ParentSpanId = nil
	}
	if c.failed {
		message := c.outcome
		if c.message != "" {
			message = c.message
		}
		fail(out, out.EndTimeUnixNano, c.failure, c.outcome)
		if c.failure == nil {
			out.Status.Message = valid(message)
		}
	}
	link(out, w.neighbour(a.ContinuedExecutionRunId), "previous run")
	link(out, w.neighbour(c.next), "next run")
	if w.reset != nil {
		link(out, w.neighbour(w.reset.GetWorkflowTaskFailedEventAttributes().BaseRunId), "reset of")
	}
}

// parent is the span that the run's is a child of: of whoever carried a context to the start, of the parent's step, or of the first run of the chain. Zero:
// it begins its trace.
func (w *walk) parent() (id [8]byte) {
	if w.run.Place.Span != id {
		return w.run.Place.Span
	}
	if run, err := orchestration.ParseRunID(w.start.ParentWorkflowExecution.GetRunId()); err == nil && !run.IsZero() {
		return spanID(run, w.start.ParentInitiatedEventId, whole)
	}
	if first, err := orchestration.ParseRunID(w.start.FirstExecutionRunId); err == nil && !first.IsZero() && first != w.run.Key.RunID {
		return spanID(first, 0, whole)
	}
	return id
}

// neighbour is the span of another run of the chain, which has the same trace.
func (w *walk) neighbour(run string) (c orchestration.TraceContext) {
	id, err := orchestration.ParseRunID(run)
	if err != nil || id.IsZero() {
		return c
	}
	return orchestration.TraceContext{Trace: w.run.Place.Trace, Span: spanID(id, 0, whole)}
}
