package replay_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/sdk/converter"
	"github.com/tenuto-io/tenuto/sdk/internal/rehearsal"
	"github.com/tenuto-io/tenuto/sdk/internal/replay"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

func Other(_ context.Context, n int) (int, error) { return n, nil }

// original is the code that made the history of the nondeterminism tests: a timer, then an activity.
func original(ctx workflow.Context) error {
	if err := workflow.Sleep(ctx, time.Hour); err != nil {
		return err
	}
	if _, err := workflow.ExecuteActivity(ours(ctx), Work, 1).Get(ctx); err != nil {
		return err
	}
	return workflow.Sleep(ctx, time.Hour)
}

func TestNondeterminism(t *testing.T) {
	for name, c := range map[string]struct {
		changed func(workflow.Context) error
		wants   []string
	}{
		"other activity type": {
			func(ctx workflow.Context) error {
				workflow.Sleep(ctx, time.Hour)
				workflow.ExecuteActivity(ours(ctx), Other, 1).Get(ctx)
				return nil
			},
			[]string{"event 10", `ActivityTaskScheduled(type "Work", id "10")`, `ScheduleActivityTask(type "Other", id "10")`, "failure_test.go:"},
		},
		"timer removed": {
			func(ctx workflow.Context) error {
				workflow.ExecuteActivity(ours(ctx), Work, 1).Get(ctx)
				return nil
			},
			[]string{"event 5", `TimerStarted(id "5", 1h0m0s)`, `ScheduleActivityTask(type "Work", id "5")`, "failure_test.go:"},
		},
		"everything removed": {
			func(ctx workflow.Context) error { return nil },
			[]string{"event 5", "TimerStarted", "CompleteWorkflowExecution"},
		},
		"code waits for something else": {
			func(ctx workflow.Context) error {
				workflow.SignalChannel[int](ctx, "never").Receive(ctx)
				return nil
			},
			[]string{"event 5", "TimerStarted", "asks for nothing", "failure_test.go:"},
		},
		"command added": {
			func(ctx workflow.Context) error {
				workflow.NewTimer(ctx, time.Minute)
				return original(ctx)
			},
			[]string{"no event", "StartTimer", `"6"`, "failure_test.go:"},
		},
		"side effect added": {
			func(ctx workflow.Context) error {
				workflow.Sleep(ctx, time.Hour)
				workflow.SideEffect(ctx, func() int { panic("called in replay") })
				return nil
			},
			[]string{"event 10", "ActivityTaskScheduled", "RecordMarker(SideEffect)", "failure_test.go:"},
		},
		"reordered": {
			func(ctx workflow.Context) error {
				work := workflow.ExecuteActivity(ours(ctx), Work, 1)
				workflow.Sleep(ctx, time.Hour)
				work.Get(ctx)
				return workflow.Sleep(ctx, time.Hour)
			},
			[]string{"event 5", "TimerStarted", "ScheduleActivityTask"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			code := original
			stage := newStage(t, rehearsal.Forgetful(), func(ctx workflow.Context) error { return code(ctx) })
			stage.Step()
			stage.Server.Advance(time.Hour)
			stage.Step()
			completeFirst(stage.Server)
			code = c.changed
			reply := stage.Step()
			if reply.Failed.GetCause() != enumspb.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR {
				t.Fatalf("reply %v", reply)
			}
			message := reply.Failed.GetFailure().GetMessage()
			for _, want := range c.wants {
				if !strings.Contains(message, want) {
					t.Errorf("no %q in %s", want, message)
				}
			}
			// The run stays open and goes on with the code repaired.
			code = original
			stage.Play()
			if _, err := rehearsal.Outcome[any](stage); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestOptionsMayChange(t *testing.T) {
	timeout := time.Minute
	stage := newStage(t, rehearsal.Forgetful(), func(ctx workflow.Context) (int, error) {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: timeout, TaskQueue: timeout.String()})
		return workflow.ExecuteActivity(ctx, Work, int(timeout)).Get(ctx)
	})
	stage.Step()
	timeout = time.Hour
	completeFirst(stage.Server)
	stage.Step()
	if _, err := rehearsal.Outcome[int](stage); err != nil {
		t.Error(err)
	}
}

func explode() { panic(errors.New("boom")) }

func TestPanicFailsTheTaskWithItsStackAndIsTriedAgain(t *testing.T) {
	healthy := false
	stage := newStage(t, rehearsal.Sticky(), func(ctx workflow.Context) error {
		workflow.Go(ctx, func(workflow.Context) {
			if !healthy {
				explode()
			}
		})
		return workflow.Sleep(ctx, time.Hour)
	})
	failed := stage.Step().Failed
	if failed.GetCause() != enumspb.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE {
		t.Errorf("cause %v", failed.GetCause())
	}
	failure := failed.GetFailure()
	if failure.GetMessage() != "boom" || failure.GetApplicationFailureInfo().GetType() != "PanicError" || !strings.Contains(failure.GetStackTrace(), "replay_test.explode") {
		t.Errorf("failure %v", failure)
	}
	if cached(stage) != 0 {
		t.Error("a run that panicked is cached")
	}
	healthy = true
	stage.Play()
	if _, err := rehearsal.Outcome[any](stage); err != nil {
		t.Error(err)
	}
}

func TestDeadlockFailsTheTaskWithTheStack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan bool)
		stage := rehearsal.NewStage(rehearsal.Sticky(), func(ctx workflow.Context) error {
			waitOutside(release)
			return workflow.Sleep(ctx, time.Hour)
		})
		defer stage.Processor.Close()
		began := time.Now()
		failed := stage.Step().Failed
		if took := time.Since(began); took != time.Second {
			t.Errorf("took %v", took)
		}
		failure := failed.GetFailure()
		if !strings.Contains(failure.GetMessage(), "did not yield within 1s") || !strings.Contains(failure.GetStackTrace(), "waitOutside") {
			t.Errorf("failure %v", failure)
		}
		close(release)
		stage.Play()
		if _, err := rehearsal.Outcome[any](stage); err != nil {
			t.Error(err)
		}
	})
}

