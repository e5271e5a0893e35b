package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/sdk/activity"
	"github.com/tenuto-io/tenuto/sdk/internal/rehearsal"
	"github.com/tenuto-io/tenuto/sdk/internal/replay"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

// These tests run workflow code through the worker as it is: polls, the real processor, reports.

// playing starts a worker of one workflow and a run of it whose tasks the test hands over.
func playing(t *testing.T, s *fakeServer, options Options, fn any, input ...any) (*Worker, *rehearsal.Server) {
	t.Helper()
	options.DisableActivities = true
	w := New(s.dial(t), rehearsal.TaskQueue, options)
	w.RegisterWorkflowAs("T", fn)
	start(t, w)
	return w, rehearsal.Start("T", rehearsal.Payloads(input...))
}

// step hands a task to the worker and its completion back to the run.
func step(t *testing.T, s *fakeServer, run *rehearsal.Server) taskCompleted {
	t.Helper()
	s.workflows <- run.Task()
	reply := report[taskCompleted](t, s)
	run.Accept(reply)
	return reply
}

func stepFailing(t *testing.T, s *fakeServer, run *rehearsal.Server) taskFailed {
	t.Helper()
	s.workflows <- run.Task()
	reply := report[taskFailed](t, s)
	run.Fail(reply)
	return reply
}

func closing(reply taskCompleted) enumspb.CommandType {
	commands := reply.GetCommands()
	if len(commands) == 0 {
		return enumspb.COMMAND_TYPE_UNSPECIFIED
	}
	return commands[len(commands)-1].GetCommandType()
}

func TestAPanickingWorkflowFailsItsTaskAndTheWorkerLivesOn(t *testing.T) {
	s := newFakeServer()
	broken := true
	_, run := playing(t, s, Options{MaxConcurrentWorkflowTasks: 1, WorkflowPollers: 1, StickyCacheBytes: -1}, func(workflow.Context) error {
		if broken {
			explodeInAWorkflow()
		}
		return nil
	})
	reply := stepFailing(t, s, run)
	failure := reply.GetFailure()
	if reply.GetCause() != enumspb.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE ||
		!strings.Contains(failure.GetMessage(), "no money left") || !strings.Contains(failure.GetStackTrace(), "explodeInAWorkflow") {
		t.Errorf("reply %v", reply)
	}
	broken = false
	if got := closing(step(t, s, run)); got != enumspb.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION {
		t.Errorf("after the repair: %s", got)
	}
}

func explodeInAWorkflow() { panic("no money left") }

func TestADeadlockFailsItsTaskWithTheStack(t *testing.T) {
	s := newFakeServer()
	never := make(chan struct{})
	t.Cleanup(func() { close(never) })
	_, run := playing(t, s, Options{DeadlockTimeout: 20 * time.Millisecond}, func(workflow.Context) error {
		waitInAWorkflow(never)
		return nil
	})
	failure := stepFailing(t, s, run).GetFailure()
	if !strings.Contains(failure.GetMessage(), "deadlock") || !strings.Contains(failure.GetStackTrace(), "waitInAWorkflow") {
		t.Errorf("failure %v", failure)
	}
}

func waitInAWorkflow(c chan struct{}) { <-c }

// TestTheDeadlockTimeoutReachesTheProcessor: who steps through a workflow with a debugger takes longer than any limit.
func TestTheDeadlockTimeoutReachesTheProcessor(t *testing.T) {
	for given, want := range map[time.Duration]time.Duration{0: time.Second, time.Minute: time.Minute, -1: -1} {
		w := New(newFakeServer().dial(t), "q", Options{DeadlockTimeout: given})
		if got := w.workflows.replayOptions().DeadlockTimeout; got != want {
			t.Errorf("%s: got %s", given, got)
		}
	}
}

