package history

import (
	"fmt"
	"maps"
	"math"
	"strings"
	"testing"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"pgregory.net/rapid"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/search"
)

// inFlightStage is a run with activity a (started) and b, timer t, and a workflow task in flight.
func inFlightStage(t *testing.T) *stage {
	s := newStage(t)
	s.playAll(`
start
poll
respond
  activity a start-to-close=1m
  activity b start-to-close=1m
  timer t after=1h
poll-activity a
signal go
poll`)
	return s
}

// TestBadCommands: each bad command fails the workflow task with its cause and a sentence, and nothing of the completion is applied.
func TestBadCommands(t *testing.T) {
	const badContinue = enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_CONTINUE_AS_NEW_ATTRIBUTES
	long := strings.Repeat("x", orchestration.MaxIDLength+1)
	for _, c := range []struct {
		commands string
		cause    enumspb.WorkflowTaskFailedCause
		message  string
	}{
		{"activity c", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES, "A valid StartToClose or ScheduleToCloseTimeout is not set"},
		{"activity c start-to-close=-1s", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES, "Invalid StartToCloseTimeout"},
		{"activity c start-to-close=1s heartbeat=-1s", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES, "Invalid HeartbeatTimeout"},
		{"activity start-to-close=1s", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES, "ActivityId is not set"},
		{"activity " + long + " start-to-close=1s", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES, "ActivityId exceeds length limit"},
		{"activity c start-to-close=1s queue=" + long, enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES, "TaskQueue exceeds length limit"},
		{"activity c start-to-close=1s attempts=-1", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES, "MaximumAttempts cannot be negative"},
		{"activity c start-to-close=1s initial=-1s", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES, "InitialInterval cannot be negative"},
		{"activity c start-to-close=1s initial=2s maximum=1s", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES, "MaximumInterval cannot be less than InitialInterval"},
		{"bare type=1", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES, "ScheduleActivityTaskCommandAttributes is not set"},
		{"activity a start-to-close=1s", enumspb.WORKFLOW_TASK_FAILED_CAUSE_SCHEDULE_ACTIVITY_DUPLICATE_ID, "activity id a is in use"},
		{"activity c start-to-close=1s\nactivity c start-to-close=1s", enumspb.WORKFLOW_TASK_FAILED_CAUSE_SCHEDULE_ACTIVITY_DUPLICATE_ID, "activity id c is in use"},
		{"cancel-activity a\nactivity a start-to-close=1s", enumspb.WORKFLOW_TASK_FAILED_CAUSE_SCHEDULE_ACTIVITY_DUPLICATE_ID, "activity id a is in use"},
		{"cancel-activity nobody", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES, "ScheduledEventId is not set"},
		{"cancel-activity a\ncancel-activity a", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES, "was requested already"},
		{"bare type=2", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES, "ScheduledEventId is not set"},
		{"timer t after=1s", enumspb.WORKFLOW_TASK_FAILED_CAUSE_START_TIMER_DUPLICATE_ID, "timer id t is in use"},
		{"timer u after=-1s", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_TIMER_ATTRIBUTES, "A valid StartToFireTimeout is not set"},
		{"timer after=1s", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_TIMER_ATTRIBUTES, "TimerId is not set"},
		{"timer " + long, enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_TIMER_ATTRIBUTES, "TimerId exceeds length limit"},
		{"cancel-timer u", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_CANCEL_TIMER_ATTRIBUTES, "names no pending timer"},
		{"cancel-timer t\ncancel-timer t", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_CANCEL_TIMER_ATTRIBUTES, "names no pending timer"},
		{"cancel-timer", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_CANCEL_TIMER_ATTRIBUTES, "TimerId is not set"},
		{"marker", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_RECORD_MARKER_ATTRIBUTES, "MarkerName is not set"},
		{"marker " + long, enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_RECORD_MARKER_ATTRIBUTES, "MarkerName exceeds length limit"},
		{"search", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES, "IndexedFields is not set"},
		{"memo", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_MODIFY_WORKFLOW_PROPERTIES_ATTRIBUTES, "UpsertedMemo is not set"},
		{"bare type=4", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_COMPLETE_WORKFLOW_EXECUTION_ATTRIBUTES, "is not set"},
		{"bare type=5", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_FAIL_WORKFLOW_EXECUTION_ATTRIBUTES, "Failure is not set"},
		{"bare type=7", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_CANCEL_WORKFLOW_EXECUTION_ATTRIBUTES, "is not set"},
		{"complete\nmarker m", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_RECORD_MARKER_ATTRIBUTES, "follows a command that closes"},
		{"complete\ncomplete", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_COMPLETE_WORKFLOW_EXECUTION_ATTRIBUTES, "follows a command that closes"},
		{"marker m data=" + strings.Repeat("x", orchestration.MaxPayloadSize), enumspb.WORKFLOW_TASK_FAILED_CAUSE_PAYLOADS_TOO_LARGE, "command RecordMarker has"},
		{`search s="` + strings.Repeat("x", orchestration.MaxSearchAttributeValue) + `"`, enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES, "Search attribute s size exceeds limit"},
		{manyAttributes(), enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES, "search attributes have"},
		{`search Country="Italy"`, enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES, "Search attribute Country is not defined"},
		{`search City=1`, enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES, "Search attribute City is no Keyword"},
		{`search Guests="many"`, enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES, "Search attribute Guests is no Int"},
		{`search CloseTime="2024-02-29T00:00:00Z"`, enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES, "CloseTime is an attribute of the system"},
		{"memo m=" + strings.Repeat("x", orchestration.MaxMemoSize), enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_MODIFY_WORKFLOW_PROPERTIES_ATTRIBUTES, "the memo has"},
		{"bare type=8", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_ATTRIBUTES, "is not set on RequestCancelExternal"},
		{"cancel-external", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_ATTRIBUTES, "WorkflowId is not set"},
		{"cancel-external w run=x", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_ATTRIBUTES, "Invalid RunId"},
		{"bare type=12", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SIGNAL_WORKFLOW_EXECUTION_ATTRIBUTES, "is not set on SignalExternal"},
		{"signal-external w", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SIGNAL_WORKFLOW_EXECUTION_ATTRIBUTES, "SignalName is not set"},
		{"signal-external w name=s run=x", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SIGNAL_WORKFLOW_EXECUTION_ATTRIBUTES, "Invalid RunId"},
		{"signal-external name=s", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SIGNAL_WORKFLOW_EXECUTION_ATTRIBUTES, "WorkflowId is not set"},
		{"signal-external w name=" + long, enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SIGNAL_WORKFLOW_EXECUTION_ATTRIBUTES, "SignalName exceeds length limit"},
		{"bare type=11", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_CHILD_EXECUTION_ATTRIBUTES, "is not set on StartChild"},
		{"child", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_CHILD_EXECUTION_ATTRIBUTES, "WorkflowId is not set"},
		{"child c untyped", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_CHILD_EXECUTION_ATTRIBUTES, "WorkflowType is not set"},
		{"child " + long, enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_CHILD_EXECUTION_ATTRIBUTES, "WorkflowId exceeds length limit"},
		{"child c run-timeout=-1s", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_CHILD_EXECUTION_ATTRIBUTES, "Invalid WorkflowRunTimeout"},
		{"child c policy=wrong", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_CHILD_EXECUTION_ATTRIBUTES, "ParentClosePolicy 77"},
		{"child c reuse=77", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_CHILD_EXECUTION_ATTRIBUTES, "WorkflowIdReusePolicy 77"},
		{"bare type=10", badContinue, "ContinueAsNewWorkflowExecutionCommandAttributes is not set"},
		{"continue-as-new type=" + long, badContinue, "WorkflowType exceeds length limit"},
		{"continue-as-new queue=" + long, badContinue, "TaskQueue exceeds length limit"},
		{"continue-as-new run-timeout=-1s", badContinue, "WorkflowRunTimeout cannot be negative"},
		{"continue-as-new task-timeout=-1s", badContinue, "WorkflowTaskTimeout cannot be negative"},
		{"continue-as-new backoff=-1s", badContinue, "BackoffStartInterval cannot be negative"},
		{"continue-as-new attempts=-1", badContinue, "MaximumAttempts cannot be negative"},
		{"continue-as-new cron=every_day", badContinue, "CronSchedule \"every day\" is not one"},
		{"continue-as-new memo=m:" + strings.Repeat("x", orchestration.MaxMemoSize), badContinue, "the memo has"},
		{"continue-as-new\nmarker m", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_RECORD_MARKER_ATTRIBUTES, "follows a command that closes"},
		{"bare type=14", enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE, "MessageId is not set"},
		{"bare type=17", enumspb.WORKFLOW_TASK_FAILED_CAUSE_FEATURE_DISABLED, "ScheduleNexusOperation is not supported"},
	} {
		s := inFlightStage(t)
		out := s.complete(c.commands)
		name := c.commands[:min(len(c.commands), 60)]
		if out.Failed == nil {
			t.Errorf("%s: accepted", name)
			continue
		}
		failed := out.Events[1].GetWorkflowTaskFailedEventAttributes()
		if failed.GetCause() != c.cause || !strings.Contains(out.Failed.Message, c.message) || !strings.HasPrefix(out.Failed.Message, c.cause.String()+": ") {
			t.Errorf("%s: cause %v, message %q", name, failed.GetCause(), out.Failed.Message)
		}
		if failed.Failure.Message != out.Failed.Message || out.Failed.Code != orchestration.InvalidArgument || len(out.Events) != 2 {
			t.Errorf("%s: failure %v, error %v, %d events", name, failed.Failure, out.Failed, len(out.Events))
		}
	}
}

