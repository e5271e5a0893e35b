package orchestration_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// life drives one run's state machine, by an invented clock.
type life struct {
	t   *testing.T
	run *history.Run
	now time.Time
}

func newLife(t *testing.T) *life {
	l := &life{t: t, now: time.UnixMilli(1_700_000_000_000).UTC()}
	key := orchestration.WorkflowKey{Namespace: orchestration.NamespaceID{1}, WorkflowID: "w"}.Run(orchestration.NewRunID(l.now))
	l.run, _ = history.Start(history.StartRun{Key: key, Type: "T", TaskQueue: "q", RequestID: "start"}, l.now)
	return l
}

// begin starts the workflow task that is ready.
func (l *life) begin() history.StartedWorkflowTask {
	l.t.Helper()
	for _, task := range l.run.Ready(l.now) {
		if task.Kind == orchestration.WorkflowTask {
			_, started, err := l.run.StartWorkflowTask(task, history.Poller{Identity: "me"}, l.now)
			if err != nil {
				l.t.Fatal(err)
			}
			return started
		}
	}
	l.t.Fatal("no workflow task is ready")
	return history.StartedWorkflowTask{}
}

// complete answers a task with commands, and asks for another task.
func (l *life) complete(task history.StartedWorkflowTask, commands ...*commandpb.Command) history.Completed {
	l.t.Helper()
	out, err := l.run.CompleteWorkflowTask(history.CompleteWorkflowTask{
		WorkflowTaskRef: history.WorkflowTaskRef{ScheduledEventID: task.ScheduledEventID, StartedEventID: task.StartedEventID, Attempt: task.Attempt},
		Commands:        commands, ForceCreate: true, ChildRuns: make([]orchestration.RunID, len(commands)),
	}, l.now)
	if err != nil {
		l.t.Fatal(err)
	}
	return out
}

// wantRefused demands that a completion became a failed workflow task.
func (l *life) wantRefused(out history.Completed, cause enumspb.WorkflowTaskFailedCause) {
	l.t.Helper()
	if out.Failed == nil || out.Failed.Code != orchestration.InvalidArgument {
		l.t.Fatalf("failed with %v", out.Failed)
	}
	for _, ev := range out.Events {
		if a := ev.GetWorkflowTaskFailedEventAttributes(); a != nil && a.Cause == cause {
			return
		}
	}
	l.t.Errorf("no task failed with %v: %v", cause, out.Events)
}

func payloads(size int) *commonpb.Payloads {
	return &commonpb.Payloads{Payloads: []*commonpb.Payload{{Data: make([]byte, size)}}}
}

func marker(size int) *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_RECORD_MARKER,
		Attributes: &commandpb.Command_RecordMarkerCommandAttributes{RecordMarkerCommandAttributes: &commandpb.RecordMarkerCommandAttributes{
			MarkerName: "m", Details: map[string]*commonpb.Payloads{"d": payloads(size)},
		}},
	}
}

func markers(n, size int) []*commandpb.Command {
	out := make([]*commandpb.Command, n)
	for i := range out {
		out[i] = marker(size)
	}
	return out
}

func timer(id string) *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_START_TIMER,
		Attributes: &commandpb.Command_StartTimerCommandAttributes{StartTimerCommandAttributes: &commandpb.StartTimerCommandAttributes{
			TimerId: id, StartToFireTimeout: durationpb.New(time.Hour),
		}},
	}
}

func activity(id string) *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
		Attributes: &commandpb.Command_ScheduleActivityTaskCommandAttributes{ScheduleActivityTaskCommandAttributes: &commandpb.ScheduleActivityTaskCommandAttributes{
			ActivityId: id, ActivityType: &commonpb.ActivityType{Name: "A"}, TaskQueue: &taskqueuepb.TaskQueue{Name: "q"}, StartToCloseTimeout: durationpb.New(time.Hour),
		}},
	}
}

// many are n commands with ids of their own.
func many(n int, make func(string) *commandpb.Command) (out []*commandpb.Command) {
	for i := range n {
		out = append(out, make(fmt.Sprint(i)))
	}
	return out
}

