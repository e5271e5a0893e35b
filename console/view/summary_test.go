package view

import (
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/types/known/durationpb"
)

func TestSummaries(t *testing.T) {
	boom := &failurepb.Failure{Message: "boom\nsecond line"}
	for want, event := range map[string]*historypb.HistoryEvent{
		"Transfer":     started("Transfer"),
		"boom":         {Attributes: &historypb.HistoryEvent_WorkflowExecutionFailedEventAttributes{WorkflowExecutionFailedEventAttributes: &historypb.WorkflowExecutionFailedEventAttributes{Failure: boom}}},
		"too slow":     {Attributes: &historypb.HistoryEvent_WorkflowExecutionTerminatedEventAttributes{WorkflowExecutionTerminatedEventAttributes: &historypb.WorkflowExecutionTerminatedEventAttributes{Reason: "too slow"}}},
		"next run r2":  {Attributes: &historypb.HistoryEvent_WorkflowExecutionContinuedAsNewEventAttributes{WorkflowExecutionContinuedAsNewEventAttributes: &historypb.WorkflowExecutionContinuedAsNewEventAttributes{NewExecutionRunId: "r2"}}},
		"abort":        {Attributes: &historypb.HistoryEvent_WorkflowExecutionSignaledEventAttributes{WorkflowExecutionSignaledEventAttributes: &historypb.WorkflowExecutionSignaledEventAttributes{SignalName: "abort"}}},
		"by hand":      {Attributes: &historypb.HistoryEvent_WorkflowExecutionCancelRequestedEventAttributes{WorkflowExecutionCancelRequestedEventAttributes: &historypb.WorkflowExecutionCancelRequestedEventAttributes{Cause: "by hand"}}},
		"attempt 3":    {Attributes: &historypb.HistoryEvent_WorkflowTaskScheduledEventAttributes{WorkflowTaskScheduledEventAttributes: &historypb.WorkflowTaskScheduledEventAttributes{Attempt: 3}}},
		"StartToClose": {Attributes: &historypb.HistoryEvent_WorkflowTaskTimedOutEventAttributes{WorkflowTaskTimedOutEventAttributes: &historypb.WorkflowTaskTimedOutEventAttributes{TimeoutType: enumspb.TIMEOUT_TYPE_START_TO_CLOSE}}},
		"NonDeterministicError · boom": {Attributes: &historypb.HistoryEvent_WorkflowTaskFailedEventAttributes{WorkflowTaskFailedEventAttributes: &historypb.WorkflowTaskFailedEventAttributes{
			Cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR, Failure: boom}}},
		"Debit":                   {Attributes: &historypb.HistoryEvent_ActivityTaskScheduledEventAttributes{ActivityTaskScheduledEventAttributes: &historypb.ActivityTaskScheduledEventAttributes{ActivityType: &commonpb.ActivityType{Name: "Debit"}}}},
		"of 5 · attempt 2 · boom": {Attributes: &historypb.HistoryEvent_ActivityTaskStartedEventAttributes{ActivityTaskStartedEventAttributes: &historypb.ActivityTaskStartedEventAttributes{ScheduledEventId: 5, Attempt: 2, LastFailure: boom}}},
		"of 6":                    {Attributes: &historypb.HistoryEvent_ActivityTaskCompletedEventAttributes{ActivityTaskCompletedEventAttributes: &historypb.ActivityTaskCompletedEventAttributes{ScheduledEventId: 6}}},
		"of 7 · boom":             {Attributes: &historypb.HistoryEvent_ActivityTaskFailedEventAttributes{ActivityTaskFailedEventAttributes: &historypb.ActivityTaskFailedEventAttributes{ScheduledEventId: 7, Failure: boom}}},
		"of 8 · boom":             {Attributes: &historypb.HistoryEvent_ActivityTaskTimedOutEventAttributes{ActivityTaskTimedOutEventAttributes: &historypb.ActivityTaskTimedOutEventAttributes{ScheduledEventId: 8, Failure: boom}}},
		"of 9":                    {Attributes: &historypb.HistoryEvent_ActivityTaskCanceledEventAttributes{ActivityTaskCanceledEventAttributes: &historypb.ActivityTaskCanceledEventAttributes{ScheduledEventId: 9}}},
		"of 10":                   {Attributes: &historypb.HistoryEvent_ActivityTaskCancelRequestedEventAttributes{ActivityTaskCancelRequestedEventAttributes: &historypb.ActivityTaskCancelRequestedEventAttributes{ScheduledEventId: 10}}},
		"t1 · 1 m 30 s":           {Attributes: &historypb.HistoryEvent_TimerStartedEventAttributes{TimerStartedEventAttributes: &historypb.TimerStartedEventAttributes{TimerId: "t1", StartToFireTimeout: durationpb.New(90 * time.Second)}}},
		"t2":                      {Attributes: &historypb.HistoryEvent_TimerFiredEventAttributes{TimerFiredEventAttributes: &historypb.TimerFiredEventAttributes{TimerId: "t2"}}},
		"t3":                      {Attributes: &historypb.HistoryEvent_TimerCanceledEventAttributes{TimerCanceledEventAttributes: &historypb.TimerCanceledEventAttributes{TimerId: "t3"}}},
		"Version":                 {Attributes: &historypb.HistoryEvent_MarkerRecordedEventAttributes{MarkerRecordedEventAttributes: &historypb.MarkerRecordedEventAttributes{MarkerName: "Version"}}},
		"A, B": {Attributes: &historypb.HistoryEvent_UpsertWorkflowSearchAttributesEventAttributes{UpsertWorkflowSearchAttributesEventAttributes: &historypb.UpsertWorkflowSearchAttributesEventAttributes{
			SearchAttributes: &commonpb.SearchAttributes{IndexedFields: map[string]*commonpb.Payload{"B": nil, "A": nil}}}}},
		"": {EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_PAUSED},
	} {
		if got := summary(event); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func started(typeName string) *historypb.HistoryEvent {
	return &historypb.HistoryEvent{Attributes: &historypb.HistoryEvent_WorkflowExecutionStartedEventAttributes{
		WorkflowExecutionStartedEventAttributes: &historypb.WorkflowExecutionStartedEventAttributes{WorkflowType: &commonpb.WorkflowType{Name: typeName}},
	}}
}

func TestLongSummariesAreCutBetweenCharacters(t *testing.T) {
	got := summary(started(strings.Repeat("é", 1000)))
	if n := len([]rune(got)); n != maxSummary || !strings.HasSuffix(got, "é…") {
		t.Fatalf("%d characters: %q", n, got)
	}
}

func TestEveryStatusLooksDifferent(t *testing.T) {
	words, paths, classes := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, l := range looks {
		words[l.word], paths[l.path], classes[l.class] = true, true, true
	}
	if len(words) != len(looks) || len(paths) != len(looks) || len(classes) != len(looks) {
		t.Fatalf("%d statuses, %d words, %d icons, %d classes", len(looks), len(words), len(paths), len(classes))
	}
	for n := range enumspb.WorkflowExecutionStatus_name {
		if l := lookOf(enumspb.WorkflowExecutionStatus(n)); l.word == "" {
			t.Errorf("status %d has no word", n)
		}
	}
}

func TestKindsOfEvents(t *testing.T) {
	for event, want := range map[enumspb.EventType]string{
		enumspb.EVENT_TYPE_ACTIVITY_TASK_FAILED: "event-bad", enumspb.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT: "event-bad",
		enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED: "event-plumbing", enumspb.EVENT_TYPE_TIMER_FIRED: "event",
	} {
		if got := kind(event); got != want {
			t.Errorf("%v: %s, want %s", event, got, want)
		}
	}
}