// manyValues of the greatest length are more than a run can have.
const manyValues = orchestration.MaxSearchAttributeSize/orchestration.MaxSearchAttributeValue + 1

func manyAttributes() string {
	line := "search"
	for i := range manyValues {
		line += fmt.Sprintf(` many%d="%s"`, i, strings.Repeat("x", orchestration.MaxSearchAttributeValue-2))
	}
	return line
}

// complete answers the task in flight with commands, one per line.
func (s *stage) complete(commands string) Completed {
	s.t.Helper()
	in := CompleteWorkflowTask{WorkflowTaskRef: s.ref(), Attributes: maps.Clone(defined), Namespaces: namespaces, ChildRuns: s.childRuns()}
	for i := range manyValues {
		in.Attributes[fmt.Sprintf("many%d", i)] = search.Keyword
	}
	for _, text := range splitLines(commands) {
		s.say(&in, parseLine(s.t, text))
	}
	out, err := s.run.CompleteWorkflowTask(in, s.now)
	if err != nil {
		s.t.Fatal(err)
	}
	s.twin.follow(s.t, s.run, out.Transition)
	return out
}

// TestGoodCommands: what looks like a collision and is none.
func TestGoodCommands(t *testing.T) {
	for _, commands := range []string{
		"cancel-timer t\ntimer t after=1s",
		"timer u after=1s\ncancel-timer u\ntimer u after=1s",
		"cancel-activity b\nactivity b start-to-close=1s", // b is unstarted: canceled at once
		"timer zero",
		"activity c start-to-close=1s attempts=1 initial=2s maximum=1s", // no retry, so nobody looks
		"marker m data=" + strings.Repeat("x", orchestration.MaxPayloadSize-200),
	} {
		if out := inFlightStage(t).complete(commands); out.Failed != nil {
			t.Errorf("%.60s: %v", commands, out.Failed)
		}
	}
}

