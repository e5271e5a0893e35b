package replay_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	querypb "go.temporal.io/api/query/v1"
	sdkpb "go.temporal.io/api/sdk/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/tenuto-io/tenuto/sdk/internal/rehearsal"
	"github.com/tenuto-io/tenuto/sdk/internal/replay"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newStage starts a workflow and drops what is cached of it when the test ends.
func newStage(t *testing.T, options replay.Options, workflow any, args ...any) *rehearsal.Stage {
	t.Helper()
	stage := rehearsal.NewStage(options, workflow, args...)
	t.Cleanup(stage.Processor.Close)
	return stage
}

func cached(stage *rehearsal.Stage) int {
	runs, _ := stage.Processor.CacheSize()
	return runs
}

// Naps sleeps n hours, one by one, and counts how often its code began.
type naps struct{ begun, slept int }

func (n *naps) workflow(ctx workflow.Context, hours int) (int, error) {
	n.begun++
	workflow.SetQueryHandler(ctx, "slept", func() (int, error) { return n.slept, nil })
	for n.slept = 0; n.slept < hours; n.slept++ {
		if err := workflow.Sleep(ctx, time.Hour); err != nil {
			return n.slept, err
		}
	}
	return n.slept, nil
}

func TestReplyCarriesTheTasksIdentity(t *testing.T) {
	stage := newStage(t, rehearsal.Sticky(), (&naps{}).workflow, 1)
	reply := stage.Step().Completed
	if string(reply.GetTaskToken()) != "token-3" || reply.GetIdentity() != "worker" || reply.GetNamespace() != rehearsal.Namespace || !reply.GetReturnNewWorkflowTask() {
		t.Errorf("reply %v", reply)
	}
	sticky := reply.GetStickyAttributes()
	if sticky.GetWorkerTaskQueue().GetName() != "worker:sticky" || sticky.GetWorkerTaskQueue().GetNormalName() != rehearsal.TaskQueue ||
		sticky.GetWorkerTaskQueue().GetKind() != enumspb.TASK_QUEUE_KIND_STICKY || sticky.GetScheduleToStartTimeout().AsDuration() != 10*time.Second {
		t.Errorf("sticky attributes %v", sticky)
	}
	if reply.GetSdkMetadata().GetSdkName() == "" {
		t.Error("the first task does not name the SDK")
	}
	stage.Server.Advance(time.Hour)
	last := stage.Step().Completed
	if last.GetStickyAttributes() != nil || last.GetSdkMetadata().GetSdkName() != "" {
		t.Errorf("closing reply %v", last)
	}
	if cached(stage) != 0 {
		t.Error("a closed run is cached")
	}
}

func TestStickyTaskContinuesTheCachedRun(t *testing.T) {
	n := &naps{}
	stage := newStage(t, rehearsal.Sticky(), n.workflow, 5)
	stage.Play()
	if slept, err := rehearsal.Outcome[int](stage); slept != 5 || err != nil {
		t.Error(slept, err)
	}
	if n.begun != 1 {
		t.Errorf("the code began %d times", n.begun)
	}
}

func TestWithoutACacheEveryTaskReplays(t *testing.T) {
	n := &naps{}
	stage := newStage(t, rehearsal.Forgetful(), n.workflow, 5)
	stage.Play()
	if slept, err := rehearsal.Outcome[int](stage); slept != 5 || err != nil {
		t.Error(slept, err)
	}
	if n.begun != 6 {
		t.Errorf("the code began %d times", n.begun)
	}
	if stage.Replies[0].Completed.GetStickyAttributes() != nil {
		t.Error("sticky without a cache")
	}
}

func TestLostRunIsRebuiltFromTheFetchedHistory(t *testing.T) {
	for _, pageSize := range []int{0, 1, 2, 3, 7} {
		n := &naps{}
		stage := newStage(t, rehearsal.Sticky(), n.workflow, 4)
		stage.Server.PageSize = pageSize
		for !stage.Server.Closed() {
			stage.Step()
			stage.Processor.Forget(stage.Server.RunID())
			stage.Server.Advance(time.Hour)
		}
		if slept, err := rehearsal.Outcome[int](stage); slept != 4 || err != nil {
			t.Error(slept, err)
		}
		if n.begun != 5 {
			t.Errorf("pages of %d: the code began %d times", pageSize, n.begun)
		}
	}
}

