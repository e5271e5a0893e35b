package wiretest

import (
	"fmt"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
)

// timer is a pending timer of a workflow.
type timer struct {
	startedEvent int64
	fires        *time.Timer
}

// do carries out a command. The lock is held.
func (r *run) do(command *commandpb.Command, task int64) error {
	switch command.GetCommandType() {
	case enumspb.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK:
		r.scheduleActivity(command.GetScheduleActivityTaskCommandAttributes(), task)
	case enumspb.COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK:
		r.cancelActivity(command.GetRequestCancelActivityTaskCommandAttributes().GetScheduledEventId(), task)
	case enumspb.COMMAND_TYPE_START_TIMER:
		r.startTimer(command.GetStartTimerCommandAttributes(), task)
	case enumspb.COMMAND_TYPE_CANCEL_TIMER:
		r.cancelTimer(command.GetCancelTimerCommandAttributes().GetTimerId(), task)
	case enumspb.COMMAND_TYPE_RECORD_MARKER:
		r.recordMarker(command.GetRecordMarkerCommandAttributes(), task)
	default:
		if event := closeEvent(command, task); event != nil {
			r.add(event)
			r.closed = true
			return nil
		}
		return serviceerror.NewInvalidArgument(fmt.Sprintf("no such command: %s", command.GetCommandType()))
	}
	return nil
}

// closeEvent returns the event with which a command ends the workflow, nil if it does not.
func closeEvent(command *commandpb.Command, task int64) *historypb.HistoryEvent {
	switch command.GetCommandType() {
	case enumspb.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION:
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
			Attributes: &historypb.HistoryEvent_WorkflowExecutionCompletedEventAttributes{
				WorkflowExecutionCompletedEventAttributes: &historypb.WorkflowExecutionCompletedEventAttributes{
					Result: command.GetCompleteWorkflowExecutionCommandAttributes().GetResult(), WorkflowTaskCompletedEventId: task,
				},
			},
		}
	case enumspb.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION:
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
			Attributes: &historypb.HistoryEvent_WorkflowExecutionFailedEventAttributes{
				WorkflowExecutionFailedEventAttributes: &historypb.WorkflowExecutionFailedEventAttributes{
					Failure: command.GetFailWorkflowExecutionCommandAttributes().GetFailure(), WorkflowTaskCompletedEventId: task,
				},
			},
		}
	case enumspb.COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION:
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
			Attributes: &historypb.HistoryEvent_WorkflowExecutionCanceledEventAttributes{
				WorkflowExecutionCanceledEventAttributes: &historypb.WorkflowExecutionCanceledEventAttributes{
					Details: command.GetCancelWorkflowExecutionCommandAttributes().GetDetails(), WorkflowTaskCompletedEventId: task,
				},
			},
		}
	}
	return nil
}

func (r *run) startTimer(a *commandpb.StartTimerCommandAttributes, task int64) {
	started := r.add(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_TIMER_STARTED,
		Attributes: &historypb.HistoryEvent_TimerStartedEventAttributes{
			TimerStartedEventAttributes: &historypb.TimerStartedEventAttributes{
				TimerId: a.GetTimerId(), StartToFireTimeout: a.GetStartToFireTimeout(), WorkflowTaskCompletedEventId: task,
			},
		},
	}).GetEventId()
	fires := time.AfterFunc(a.GetStartToFireTimeout().AsDuration(), func() {
		r.e.mu.Lock()
		defer r.e.mu.Unlock()
		if r.timers[a.GetTimerId()].startedEvent != started {
			return
		}
		delete(r.timers, a.GetTimerId())
		r.happened(&historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_TIMER_FIRED,
			Attributes: &historypb.HistoryEvent_TimerFiredEventAttributes{
				TimerFiredEventAttributes: &historypb.TimerFiredEventAttributes{TimerId: a.GetTimerId(), StartedEventId: started},
			},
		})
	})
	r.timers[a.GetTimerId()] = timer{startedEvent: started, fires: fires}
}

func (r *run) cancelTimer(id string, task int64) {
	pending := r.timers[id]
	if pending.fires == nil {
		return
	}
	pending.fires.Stop()
	delete(r.timers, id)
	r.add(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_TIMER_CANCELED,
		Attributes: &historypb.HistoryEvent_TimerCanceledEventAttributes{
			TimerCanceledEventAttributes: &historypb.TimerCanceledEventAttributes{
				TimerId: id, StartedEventId: pending.startedEvent, WorkflowTaskCompletedEventId: task,
			},
		},
	})
}

func (r *run) recordMarker(a *commandpb.RecordMarkerCommandAttributes, task int64) {
	r.add(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_MARKER_RECORDED,
		Attributes: &historypb.HistoryEvent_MarkerRecordedEventAttributes{
			MarkerRecordedEventAttributes: &historypb.MarkerRecordedEventAttributes{
				MarkerName: a.GetMarkerName(), Details: a.GetDetails(), Failure: a.GetFailure(), WorkflowTaskCompletedEventId: task,
			},
		},
	})
}
