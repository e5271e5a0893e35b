package history

import (
	"strings"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"google.golang.org/protobuf/types/known/durationpb"
)

// commandWords are the workflow commands that scripts can give.
var commandWords = map[string]func(l line) *commandpb.Command{
	"activity": func(l line) *commandpb.Command {
		a := &commandpb.ScheduleActivityTaskCommandAttributes{
			ActivityId: l.word(0), ActivityType: &commonpb.ActivityType{Name: "Debit"}, Input: text(l.pairs["input"]),
			ScheduleToCloseTimeout: l.optional("schedule-to-close"), ScheduleToStartTimeout: l.optional("schedule-to-start"),
			StartToCloseTimeout: l.optional("start-to-close"), HeartbeatTimeout: l.optional("heartbeat"),
			RequestEagerExecution: l.has("eager"), TaskQueue: &taskqueuepb.TaskQueue{Name: l.pairs["queue"]},
		}
		if l.pairs["attempts"]+l.pairs["initial"]+l.pairs["never"]+l.pairs["maximum"] != "" {
			a.RetryPolicy = &commonpb.RetryPolicy{MaximumAttempts: int32(l.int("attempts")), InitialInterval: l.optional("initial"), MaximumInterval: l.optional("maximum")}
			if never := l.pairs["never"]; never != "" {
				a.RetryPolicy.NonRetryableErrorTypes = strings.Split(never, ",")
			}
		}
		if p := l.int("priority"); p > 0 {
			a.Priority = &commonpb.Priority{PriorityKey: int32(p)}
		}
		return &commandpb.Command{CommandType: enumspb.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK, Attributes: &commandpb.Command_ScheduleActivityTaskCommandAttributes{ScheduleActivityTaskCommandAttributes: a}}
	},
	"cancel-activity": func(l line) *commandpb.Command {
		a := &commandpb.RequestCancelActivityTaskCommandAttributes{ScheduledEventId: int64(l.int("event"))}
		return &commandpb.Command{CommandType: enumspb.COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK, Attributes: &commandpb.Command_RequestCancelActivityTaskCommandAttributes{RequestCancelActivityTaskCommandAttributes: a}}
	},
	"timer": func(l line) *commandpb.Command {
		a := &commandpb.StartTimerCommandAttributes{TimerId: l.word(0), StartToFireTimeout: l.optional("after")}
		return &commandpb.Command{CommandType: enumspb.COMMAND_TYPE_START_TIMER, Attributes: &commandpb.Command_StartTimerCommandAttributes{StartTimerCommandAttributes: a}}
	},
	"cancel-timer": func(l line) *commandpb.Command {
		a := &commandpb.CancelTimerCommandAttributes{TimerId: l.word(0)}
		return &commandpb.Command{CommandType: enumspb.COMMAND_TYPE_CANCEL_TIMER, Attributes: &commandpb.Command_CancelTimerCommandAttributes{CancelTimerCommandAttributes: a}}
	},
	"complete": func(l line) *commandpb.Command {
		a := &commandpb.CompleteWorkflowExecutionCommandAttributes{Result: text(l.pairs["result"])}
		return &commandpb.Command{CommandType: enumspb.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION, Attributes: &commandpb.Command_CompleteWorkflowExecutionCommandAttributes{CompleteWorkflowExecutionCommandAttributes: a}}
	},
	"fail": func(l line) *commandpb.Command {
		a := &commandpb.FailWorkflowExecutionCommandAttributes{Failure: &failurepb.Failure{Message: l.word(0)}}
		if l.pairs["type"]+l.pairs["next"] != "" {
			info := &failurepb.ApplicationFailureInfo{Type: l.pairs["type"], NextRetryDelay: l.optional("next")}
			a.Failure.FailureInfo = &failurepb.Failure_ApplicationFailureInfo{ApplicationFailureInfo: info}
		}
		return &commandpb.Command{CommandType: enumspb.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION, Attributes: &commandpb.Command_FailWorkflowExecutionCommandAttributes{FailWorkflowExecutionCommandAttributes: a}}
	},
	"cancel": func(l line) *commandpb.Command {
		a := &commandpb.CancelWorkflowExecutionCommandAttributes{Details: text(l.pairs["details"])}
		return &commandpb.Command{CommandType: enumspb.COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION, Attributes: &commandpb.Command_CancelWorkflowExecutionCommandAttributes{CancelWorkflowExecutionCommandAttributes: a}}
	},
	"continue-as-new": continueWord,
	"marker": func(l line) *commandpb.Command {
		a := &commandpb.RecordMarkerCommandAttributes{MarkerName: l.word(0), Details: map[string]*commonpb.Payloads{"data": text(l.pairs["data"])}}
		return &commandpb.Command{CommandType: enumspb.COMMAND_TYPE_RECORD_MARKER, Attributes: &commandpb.Command_RecordMarkerCommandAttributes{RecordMarkerCommandAttributes: a}}
	},
	"search": func(l line) *commandpb.Command {
		a := &commandpb.UpsertWorkflowSearchAttributesCommandAttributes{SearchAttributes: &commonpb.SearchAttributes{IndexedFields: payloadPairs(l)}}
		return &commandpb.Command{CommandType: enumspb.COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES, Attributes: &commandpb.Command_UpsertWorkflowSearchAttributesCommandAttributes{UpsertWorkflowSearchAttributesCommandAttributes: a}}
	},
	"memo": func(l line) *commandpb.Command {
		a := &commandpb.ModifyWorkflowPropertiesCommandAttributes{UpsertedMemo: &commonpb.Memo{Fields: payloadPairs(l)}}
		return &commandpb.Command{CommandType: enumspb.COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES, Attributes: &commandpb.Command_ModifyWorkflowPropertiesCommandAttributes{ModifyWorkflowPropertiesCommandAttributes: a}}
	},
	"child": childWord, "signal-external": signalExternalWord, "cancel-external": cancelExternalWord,
	"message": func(l line) *commandpb.Command { return messageCommand(l.word(0)) },
	"bare": func(l line) *commandpb.Command { // a command without attributes, by its number
		return &commandpb.Command{CommandType: enumspb.CommandType(l.int("type"))}
	},
}

// optional is a duration, unset when the line does not have it.
func (l line) optional(key string) *durationpb.Duration {
	if _, ok := l.pairs[key]; !ok {
		return nil
	}
	return durationpb.New(l.duration(key))
}

// payloadPairs are the pairs of a line as payloads.
func payloadPairs(l line) map[string]*commonpb.Payload {
	out := map[string]*commonpb.Payload{}
	for k, v := range l.pairs {
		out[k] = payload(v)
	}
	return out
}
