package trace

import (
	"cmp"
	"time"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// close ends the step that an event closes.
func (w *walk) close(ev *historypb.HistoryEvent, e ended) {
	opened := w.open[e.opened]
	if opened == nil {
		return
	}
	delete(w.open, e.opened)
	if opened.EventType == enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED {
		w.activity(ev, opened, e)
		return
	}
	w.outcome(ev, w.stepOf(opened), e)
}

// outcome adds a span that ends as e says.
func (w *walk) outcome(ev *historypb.HistoryEvent, s span, e ended) {
	s.attributes = append(s.attributes, text(attrOutcome, e.outcome), retryState(e.retry))
	out := w.add(ev, s)
	if e.failed {
		fail(out, out.EndTimeUnixNano, e.failure, e.outcome)
	}
	if s.kind == KindUpdate {
		caller, _ := orchestration.TraceContextOf(s.opened.GetWorkflowExecutionUpdateAcceptedEventAttributes().GetAcceptedRequest().GetInput().GetHeader())
		link(out, caller, "caller")
	}
}

// stepOf is the span of what an event opened, without how it ended.
func (w *walk) stepOf(opened *historypb.HistoryEvent) span {
	s := span{opened: opened}
	switch a := opened.Attributes.(type) {
	case *historypb.HistoryEvent_ActivityTaskScheduledEventAttributes:
		t := a.ActivityTaskScheduledEventAttributes
		s.kind, s.name, s.from = KindActivity, "activity "+t.ActivityType.GetName(), w.scheduled(opened)
		s.attributes = []*commonpb.KeyValue{text(attrActivity, t.ActivityType.GetName()), text(attrActivityID, t.ActivityId), text(attrQueue, t.TaskQueue.GetName())}
	case *historypb.HistoryEvent_TimerStartedEventAttributes:
		s.kind, s.name = KindTimer, "timer"
		s.attributes = []*commonpb.KeyValue{text(attrTimerID, a.TimerStartedEventAttributes.TimerId)}
	case *historypb.HistoryEvent_StartChildWorkflowExecutionInitiatedEventAttributes:
		t := a.StartChildWorkflowExecutionInitiatedEventAttributes
		s.kind, s.name = KindChild, "child "+t.WorkflowType.GetName()
		s.attributes = []*commonpb.KeyValue{text(attrTargetType, t.WorkflowType.GetName()), text(attrTarget, t.WorkflowId)}
	case *historypb.HistoryEvent_SignalExternalWorkflowExecutionInitiatedEventAttributes:
		t := a.SignalExternalWorkflowExecutionInitiatedEventAttributes
		s.kind, s.name = KindReach, "signal to another workflow: "+t.SignalName
		s.attributes = []*commonpb.KeyValue{text(attrName, t.SignalName), text(attrTarget, t.WorkflowExecution.GetWorkflowId()), text(attrTargetRun, t.WorkflowExecution.GetRunId())}
	case *historypb.HistoryEvent_RequestCancelExternalWorkflowExecutionInitiatedEventAttributes:
		t := a.RequestCancelExternalWorkflowExecutionInitiatedEventAttributes
		s.kind, s.name = KindReach, "cancel request to another workflow"
		s.attributes = []*commonpb.KeyValue{text(attrTarget, t.WorkflowExecution.GetWorkflowId()), text(attrTargetRun, t.WorkflowExecution.GetRunId())}
	case *historypb.HistoryEvent_WorkflowExecutionUpdateAcceptedEventAttributes:
		t := a.WorkflowExecutionUpdateAcceptedEventAttributes
		name := t.AcceptedRequest.GetInput().GetName()
		s.kind, s.name = KindUpdate, "update "+name
		s.attributes = []*commonpb.KeyValue{text(attrName, name), text(attrUpdateID, cmp.Or(t.AcceptedRequest.GetMeta().GetUpdateId(), t.ProtocolInstanceId))}
	}
	return s
}

// scheduled is when an activity was scheduled: by a reset anew, if it was pending then.
func (w *walk) scheduled(opened *historypb.HistoryEvent) time.Time {
	if w.reset != nil && opened.EventId < w.reset.EventId {
		return w.reset.EventTime.AsTime()
	}
	return opened.EventTime.AsTime()
}

// activity adds the spans of an activity that closed: its own, its wait for a worker, and its last attempt. History does not keep when an attempt after the
// first was scheduled, so only a first one's wait is known.
func (w *walk) activity(ev, opened *historypb.HistoryEvent, e ended) {
	s := w.stepOf(opened)
	begun := w.event(e.started)
	started := begun.GetActivityTaskStartedEventAttributes()
	own := spanID(w.run.Key.RunID, opened.EventId, whole)
	if started != nil && begun.EventTime != nil && begun.EventTime.AsTime().Unix() > 0 {
		queue := text(attrQueue, opened.GetActivityTaskScheduledEventAttributes().GetTaskQueue().GetName())
		if started.Attempt <= 1 {
			w.add(begun, span{kind: KindWait, name: "wait for a worker", opened: opened, part: waiting, parent: own, from: s.from, attributes: []*commonpb.KeyValue{queue}})
		}
		attempt := span{kind: KindAttempt, name: "attempt " + s.name[len("activity "):], opened: opened, part: working, parent: own, from: begun.EventTime.AsTime(), attributes: []*commonpb.KeyValue{
			queue, number(attrAttempts, int64(max(1, started.Attempt))), text(attrIdentity, started.Identity),
		}}
		w.outcome(ev, attempt, ended{outcome: e.outcome, failed: e.failed, failure: e.failure})
	}
	s.attributes = append(s.attributes, number(attrAttempts, int64(max(started.GetAttempt(), boolInt(started != nil)))), text(attrOutcome, e.outcome), retryState(e.retry))
	out := w.add(ev, s)
	if f := started.GetLastFailure(); f != nil {
		out.Events = append(out.Events, exception(eventLast, nanos(begun.EventTime.AsTime()), f))
	}
	if e.failed {
		fail(out, out.EndTimeUnixNano, e.failure, e.outcome)
	}
}

func boolInt(b bool) int32 {
	if b {
		return 1
	}
	return 0
}

// retryState is why an activity or a child was not tried again; nil: it needed not be.
func retryState(r enumspb.RetryState) *commonpb.KeyValue {
	if r == enumspb.RETRY_STATE_UNSPECIFIED {
		return nil
	}
	return text(attrRetryState, word(r))
}
