package machine_test

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/sdk/converter"
	"github.com/tenuto-io/tenuto/sdk/internal/machine"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newRun returns a run whose workflow function is main.
func newRun(t *testing.T, main func(*machine.Run) error) *machine.Run {
	t.Helper()
	run := machine.New(machine.Config{
		Namespace: "n", Execution: &commonpb.WorkflowExecution{WorkflowId: "w", RunId: "r"}, TaskQueue: "worker's",
		Data: converter.Default(), Failures: converter.NewFailureConverter(converter.FailureOptions{}),
		Logger: slog.New(slog.DiscardHandler), DeadlockTimeout: time.Minute,
		Main: func(run *machine.Run, _ *commonpb.Payloads) (*commonpb.Payloads, error) { return nil, main(run) },
	})
	t.Cleanup(func() {
		if !run.Close() {
			t.Error("the run did not close")
		}
	})
	return run
}

// events numbers events from an id and gives each a time.
func events(from int64, list ...*historypb.HistoryEvent) []*historypb.HistoryEvent {
	for i, event := range list {
		event.EventId = from + int64(i)
		event.EventTime = timestamppb.New(time.Unix(1_000+event.EventId, 0))
	}
	return list
}

func ofType(kind enumspb.EventType) *historypb.HistoryEvent {
	return &historypb.HistoryEvent{EventType: kind}
}

func started(queue, originalRun string) *historypb.HistoryEvent {
	return &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionStartedEventAttributes{
			WorkflowExecutionStartedEventAttributes: &historypb.WorkflowExecutionStartedEventAttributes{
				TaskQueue: &taskqueuepb.TaskQueue{Name: queue}, OriginalExecutionRunId: originalRun,
			},
		},
	}
}

func taskStarted() *historypb.HistoryEvent {
	return &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED,
		Attributes: &historypb.HistoryEvent_WorkflowTaskStartedEventAttributes{
			WorkflowTaskStartedEventAttributes: &historypb.WorkflowTaskStartedEventAttributes{HistorySizeBytes: 77, SuggestContinueAsNew: true},
		},
	}
}

// park waits for nothing.
func park(run *machine.Run) error {
	run.Scheduler().Park("test")
	return nil
}

func TestProgressFollowsTheTask(t *testing.T) {
	run := newRun(t, park)
	task := machine.Task{Events: events(1, started("", ""), ofType(enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED), taskStarted())}
	if err := run.Advance(task); err != nil {
		t.Fatal(err)
	}
	if run.StartedID != 3 || !run.Now.Equal(time.Unix(1_003, 0)) || run.HistorySize != 77 || !run.ContinueAsNewSuggested || run.Replaying {
		t.Errorf("progress %+v", run.Progress)
	}
	if !run.StartTime.Equal(time.Unix(1_001, 0)) || run.TaskQueue() != "worker's" {
		t.Errorf("start %v, task queue %q", run.StartTime, run.TaskQueue())
	}
}