//go:noinline
func waitOutside(release chan bool) { <-release }

func TestQueryHandlerThatHangsCostsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan bool)
		stage := rehearsal.NewStage(rehearsal.Sticky(), func(ctx workflow.Context) error {
			workflow.SetQueryHandler(ctx, "q", func() (string, error) { <-release; return "", nil })
			return workflow.Sleep(ctx, time.Hour)
		})
		defer stage.Processor.Close()
		stage.Step()
		if answer := stage.Query("q"); !strings.Contains(answer.GetErrorMessage(), "did not yield") {
			t.Errorf("answer %v", answer)
		}
		if cached(stage) != 0 {
			t.Error("the run is cached")
		}
		close(release)
		stage.Play()
		if _, err := rehearsal.Outcome[any](stage); err != nil {
			t.Error(err)
		}
	})
}

// TestEncodedFailuresLeakNothing: with a codec, no report shows a message or a stack of the application.
func TestEncodedFailuresLeakNothing(t *testing.T) {
	const secret = "account of ada"
	codec, err := converter.NewAESCodec("k", map[string][]byte{"k": make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	options := rehearsal.Sticky()
	options.DataConverter = converter.NewCodecDataConverter(converter.Default(), codec)
	options.FailureConverter = converter.NewFailureConverter(converter.FailureOptions{
		DataConverter: options.DataConverter, EncodeAttributes: true,
	})
	for name, body := range map[string]func(ctx workflow.Context) error{
		"error": func(workflow.Context) error { return errors.New(secret) },
		"panic": func(workflow.Context) error { panic(secret) },
		"query": func(ctx workflow.Context) error { return workflow.Sleep(ctx, time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			stage := newStage(t, options, func(ctx workflow.Context) error {
				workflow.SetQueryHandler(ctx, "q", func() (int, error) { return 0, errors.New(secret) })
				return body(ctx)
			})
			reply := stage.Step()
			told := reply.Completed.String() + reply.Failed.String()
			if name == "query" {
				told = stage.Query("q").String()
			}
			if !strings.Contains(told, "encoded_attributes") || strings.Contains(told, secret) || strings.Contains(told, "failure_test.go") {
				t.Errorf("told %s", told)
			}
		})
	}
}

func TestWorkflowsLogOnce(t *testing.T) {
	var log strings.Builder
	options := rehearsal.Forgetful()
	options.Logger = slog.New(slog.NewTextHandler(&log, nil))
	stage := newStage(t, options, func(ctx workflow.Context) error {
		for i := range 3 {
			workflow.Logger(ctx).With("i", i).WithGroup("g").Info("awake", "replaying", workflow.IsReplaying(ctx))
			workflow.Sleep(ctx, time.Hour)
		}
		return nil
	})
	stage.Play()
	if lines := strings.Count(log.String(), "awake"); lines != 3 {
		t.Errorf("%d lines:\n%s", lines, log.String())
	}
	for _, want := range []string{"workflow_id=rehearsal-1", "workflow_type=Play", "run_id=" + stage.Server.RunID(), "g.replaying=false"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("no %s in\n%s", want, log.String())
		}
	}
}

func TestEvictionHasNoEffects(t *testing.T) {
	var did []string
	stage := newStage(t, rehearsal.Sticky(), func(ctx workflow.Context) error {
		ctx = ours(ctx)
		scope, cancel := workflow.WithCancel(ctx)
		defer func() { did = append(did, "outer") }()
		defer func() {
			did = append(did, "recovered nothing: "+map[bool]string{true: "yes", false: "no"}[recover() == nil])
			cancel()
			did = append(did, "went on after cancel")
		}()
		defer func() {
			workflow.ExecuteActivity(scope, Work, 1).Get(scope)
			did = append(did, "executed an activity")
		}()
		return workflow.Sleep(scope, time.Hour)
	})
	stage.Step()
	stage.Processor.Forget(stage.Server.RunID())
	if got := strings.Join(did, ", "); got != "recovered nothing: yes, outer" {
		t.Errorf("did: %s", got)
	}
}

func TestForgetDuringATask(t *testing.T) {
	entered, release := make(chan bool), make(chan bool)
	options := rehearsal.Sticky()
	options.DeadlockTimeout = -1
	stage := newStage(t, options, func(ctx workflow.Context) error {
		entered <- true
		<-release
		return workflow.Sleep(ctx, time.Hour)
	})
	task, done := stage.Server.Task(), make(chan replay.Reply)
	go func() {
		reply, err := stage.Processor.Handle(context.Background(), task)
		if err != nil {
			t.Error(err)
		}
		done <- reply
	}()
	<-entered
	stage.Processor.Forget(stage.Server.RunID())
	close(release)
	if reply := <-done; reply.Completed == nil {
		t.Errorf("reply %v", reply)
	}
	if cached(stage) != 0 {
		t.Error("the run is cached")
	}
}
