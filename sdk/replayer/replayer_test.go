package replayer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/tenuto-io/tenuto/sdk/internal/rehearsal"
	"github.com/tenuto-io/tenuto/sdk/replayer"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

func Add(_ context.Context, n int) (int, error) { return n + 1, nil }

func Count(ctx workflow.Context) (int, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
	if err := workflow.Sleep(ctx, time.Hour); err != nil {
		return 0, err
	}
	return workflow.ExecuteActivity(ctx, Add, 1).Get(ctx)
}

func CountWithoutSleep(ctx workflow.Context) (int, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
	return workflow.ExecuteActivity(ctx, Add, 1).Get(ctx)
}

func recorded(t *testing.T) *historypb.History {
	t.Helper()
	stage := rehearsal.NewStage(rehearsal.Sticky(), Count)
	defer stage.Processor.Close()
	stage.Activity(Add)
	stage.Play()
	if n, err := rehearsal.Outcome[int](stage); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	return stage.Server.History()
}

func replayerOf(workflow any) *replayer.Replayer {
	r := replayer.New(replayer.Options{})
	r.RegisterWorkflowAs(rehearsal.WorkflowType, workflow)
	return r
}

func TestReplayOfTheSameCodeSucceeds(t *testing.T) {
	history := recorded(t)
	for length := 3; length <= len(history.Events); length++ {
		if err := replayerOf(Count).ReplayHistory(&historypb.History{Events: history.Events[:length]}); err != nil && !endsInCommands(history, length) {
			t.Errorf("first %d events: %v", length, err)
		}
	}
}

// endsInCommands tells a history that is cut between WorkflowTaskCompleted and the events of its commands, which no server returns.
func endsInCommands(history *historypb.History, length int) bool {
	return history.Events[length-1].GetWorkflowTaskCompletedEventAttributes() != nil
}

func TestReplayOfOtherCodeSaysWhatDiffers(t *testing.T) {
	err := replayerOf(CountWithoutSleep).ReplayHistory(recorded(t))
	var different *replayer.NondeterminismError
	if !errors.As(err, &different) {
		t.Fatalf("got %v", err)
	}
	if different.EventID != 5 || !strings.Contains(different.Expected, "TimerStarted") ||
		!strings.Contains(different.Actual, `type "Add"`) || !strings.Contains(different.Place, "CountWithoutSleep (replayer_test.go:") {
		t.Errorf("got %+v", different)
	}
}

func TestReplayJSONTakesBothFormsOfEnums(t *testing.T) {
	history := recorded(t)
	long, err := protojson.Marshal(history)
	if err != nil {
		t.Fatal(err)
	}
	short := regexp.MustCompile(`"EVENT_TYPE_[A-Z_]+"`).ReplaceAllFunc(long, func(name []byte) []byte {
		return []byte(`"` + enumspb.EventType(enumspb.EventType_value[string(name[1:len(name)-1])]).String() + `"`)
	})
	if !bytes.Contains(short, []byte(`"TimerStarted"`)) {
		t.Fatalf("not the short form: %s", short)
	}
	for _, text := range [][]byte{long, short} {
		if err := replayerOf(Count).ReplayJSON(bytes.NewReader(text)); err != nil {
			t.Error(err)
		}
		if err := replayerOf(CountWithoutSleep).ReplayJSON(bytes.NewReader(text)); err == nil {
			t.Error("other code replays")
		}
	}
}

func TestReplayRejectsWhatIsNoHistory(t *testing.T) {
	for text, want := range map[string]string{
		"":   "JSON",
		"[]": "JSON",
		"{}": "empty",
		`{"events":[{"eventId":"1","eventType":"EVENT_TYPE_TIMER_FIRED"}]}`:                                                                                            "begins with TimerFired",
		`{"events":[{"eventId":"1","eventType":"EVENT_TYPE_WORKFLOW_EXECUTION_STARTED","workflowExecutionStartedEventAttributes":{"workflowType":{"name":"Other"}}}]}`: `"Other" is not registered`,
	} {
		if err := replayerOf(Count).ReplayJSON(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

func TestRegisterWorkflowUsesTheFunctionsName(t *testing.T) {
	r, history := replayer.New(replayer.Options{}), recorded(t)
	r.RegisterWorkflow(Count)
	history.Events[0].GetWorkflowExecutionStartedEventAttributes().WorkflowType.Name = "Count"
	if err := r.ReplayHistory(history); err != nil {
		t.Error(err)
	}
	defer func() {
		if recover() == nil {
			t.Error("registered twice")
		}
	}()
	r.RegisterWorkflow(Count)
}

func Example() {
	history := strings.NewReader(`{"events": [
	  {"eventId": "1", "eventType": "WorkflowExecutionStarted", "workflowExecutionStartedEventAttributes": {"workflowType": {"name": "Count"}}},
	  {"eventId": "2", "eventType": "WorkflowTaskScheduled", "workflowTaskScheduledEventAttributes": {}},
	  {"eventId": "3", "eventType": "WorkflowTaskStarted", "workflowTaskStartedEventAttributes": {}},
	  {"eventId": "4", "eventType": "WorkflowTaskCompleted", "workflowTaskCompletedEventAttributes": {}},
	  {"eventId": "5", "eventType": "TimerStarted", "timerStartedEventAttributes": {"timerId": "5", "startToFireTimeout": "3600s"}}
	]}`)
	r := replayer.New(replayer.Options{})
	r.RegisterWorkflow(Count)
	fmt.Println(r.ReplayJSON(history))
	// Output: <nil>
}
