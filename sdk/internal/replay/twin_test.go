package replay_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	protocolpb "go.temporal.io/api/protocol/v1"
	updatepb "go.temporal.io/api/update/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/temporal"
	official "go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/internal/rehearsal"
	"github.com/tenuto-io/tenuto/sdk/internal/replay"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

func Work(_ context.Context, n int) (int, error) { return n, nil }

// scene is the same workflow written twice, and what happens to it between its tasks.
type scene struct {
	name   string
	ours   any
	theirs any
	// before happens before the first task.
	before func(*rehearsal.Server)
	// events[i] happens after task i+1 was answered. The scene ends with the last.
	events []func(*rehearsal.Server)
}

var scenes = []scene{
	{
		name: "one activity",
		ours: func(ctx workflow.Context) (int, error) { return workflow.ExecuteActivity(ours(ctx), Work, 1).Get(ctx) },
		theirs: func(ctx official.Context) (n int, err error) {
			err = official.ExecuteActivity(theirs(ctx), Work, 1).Get(ctx, &n)
			return n, err
		},
		events: []func(*rehearsal.Server){completeFirst},
	},
	{
		name: "two activities and a timer at once",
		ours: func(ctx workflow.Context) (int, error) {
			a, b := workflow.ExecuteActivity(ours(ctx), Work, 1), workflow.ExecuteActivity(ours(ctx), Work, 2)
			workflow.Sleep(ctx, time.Minute)
			x, _ := a.Get(ctx)
			y, _ := b.Get(ctx)
			return x + y, nil
		},
		theirs: func(ctx official.Context) (int, error) {
			a, b := official.ExecuteActivity(theirs(ctx), Work, 1), official.ExecuteActivity(theirs(ctx), Work, 2)
			official.Sleep(ctx, time.Minute)
			var x, y int
			a.Get(ctx, &x)
			b.Get(ctx, &y)
			return x + y, nil
		},
		events: []func(*rehearsal.Server){completeFirst, advance(time.Minute), completeFirst},
	},
	{
		name: "taken back before it was sent",
		ours: func(ctx workflow.Context) error {
			scope, cancel := workflow.WithCancel(ours(ctx))
			for range 5 {
				workflow.NewTimer(scope, time.Hour)
				workflow.ExecuteActivity(scope, Work, 1)
			}
			cancel()
			workflow.NewTimer(ctx, time.Hour)
			workflow.Sleep(ctx, time.Minute)
			workflow.NewTimer(ctx, 2*time.Hour)
			workflow.Sleep(ctx, 3*time.Minute)
			return nil
		},
		theirs: func(ctx official.Context) error {
			scope, cancel := official.WithCancel(theirs(ctx))
			for range 5 {
				official.NewTimer(scope, time.Hour)
				official.ExecuteActivity(scope, Work, 1)
			}
			cancel()
			official.NewTimer(ctx, time.Hour)
			official.Sleep(ctx, time.Minute)
			official.NewTimer(ctx, 2*time.Hour)
			official.Sleep(ctx, 3*time.Minute)
			return nil
		},
		events: []func(*rehearsal.Server){advance(time.Minute), advance(3 * time.Minute)},
	},
	{
		name: "started in a cancelled scope",
		ours: func(ctx workflow.Context) error {
			scope, cancel := workflow.WithCancel(ours(ctx))
			cancel()
			workflow.NewTimer(scope, time.Hour)
			workflow.ExecuteActivity(scope, Work, 1).Get(ctx)
			return workflow.Sleep(ctx, time.Minute)
		},
		theirs: func(ctx official.Context) error {
			scope, cancel := official.WithCancel(theirs(ctx))
			cancel()
			official.NewTimer(scope, time.Hour)
			official.ExecuteActivity(scope, Work, 1).Get(ctx, nil)
			return official.Sleep(ctx, time.Minute)
		},
		events: []func(*rehearsal.Server){advance(time.Minute)},
	},
	{
		name: "workflow cancelled",
		ours: func(ctx workflow.Context) error {
			workflow.NewTimer(ctx, time.Hour)
			workflow.ExecuteActivity(ours(ctx), Work, 1)
			inner, _ := workflow.WithCancel(ctx)
			workflow.NewTimer(inner, 2*time.Hour)
			return workflow.Sleep(ctx, 3*time.Hour)
		},
		theirs: func(ctx official.Context) error {
			official.NewTimer(ctx, time.Hour)
			official.ExecuteActivity(theirs(ctx), Work, 1)
			inner, _ := official.WithCancel(ctx)
			official.NewTimer(inner, 2*time.Hour)
			return official.Sleep(ctx, 3*time.Hour)
		},
		events: []func(*rehearsal.Server){(*rehearsal.Server).Cancel},
	},
	{
		name: "cancelled activity that is waited for",
		ours: func(ctx workflow.Context) error {
			options := workflow.GetActivityOptions(ours(ctx))
			options.WaitForCancellation = true
			_, err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), Work, 1).Get(ctx)
			return err
		},
		theirs: func(ctx official.Context) error {
			options := official.GetActivityOptions(theirs(ctx))
			options.WaitForCancellation = true
			return official.ExecuteActivity(official.WithActivityOptions(ctx, options), Work, 1).Get(ctx, nil)
		},
		events: []func(*rehearsal.Server){(*rehearsal.Server).Cancel, func(s *rehearsal.Server) { s.CancelActivity(s.Activities()[0], nil) }},
	},
	{
		name: "side effects",
		ours: func(ctx workflow.Context) (int, error) {
			a := workflow.SideEffect(ctx, func() int { return 3 })
			workflow.Sleep(ctx, time.Minute)
			b := workflow.SideEffect(ctx, func() int { return 4 })
			n, err := workflow.ExecuteActivity(ours(ctx), Work, a*b).Get(ctx)
			return n, err
		},
		theirs: func(ctx official.Context) (n int, err error) {
			var a, b int
			official.SideEffect(ctx, func(official.Context) any { return 3 }).Get(&a)
			official.Sleep(ctx, time.Minute)
			official.SideEffect(ctx, func(official.Context) any { return 4 }).Get(&b)
			err = official.ExecuteActivity(theirs(ctx), Work, a*b).Get(ctx, &n)
			return n, err
		},
		events: []func(*rehearsal.Server){advance(time.Minute), completeFirst},
	},
	{
		name: "work after the workflow function returned",
		ours: func(ctx workflow.Context) error {
			done := workflow.NewChannel[bool](ctx)
			workflow.Go(ctx, func(ctx workflow.Context) {
				done.Send(ctx, true)
				workflow.NewTimer(ctx, time.Hour)
			})
			done.Receive(ctx)
			workflow.Go(ctx, func(ctx workflow.Context) { workflow.NewTimer(ctx, 2*time.Hour) })
			return nil
		},
		theirs: func(ctx official.Context) error {
			done := official.NewChannel(ctx)
			official.Go(ctx, func(ctx official.Context) {
				done.Send(ctx, true)
				official.NewTimer(ctx, time.Hour)
			})
			done.Receive(ctx, nil)
			official.Go(ctx, func(ctx official.Context) { official.NewTimer(ctx, 2*time.Hour) })
			return nil
		},
	},
	{
		name: "workers on a channel take turns",
		ours: func(ctx workflow.Context) error {
			jobs := workflow.NewChannel[int](ctx)
			for range 3 {
				workflow.Go(ctx, func(ctx workflow.Context) {
					for {
						job, ok := jobs.Receive(ctx)
						if !ok {
							return
						}
						workflow.ExecuteActivity(ours(ctx), Work, job).Get(ctx)
					}
				})
			}
			for i := range 7 {
				jobs.Send(ctx, i)
			}
			jobs.Close()
			return workflow.Sleep(ctx, time.Minute)
		},
		theirs: func(ctx official.Context) error {
			jobs := official.NewChannel(ctx)
			for range 3 {
				official.Go(ctx, func(ctx official.Context) {
					var job int
					for jobs.Receive(ctx, &job) {
						official.ExecuteActivity(theirs(ctx), Work, job).Get(ctx, nil)
					}
				})
			}
			for i := range 7 {
				jobs.Send(ctx, i)
			}
			jobs.Close()
			return official.Sleep(ctx, time.Minute)
		},
		events: []func(*rehearsal.Server){completeLast, completeFirst, completeLast, completeFirst, completeLast, completeFirst, completeFirst},
	},
	{
		name: "selector with signal, timer and activity",
		ours: func(ctx workflow.Context) error {
			signals := workflow.SignalChannel[string](ctx, "go")
			activity := workflow.ExecuteActivity(ours(ctx), Work, 1)
			for range 3 {
				s := workflow.NewSelector(ctx)
				workflow.AddFuture(s, workflow.NewTimer(ctx, time.Minute), func(struct{}, error) { workflow.Sleep(ctx, time.Second) })
				workflow.AddReceive(s, signals, func(string, bool) { workflow.Sleep(ctx, 2*time.Second) })
				workflow.AddFuture(s, activity, func(int, error) { workflow.Sleep(ctx, 3*time.Second) })
				s.Select(ctx)
			}
			return nil
		},
		theirs: func(ctx official.Context) error {
			signals := official.GetSignalChannel(ctx, "go")
			activity := official.ExecuteActivity(theirs(ctx), Work, 1)
			for range 3 {
				s := official.NewSelector(ctx)
				s.AddFuture(official.NewTimer(ctx, time.Minute), func(official.Future) { official.Sleep(ctx, time.Second) })
				s.AddReceive(signals, func(c official.ReceiveChannel, _ bool) {
					c.Receive(ctx, nil)
					official.Sleep(ctx, 2*time.Second)
				})
				s.AddFuture(activity, func(official.Future) { official.Sleep(ctx, 3*time.Second) })
				s.Select(ctx)
			}
			return nil
		},
		events: []func(*rehearsal.Server){
			func(s *rehearsal.Server) {
				completeFirst(s)
				s.Signal("go", rehearsal.Payloads("now"))
				s.Advance(time.Minute)
			},
			advance(3 * time.Second), advance(3 * time.Second), advance(3 * time.Second),
		},
	},
	{
		name: "await with a timeout that is not needed",
		ours: func(ctx workflow.Context) error {
			ready := false
			workflow.Go(ctx, func(ctx workflow.Context) {
				workflow.Sleep(ctx, time.Second)
				ready = true
			})
			workflow.AwaitWithTimeout(ctx, time.Hour, func() bool { return ready })
			return workflow.Sleep(ctx, time.Minute)
		},
		theirs: func(ctx official.Context) error {
			ready := false
			official.Go(ctx, func(ctx official.Context) {
				official.Sleep(ctx, time.Second)
				ready = true
			})
			official.AwaitWithTimeout(ctx, time.Hour, func() bool { return ready })
			return official.Sleep(ctx, time.Minute)
		},
		events: []func(*rehearsal.Server){advance(time.Second), advance(time.Minute)},
	},
	{
		name: "await without time",
		ours: func(ctx workflow.Context) (bool, error) {
			return workflow.AwaitWithTimeout(ctx, 0, func() bool { return true })
		},
		theirs: func(ctx official.Context) (bool, error) {
			return official.AwaitWithTimeout(ctx, 0, func() bool { return true })
		},
	},
	{
		name: "await without time or hope",
		ours: func(ctx workflow.Context) (bool, error) {
			return workflow.AwaitWithTimeout(ctx, 0, func() bool { return false })
		},
		theirs: func(ctx official.Context) (bool, error) {
			return official.AwaitWithTimeout(ctx, 0, func() bool { return false })
		},
	},
	{
		name: "failure after a failed activity",
		ours: func(ctx workflow.Context) error {
			_, err := workflow.ExecuteActivity(ours(ctx), Work, 1).Get(ctx)
			return err
		},
		theirs: func(ctx official.Context) error {
			return official.ExecuteActivity(theirs(ctx), Work, 1).Get(ctx, nil)
		},
		events: []func(*rehearsal.Server){func(s *rehearsal.Server) {
			s.FailActivity(s.Activities()[0], &failurepb.Failure{
				Message: "no money", Source: "bank",
				FailureInfo: &failurepb.Failure_ApplicationFailureInfo{ApplicationFailureInfo: &failurepb.ApplicationFailureInfo{Type: "Poor"}},
			})
		}},
	},
	{
		name: "application error",
		ours: func(ctx workflow.Context) error {
			return sdk.NewNonRetryableError("broken", "Broken", nil, 7)
		},
		theirs: func(ctx official.Context) error {
			return temporal.NewNonRetryableApplicationError("broken", "Broken", nil, 7)
		},
	},
	{
		name:   "plain error",
		ours:   func(ctx workflow.Context) error { return errors.New("plain") },
		theirs: func(ctx official.Context) error { return errors.New("plain") },
	},
	{
		name: "canceled error without a request",
		ours: func(ctx workflow.Context) error {
			scope, cancel := workflow.WithCancel(ctx)
			cancel()
			return workflow.Sleep(scope, time.Hour)
		},
		theirs: func(ctx official.Context) error {
			scope, cancel := official.WithCancel(ctx)
			cancel()
			return official.Sleep(scope, time.Hour)
		},
	},
	{
		name: "search attributes and memo",
		ours: func(ctx workflow.Context) error {
			if err := workflow.UpsertSearchAttributes(ctx, sdk.SearchAttributes{"CustomerId": sdk.Keyword("c-1")}); err != nil {
				return err
			}
			if err := workflow.UpsertMemo(ctx, map[string]any{"note": "text"}); err != nil {
				return err
			}
			return workflow.Sleep(ctx, time.Minute)
		},
		theirs: func(ctx official.Context) error {
			if err := official.UpsertTypedSearchAttributes(ctx, temporal.NewSearchAttributeKeyKeyword("CustomerId").ValueSet("c-1")); err != nil {
				return err
			}
			if err := official.UpsertMemo(ctx, map[string]any{"note": "text"}); err != nil {
				return err
			}
			return official.Sleep(ctx, time.Minute)
		},
		events: []func(*rehearsal.Server){advance(time.Minute)},
	},
	{
		name: "options",
		ours: func(ctx workflow.Context) error {
			ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
				TaskQueue: "elsewhere", ActivityID: "mine", ScheduleToCloseTimeout: time.Hour, ScheduleToStartTimeout: time.Minute,
				StartToCloseTimeout: 2 * time.Minute, HeartbeatTimeout: time.Second, Summary: "a line",
				RetryPolicy: &sdk.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 3, MaximumInterval: time.Minute, MaximumAttempts: 3, NonRetryableErrorTypes: []string{"X"}},
			})
			workflow.ExecuteActivity(ctx, Work, 1)
			_, err := workflow.NewTimerWithOptions(ctx, time.Minute, workflow.TimerOptions{Summary: "a nap"}).Get(ctx)
			return err
		},
		theirs: func(ctx official.Context) error {
			ctx = official.WithActivityOptions(ctx, official.ActivityOptions{
				TaskQueue: "elsewhere", ActivityID: "mine", ScheduleToCloseTimeout: time.Hour, ScheduleToStartTimeout: time.Minute,
				StartToCloseTimeout: 2 * time.Minute, HeartbeatTimeout: time.Second, Summary: "a line",
				RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 3, MaximumInterval: time.Minute, MaximumAttempts: 3, NonRetryableErrorTypes: []string{"X"}},
			})
			official.ExecuteActivity(ctx, Work, 1)
			return official.NewTimerWithOptions(ctx, time.Minute, official.TimerOptions{Summary: "a nap"}).Get(ctx, nil)
		},
		events: []func(*rehearsal.Server){advance(time.Minute)},
	},
}

