package client_test

import (
	"context"
	"fmt"

	"github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/internal/wiretest"
	"github.com/tenuto-io/tenuto/sdk/worker"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

// Approve waits for the signal "verdict" and answers the query "state" meanwhile.
func Approve(ctx workflow.Context, what string) (string, error) {
	state := "open"
	workflow.SetQueryHandler(ctx, "state", func() (string, error) { return state, nil })
	verdict, _ := workflow.SignalChannel[string](ctx, "verdict").Receive(ctx)
	state = "decided"
	return what + ": " + verdict, nil
}

// A workflow is started, asked, signalled and awaited. Its result has Approve's type.
func Example() {
	address, stop := wiretest.ListenForMain(wiretest.NewEngine()) // stands for a server
	defer stop()
	ctx := context.Background()
	c, err := client.Dial(ctx, client.Options{Address: address, Logger: wiretest.Logger})
	if err != nil {
		fmt.Println(err)
		return
	}
	w := worker.New(c, "desk", worker.Options{})
	w.RegisterWorkflow(Approve)
	if err := w.Start(ctx); err != nil {
		fmt.Println(err)
		return
	}
	defer w.Stop()

	run, err := client.ExecuteWorkflow(ctx, c, client.StartOptions{ID: "leave-7", TaskQueue: "desk"}, Approve, "a week off")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(client.Query[string](ctx, c, run.ID(), "", "state"))
	fmt.Println(run.Signal(ctx, "verdict", "granted"))
	fmt.Println(run.Get(ctx))
	// Output:
	// open <nil>
	// <nil>
	// a week off: granted <nil>
}