func TestBadRetryPolicy(t *testing.T) {
	for message, p := range map[string]*commonpb.RetryPolicy{
		"":                                   {BackoffCoefficient: 1.5},
		"BackoffCoefficient cannot be less":  {BackoffCoefficient: 0.9},
		"MaximumInterval cannot be negative": {MaximumInterval: durationpb.New(-1)},
		"InitialInterval cannot be negative": {InitialInterval: &durationpb.Duration{Seconds: 1, Nanos: -1}},
	} {
		if got := badRetryPolicy(p); !strings.HasPrefix(got, message) || message == "" && got != "" {
			t.Errorf("%v: %q, want %q", p, got, message)
		}
	}
	if badRetryPolicy(&commonpb.RetryPolicy{BackoffCoefficient: math.NaN()}) == "" {
		t.Error("NaN is accepted")
	}
}

// TestArbitraryCommands: whatever decodes as a command is applied, refused or fails the task; it never breaks the run.
func TestArbitraryCommands(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := &commandpb.Command{}
		raw := rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(rt, "raw")
		if err := proto.Unmarshal(raw, c); err != nil {
			rt.SkipNow()
		}
		c.CommandType = enumspb.CommandType(rapid.Int32Range(-1, 20).Draw(rt, "type"))
		s := inFlightStage(t)
		out, err := s.run.CompleteWorkflowTask(CompleteWorkflowTask{WorkflowTaskRef: s.ref(), Commands: []*commandpb.Command{c}}, s.now.Add(time.Second))
		if err == nil {
			s.twin.follow(rt, s.run, out.Transition)
		}
	})
}