func ours(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
}

func theirs(ctx official.Context) official.Context {
	return official.WithActivityOptions(ctx, official.ActivityOptions{StartToCloseTimeout: time.Minute})
}

func completeFirst(s *rehearsal.Server) { s.CompleteActivity(s.Activities()[0], rehearsal.Payloads(1)) }

func completeLast(s *rehearsal.Server) {
	open := s.Activities()
	s.CompleteActivity(open[len(open)-1], rehearsal.Payloads(1))
}

func advance(d time.Duration) func(*rehearsal.Server) {
	return func(s *rehearsal.Server) { s.Advance(d) }
}

// TestTwins holds our commands against those of the official Go SDK for the same code and the same events.
func TestTwins(t *testing.T) {
	for _, sc := range slices.Concat(scenes, markerScenes, childScenes, updateScenes, localScenes) {
		t.Run(sc.name, func(t *testing.T) {
			stage := rehearsal.NewStage(rehearsal.Sticky(), sc.ours)
			defer stage.Processor.Close()
			stage.Activity(Fail)
			worker := newOfficial(t, sc.theirs)
			twin := rehearsal.Start(rehearsal.WorkflowType, nil)
			twin.SetRunID(stage.Server.RunID())
			if sc.before != nil {
				sc.before(stage.Server)
				sc.before(twin)
			}
			for i := 0; ; i++ {
				mine := stage.Step()
				yours, failed := worker.handle(twin.FullTask())
				if failed != nil || mine.Failed != nil {
					t.Fatalf("task %d failed: ours %v, theirs %v", i+1, mine.Failed, failed)
				}
				sameCommands(t, i+1, mine, yours)
				sameMessages(t, i+1, mine, yours)
				twin.Accept(yours)
				if i == len(sc.events) {
					break
				}
				sc.events[i](stage.Server)
				sc.events[i](twin)
			}
			if ours, theirs := stage.Script(), rehearsal.Script(twin.History()); !slices.Equal(ours, theirs) {
				t.Errorf("histories differ\n ours   %s\n theirs %s", strings.Join(ours, ", "), strings.Join(theirs, ", "))
			}
			exchanged(t, sc, stage.Server.History(), twin.History())
		})
	}
}

