package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/internal/rehearsal"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

// play runs a workflow to its end and prints what it returned.
func play[T any](fn any, activities []any, args ...any) *rehearsal.Stage {
	stage := rehearsal.NewStage(rehearsal.Sticky(), fn, args...)
	defer stage.Processor.Close()
	for _, activity := range activities {
		stage.Activity(activity)
	}
	stage.Play()
	result, err := rehearsal.Outcome[T](stage)
	fmt.Println(result, err)
	return stage
}

func Shout(_ context.Context, text string) (string, error) { return strings.ToUpper(text), nil }

func Example() {
	play[string](func(ctx workflow.Context, name string) (string, error) {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
		shouted, err := workflow.ExecuteActivity(ctx, Shout, name).Get(ctx)
		if err != nil {
			return "", err
		}
		return "hello " + shouted, nil
	}, []any{Shout}, "world")
	// Output: hello WORLD <nil>
}

func Refuse(_ context.Context, amount int) error {
	return sdk.NewNonRetryableError(fmt.Sprintf("%d is too much", amount), "LimitError", nil)
}

func ExampleExecuteActivityNoResult() {
	play[string](func(ctx workflow.Context) (string, error) {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
		_, err := workflow.ExecuteActivityNoResult(ctx, Refuse, 100).Get(ctx)
		var application *sdk.ApplicationError
		if errors.As(err, &application) {
			return application.Type + ": " + application.Message, nil
		}
		return "", err
	}, []any{Refuse})
	// Output: LimitError: 100 is too much <nil>
}

func ExampleExecuteActivityByName() {
	play[string](func(ctx workflow.Context) (string, error) {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{ScheduleToCloseTimeout: time.Hour})
		return workflow.ExecuteActivityByName[string](ctx, "Shout", "by name").Get(ctx)
	}, []any{Shout})
	// Output: BY NAME <nil>
}

func ExampleSleep() {
	play[string](func(ctx workflow.Context) (string, error) {
		before := workflow.Now(ctx)
		if err := workflow.Sleep(ctx, 30*24*time.Hour); err != nil {
			return "", err
		}
		return workflow.Now(ctx).Sub(before).Truncate(time.Hour).String(), nil
	}, nil)
	// Output: 720h0m0s <nil>
}

func ExampleSelector() {
	play[string](func(ctx workflow.Context) (string, error) {
		scope, cancel := workflow.WithCancel(ctx)
		var first string
		s := workflow.NewSelector(ctx)
		workflow.AddFuture(s, workflow.NewTimer(scope, time.Hour), func(struct{}, error) { first = "slow" })
		workflow.AddFuture(s, workflow.NewTimer(scope, time.Minute), func(struct{}, error) { first = "quick" })
		s.Select(ctx)
		cancel()
		return first, nil
	}, nil)
	// Output: quick <nil>
}

func ExampleSelector_AddDefault() {
	play[string](func(ctx workflow.Context) (string, error) {
		channel, said := workflow.NewBufferedChannel[string](ctx, 1), ""
		s := workflow.NewSelector(ctx)
		workflow.AddReceive(s, channel, func(text string, ok bool) { said += text })
		s.AddDefault(func() { said += "nothing, " })
		s.Select(ctx)
		channel.Send(ctx, "something")
		s.Select(ctx)
		return said, nil
	}, nil)
	// Output: nothing, something <nil>
}

func ExampleGo() {
	play[int](func(ctx workflow.Context) (int, error) {
		squares := workflow.NewChannel[int](ctx)
		workflow.Go(ctx, func(ctx workflow.Context) {
			for i := range 4 {
				squares.Send(ctx, i*i)
			}
			squares.Close()
		})
		sum := 0
		for {
			square, ok := squares.Receive(ctx)
			if !ok {
				return sum, nil
			}
			sum += square
		}
	}, nil)
	// Output: 14 <nil>
}

func ExampleWaitGroup() {
	play[[]string](func(ctx workflow.Context) ([]string, error) {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
		words := []string{"all", "at", "once"}
		group := workflow.NewWaitGroup(ctx)
		for i := range words {
			group.Go(ctx, func(ctx workflow.Context) {
				words[i], _ = workflow.ExecuteActivity(ctx, Shout, words[i]).Get(ctx)
			})
		}
		group.Wait(ctx)
		return words, nil
	}, []any{Shout})
	// Output: [ALL AT ONCE] <nil>
}

func ExampleMutex() {
	play[string](func(ctx workflow.Context) (string, error) {
		mutex, log := workflow.NewMutex(ctx), ""
		group := workflow.NewWaitGroup(ctx)
		for _, name := range []string{"a", "b"} {
			group.Go(ctx, func(ctx workflow.Context) {
				if err := mutex.Lock(ctx); err != nil {
					return
				}
				defer mutex.Unlock()
				log += "<" + name
				workflow.Sleep(ctx, time.Minute)
				log += name + ">"
			})
		}
		group.Wait(ctx)
		return log, nil
	}, nil)
	// Output: <aa><bb> <nil>
}

func ExampleAwaitWithTimeout() {
	play[bool](func(ctx workflow.Context) (bool, error) {
		ready := false
		workflow.Go(ctx, func(ctx workflow.Context) {
			workflow.Sleep(ctx, time.Hour)
			ready = true
		})
		return workflow.AwaitWithTimeout(ctx, time.Minute, func() bool { return ready })
	}, nil)
	// Output: false <nil>
}

func ExamplePromise() {
	play[string](func(ctx workflow.Context) (string, error) {
		promise := workflow.NewPromise[string](ctx)
		workflow.Go(ctx, func(ctx workflow.Context) { promise.Set("kept", nil) })
		return promise.Get(ctx)
	}, nil)
	// Output: kept <nil>
}