func TestNondeterminismNamesEventExpectationAndPlace(t *testing.T) {
	s := newFakeServer()
	duration := time.Hour
	_, run := playing(t, s, Options{StickyCacheBytes: -1}, func(ctx workflow.Context) error {
		if duration > 0 {
			return workflow.Sleep(ctx, duration)
		}
		workflow.SideEffect(ctx, func() int { return 1 })
		return workflow.Sleep(ctx, time.Minute)
	})
	step(t, s, run)
	run.Advance(time.Hour)
	duration = 0
	reply := stepFailing(t, s, run)
	if reply.GetCause() != enumspb.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR {
		t.Errorf("cause %s", reply.GetCause())
	}
	for _, want := range []string{"event 5", "TimerStarted", "RecordMarker", "robust_test.go:"} {
		if !strings.Contains(reply.GetFailure().GetMessage(), want) {
			t.Errorf("no %q in %s", want, reply.GetFailure().GetMessage())
		}
	}
	duration = time.Hour
	if got := closing(step(t, s, run)); got != enumspb.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION {
		t.Errorf("after the repair: %s", got)
	}
}

// nilError is an error whose nil pointer cannot say what is wrong: the classic mistake of returning a typed nil.
type nilError struct{ text string }

func (e *nilError) Error() string { return e.text }

// stubborn is a value that panics when it is encoded or decoded.
type stubborn struct{}

func (stubborn) MarshalJSON() ([]byte, error)  { panic("will not be encoded") }
func (*stubborn) UnmarshalJSON(b []byte) error { panic("will not be decoded") }

var _ json.Marshaler = stubborn{}

func TestValuesAndErrorsThatPanicFailTheirTaskOnly(t *testing.T) {
	activities := map[string]struct {
		fn    any
		input any
	}{
		"will not be encoded": {func(int) (stubborn, error) { return stubborn{}, nil }, 1},
		"will not be decoded": {func(stubborn) error { return nil }, 1},
		"nilError":            {func(int) error { return (*nilError)(nil) }, 1},
		"fmt.wrapError":       {func(int) error { return fmt.Errorf("wrapped: %w", (*nilError)(nil)) }, 1},
		"thrown":              {func(int) error { panic((*nilError)(nil)) }, 1},
	}
	for want, test := range activities {
		t.Run("activity/"+want, func(t *testing.T) {
			s := newFakeServer()
			activityWorker(t, s, test.fn)
			s.activities <- taskOf(t, "Act", test.input)
			got := report[failedReport](t, s).GetFailure()
			if want != "thrown" && !strings.Contains(got.GetMessage(), want) || got.GetStackTrace() == "" {
				t.Errorf("failure %v", got)
			}
		})
	}
	workflows := map[string]any{
		"will not be encoded": func(workflow.Context, int) (stubborn, error) { return stubborn{}, nil },
		"will not be decoded": func(workflow.Context, stubborn) error { return nil },
		"nil pointer":         func(workflow.Context, int) error { return (*nilError)(nil) },
	}
	for want, fn := range workflows {
		t.Run("workflow/"+want, func(t *testing.T) {
			s := newFakeServer()
			_, run := playing(t, s, Options{}, fn, 1)
			if got := stepFailing(t, s, run).GetFailure(); !strings.Contains(got.GetMessage(), want) || got.GetStackTrace() == "" {
				t.Errorf("failure %v", got)
			}
		})
	}
}

func TestAQueryWhoseErrorPanicsFailsAlone(t *testing.T) {
	s := newFakeServer()
	_, run := playing(t, s, Options{}, func(ctx workflow.Context) error {
		workflow.SetQueryHandler(ctx, "q", func() (int, error) { return 0, (*nilError)(nil) })
		return workflow.Sleep(ctx, time.Hour)
	})
	step(t, s, run)
	s.workflows <- run.QueryTask("q", nil)
	if got := report[queryAnswered](t, s); !strings.Contains(got.GetErrorMessage(), "nilError") || got.GetFailure().GetStackTrace() == "" {
		t.Errorf("answer %v", got)
	}
}