func sameCommands(t *testing.T, task int, ours replay.Reply, theirs *workflowservice.RespondWorkflowTaskCompletedRequest) {
	t.Helper()
	want, got := plain(theirs.GetCommands()), plain(ours.Completed.GetCommands())
	for i := range max(len(want), len(got)) {
		var a, b *commandpb.Command
		if i < len(want) {
			a = want[i]
		}
		if i < len(got) {
			b = got[i]
		}
		if !proto.Equal(a, b) {
			t.Errorf("task %d, command %d\n ours   %s\n theirs %s", task, i, prototext.Format(b), prototext.Format(a))
		}
	}
}

// plain leaves out what may differ: who made a failure and what its stack was.
func plain(commands []*commandpb.Command) []*commandpb.Command {
	var result []*commandpb.Command
	for _, command := range commands {
		command = proto.Clone(command).(*commandpb.Command)
		if command.GetCommandType() == enumspb.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION {
			plainFailure(command.GetFailWorkflowExecutionCommandAttributes().GetFailure())
		}
		plainLocal(command.GetRecordMarkerCommandAttributes())
		if schedule := command.GetScheduleActivityTaskCommandAttributes(); schedule != nil {
			schedule.RequestEagerExecution = false
		}
		result = append(result, command)
	}
	return result
}

