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

// Charge is a child workflow.
func Charge(_ workflow.Context, amount int) (string, error) {
	return fmt.Sprint("charged ", amount), nil
}

func ExampleExecuteChildWorkflow() {
	stage := rehearsal.NewStage(rehearsal.Sticky(), func(ctx workflow.Context) (string, error) {
		ctx = workflow.WithChildOptions(ctx, workflow.ChildOptions{WorkflowID: "charge-7", RetryPolicy: &sdk.RetryPolicy{MaximumAttempts: 3}})
		child := workflow.ExecuteChildWorkflow(ctx, Charge, 5)
		started, err := child.Started().Get(ctx)
		if err != nil {
			return "", err
		}
		receipt, err := child.Get(ctx) // receipt is a string
		return started.WorkflowID + ": " + receipt, err
	})
	defer stage.Processor.Close()
	stage.Step()
	child := stage.Server.Children()[0]
	stage.Server.StartChild(child)
	stage.Step()
	stage.Server.CompleteChild(child, rehearsal.Payloads("charged 5"))
	stage.Step()
	fmt.Println(rehearsal.Outcome[string](stage))
	// Output: charge-7: charged 5 <nil>
}

func ExampleExecuteLocalActivity() {
	stage := play[string](func(ctx workflow.Context) (string, error) {
		ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: 2 * time.Second})
		return workflow.ExecuteLocalActivity(ctx, Shout, "in the worker").Get(ctx)
	}, nil)
	fmt.Println(strings.Join(stage.Script()[1:], "\n"))
	// Output:
	// IN THE WORKER <nil>
	// MarkerRecorded LocalActivity
	// WorkflowExecutionCompleted
}

func ExampleGetVersion() {
	play[string](func(ctx workflow.Context) (string, error) {
		// Runs that came by before the change pay by invoice, newer ones by card.
		if workflow.GetVersion(ctx, "pay by card", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
			return "invoice", nil
		}
		return "card", nil
	}, nil)
	// Output: card <nil>
}

func ExampleMutableSideEffect() {
	limit := 10
	stage := play[string](func(ctx workflow.Context) (string, error) {
		var seen []int
		for range 3 {
			seen = append(seen, workflow.MutableSideEffect(ctx, "limit", func() int { return limit }))
			limit = 20 // somebody changes the configuration
		}
		return fmt.Sprint(seen), nil
	}, nil)
	fmt.Println(strings.Join(stage.Script()[1:], "\n"))
	// Output:
	// [10 20 20] <nil>
	// MarkerRecorded MutableSideEffect
	// MarkerRecorded MutableSideEffect
	// WorkflowExecutionCompleted
}

func ExampleSetUpdateHandlerWithOptions() {
	stage := rehearsal.NewStage(rehearsal.Sticky(), func(ctx workflow.Context) (int, error) {
		balance := 100
		workflow.SetUpdateHandlerWithOptions(ctx, "withdraw", func(ctx workflow.Context, amount int) (int, error) {
			balance -= amount
			return balance, nil // what the caller gets
		}, workflow.UpdateHandlerOptions[int]{Validator: func(_ workflow.Context, amount int) error {
			if amount > balance {
				return errors.New("not so much")
			}
			return nil
		}})
		err := workflow.Await(ctx, func() bool { return balance == 0 && workflow.AllHandlersFinished(ctx) })
		return balance, err
	})
	defer stage.Processor.Close()
	stage.Server.Update("a", "withdraw", rehearsal.Payloads(60))
	stage.Step()
	stage.Server.Update("b", "withdraw", rehearsal.Payloads(60))
	stage.Step()
	fmt.Printf("%s\n", stage.Server.UpdateOutcome("a").GetSuccess().GetPayloads()[0].GetData())
	fmt.Println(stage.Server.UpdateOutcome("b").GetFailure().GetMessage())
	// Output:
	// 40
	// not so much
}

// Counter counts for ever, a hundred signals a run.
func Counter(ctx workflow.Context, count int) (int, error) {
	clicks := workflow.SignalChannel[string](ctx, "click")
	for range 100 {
		clicks.Receive(ctx)
		count++
	}
	for {
		if _, more := clicks.ReceiveAsync(); !more {
			break
		}
		count++ // a signal that is left behind is lost
	}
	return 0, workflow.ContinueAsNew(ctx, Counter, count)
}

func ExampleContinueAsNew() {
	stage := rehearsal.NewStage(rehearsal.Sticky(), Counter, 300)
	defer stage.Processor.Close()
	for range 101 {
		stage.Server.Signal("click", rehearsal.Payloads("!"))
	}
	stage.Step()
	next := stage.Last().GetWorkflowExecutionContinuedAsNewEventAttributes()
	fmt.Printf("%s %s\n", next.GetWorkflowType().GetName(), next.GetInput().GetPayloads()[0].GetData())
	// Output: Counter 401
}

func ExampleSignalExternal() {
	stage := rehearsal.NewStage(rehearsal.Sticky(), func(ctx workflow.Context) (string, error) {
		_, err := workflow.SignalExternal(ctx, workflow.Execution{WorkflowID: "accounts"}, "paid", 7).Get(ctx)
		var gone *sdk.UnknownExternalWorkflowExecutionError
		if errors.As(err, &gone) {
			return "nobody keeps accounts", nil
		}
		return "noted", err
	})
	defer stage.Processor.Close()
	stage.Step()
	stage.Server.Reject(stage.Server.Requests()[0])
	stage.Step()
	fmt.Println(rehearsal.Outcome[string](stage))
	// Output: nobody keeps accounts <nil>
}

func ExampleSearchAttribute() {
	customer := sdk.KeywordKey("CustomerId")
	play[string](func(ctx workflow.Context) (string, error) {
		if err := workflow.UpsertSearchAttributes(ctx, customer.Set(nil, "c-1")); err != nil {
			return "", err
		}
		id, _, err := workflow.SearchAttribute(ctx, customer)
		return id, err
	}, nil)
	// Output: c-1 <nil>
}

func ExampleInterceptor() {
	options := rehearsal.Sticky()
	options.Interceptors = []workflow.Interceptor{{
		In: func(ctx workflow.Context, call *workflow.InCall, next func(workflow.Context) error) error {
			fmt.Println("begin", call.Name)
			defer fmt.Println("end", call.Name)
			return next(ctx)
		},
		Out: func(_ workflow.Context, call *workflow.OutCall) { fmt.Println("ask for", call.Name) },
	}}
	stage := rehearsal.NewStage(options, func(ctx workflow.Context) error {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
		_, err := workflow.ExecuteActivity(ctx, Shout, "x").Get(ctx)
		return err
	})
	defer stage.Processor.Close()
	stage.ActivityAs("Shout", func(context.Context, string) (string, error) { return "X", nil })
	stage.Play()
	// Output:
	// begin Play
	// ask for Shout
	// end Play
}