func TestTaskDeliveredTwiceGetsTheSameReply(t *testing.T) {
	n := &naps{}
	stage := newStage(t, rehearsal.Sticky(), n.workflow, 2)
	stage.Step()
	stage.Server.Advance(time.Hour)
	task := stage.Server.Task()
	first, err := stage.Processor.Handle(context.Background(), task)
	if err != nil {
		t.Fatal(err)
	}
	second, err := stage.Processor.Handle(context.Background(), task)
	if err != nil {
		t.Fatal(err)
	}
	if !same(first, second) {
		t.Errorf("first %v\nsecond %v", first, second)
	}
	stage.Server.Accept(second.Completed)
	stage.Play()
	if slept, err := rehearsal.Outcome[int](stage); slept != 2 || err != nil {
		t.Error(slept, err)
	}
}

func TestTimedOutTaskIsTriedAgain(t *testing.T) {
	stage := newStage(t, rehearsal.Sticky(), (&naps{}).workflow, 2)
	stage.Step()
	stage.Server.Advance(time.Hour)
	if _, err := stage.Processor.Handle(context.Background(), stage.Server.Task()); err != nil {
		t.Fatal(err)
	}
	// The reply got lost.
	stage.Server.TimeOut()
	stage.Play()
	if slept, err := rehearsal.Outcome[int](stage); slept != 2 || err != nil {
		t.Error(slept, err)
	}
}

func TestIncompleteHistoryFailsTheTask(t *testing.T) {
	cut := func(from, to int) func(*workflowservice.PollWorkflowTaskQueueResponse) {
		return func(task *workflowservice.PollWorkflowTaskQueueResponse) {
			events := task.History.Events
			task.History = &historypb.History{Events: append(append([]*historypb.HistoryEvent{}, events[:from]...), events[to:]...)}
		}
	}
	for name, c := range map[string]struct {
		change func(*workflowservice.PollWorkflowTaskQueueResponse)
		want   string
	}{
		"gap":        {cut(5, 6), "event 7 follows event 5"},
		"no start":   {cut(7, 8), "before event 8"},
		"other task": {func(task *workflowservice.PollWorkflowTaskQueueResponse) { task.StartedEventId = 9 }, "the task's WorkflowTaskStarted is event 9"},
	} {
		t.Run(name, func(t *testing.T) {
			stage := newStage(t, rehearsal.Forgetful(), (&naps{}).workflow, 2)
			stage.Step()
			stage.Server.Advance(time.Hour)
			task := stage.Server.Task()
			c.change(task)
			reply, err := stage.Processor.Handle(context.Background(), task)
			if err != nil {
				t.Fatal(err)
			}
			if message := reply.Failed.GetFailure().GetMessage(); !strings.Contains(message, c.want) || !strings.Contains(message, "incomplete history") {
				t.Errorf("got %q, want %q", message, c.want)
			}
		})
	}
}

func TestHistoryThatCannotBeFetchedIsAnError(t *testing.T) {
	away := errors.New("away")
	options := rehearsal.Sticky()
	stage := newStage(t, options, (&naps{}).workflow, 2)
	options.HistoryPage = func(context.Context, *commonpb.WorkflowExecution, []byte) (*historypb.History, []byte, error) {
		return nil, nil, away
	}
	other := replay.NewProcessor(options)
	if err := other.Register(replay.Registration{Name: rehearsal.WorkflowType, Fn: (&naps{}).workflow}); err != nil {
		t.Fatal(err)
	}
	stage.Step()
	stage.Server.Advance(time.Hour)
	if reply, err := other.Handle(context.Background(), stage.Server.Task()); !errors.Is(err, away) {
		t.Errorf("got %v, %v", reply, err)
	}
}

