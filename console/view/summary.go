package view

import (
	"fmt"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
)

// maxSummary is the length of a summary, in runes.
const maxSummary = 160

// summary is the one fact about an event that a reader looks for: what was asked for, or what went wrong. It may be empty.
func summary(event *historypb.HistoryEvent) string {
	return clip(Visible(firstLine(fact(event))))
}

func fact(event *historypb.HistoryEvent) string {
	if s := runFact(event); s != "" {
		return s
	}
	if s := activityFact(event); s != "" {
		return s
	}
	return otherFact(event)
}

func runFact(event *historypb.HistoryEvent) string {
	switch a := event.GetAttributes().(type) {
	case *historypb.HistoryEvent_WorkflowExecutionStartedEventAttributes:
		return a.WorkflowExecutionStartedEventAttributes.GetWorkflowType().GetName()
	case *historypb.HistoryEvent_WorkflowExecutionFailedEventAttributes:
		return message(a.WorkflowExecutionFailedEventAttributes.GetFailure())
	case *historypb.HistoryEvent_WorkflowExecutionTerminatedEventAttributes:
		return a.WorkflowExecutionTerminatedEventAttributes.GetReason()
	case *historypb.HistoryEvent_WorkflowExecutionContinuedAsNewEventAttributes:
		return "next run " + a.WorkflowExecutionContinuedAsNewEventAttributes.GetNewExecutionRunId()
	case *historypb.HistoryEvent_WorkflowExecutionSignaledEventAttributes:
		return a.WorkflowExecutionSignaledEventAttributes.GetSignalName()
	case *historypb.HistoryEvent_WorkflowExecutionCancelRequestedEventAttributes:
		return a.WorkflowExecutionCancelRequestedEventAttributes.GetCause()
	case *historypb.HistoryEvent_WorkflowTaskScheduledEventAttributes:
		if n := a.WorkflowTaskScheduledEventAttributes.GetAttempt(); n > 1 {
			return fmt.Sprintf("attempt %d", n)
		}
	case *historypb.HistoryEvent_WorkflowTaskTimedOutEventAttributes:
		return a.WorkflowTaskTimedOutEventAttributes.GetTimeoutType().String()
	case *historypb.HistoryEvent_WorkflowTaskFailedEventAttributes:
		f := a.WorkflowTaskFailedEventAttributes
		return join(f.GetCause().String(), message(f.GetFailure()))
	}
	return ""
}

func activityFact(event *historypb.HistoryEvent) string {
	switch a := event.GetAttributes().(type) {
	case *historypb.HistoryEvent_ActivityTaskScheduledEventAttributes:
		return a.ActivityTaskScheduledEventAttributes.GetActivityType().GetName()
	case *historypb.HistoryEvent_ActivityTaskStartedEventAttributes:
		s := a.ActivityTaskStartedEventAttributes
		return join(of(s.GetScheduledEventId()), join(fmt.Sprintf("attempt %d", s.GetAttempt()), message(s.GetLastFailure())))
	case *historypb.HistoryEvent_ActivityTaskCompletedEventAttributes:
		return of(a.ActivityTaskCompletedEventAttributes.GetScheduledEventId())
	case *historypb.HistoryEvent_ActivityTaskFailedEventAttributes:
		f := a.ActivityTaskFailedEventAttributes
		return join(of(f.GetScheduledEventId()), message(f.GetFailure()))
	case *historypb.HistoryEvent_ActivityTaskTimedOutEventAttributes:
		f := a.ActivityTaskTimedOutEventAttributes
		return join(of(f.GetScheduledEventId()), message(f.GetFailure()))
	case *historypb.HistoryEvent_ActivityTaskCanceledEventAttributes:
		return of(a.ActivityTaskCanceledEventAttributes.GetScheduledEventId())
	case *historypb.HistoryEvent_ActivityTaskCancelRequestedEventAttributes:
		return of(a.ActivityTaskCancelRequestedEventAttributes.GetScheduledEventId())
	}
	return ""
}

func otherFact(event *historypb.HistoryEvent) string {
	switch a := event.GetAttributes().(type) {
	case *historypb.HistoryEvent_TimerStartedEventAttributes:
		t := a.TimerStartedEventAttributes
		return join(t.GetTimerId(), span(t.GetStartToFireTimeout().AsDuration()))
	case *historypb.HistoryEvent_TimerFiredEventAttributes:
		return a.TimerFiredEventAttributes.GetTimerId()
	case *historypb.HistoryEvent_TimerCanceledEventAttributes:
		return a.TimerCanceledEventAttributes.GetTimerId()
	case *historypb.HistoryEvent_MarkerRecordedEventAttributes:
		return a.MarkerRecordedEventAttributes.GetMarkerName()
	case *historypb.HistoryEvent_UpsertWorkflowSearchAttributesEventAttributes:
		return names(a.UpsertWorkflowSearchAttributesEventAttributes.GetSearchAttributes().GetIndexedFields())
	}
	return ""
}

// of points back to the event that scheduled something.
func of(scheduled int64) string { return fmt.Sprintf("of %d", scheduled) }

// message is what went wrong: the outer message, and the innermost cause, where it happened.
func message(f *failurepb.Failure) string {
	root := f
	for root.GetCause() != nil {
		root = root.GetCause()
	}
	if root == f {
		return f.GetMessage()
	}
	return join(f.GetMessage(), root.GetMessage())
}

func names(fields map[string]*commonpb.Payload) string {
	keys := make([]string, 0, len(fields))
	for k := range fields {
		keys = append(keys, k)
	}
	return strings.Join(sorted(keys), ", ")
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " · " + b
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

func clip(s string) string { return clipped(s, maxSummary) }

// brief is a name in a row among hundreds.
func brief(s string) string { return clipped(Visible(s), 40) }

// clipped is at most so many runes of a text.
func clipped(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most-1]) + "…"
}