func TestHeartbeatDetailsThatPanicDoNoHarm(t *testing.T) {
	s := newFakeServer()
	activityWorker(t, s, func(ctx context.Context) error {
		activity.RecordHeartbeat(ctx, stubborn{})
		return errors.New("broken")
	})
	s.activities <- beating(t, time.Minute)
	if got := report[failedReport](t, s); got.GetLastHeartbeatDetails() != nil || got.GetFailure().GetMessage() != "broken" {
		t.Errorf("report %v", got)
	}
}

func TestATaskDeliveredTwiceGetsTheSameCommands(t *testing.T) {
	s := newFakeServer()
	_, run := playing(t, s, Options{}, func(ctx workflow.Context) error { return workflow.Sleep(ctx, time.Hour) })
	task := run.Task()
	s.workflows <- task
	first := report[taskCompleted](t, s)
	s.workflows <- proto.CloneOf(task)
	again := report[taskCompleted](t, s)
	if !proto.Equal(first, again) {
		t.Errorf("first %v, again %v", first, again)
	}
}

// TestAReportThatFailsDropsTheCachedRun: the server hands the task out again with the full history or, as here, sticky, which the worker
// can only answer by asking for the history.
func TestAReportThatFailsDropsTheCachedRun(t *testing.T) {
	s := newFakeServer()
	var refuse atomic.Bool
	s.reportError = func(proto.Message) error {
		if refuse.Load() {
			return serviceerror.NewNotFound("timed out")
		}
		return nil
	}
	var runs atomic.Int32
	w, run := playing(t, s, Options{}, func(ctx workflow.Context) error {
		runs.Add(1)
		return workflow.Sleep(ctx, time.Hour)
	})
	refuse.Store(true)
	s.workflows <- run.Task()
	report[taskCompleted](t, s)
	w.awaitIdle(t)
	refuse.Store(false)
	run.TimeOut()
	step(t, s, run)
	if runs.Load() != 2 {
		t.Errorf("the workflow ran %d times, want a fresh start", runs.Load())
	}
}

// awaitIdle waits until no workflow task is under way: as many slots are held as there are polls.
func (w *Worker) awaitIdle(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(patience); len(w.workflows.slots) != 2*firstPolls; {
		if time.Now().After(deadline) {
			t.Fatal("a workflow task does not end")
		}
	}
}

func TestStopClosesTheCachedRuns(t *testing.T) {
	s := newFakeServer()
	ended := make(chan struct{})
	w, run := playing(t, s, Options{}, func(ctx workflow.Context) error {
		defer close(ended)
		return workflow.Sleep(ctx, time.Hour)
	})
	step(t, s, run)
	w.Stop()
	await(t, ended)
	if runs, bytes := w.workflows.processor.(*replay.Processor).CacheSize(); runs != 0 || bytes != 0 {
		t.Errorf("%d runs, %d bytes are left", runs, bytes)
	}
}

// TestAStoppingWorkerAsksForNoMoreTasks: what it finishes while it drains must neither bring it another task nor bind the run to a queue
// that nobody polls any more.
func TestAStoppingWorkerAsksForNoMoreTasks(t *testing.T) {
	s := newFakeServer()
	entered, leave := make(chan struct{}), make(chan struct{})
	w, run := playing(t, s, Options{DeadlockTimeout: -1}, func(ctx workflow.Context) error {
		close(entered)
		<-leave
		return workflow.Sleep(ctx, time.Hour)
	})
	s.workflows <- run.Task()
	await(t, entered)
	stopped := make(chan struct{})
	go func() {
		w.Stop()
		close(stopped)
	}()
	<-w.accepting.Done()
	close(leave)
	if got := report[taskCompleted](t, s); got.GetReturnNewWorkflowTask() || got.GetStickyAttributes() != nil || len(got.GetCommands()) != 1 {
		t.Errorf("completion %v", got)
	}
	await(t, stopped)
}