func TestUnknownWorkflowTypeNamesTheKnownOnes(t *testing.T) {
	stage := newStage(t, rehearsal.Sticky(), (&naps{}).workflow, 1)
	task := stage.Server.Task()
	task.WorkflowType = &commonpb.WorkflowType{Name: "Other"}
	reply := stage.Handle(task)
	if message := reply.Failed.GetFailure().GetMessage(); !strings.Contains(message, `"Other"`) || !strings.Contains(message, rehearsal.WorkflowType) {
		t.Errorf("message %q", message)
	}
	if reply.Failed.GetCause() != enumspb.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE {
		t.Errorf("cause %v", reply.Failed.GetCause())
	}
}

func TestRegisterRejectsWhatIsNoWorkflow(t *testing.T) {
	p := replay.NewProcessor(rehearsal.Sticky())
	for _, fn := range []any{
		nil, 1, func() {}, func(context.Context) error { return nil }, func(workflow.Context) {}, func(workflow.Context) int { return 0 },
		func(workflow.Context, int, int) error { return nil }, func(workflow.Context) (int, int, error) { return 0, 0, nil },
		func(workflow.Context, ...int) error { return nil }, (func(workflow.Context) error)(nil),
	} {
		if err := p.Register(replay.Registration{Name: "W", Fn: fn}); err == nil {
			t.Errorf("%T was registered", fn)
		}
	}
	for i, want := range []bool{true, false} {
		err := p.Register(replay.Registration{Name: "W", Fn: func(workflow.Context) error { return nil }})
		if (err == nil) != want {
			t.Errorf("registration %d: %v", i+1, err)
		}
	}
}

func TestInputThatDoesNotFitFailsTheTaskOnly(t *testing.T) {
	stage := newStage(t, rehearsal.Sticky(), (&naps{}).workflow, "many")
	reply := stage.Step()
	if message := reply.Failed.GetFailure().GetMessage(); !strings.Contains(message, "input of the workflow") {
		t.Errorf("message %q", message)
	}
}

func TestResultThatCannotBeEncodedFailsTheTaskOnly(t *testing.T) {
	stage := newStage(t, rehearsal.Sticky(), func(workflow.Context) (chan int, error) { return make(chan int), nil })
	if message := stage.Step().Failed.GetFailure().GetMessage(); !strings.Contains(message, "result of the workflow") {
		t.Errorf("message %q", message)
	}
}

func TestEventsDuringATaskComeAfterItsCommands(t *testing.T) {
	stage := newStage(t, rehearsal.Sticky(), func(ctx workflow.Context) (string, error) {
		signals := workflow.SignalChannel[string](ctx, "s")
		text, _ := signals.Receive(ctx)
		workflow.Sleep(ctx, time.Hour)
		more, ok := signals.ReceiveAsync()
		return fmt.Sprint(text, more, ok), nil
	})
	stage.Server.Signal("s", rehearsal.Payloads("a"))
	task := stage.Server.Task()
	stage.Server.Signal("s", rehearsal.Payloads("b"))
	stage.Handle(task)
	stage.Play()
	if text, err := rehearsal.Outcome[string](stage); text != "abtrue" || err != nil {
		t.Error(text, err)
	}
}

func TestSignalThatDoesNotFitIsDropped(t *testing.T) {
	stage := newStage(t, rehearsal.Sticky(), func(ctx workflow.Context) (int, error) {
		n, _ := workflow.SignalChannel[int](ctx, "n").Receive(ctx)
		return n, nil
	})
	stage.Server.Signal("n", rehearsal.Payloads("no number"))
	stage.Server.Signal("n", rehearsal.Payloads(7))
	stage.Step()
	if n, err := rehearsal.Outcome[int](stage); n != 7 || err != nil {
		t.Error(n, err)
	}
}

