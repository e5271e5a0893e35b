package worker_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/internal/wiretest"
	"github.com/tenuto-io/tenuto/sdk/worker"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

func Double(_ context.Context, n int) (int, error) { return 2 * n, nil }

func Quadruple(ctx workflow.Context, n int) (int, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
	twice, err := workflow.ExecuteActivity(ctx, Double, n).Get(ctx)
	if err != nil {
		return 0, err
	}
	return workflow.ExecuteActivity(ctx, Double, twice).Get(ctx)
}

// A program with everything in it: a worker, a client, a workflow and an activity. The compiler checks that the input and
// the result are those of Quadruple.
func Example() {
	ctx := context.Background()
	c, err := client.Dial(ctx, client.Options{Address: exampleServer(), Logger: wiretest.Logger})
	if err != nil {
		fmt.Println(err)
		return
	}
	w := worker.New(c, "numbers", worker.Options{})
	w.RegisterWorkflow(Quadruple)
	w.RegisterActivity(Double)
	if err := w.Start(ctx); err != nil {
		fmt.Println(err)
		return
	}
	defer w.Stop()

	run, err := client.ExecuteWorkflow(ctx, c, client.StartOptions{ID: "q-1", TaskQueue: "numbers"}, Quadruple, 10)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(run.Get(ctx))
	// Output: 40 <nil>
}

var exampleAddress string

// exampleServer is the address of a server that lives as long as the tests.
func exampleServer() string { return exampleAddress }

func TestMain(m *testing.M) {
	address, stop := wiretest.ListenForMain(wiretest.NewEngine())
	exampleAddress = address
	defer stop()
	m.Run()
}