func TestCommandsKnowTheIdsOfTheirEvents(t *testing.T) {
	var timers []*machine.Timer
	run := newRun(t, func(run *machine.Run) error {
		for range 2 {
			timers = append(timers, run.StartTimer(time.Hour, nil, func(error) {}))
		}
		timers[0].Cancel()
		timers[0].Cancel()
		run.StartTimer(time.Hour, nil, func(error) {})
		return park(run)
	})
	if err := run.Advance(machine.Task{Events: events(1, started("", ""), taskStarted())}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range run.Commands() {
		got = append(got, c.GetCommandType().String()+c.GetStartTimerCommandAttributes().GetTimerId()+c.GetCancelTimerCommandAttributes().GetTimerId())
	}
	if strings.Join(got, " ") != "StartTimer4 StartTimer5 CancelTimer4 StartTimer7" {
		t.Errorf("commands %v", got)
	}
}

func TestEventsThatAreNotUnderstood(t *testing.T) {
	advance := func(event *historypb.HistoryEvent) error {
		return newRun(t, park).Advance(machine.Task{Events: events(1, started("", ""), event, taskStarted())})
	}
	unknown := ofType(enumspb.EventType(999))
	if err := advance(unknown); err == nil || !strings.Contains(err.Error(), "event 2: this SDK does not understand") {
		t.Errorf("got %v", err)
	}
	unknown = ofType(enumspb.EventType(999))
	unknown.WorkerMayIgnore = true
	if err := advance(unknown); err != nil {
		t.Errorf("got %v", err)
	}
	if err := advance(ofType(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED)); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestEventsWithoutACause(t *testing.T) {
	for _, kind := range []enumspb.EventType{
		enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, enumspb.EVENT_TYPE_ACTIVITY_TASK_FAILED, enumspb.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT,
		enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCELED, enumspb.EVENT_TYPE_TIMER_FIRED,
		enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED, enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED,
		enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED, enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED,
		enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED, enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT,
		enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED,
	} {
		run := newRun(t, park)
		err := run.Advance(machine.Task{Events: events(1, started("", ""), ofType(kind), taskStarted())})
		if err == nil || !strings.Contains(err.Error(), "event 2") || !strings.Contains(err.Error(), "not open") {
			t.Errorf("%s: got %v", kind, err)
		}
		if again := run.Advance(machine.Task{}); !errors.Is(again, err) {
			t.Errorf("a broken run went on: %v", again)
		}
	}
}

func TestCommandEventsWithoutACommandAreDescribed(t *testing.T) {
	descriptions := map[string]*historypb.HistoryEvent{
		`TimerCanceled(id "9")`: {EventType: enumspb.EVENT_TYPE_TIMER_CANCELED, Attributes: &historypb.HistoryEvent_TimerCanceledEventAttributes{
			TimerCanceledEventAttributes: &historypb.TimerCanceledEventAttributes{TimerId: "9"}}},
		`ActivityTaskCancelRequested(scheduled event 9)`: {EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED, Attributes: &historypb.HistoryEvent_ActivityTaskCancelRequestedEventAttributes{
			ActivityTaskCancelRequestedEventAttributes: &historypb.ActivityTaskCancelRequestedEventAttributes{ScheduledEventId: 9}}},
		`MarkerRecorded(MutableSideEffect)`: {EventType: enumspb.EVENT_TYPE_MARKER_RECORDED, Attributes: &historypb.HistoryEvent_MarkerRecordedEventAttributes{
			MarkerRecordedEventAttributes: &historypb.MarkerRecordedEventAttributes{MarkerName: "MutableSideEffect"}}},
		`StartChildWorkflowExecutionInitiated(type "K", id "k")`: {
			EventType: enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED,
			Attributes: &historypb.HistoryEvent_StartChildWorkflowExecutionInitiatedEventAttributes{
				StartChildWorkflowExecutionInitiatedEventAttributes: &historypb.StartChildWorkflowExecutionInitiatedEventAttributes{
					WorkflowId: "k", WorkflowType: &commonpb.WorkflowType{Name: "K"}}}},
		`SignalExternalWorkflowExecutionInitiated("s" to "k")`: {
			EventType: enumspb.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
			Attributes: &historypb.HistoryEvent_SignalExternalWorkflowExecutionInitiatedEventAttributes{
				SignalExternalWorkflowExecutionInitiatedEventAttributes: &historypb.SignalExternalWorkflowExecutionInitiatedEventAttributes{
					WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: "k"}, SignalName: "s"}}},
		`RequestCancelExternalWorkflowExecutionInitiated("k")`: {
			EventType: enumspb.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
			Attributes: &historypb.HistoryEvent_RequestCancelExternalWorkflowExecutionInitiatedEventAttributes{
				RequestCancelExternalWorkflowExecutionInitiatedEventAttributes: &historypb.RequestCancelExternalWorkflowExecutionInitiatedEventAttributes{
					WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: "k"}}}},
	}
	for want, event := range descriptions {
		run := newRun(t, park)
		task := machine.Task{Events: events(1, started("", ""), taskStarted()), Replaying: true}
		if err := run.Advance(task); err != nil {
			t.Fatal(err)
		}
		err := run.Absorb(events(3, ofType(enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED), event))
		var different *machine.NondeterminismError
		if !errors.As(err, &different) || different.EventID != 4 || different.Expected != want || !strings.Contains(different.Place, "park (run_test.go:") {
			t.Errorf("got %+v, want %s", different, want)
		}
	}
}