func TestEagerActivitiesAreAskedForWhileThereAreSlots(t *testing.T) {
	options, slots := rehearsal.Sticky(), 1
	options.EagerSlots = func() bool { slots--; return slots >= 0 }
	stage := newStage(t, options, func(ctx workflow.Context) error {
		elsewhere, lazy := workflow.GetActivityOptions(ours(ctx)), workflow.GetActivityOptions(ours(ctx))
		elsewhere.TaskQueue, lazy.DisableEagerExecution = "elsewhere", true
		workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, elsewhere), Work, 1)
		workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, lazy), Work, 2)
		workflow.ExecuteActivity(ours(ctx), Work, 3)
		_, err := workflow.ExecuteActivity(ours(ctx), Work, 4).Get(ctx)
		return err
	})
	var eager []bool
	for _, command := range stage.Step().Completed.GetCommands() {
		eager = append(eager, command.GetScheduleActivityTaskCommandAttributes().GetRequestEagerExecution())
	}
	if fmt.Sprint(eager) != "[false false true false]" {
		t.Errorf("eager: %v", eager)
	}
}

func TestQueriesRideOnATask(t *testing.T) {
	stage := newStage(t, rehearsal.Sticky(), (&naps{}).workflow, 3)
	stage.Step()
	stage.Server.Advance(time.Hour)
	task := stage.Server.Task()
	task.Queries = map[string]*querypb.WorkflowQuery{"q1": {QueryType: "slept"}, "q2": {QueryType: "dreamt"}}
	results := stage.Handle(task).Completed.GetQueryResults()
	if answer := results["q1"]; answer.GetResultType() != enumspb.QUERY_RESULT_TYPE_ANSWERED || string(answer.GetAnswer().GetPayloads()[0].GetData()) != "1" {
		t.Errorf("q1: %v", answer)
	}
	if answer := results["q2"]; answer.GetResultType() != enumspb.QUERY_RESULT_TYPE_FAILED || !strings.Contains(answer.GetErrorMessage(), "slept") {
		t.Errorf("q2: %v", answer)
	}
}

func TestQueryAlone(t *testing.T) {
	for name, options := range map[string]replay.Options{"cached": rehearsal.Sticky(), "replayed": rehearsal.Forgetful()} {
		t.Run(name, func(t *testing.T) {
			n := &naps{}
			stage := newStage(t, options, n.workflow, 3)
			if failed := stage.Query("slept"); failed.GetCompletedType() != enumspb.QUERY_RESULT_TYPE_FAILED || !strings.Contains(failed.GetErrorMessage(), "has not run yet") {
				t.Errorf("before the first task: %v", failed)
			}
			stage.Step()
			for want := range 3 {
				answer := stage.Query("slept")
				if answer.GetCompletedType() != enumspb.QUERY_RESULT_TYPE_ANSWERED || string(answer.GetQueryResult().GetPayloads()[0].GetData()) != fmt.Sprint(want) {
					t.Errorf("after %d hours: %v", want, answer)
				}
				stage.Server.Advance(time.Hour)
				stage.Step()
			}
			if answer := stage.Query("slept"); string(answer.GetQueryResult().GetPayloads()[0].GetData()) != "3" {
				t.Errorf("after the end: %v", answer)
			}
		})
	}
}

func TestQueryDuringSomebodyElsesTaskAnswersFromWhatIsComplete(t *testing.T) {
	stage := newStage(t, rehearsal.Forgetful(), (&naps{}).workflow, 3)
	stage.Step()
	stage.Server.Advance(time.Hour)
	task := stage.Server.Task()
	if answer := stage.Query("slept"); string(answer.GetQueryResult().GetPayloads()[0].GetData()) != "0" {
		t.Errorf("got %v", answer)
	}
	stage.Handle(task)
}

func TestQueryThenStickyTask(t *testing.T) {
	// The query replays the run into the cache with the answers of its last task; the task brings them again.
	n := &naps{}
	stage := newStage(t, rehearsal.Sticky(), n.workflow, 3)
	stage.Step()
	stage.Processor.Forget(stage.Server.RunID())
	if answer := stage.Query("slept"); string(answer.GetQueryResult().GetPayloads()[0].GetData()) != "0" {
		t.Errorf("got %v", answer)
	}
	stage.Play()
	if slept, err := rehearsal.Outcome[int](stage); slept != 3 || err != nil {
		t.Error(slept, err)
	}
	if n.begun != 2 {
		t.Errorf("the code began %d times", n.begun)
	}
}

