package rehearsal

import (
	"fmt"
	"slices"

	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"
)

// Accept completes the workflow task in flight: each command becomes an event, then what came meanwhile.
func (s *Server) Accept(reply *workflowservice.RespondWorkflowTaskCompletedRequest) {
	completed := s.append(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
		Attributes: &historypb.HistoryEvent_WorkflowTaskCompletedEventAttributes{
			WorkflowTaskCompletedEventAttributes: &historypb.WorkflowTaskCompletedEventAttributes{
				ScheduledEventId: s.scheduled, StartedEventId: s.started, Identity: reply.GetIdentity(), SdkMetadata: reply.GetSdkMetadata(),
			},
		},
	})
	s.previous, s.scheduled, s.started, s.attempt = s.started, 0, 0, 1
	s.sticky = reply.GetStickyAttributes() != nil
	s.refuse(reply.GetMessages())
	for _, command := range reply.GetCommands() {
		if message := command.GetProtocolMessageCommandAttributes(); message != nil {
			s.advanceUpdate(message.GetMessageId(), reply.GetMessages())
			continue
		}
		s.perform(command, completed)
	}
	s.flush()
	if len(s.updates.pending) > 0 || reply.GetForceCreateNewWorkflowTask() {
		s.schedule()
	}
}

// Fail fails the workflow task in flight and schedules another attempt.
func (s *Server) Fail(reply *workflowservice.RespondWorkflowTaskFailedRequest) {
	s.append(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED,
		Attributes: &historypb.HistoryEvent_WorkflowTaskFailedEventAttributes{
			WorkflowTaskFailedEventAttributes: &historypb.WorkflowTaskFailedEventAttributes{
				ScheduledEventId: s.scheduled, StartedEventId: s.started, Cause: reply.GetCause(), Failure: reply.GetFailure(),
			},
		},
	})
	s.retry()
}

// TimeOut ends the workflow task in flight without an answer and schedules another attempt.
func (s *Server) TimeOut() {
	s.append(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
		Attributes: &historypb.HistoryEvent_WorkflowTaskTimedOutEventAttributes{
			WorkflowTaskTimedOutEventAttributes: &historypb.WorkflowTaskTimedOutEventAttributes{
				ScheduledEventId: s.scheduled, StartedEventId: s.started, TimeoutType: enumspb.TIMEOUT_TYPE_START_TO_CLOSE,
			},
		},
	})
	s.retry()
}

func (s *Server) retry() {
	s.scheduled, s.started, s.sticky = 0, 0, false
	s.attempt++
	s.flush()
	s.schedule()
}

// flush writes what was buffered.
func (s *Server) flush() {
	buffered := s.buffered
	s.buffered = nil
	for _, event := range buffered {
		s.happen(event)
	}
	for id, a := range s.activities {
		if a.closing {
			delete(s.activities, id)
		}
	}
	for id, c := range s.children {
		if c.closing {
			delete(s.children, id)
		}
	}
	for id, t := range s.timers {
		if t.firing {
			delete(s.timers, id)
		}
	}
}

// perform writes the event of a command.
func (s *Server) perform(command *commandpb.Command, completed int64) {
	event := eventOf(command, completed)
	event.UserMetadata = command.GetUserMetadata()
	id := s.append(event)
	s.noteOther(command, id)
	switch command.GetCommandType() {
	case enumspb.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK:
		a := command.GetScheduleActivityTaskCommandAttributes()
		s.activities[id] = &Activity{ScheduledID: id, ID: a.GetActivityId(), Type: a.GetActivityType().GetName(), Input: a.GetInput()}
	case enumspb.COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK:
		if a := s.activities[command.GetRequestCancelActivityTaskCommandAttributes().GetScheduledEventId()]; a != nil {
			a.CancelRequested = true
		}
	case enumspb.COMMAND_TYPE_START_TIMER:
		a := command.GetStartTimerCommandAttributes()
		if s.timers[a.GetTimerId()] != nil {
			panic(fmt.Sprintf("rehearsal: timer id %q is in use", a.GetTimerId()))
		}
		s.timers[a.GetTimerId()] = &timer{id: a.GetTimerId(), started: id, due: s.Now.Add(a.GetStartToFireTimeout().AsDuration())}
	case enumspb.COMMAND_TYPE_CANCEL_TIMER:
		s.cancelTimer(command.GetCancelTimerCommandAttributes().GetTimerId())
	case enumspb.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION, enumspb.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION,
		enumspb.COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION, enumspb.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION:
		s.closed, s.buffered = true, nil
	}
}

// cancelTimer takes back a timer, also one that fired while the task was in flight.
func (s *Server) cancelTimer(id string) {
	delete(s.timers, id)
	s.buffered = slices.DeleteFunc(s.buffered, func(event *historypb.HistoryEvent) bool {
		fired := event.GetTimerFiredEventAttributes()
		return fired != nil && fired.GetTimerId() == id
	})
}
