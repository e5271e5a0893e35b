// Package wrongtypes is code that must not compile. Each line marked "wrong" has exactly the mistake that it names.
package wrongtypes

import (
	"context"
	"time"

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
