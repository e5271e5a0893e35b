package machine

import (
	"fmt"
	"strings"

	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
)

// NondeterminismError says that the workflow code does not do what it did when the history was made.
type NondeterminismError struct {
	// EventID is the event at which they differ.
	EventID int64
	// Expected describes that event: what the code did then. Empty if the history has nothing there.
	Expected string
	// Actual describes what the code asks for now. Empty if it asks for nothing.
	Actual string
	// Place is the line of workflow code that asked for it, or the lines at which it waits.
	Place string
}

// Error says what differs and where.
func (e *NondeterminismError) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "nondeterministic workflow code at event %d: ", e.EventID)
	switch {
	case e.Actual == "":
		fmt.Fprintf(&text, "the history has %s, the code asks for nothing; it is at %s", e.Expected, e.Place)
	case e.Expected == "":
		fmt.Fprintf(&text, "the code asks for %s at %s, the history has no event for it", e.Actual, e.Place)
	default:
		fmt.Fprintf(&text, "the history has %s, the code asks for %s at %s", e.Expected, e.Actual, e.Place)
	}
	return text.String()
}

func describeCommand(c *commandpb.Command) string {
	name := c.GetCommandType().String()
	switch c.GetCommandType() {
	case enumspb.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK:
		a := c.GetScheduleActivityTaskCommandAttributes()
		return fmt.Sprintf("%s(type %q, id %q)", name, a.GetActivityType().GetName(), a.GetActivityId())
	case enumspb.COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK:
		return fmt.Sprintf("%s(scheduled event %d)", name, c.GetRequestCancelActivityTaskCommandAttributes().GetScheduledEventId())
	case enumspb.COMMAND_TYPE_START_TIMER:
		a := c.GetStartTimerCommandAttributes()
		return fmt.Sprintf("%s(id %q, %s)", name, a.GetTimerId(), a.GetStartToFireTimeout().AsDuration())
	case enumspb.COMMAND_TYPE_CANCEL_TIMER:
		return fmt.Sprintf("%s(id %q)", name, c.GetCancelTimerCommandAttributes().GetTimerId())
	case enumspb.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION:
		a := c.GetStartChildWorkflowExecutionCommandAttributes()
		return fmt.Sprintf("%s(type %q, id %q)", name, a.GetWorkflowType().GetName(), a.GetWorkflowId())
	case enumspb.COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION:
		a := c.GetSignalExternalWorkflowExecutionCommandAttributes()
		return fmt.Sprintf("%s(%q to %q)", name, a.GetSignalName(), a.GetExecution().GetWorkflowId())
	case enumspb.COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION:
		return fmt.Sprintf("%s(%q)", name, c.GetRequestCancelExternalWorkflowExecutionCommandAttributes().GetWorkflowId())
	case enumspb.COMMAND_TYPE_PROTOCOL_MESSAGE:
		return fmt.Sprintf("%s(%q)", name, c.GetProtocolMessageCommandAttributes().GetMessageId())
	case enumspb.COMMAND_TYPE_RECORD_MARKER:
		return fmt.Sprintf("%s(%s)", name, c.GetRecordMarkerCommandAttributes().GetMarkerName())
	}
	return name
}

func describeLocal(activityType, id string) string {
	return fmt.Sprintf("local activity (type %q, id %q)", activityType, id)
}

func describeEvent(event *historypb.HistoryEvent) string {
	name := event.GetEventType().String()
	switch event.GetEventType() {
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
		a := event.GetActivityTaskScheduledEventAttributes()
		return fmt.Sprintf("%s(type %q, id %q)", name, a.GetActivityType().GetName(), a.GetActivityId())
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED:
		return fmt.Sprintf("%s(scheduled event %d)", name, event.GetActivityTaskCancelRequestedEventAttributes().GetScheduledEventId())
	case enumspb.EVENT_TYPE_TIMER_STARTED:
		a := event.GetTimerStartedEventAttributes()
		return fmt.Sprintf("%s(id %q, %s)", name, a.GetTimerId(), a.GetStartToFireTimeout().AsDuration())
	case enumspb.EVENT_TYPE_TIMER_CANCELED:
		return fmt.Sprintf("%s(id %q)", name, event.GetTimerCanceledEventAttributes().GetTimerId())
	case enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
		a := event.GetStartChildWorkflowExecutionInitiatedEventAttributes()
		return fmt.Sprintf("%s(type %q, id %q)", name, a.GetWorkflowType().GetName(), a.GetWorkflowId())
	case enumspb.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
		a := event.GetSignalExternalWorkflowExecutionInitiatedEventAttributes()
		return fmt.Sprintf("%s(%q to %q)", name, a.GetSignalName(), a.GetWorkflowExecution().GetWorkflowId())
	case enumspb.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
		return fmt.Sprintf("%s(%q)", name, event.GetRequestCancelExternalWorkflowExecutionInitiatedEventAttributes().GetWorkflowExecution().GetWorkflowId())
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:
		return fmt.Sprintf("%s(%q)", name, messageOf(event))
	case enumspb.EVENT_TYPE_MARKER_RECORDED:
		return fmt.Sprintf("%s(%s)", name, event.GetMarkerRecordedEventAttributes().GetMarkerName())
	}
	return name
}