func TestQueryHandlerMustOnlyLook(t *testing.T) {
	for name, handler := range map[string]func(workflow.Context) string{
		"panic": func(workflow.Context) string { panic("boom") },
		"timer": func(ctx workflow.Context) string { workflow.NewTimer(ctx, time.Hour); return "" },
		"block": func(ctx workflow.Context) string {
			workflow.NewChannel[string](ctx).Receive(ctx)
			return ""
		},
		"go": func(ctx workflow.Context) string { workflow.Go(ctx, func(workflow.Context) {}); return "" },
	} {
		t.Run(name, func(t *testing.T) {
			stage := newStage(t, rehearsal.Sticky(), func(ctx workflow.Context) error {
				workflow.SetQueryHandler(ctx, "q", func() (string, error) { return handler(ctx), nil })
				return workflow.Sleep(ctx, time.Hour)
			})
			stage.Step()
			answer := stage.Query("q")
			if answer.GetCompletedType() != enumspb.QUERY_RESULT_TYPE_FAILED {
				t.Errorf("got %v", answer)
			}
			if want := map[bool]string{true: "boom", false: "query handler"}[name == "panic"]; !strings.Contains(answer.GetErrorMessage(), want) {
				t.Errorf("message %q", answer.GetErrorMessage())
			}
			stage.Play()
			if _, err := rehearsal.Outcome[any](stage); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestStackTraceQuery(t *testing.T) {
	stage := newStage(t, rehearsal.Sticky(), func(ctx workflow.Context) error {
		workflow.GoNamed(ctx, "helper", func(ctx workflow.Context) { workflow.NewChannel[int](ctx).Receive(ctx) })
		return workflow.Sleep(ctx, time.Hour)
	})
	stage.Step()
	text := string(stage.Query("__stack_trace").GetQueryResult().GetPayloads()[0].GetData())
	for _, want := range []string{"coroutine main [blocked on Future.Get]", "coroutine helper [blocked on Channel.Receive]", "task_test.go:"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
}

// A workflow tells what it can be asked and sent: the handlers that it has, and not what came for one that it lacks.
func TestMetadataQuery(t *testing.T) {
	stage := newStage(t, rehearsal.Sticky(), func(ctx workflow.Context) error {
		for _, name := range []string{"state", "balance"} {
			workflow.SetQueryHandler(ctx, name, func() (string, error) { return "", nil })
		}
		workflow.SetUpdateHandlerNoResult(ctx, "limit", func(workflow.Context, int) error { return nil })
		workflow.SignalChannel[string](ctx, "approve")
		return workflow.Sleep(ctx, time.Hour)
	})
	stage.Step()
	payload := stage.Query("__temporal_workflow_metadata").GetQueryResult().GetPayloads()[0]
	var m sdkpb.WorkflowMetadata
	if err := protojson.Unmarshal(payload.GetData(), &m); err != nil || string(payload.GetMetadata()["encoding"]) != "json/protobuf" {
		t.Fatalf("%v: %v", err, payload)
	}
	names := func(all []*sdkpb.WorkflowInteractionDefinition) string {
		var out []string
		for _, d := range all {
			out = append(out, d.GetName())
		}
		return strings.Join(out, " ")
	}
	d := m.GetDefinition()
	if got := d.GetType() + ": " + names(d.GetQueryDefinitions()) + "; " + names(d.GetSignalDefinitions()) + "; " + names(d.GetUpdateDefinitions()); !strings.HasSuffix(got,
		": balance state __stack_trace __temporal_workflow_metadata; approve; limit") || d.GetType() == "" {
		t.Errorf("got %s", got)
	}
}

func TestHeldSlotEndsWithTheContext(t *testing.T) {
	started, release := make(chan bool), make(chan bool)
	options := rehearsal.Sticky()
	options.DeadlockTimeout = -1
	stage := newStage(t, options, func(workflow.Context) error {
		close(started)
		<-release
		return nil
	})
	task := stage.Server.Task()
	done := make(chan error)
	go func() {
		_, err := stage.Processor.Handle(context.Background(), task)
		done <- err
	}()
	<-started
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := stage.Processor.Handle(ctx, task); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
}
