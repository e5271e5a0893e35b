package main

import (
	"context"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/examples/shop"
	"github.com/tenuto-io/tenuto/sdk/worker"
)

// The demo's shop: an order every now and then, one that waits for its item until somebody restocks, and what else a console has pages for.
const (
	shopPace      = 20 * time.Second // between two orders
	shopPatience  = 5 * time.Second  // of who orders what the shop never has
	shopStocktake = 30               // seconds between two countings
	missing       = "umbrella"       // of which none is left
	nobody        = "reports"        // a task queue that no worker polls
)

// stock lasts for longer than a demo.
var stock = map[string]int{"teapot": 1_000_000, "lamp": 1_000_000, missing: 0}

// keepShop runs the shop until ctx ends.
func (d *demo) keepShop(ctx context.Context, c *client.Client) error {
	w := shop.NewWorker(c, shop.New(stock), worker.Options{GracefulStopTimeout: demoStop, StickyCacheBytes: demoCache, ActivityPollers: 1, WorkflowPollers: 1})
	d.ended.Go(func() { d.order(ctx, c) })
	return w.Run(ctx)
}

// order begins what goes on for as long as the demo does, and then orders now and then.
func (d *demo) order(ctx context.Context, c *client.Client) {
	// Who starts the demo again finds these as they were.
	for id, start := range map[string]func(client.StartOptions) error{
		"order-of-an-" + missing: func(o client.StartOptions) error {
			_, err := client.ExecuteWorkflow(ctx, c, o, shop.Order, shop.Purchase{Item: missing, Count: 1, Address: "2 Rain Street"})
			return err
		},
		"stocktake": func(o client.StartOptions) error {
			_, err := client.ExecuteWorkflow(ctx, c, o, shop.Stocktake, shopStocktake)
			return err
		},
		"yearly-report": func(o client.StartOptions) error {
			o.TaskQueue = nobody
			_, err := client.ExecuteWorkflowByName[string](ctx, c, o, "Report", time.Now().Year())
			return err
		},
	} {
		err := start(client.StartOptions{
			ID: id, TaskQueue: shop.TaskQueue, ConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING, Memo: map[string]any{"by": "the demo"},
		})
		if err != nil && ctx.Err() == nil {
			d.log.Warn("a workflow of the shop was not started", "workflow_id", id, "error", err)
		}
	}
	prefix := time.Now().UTC().Format("order-20060102-150405")
	pace := time.NewTicker(shopPace)
	defer pace.Stop()
	for n := 1; ; n++ {
		if err := orderOne(ctx, c, prefix, n); err != nil && ctx.Err() == nil {
			d.log.Warn("nothing was ordered", "number", n, "error", err)
		}
		if n == 1 {
			d.greet(ctx, c)
		}
		select {
		case <-ctx.Done():
			return
		case <-pace.C:
		}
	}
}

// orderOne orders for the n-th time, from 1. Of six orders one is canceled by who ordered, and one runs out of time, for the shop never has pianos.
func orderOne(ctx context.Context, c *client.Client, prefix string, n int) error {
	o := client.StartOptions{ID: fmt.Sprintf("%s-%04d", prefix, n), TaskQueue: shop.TaskQueue}
	in := shop.Purchase{Item: "teapot", Count: 1 + n%3, Address: fmt.Sprintf("%d Main Street", n)}
	switch n % 6 {
	case 2:
		in.Item = "piano"
		o.RunTimeout = shopPatience
	case 4:
		in.Item = "lamp"
		o.StartDelay = shopPace // so that there is time to think
	}
	run, err := client.ExecuteWorkflow(ctx, c, o, shop.Order, in)
	if err == nil && n%6 == 4 {
		err = run.Cancel(ctx)
	}
	return err
}

// greet sends a note to all orders, as a batch job.
func (d *demo) greet(ctx context.Context, c *client.Client) {
	_, err := c.StartBatch(ctx, client.BatchOptions{Filter: `WorkflowType = "Order"`, Reason: "greetings of the season"}, client.BatchSignal("note", "Thank you!"))
	if err != nil && ctx.Err() == nil {
		d.log.Warn("a batch job was not started", "error", err)
	}
}