// terminated is why the server ended the run, or "".
func terminated(events []*historypb.HistoryEvent) string {
	for _, ev := range events {
		if a := ev.GetWorkflowExecutionTerminatedEventAttributes(); a != nil {
			return a.Reason
		}
	}
	return ""
}

func TestHistoryEventsLimit(t *testing.T) {
	l := newLife(t)
	batch := markers(5000, 0)
	events := int64(0)
	for {
		out := l.complete(l.begin(), batch...)
		if reason := terminated(out.Events); reason != "" {
			if events > orchestration.MaxHistoryEvents || reason != "Workflow history count exceeds limit." {
				t.Errorf("terminated after %d events: %s", events, reason)
			}
			return
		}
		if events = out.Events[len(out.Events)-1].EventId; events > orchestration.MaxHistoryEvents {
			t.Fatalf("the run goes on with %d events", events)
		}
	}
}

func TestHistoryBytesLimit(t *testing.T) {
	l := newLife(t)
	for range orchestration.MaxHistoryBytes>>20 + 1 {
		if reason := terminated(l.complete(l.begin(), marker(1<<20)).Events); reason != "" {
			if reason != "Workflow history size exceeds limit." || l.run.Header.HistoryBytes <= orchestration.MaxHistoryBytes {
				t.Errorf("terminated at %d bytes: %s", l.run.Header.HistoryBytes, reason)
			}
			return
		}
	}
	t.Errorf("the run goes on with %d bytes", l.run.Header.HistoryBytes)
}

func TestSuggestContinueAsNew(t *testing.T) {
	for name, c := range map[string]struct{ n, size int }{
		"events": {orchestration.SuggestHistoryEvents, 0},
		"bytes":  {3, orchestration.SuggestHistoryBytes / 3},
	} {
		l := newLife(t)
		first := l.begin()
		if first.SuggestContinueAsNew {
			t.Errorf("%s: suggested to a new run", name)
		}
		l.complete(first, markers(c.n, c.size)...)
		if !l.begin().SuggestContinueAsNew {
			t.Errorf("%s: not suggested", name)
		}
	}
}

func TestPendingActivitiesLimit(t *testing.T) {
	l := newLife(t)
	if out := l.complete(l.begin(), many(orchestration.MaxPendingActivities, activity)...); out.Failed != nil {
		t.Fatalf("at the limit: %v", out.Failed)
	}
	l.wantRefused(l.complete(l.begin(), activity("more")), enumspb.WORKFLOW_TASK_FAILED_CAUSE_PENDING_ACTIVITIES_LIMIT_EXCEEDED)
}

func TestPendingTimersLimit(t *testing.T) {
	l := newLife(t)
	if out := l.complete(l.begin(), many(orchestration.MaxPendingTimers, timer)...); out.Failed != nil {
		t.Fatalf("at the limit: %v", out.Failed)
	}
	l.wantRefused(l.complete(l.begin(), timer("more")), enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_TIMER_ATTRIBUTES)
}

func TestCommandSizeLimit(t *testing.T) {
	l := newLife(t)
	l.wantRefused(l.complete(l.begin(), marker(orchestration.MaxPayloadSize)), enumspb.WORKFLOW_TASK_FAILED_CAUSE_PAYLOADS_TOO_LARGE)
}

func (l *life) signal(s history.Signal) (history.Transition, error) {
	s.Name = "s"
	return l.run.Signal(s, l.now)
}

func TestSignalsLimit(t *testing.T) {
	l := newLife(t)
	for i := range orchestration.MaxSignalsPerRun {
		if _, err := l.signal(history.Signal{}); err != nil {
			t.Fatalf("signal %d: %v", i+1, err)
		}
	}
	if _, err := l.signal(history.Signal{}); orchestration.CodeOf(err) != orchestration.InvalidArgument {
		t.Errorf("one more: %v", err)
	}
}

