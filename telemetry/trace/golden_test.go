package trace

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/types/known/timestamppb"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden: the spans of every recorded history, and of one with a retry, failures and a reset, are those of testdata.
func TestGolden(t *testing.T) {
	histories := recorded(t)
	histories["reset_and_retry.json"] = resetAndRetry()
	for name, events := range histories {
		path := filepath.Join("testdata", name[:len(name)-len(".json")]+".txt")
		got := print(spansOf(t, someRun(events), events))
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
}

// resetAndRetry is a run that was reset while an activity was pending, which then failed for good at its third attempt; a payload stands wherever one can.
func resetAndRetry() []*historypb.HistoryEvent {
	secret := &commonpb.Payloads{Payloads: []*commonpb.Payload{{Data: []byte("SECRET")}}}
	failure := func(message string, cause *failurepb.Failure) *failurepb.Failure {
		return &failurepb.Failure{Message: message, StackTrace: "SECRET", Cause: cause, EncodedAttributes: secret.Payloads[0], FailureInfo: &failurepb.Failure_ApplicationFailureInfo{
			ApplicationFailureInfo: &failurepb.ApplicationFailureInfo{Type: "LedgerError", Details: secret},
		}}
	}
	inActivity := failure("closed account", nil)
	const run, base = "5f1c2d3e-0000-4000-8000-0000000000aa", "5f1c2d3e-0000-4000-8000-0000000000bb"
	events := []*historypb.HistoryEvent{
		{EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED, Attributes: &historypb.HistoryEvent_WorkflowExecutionStartedEventAttributes{
			WorkflowExecutionStartedEventAttributes: &historypb.WorkflowExecutionStartedEventAttributes{
				WorkflowType: &commonpb.WorkflowType{Name: "Transfer"}, OriginalExecutionRunId: run, FirstExecutionRunId: base, Input: secret, Attempt: 1,
				Memo: &commonpb.Memo{Fields: map[string]*commonpb.Payload{"m": secret.Payloads[0]}},
			}}},
		{EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, Attributes: &historypb.HistoryEvent_WorkflowTaskScheduledEventAttributes{
			WorkflowTaskScheduledEventAttributes: &historypb.WorkflowTaskScheduledEventAttributes{Attempt: 1}}},
		{EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED, Attributes: &historypb.HistoryEvent_WorkflowTaskStartedEventAttributes{
			WorkflowTaskStartedEventAttributes: &historypb.WorkflowTaskStartedEventAttributes{ScheduledEventId: 2}}},
		{EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, Attributes: &historypb.HistoryEvent_WorkflowTaskCompletedEventAttributes{
			WorkflowTaskCompletedEventAttributes: &historypb.WorkflowTaskCompletedEventAttributes{ScheduledEventId: 2, StartedEventId: 3}}},
		{EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, Attributes: &historypb.HistoryEvent_ActivityTaskScheduledEventAttributes{
			ActivityTaskScheduledEventAttributes: &historypb.ActivityTaskScheduledEventAttributes{ActivityId: "5", ActivityType: &commonpb.ActivityType{Name: "Debit"}, Input: secret}}},
		{EventType: enumspb.EVENT_TYPE_TIMER_STARTED, Attributes: &historypb.HistoryEvent_TimerStartedEventAttributes{
			TimerStartedEventAttributes: &historypb.TimerStartedEventAttributes{TimerId: "6"}}},
		{EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, Attributes: &historypb.HistoryEvent_WorkflowTaskScheduledEventAttributes{
			WorkflowTaskScheduledEventAttributes: &historypb.WorkflowTaskScheduledEventAttributes{Attempt: 1}}},
		{EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED, Attributes: &historypb.HistoryEvent_WorkflowTaskStartedEventAttributes{
			WorkflowTaskStartedEventAttributes: &historypb.WorkflowTaskStartedEventAttributes{ScheduledEventId: 7}}},
		{EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED, Attributes: &historypb.HistoryEvent_WorkflowTaskFailedEventAttributes{
			WorkflowTaskFailedEventAttributes: &historypb.WorkflowTaskFailedEventAttributes{
				ScheduledEventId: 7, StartedEventId: 8, Cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW, BaseRunId: base, NewRunId: run}}},
		{EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED, Attributes: &historypb.HistoryEvent_ActivityTaskStartedEventAttributes{
			ActivityTaskStartedEventAttributes: &historypb.ActivityTaskStartedEventAttributes{ScheduledEventId: 5, Attempt: 3, Identity: "worker", LastFailure: failure("busy", nil)}}},
		{EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_FAILED, Attributes: &historypb.HistoryEvent_ActivityTaskFailedEventAttributes{
			ActivityTaskFailedEventAttributes: &historypb.ActivityTaskFailedEventAttributes{
				ScheduledEventId: 5, StartedEventId: 10, Failure: inActivity, RetryState: enumspb.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED}}},
		{EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED, Attributes: &historypb.HistoryEvent_WorkflowExecutionFailedEventAttributes{
			WorkflowExecutionFailedEventAttributes: &historypb.WorkflowExecutionFailedEventAttributes{Failure: &failurepb.Failure{
				Message: "activity error", Cause: inActivity, FailureInfo: &failurepb.Failure_ActivityFailureInfo{ActivityFailureInfo: &failurepb.ActivityFailureInfo{}},
			}}}},
	}
	for i, ev := range events {
		ev.EventId, ev.EventTime = int64(i+1), &timestamppb.Timestamp{Seconds: 1_700_000_000 + int64(i*i)}
	}
	return events
}

// TestNoPayload: nothing of what a payload, a stack or encoded attributes may hold is in a span.
func TestNoPayload(t *testing.T) {
	events := resetAndRetry()
	if b := bytesOf(t, Batch(spansOf(t, someRun(events), events))); strings.Contains(b, "SECRET") {
		t.Error("a payload is sent")
	}
}
