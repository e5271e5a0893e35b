// Package wrongtypes is code that must not compile. Each line marked "wrong" has exactly the mistake that it names.
package wrongtypes

import (
	"context"
	"time"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/activity"
	"github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

type (
	order   struct{ ID string }
	receipt struct{ Number int }
)

func charge(context.Context, order) (receipt, error) { return receipt{}, nil }

func tidy(context.Context) error { return nil }

func buy(ctx workflow.Context, in order) (receipt, error) {
	workflow.ExecuteActivity(ctx, charge, "order-1")                             // wrong: input of another type
	workflow.ExecuteActivity(ctx, charge)                                        // wrong: no input
	workflow.ExecuteActivity(ctx, charge, in, in)                                // wrong: one input too many
	workflow.ExecuteActivity(ctx, buy, in)                                       // wrong: a workflow is no activity
	workflow.ExecuteActivity(ctx, tidy, in)                                      // wrong: an activity without a result
	workflow.ExecuteActivity(context.Background(), charge, in)                   // wrong: not a workflow's context
	var text workflow.Future[string] = workflow.ExecuteActivity(ctx, charge, in) // wrong: result of another type
	text.Get(ctx)

	got, err := workflow.ExecuteActivity(ctx, charge, in).Get(ctx)
	got.Text = "" // wrong: the result has no such field

	var reason int
	reason, _ = workflow.SignalChannel[string](ctx, "abort").Receive(ctx) // wrong: a signal of another type
	_ = reason

	var number string = workflow.SideEffect(ctx, func() int { return 1 }) // wrong: a side effect of another type
	_ = number

	workflow.SetQueryHandler(ctx, "progress", func(order) (int, error) { return 0, nil })                            // wrong: a handler with an input
	workflow.Sleep(ctx, "1h")                                                                                        // wrong: not a duration
	workflow.AddFuture(workflow.NewSelector(ctx), workflow.ExecuteActivity(ctx, charge, in), func(string, error) {}) // wrong: a case of another type
	activity.GetInfo(ctx)                                                                                            // wrong: a workflow's context is no activity's

	return got, err
}

func ask(ctx context.Context, c *client.Client) {
	options := client.StartOptions{TaskQueue: "q"}
	client.ExecuteWorkflow(ctx, c, options, buy, "order-1") // wrong: input of another type
	client.ExecuteWorkflow(ctx, c, options, buy)            // wrong: no input
	run, _ := client.ExecuteWorkflow(ctx, c, options, buy, order{})
	var text string
	text, _ = run.Get(ctx) // wrong: result of another type
	_ = text
	options.RunTimeout = 10                                  // 10 ns, which Go takes: a duration is a number
	options.RunTimeout = "10s"                               // wrong: not a duration
	workflow.Sleep(ctx, time.Hour)                           // wrong: not a workflow's context
	client.ExecuteWorkflow(ctx, c, options, charge, order{}) // wrong: an activity is no workflow
}

var (
	customer = sdk.KeywordKey("CustomerId")
	amount   = sdk.IntKey("Amount")
)

func sell(ctx workflow.Context, in order) (int, error) {
	workflow.ExecuteChildWorkflow(ctx, buy, "order-1")                       // wrong: a child's input of another type
	workflow.ExecuteChildWorkflow(ctx, charge, in)                           // wrong: an activity is no child
	var n workflow.Future[int] = workflow.ExecuteChildWorkflow(ctx, buy, in) // wrong: a child's result of another type
	_ = n
	workflow.ExecuteLocalActivity(ctx, charge, "order-1")                                         // wrong: a local activity's input of another type
	workflow.ExecuteLocalActivity(ctx, buy, in)                                                   // wrong: a workflow is no local activity
	workflow.ContinueAsNew(ctx, buy, 5)                                                           // wrong: the next run's input of another type
	workflow.SetUpdateHandler(ctx, "u", func(order) (int, error) { return 0, nil })               // wrong: an update handler without a context
	workflow.SetUpdateHandlerWithOptions(ctx, "u", sell, workflow.UpdateHandlerOptions[string]{}) // wrong: a validator of another input
	workflow.MutableSideEffect(ctx, "m", func() []int { return nil })                             // wrong: values that cannot be compared
	workflow.GetVersion(ctx, "v", 1.5, 2)                                                         // wrong: not a version
	customer.Set(nil, 5)                                                                          // wrong: an attribute of another type
	var word string
	word, _, _ = workflow.SearchAttribute(ctx, amount) // wrong: an attribute of another type
	return len(word), nil
}

func change(ctx context.Context, c *client.Client) {
	start := client.NewStart(client.StartOptions{}, buy, "order-1") // wrong: a start's input of another type
	_ = start
	good := client.NewStart(client.StartOptions{}, buy, order{})
	run, _ := client.SignalWithStart(ctx, c, good, "s")
	var text string
	text, _ = run.Get(ctx) // wrong: result of another type
	update, _ := client.UpdateWorkflow[int](ctx, c, client.UpdateOptions{}, "u")
	text, _ = update.Get(ctx) // wrong: an update's result of another type
	_ = text
}