func TestSignalRequestIDsAreForgotten(t *testing.T) {
	l := newLife(t)
	changed := func(id string) bool {
		out, err := l.signal(history.Signal{RequestID: id})
		if err != nil {
			t.Fatal(err)
		}
		return out.Changed
	}
	changed("first")
	for i := range orchestration.MaxSignalRequestIDs - 1 {
		changed(fmt.Sprint(i))
	}
	if changed("first") {
		t.Error("a remembered id signals once")
	}
	changed("one more")
	if !changed("first") {
		t.Error("the oldest of too many ids is forgotten")
	}
}

// fillBuffer sends signals while a task is in flight until the task fails, and returns how many that took.
func (l *life) fillBuffer(input *commonpb.Payloads, most int) int {
	l.t.Helper()
	l.begin()
	for i := range most {
		out, err := l.signal(history.Signal{Input: input})
		if err != nil {
			l.t.Fatal(err)
		}
		for _, ev := range out.Events {
			if ev.GetWorkflowTaskFailedEventAttributes() != nil {
				l.wantSignals(out, i+1)
				return i + 1
			}
		}
	}
	l.t.Fatalf("%d signals wait", most)
	return 0
}

// wantSignals demands that a transition wrote n signals into history.
func (l *life) wantSignals(out history.Transition, n int) {
	l.t.Helper()
	for _, ev := range out.Events {
		if ev.GetWorkflowExecutionSignaledEventAttributes() != nil {
			n--
		}
	}
	if n != 0 {
		l.t.Errorf("%d signals were lost", n)
	}
}

func TestBufferedEventsLimit(t *testing.T) {
	if n := newLife(t).fillBuffer(nil, 2*orchestration.MaxBufferedEvents); n != orchestration.MaxBufferedEvents+1 {
		t.Errorf("the task failed with signal %d", n)
	}
}

func TestBufferedBytesLimit(t *testing.T) {
	if n := newLife(t).fillBuffer(payloads(1<<20), 10); n != 2 && n != 3 {
		t.Errorf("the task failed with signal %d of 1 MiB", n)
	}
}

func TestWorkflowTaskHeartbeatsLimit(t *testing.T) {
	l := newLife(t)
	begin := l.now
	for {
		out := l.complete(l.begin())
		if out.Failed != nil {
			if after := l.now.Sub(begin); after <= orchestration.WorkflowTaskHeartbeats || after > orchestration.WorkflowTaskHeartbeats+5*time.Second {
				t.Errorf("the task timed out after %v", after)
			}
			return
		}
		if l.now = l.now.Add(5 * time.Second); l.now.Sub(begin) > time.Hour {
			t.Fatal("the task goes on for an hour")
		}
	}
}

func TestKeptFailureLimit(t *testing.T) {
	l := newLife(t)
	l.complete(l.begin(), activity("a"))
	for _, task := range l.run.Ready(l.now) {
		if task.Kind == orchestration.ActivityTask {
			if _, _, err := l.run.StartActivity(task, history.Poller{}, l.now); err != nil {
				t.Fatal(err)
			}
		}
	}
	large := &failurepb.Failure{
		Message: strings.Repeat("m", 1<<20), StackTrace: strings.Repeat("s", 1<<19),
		FailureInfo: &failurepb.Failure_ApplicationFailureInfo{ApplicationFailureInfo: &failurepb.ApplicationFailureInfo{Type: "T"}},
	}
	if _, err := l.run.FailActivity(history.ActivityRef{ActivityID: "a"}, large, nil, "me", l.now); err != nil {
		t.Fatal(err)
	}
	pending := l.run.PendingActivities()
	if len(pending) != 1 || pending[0].Attempt != 2 {
		t.Fatalf("pending: %v", pending)
	}
	kept := pending[0].LastFailure
	if n := proto.Size(kept); n > orchestration.MaxKeptFailure || !strings.HasPrefix(kept.GetMessage(), "mmm") || kept.GetApplicationFailureInfo().GetType() != "T" {
		t.Errorf("kept %d bytes, message %.10q, type %q", n, kept.GetMessage(), kept.GetApplicationFailureInfo().GetType())
	}
}