func ExampleWithCancel() {
	play[string](func(ctx workflow.Context) (string, error) {
		scope, cancel := workflow.WithCancel(ctx)
		timer := workflow.NewTimer(scope, time.Hour)
		workflow.Go(ctx, func(workflow.Context) { cancel() })
		_, err := timer.Get(ctx)
		return fmt.Sprint(err, ", ", ctx.Err()), nil
	}, nil)
	// Output: canceled, <nil> <nil>
}

func ExampleNewDisconnectedContext() {
	stage := rehearsal.NewStage(rehearsal.Sticky(), func(ctx workflow.Context) error {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
		err := workflow.Sleep(ctx, time.Hour)
		if sdk.IsCanceled(err) {
			cleanup, _ := workflow.NewDisconnectedContext(ctx)
			workflow.ExecuteActivity(cleanup, Shout, "cleaned up").Get(cleanup)
		}
		return err
	})
	defer stage.Processor.Close()
	stage.Activity(Shout)
	stage.Step()
	stage.Server.Cancel()
	stage.Play()
	fmt.Println(strings.Join(stage.Script(), "\n"))
	// Output:
	// WorkflowExecutionStarted
	// TimerStarted 5 1h0m0s
	// WorkflowExecutionCancelRequested
	// TimerCanceled 5
	// ActivityTaskScheduled Shout 11
	// ActivityTaskStarted
	// ActivityTaskCompleted
	// WorkflowExecutionCanceled
}

func ExampleSignalChannel() {
	stage := rehearsal.NewStage(rehearsal.Sticky(), func(ctx workflow.Context) (string, error) {
		names := workflow.SignalChannel[string](ctx, "name")
		first, _ := names.Receive(ctx)
		second, _ := names.Receive(ctx)
		return first + " and " + second, nil
	})
	defer stage.Processor.Close()
	stage.Server.Signal("name", rehearsal.Payloads("Ann"))
	stage.Step()
	stage.Server.Signal("name", rehearsal.Payloads("Bob"))
	stage.Step()
	fmt.Println(rehearsal.Outcome[string](stage))
	// Output: Ann and Bob <nil>
}

func ExampleSetQueryHandler() {
	stage := rehearsal.NewStage(rehearsal.Sticky(), func(ctx workflow.Context) error {
		state := "waiting"
		workflow.SetQueryHandler(ctx, "state", func() (string, error) { return state, nil })
		workflow.SetQueryHandlerWithInput(ctx, "repeat", func(n int) (string, error) { return strings.Repeat(state+" ", n), nil })
		return workflow.Sleep(ctx, time.Hour)
	})
	defer stage.Processor.Close()
	stage.Step()
	fmt.Printf("%s\n", stage.Query("state").GetQueryResult().GetPayloads()[0].GetData())
	fmt.Printf("%s\n", stage.Query("repeat", 2).GetQueryResult().GetPayloads()[0].GetData())
	fmt.Println(stage.Query("mood").GetErrorMessage())
	// Output:
	// "waiting"
	// "waiting waiting "
	// unknown query type "mood": the workflow answers repeat, state, __stack_trace, __temporal_workflow_metadata
}

func ExampleSideEffect() {
	calls := 0
	stage := rehearsal.NewStage(rehearsal.Forgetful(), func(ctx workflow.Context) (string, error) {
		number := workflow.SideEffect(ctx, func() int { calls++; return 42 })
		workflow.Sleep(ctx, time.Hour)
		return fmt.Sprint(number), nil
	})
	stage.Play()
	fmt.Println(rehearsal.Outcome[string](stage))
	fmt.Println("called", calls, "time")
	// Output:
	// 42 <nil>
	// called 1 time
}

func ExampleGetInfo() {
	play[string](func(ctx workflow.Context) (string, error) {
		info := workflow.GetInfo(ctx)
		return fmt.Sprintf("%s %s in %s, attempt %d", info.WorkflowType, info.WorkflowID, info.Namespace, info.Attempt), nil
	}, nil)
	// Output: Play rehearsal-1 in rehearsal, attempt 1 <nil>
}

func ExampleNewUUID() {
	var seen []string
	stage := rehearsal.NewStage(rehearsal.Forgetful(), func(ctx workflow.Context) error {
		seen = append(seen, workflow.NewUUID(ctx))
		return workflow.Sleep(ctx, time.Hour)
	})
	stage.Play()
	fmt.Println(len(seen), seen[0] == seen[1])
	// Output: 2 true
}

func ExampleUpsertMemo() {
	stage := play[string](func(ctx workflow.Context) (string, error) {
		if err := workflow.UpsertMemo(ctx, map[string]any{"stage": "second", "draft": nil}); err != nil {
			return "", err
		}
		stage, _, err := workflow.Memo[string](ctx, "stage")
		return stage, err
	}, nil)
	fmt.Println(strings.Join(stage.Script()[1:], "\n"))
	// Output:
	// second <nil>
	// WorkflowPropertiesModified
	// WorkflowExecutionCompleted
}

func ExampleUpsertSearchAttributes() {
	stage := play[any](func(ctx workflow.Context) error {
		return workflow.UpsertSearchAttributes(ctx, sdk.SearchAttributes{"CustomerId": sdk.Keyword("c-1"), "Old": sdk.Unset()})
	}, nil)
	fmt.Println(strings.Join(stage.Script()[1:], "\n"))
	// Output:
	// <nil> <nil>
	// UpsertWorkflowSearchAttributes
	// WorkflowExecutionCompleted
}