func TestOtherCommandsThanTheEventsAreDescribed(t *testing.T) {
	for want, ask := range map[string]func(*machine.Run){
		`StartTimer(id "4", 1h0m0s)`: func(run *machine.Run) { run.StartTimer(time.Hour, nil, func(error) {}) },
		`StartChildWorkflowExecution(type "K", id "k")`: func(run *machine.Run) {
			run.StartChild(machine.ChildRequest{Attributes: &commandpb.StartChildWorkflowExecutionCommandAttributes{
				WorkflowId: "k", WorkflowType: &commonpb.WorkflowType{Name: "K"}}})
		},
		`SignalExternalWorkflowExecution("s" to "k")`: func(run *machine.Run) {
			run.SignalExternal(&commandpb.SignalExternalWorkflowExecutionCommandAttributes{
				Execution: &commonpb.WorkflowExecution{WorkflowId: "k"}, SignalName: "s"}, func(error) {})
		},
		`RequestCancelExternalWorkflowExecution("k")`: func(run *machine.Run) {
			run.CancelExternal(&commandpb.RequestCancelExternalWorkflowExecutionCommandAttributes{WorkflowId: "k"}, func(error) {})
		},
		`ModifyWorkflowProperties`: func(run *machine.Run) { run.UpsertMemo(nil) },
		`UpsertWorkflowSearchAttributes`: func(run *machine.Run) {
			run.UpsertSearchAttributes(nil)
		},
		`ScheduleActivityTask(type "A", id "a")`: func(run *machine.Run) {
			run.ScheduleActivity(machine.ActivityRequest{Attributes: &commandpb.ScheduleActivityTaskCommandAttributes{
				ActivityId: "a", ActivityType: &commonpb.ActivityType{Name: "A"}}})
		},
	} {
		run := newRun(t, func(run *machine.Run) error { ask(run); return park(run) })
		if err := run.Advance(machine.Task{Events: events(1, started("", ""), taskStarted()), Replaying: true}); err != nil {
			t.Fatal(err)
		}
		err := run.Absorb(events(3, ofType(enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED), ofType(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED)))
		var different *machine.NondeterminismError
		if !errors.As(err, &different) || different.Actual != want {
			t.Errorf("got %+v, want %s", different, want)
		}
	}
}

func TestReturnedWorkflowCannotAskForMore(t *testing.T) {
	run := newRun(t, func(*machine.Run) error { return nil })
	if err := run.Advance(machine.Task{Events: events(1, started("", ""), taskStarted()), Replaying: true}); err != nil {
		t.Fatal(err)
	}
	err := run.Absorb(events(3, ofType(enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED), ofType(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED),
		ofType(enumspb.EVENT_TYPE_TIMER_STARTED)))
	if err == nil || !strings.Contains(err.Error(), "has returned") {
		t.Errorf("got %v", err)
	}
}

// drawn returns the first random bytes of a run with these events before its task.
func drawn(t *testing.T, before ...*historypb.HistoryEvent) string {
	var bytes [8]byte
	run := newRun(t, func(run *machine.Run) error {
		_, err := io.ReadFull(run.Random(), bytes[:])
		return err
	})
	if err := run.Advance(machine.Task{Events: events(1, append(before, taskStarted())...)}); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", bytes)
}

func TestRandomnessIsThatOfTheRun(t *testing.T) {
	reset := func() *historypb.HistoryEvent {
		return &historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED,
			Attributes: &historypb.HistoryEvent_WorkflowTaskFailedEventAttributes{
				WorkflowTaskFailedEventAttributes: &historypb.WorkflowTaskFailedEventAttributes{
					Cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW, NewRunId: "after",
				},
			},
		}
	}
	own, original, afterReset := drawn(t, started("", "")), drawn(t, started("", "other")), drawn(t, started("", ""), reset())
	if own == original || own == afterReset || original == afterReset {
		t.Errorf("not all different: %s, %s, %s", own, original, afterReset)
	}
	if again := drawn(t, started("", "")); again != own {
		t.Errorf("%s the second time, %s the first", again, own)
	}
	if again := drawn(t, started("", "r")); again != own {
		t.Errorf("%s with the run named, %s without", again, own)
	}
}

func TestOneReceiverForEachSignal(t *testing.T) {
	run := newRun(t, func(run *machine.Run) error {
		run.OnSignal("s", func(*commonpb.Payloads) {})
		run.OnSignal("s", func(*commonpb.Payloads) {})
		return nil
	})
	if err := run.Advance(machine.Task{Events: events(1, started("", ""), taskStarted())}); err == nil || !strings.Contains(err.Error(), `signal "s" has a receiver`) {
		t.Errorf("got %v", err)
	}
}

func TestCodeFromElsewhereIsStopped(t *testing.T) {
	run := newRun(t, park)
	if err := run.Advance(machine.Task{Events: events(1, started("", ""), taskStarted())}); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if text := fmt.Sprint(recover()); !strings.Contains(text, "outside of workflow code") {
			t.Error(text)
		}
	}()
	run.StartTimer(time.Hour, nil, func(error) {})
}
