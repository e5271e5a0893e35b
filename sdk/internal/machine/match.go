package machine

import (
	"fmt"

	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
)

// answers maps each type of event that a command makes to the type of command that makes it.
var answers = map[enumspb.EventType]enumspb.CommandType{
	enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:                              enumspb.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
	enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED:                       enumspb.COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK,
	enumspb.EVENT_TYPE_TIMER_STARTED:                                        enumspb.COMMAND_TYPE_START_TIMER,
	enumspb.EVENT_TYPE_TIMER_CANCELED:                                       enumspb.COMMAND_TYPE_CANCEL_TIMER,
	enumspb.EVENT_TYPE_MARKER_RECORDED:                                      enumspb.COMMAND_TYPE_RECORD_MARKER,
	enumspb.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:                    enumspb.COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
	enumspb.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED:                         enumspb.COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:                         enumspb.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:                            enumspb.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:                          enumspb.COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:                  enumspb.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
	enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:             enumspb.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION,
	enumspb.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:         enumspb.COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION,
	enumspb.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: enumspb.COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION,
	enumspb.EVENT_TYPE_NEXUS_OPERATION_SCHEDULED:                            enumspb.COMMAND_TYPE_SCHEDULE_NEXUS_OPERATION,
	enumspb.EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUESTED:                     enumspb.COMMAND_TYPE_REQUEST_CANCEL_NEXUS_OPERATION,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:                   enumspb.COMMAND_TYPE_PROTOCOL_MESSAGE,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:                  enumspb.COMMAND_TYPE_PROTOCOL_MESSAGE,
}

// IsAnswer reports whether an event exists because of a command.
func IsAnswer(event *historypb.HistoryEvent) bool {
	_, ok := answers[event.GetEventType()]
	return ok
}

// match pairs an event with the next command.
func (r *Run) match(event *historypb.HistoryEvent) error {
	if r.skipVersion(event) {
		return nil
	}
	if len(r.unmatched) == 0 {
		return &NondeterminismError{EventID: event.GetEventId(), Expected: describeEvent(event), Place: r.whereBlocked()}
	}
	c := r.unmatched[0]
	if !r.agree(c.wire, event) {
		return &NondeterminismError{
			EventID: event.GetEventId(), Expected: describeEvent(event), Actual: describeCommand(c.wire), Place: c.site.String(),
		}
	}
	r.unmatched[0] = nil
	r.unmatched = r.unmatched[1:]
	delete(r.timers, event.GetTimerCanceledEventAttributes().GetTimerId())
	return nil
}

// AllMatched returns an error if the history went on without an event for a command.
func (r *Run) AllMatched() error {
	if len(r.unmatched) == 0 {
		return nil
	}
	c := r.unmatched[0]
	return &NondeterminismError{EventID: r.applied, Actual: describeCommand(c.wire), Place: c.site.String()}
}

// agree reports whether a command makes such an event. What it compares identifies the step; options such as timeouts and inputs
// may change between versions of the code.
func (r *Run) agree(c *commandpb.Command, event *historypb.HistoryEvent) bool {
	if answers[event.GetEventType()] != c.GetCommandType() {
		return false
	}
	switch c.GetCommandType() {
	case enumspb.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK:
		asked, made := c.GetScheduleActivityTaskCommandAttributes(), event.GetActivityTaskScheduledEventAttributes()
		return asked.GetActivityId() == made.GetActivityId() && asked.GetActivityType().GetName() == made.GetActivityType().GetName()
	case enumspb.COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK:
		return c.GetRequestCancelActivityTaskCommandAttributes().GetScheduledEventId() ==
			event.GetActivityTaskCancelRequestedEventAttributes().GetScheduledEventId()
	case enumspb.COMMAND_TYPE_START_TIMER:
		return c.GetStartTimerCommandAttributes().GetTimerId() == event.GetTimerStartedEventAttributes().GetTimerId()
	case enumspb.COMMAND_TYPE_CANCEL_TIMER:
		return c.GetCancelTimerCommandAttributes().GetTimerId() == event.GetTimerCanceledEventAttributes().GetTimerId()
	case enumspb.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION:
		asked, made := c.GetStartChildWorkflowExecutionCommandAttributes(), event.GetStartChildWorkflowExecutionInitiatedEventAttributes()
		return asked.GetWorkflowId() == made.GetWorkflowId() && asked.GetWorkflowType().GetName() == made.GetWorkflowType().GetName()
	case enumspb.COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION:
		asked, made := c.GetSignalExternalWorkflowExecutionCommandAttributes(), event.GetSignalExternalWorkflowExecutionInitiatedEventAttributes()
		return asked.GetSignalName() == made.GetSignalName() && asked.GetExecution().GetWorkflowId() == made.GetWorkflowExecution().GetWorkflowId()
	case enumspb.COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION:
		asked, made := c.GetRequestCancelExternalWorkflowExecutionCommandAttributes(), event.GetRequestCancelExternalWorkflowExecutionInitiatedEventAttributes()
		return asked.GetWorkflowId() == made.GetWorkflowExecution().GetWorkflowId()
	case enumspb.COMMAND_TYPE_PROTOCOL_MESSAGE:
		return c.GetProtocolMessageCommandAttributes().GetMessageId() == messageOf(event)
	case enumspb.COMMAND_TYPE_RECORD_MARKER:
		return r.sameMarker(c.GetRecordMarkerCommandAttributes(), event.GetMarkerRecordedEventAttributes())
	}
	return true
}

// messageOf returns the id of the message that made an event of an update.
func messageOf(event *historypb.HistoryEvent) string {
	if accepted := event.GetWorkflowExecutionUpdateAcceptedEventAttributes(); accepted != nil {
		return accepted.GetProtocolInstanceId() + "/accept"
	}
	return event.GetWorkflowExecutionUpdateCompletedEventAttributes().GetMeta().GetUpdateId() + "/complete"
}

// whereBlocked names the places at which the code waits, for an event that it should have asked for and did not.
func (r *Run) whereBlocked() string {
	if r.outcome != nil {
		return "the workflow function has returned"
	}
	// Callers may be inside Advance; the coroutines are parked in any case.
	return fmt.Sprintf("%v", r.scheduler.Places())
}
