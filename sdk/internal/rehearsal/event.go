package rehearsal

import (
	"fmt"

	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
)

// eventOf returns the event that a command becomes.
func eventOf(c *commandpb.Command, completed int64) *historypb.HistoryEvent {
	if event := otherWorkflowEvent(c, completed); event != nil {
		return event
	}
	switch c.GetCommandType() {
	case enumspb.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK:
		a := c.GetScheduleActivityTaskCommandAttributes()
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
			Attributes: &historypb.HistoryEvent_ActivityTaskScheduledEventAttributes{
				ActivityTaskScheduledEventAttributes: &historypb.ActivityTaskScheduledEventAttributes{
					ActivityId: a.GetActivityId(), ActivityType: a.GetActivityType(), TaskQueue: a.GetTaskQueue(), Header: a.GetHeader(),
					Input: a.GetInput(), ScheduleToCloseTimeout: a.GetScheduleToCloseTimeout(), ScheduleToStartTimeout: a.GetScheduleToStartTimeout(),
					StartToCloseTimeout: a.GetStartToCloseTimeout(), HeartbeatTimeout: a.GetHeartbeatTimeout(), RetryPolicy: a.GetRetryPolicy(),
					WorkflowTaskCompletedEventId: completed,
				},
			},
		}
	case enumspb.COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK:
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED,
			Attributes: &historypb.HistoryEvent_ActivityTaskCancelRequestedEventAttributes{
				ActivityTaskCancelRequestedEventAttributes: &historypb.ActivityTaskCancelRequestedEventAttributes{
					ScheduledEventId: c.GetRequestCancelActivityTaskCommandAttributes().GetScheduledEventId(), WorkflowTaskCompletedEventId: completed,
				},
			},
		}
	case enumspb.COMMAND_TYPE_START_TIMER:
		a := c.GetStartTimerCommandAttributes()
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_TIMER_STARTED,
			Attributes: &historypb.HistoryEvent_TimerStartedEventAttributes{
				TimerStartedEventAttributes: &historypb.TimerStartedEventAttributes{
					TimerId: a.GetTimerId(), StartToFireTimeout: a.GetStartToFireTimeout(), WorkflowTaskCompletedEventId: completed,
				},
			},
		}
	case enumspb.COMMAND_TYPE_CANCEL_TIMER:
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_TIMER_CANCELED,
			Attributes: &historypb.HistoryEvent_TimerCanceledEventAttributes{
				TimerCanceledEventAttributes: &historypb.TimerCanceledEventAttributes{
					TimerId: c.GetCancelTimerCommandAttributes().GetTimerId(), WorkflowTaskCompletedEventId: completed,
				},
			},
		}
	case enumspb.COMMAND_TYPE_RECORD_MARKER:
		a := c.GetRecordMarkerCommandAttributes()
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_MARKER_RECORDED,
			Attributes: &historypb.HistoryEvent_MarkerRecordedEventAttributes{
				MarkerRecordedEventAttributes: &historypb.MarkerRecordedEventAttributes{
					MarkerName: a.GetMarkerName(), Details: a.GetDetails(), Failure: a.GetFailure(), WorkflowTaskCompletedEventId: completed,
				},
			},
		}
	}
	return upsertOrCloseEvent(c, completed)
}

func upsertOrCloseEvent(c *commandpb.Command, completed int64) *historypb.HistoryEvent {
	switch c.GetCommandType() {
	case enumspb.COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
			Attributes: &historypb.HistoryEvent_UpsertWorkflowSearchAttributesEventAttributes{
				UpsertWorkflowSearchAttributesEventAttributes: &historypb.UpsertWorkflowSearchAttributesEventAttributes{
					SearchAttributes:             c.GetUpsertWorkflowSearchAttributesCommandAttributes().GetSearchAttributes(),
					WorkflowTaskCompletedEventId: completed,
				},
			},
		}
	case enumspb.COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES:
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED,
			Attributes: &historypb.HistoryEvent_WorkflowPropertiesModifiedEventAttributes{
				WorkflowPropertiesModifiedEventAttributes: &historypb.WorkflowPropertiesModifiedEventAttributes{
					UpsertedMemo: c.GetModifyWorkflowPropertiesCommandAttributes().GetUpsertedMemo(), WorkflowTaskCompletedEventId: completed,
				},
			},
		}
	case enumspb.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION:
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
			Attributes: &historypb.HistoryEvent_WorkflowExecutionCompletedEventAttributes{
				WorkflowExecutionCompletedEventAttributes: &historypb.WorkflowExecutionCompletedEventAttributes{
					Result: c.GetCompleteWorkflowExecutionCommandAttributes().GetResult(), WorkflowTaskCompletedEventId: completed,
				},
			},
		}
	case enumspb.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION:
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
			Attributes: &historypb.HistoryEvent_WorkflowExecutionFailedEventAttributes{
				WorkflowExecutionFailedEventAttributes: &historypb.WorkflowExecutionFailedEventAttributes{
					Failure: c.GetFailWorkflowExecutionCommandAttributes().GetFailure(), WorkflowTaskCompletedEventId: completed,
				},
			},
		}
	case enumspb.COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION:
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
			Attributes: &historypb.HistoryEvent_WorkflowExecutionCanceledEventAttributes{
				WorkflowExecutionCanceledEventAttributes: &historypb.WorkflowExecutionCanceledEventAttributes{
					Details: c.GetCancelWorkflowExecutionCommandAttributes().GetDetails(), WorkflowTaskCompletedEventId: completed,
				},
			},
		}
	}
	panic(fmt.Sprintf("rehearsal: command %s is not in the play", c.GetCommandType()))
}