func sameMessages(t *testing.T, task int, ours replay.Reply, theirs *workflowservice.RespondWorkflowTaskCompletedRequest) {
	t.Helper()
	want, got := plainMessages(theirs.GetMessages()), plainMessages(ours.Completed.GetMessages())
	if !slices.Equal(got, want) {
		t.Errorf("task %d, messages\n ours   %s\n theirs %s", task, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// plainMessages prints messages without what may differ in their failures.
func plainMessages(messages []*protocolpb.Message) (texts []string) {
	for _, message := range messages {
		body, err := message.GetBody().UnmarshalNew()
		if err != nil {
			texts = append(texts, err.Error())
			continue
		}
		switch b := body.(type) {
		case *updatepb.Rejection:
			plainFailure(b.GetFailure())
		case *updatepb.Response:
			plainFailure(b.GetOutcome().GetFailure())
		}
		texts = append(texts, message.GetId()+" "+message.GetProtocolInstanceId()+" "+prototext.MarshalOptions{}.Format(body))
	}
	return texts
}

func plainFailure(failure *failurepb.Failure) {
	for f := failure; f != nil; f = f.GetCause() {
		f.Source, f.StackTrace = "", ""
		f.Message, _, _ = strings.Cut(f.Message, "KnownUpdates=") // theirs come in any order
	}
}
