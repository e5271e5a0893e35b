package shop

import (
	"time"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/worker"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

// TaskQueue is where the shop's workers poll.
const TaskQueue = "shop"

// Purchase is what somebody orders. Fields that are not given have the values of a small parcel for nobody.
type Purchase struct {
	Item    string `json:"item"`
	Count   int    `json:"count"`
	Address string `json:"address"`
}

// Parcel is what is delivered.
type Parcel struct {
	Purchase
	Order string `json:"order"` // the workflow's id
}

// State is what the query "state" answers.
type State struct {
	Step  string   `json:"step"` // "charging", "picking", "shipping" or "done"
	Notes []string `json:"notes,omitempty"`
}

// shop is nil: workflows need the names and types of the steps, the worker has the shop.
var shop *Shop

// steps retry for ever: an order waits until what it needs is there.
var steps = workflow.ActivityOptions{
	StartToCloseTimeout: 10 * time.Second,
	RetryPolicy:         &sdk.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 3, MaximumInterval: 5 * time.Minute},
}

// Order sells something.
func Order(ctx workflow.Context, in Purchase) (State, error) {
	if in.Item == "" || in.Count < 1 {
		return State{}, sdk.NewNonRetryableError("the order names no item, or none of it", "InvalidOrder", nil)
	}
	state := State{Step: "charging"}
	workflow.SetQueryHandler(ctx, "state", func() (State, error) { return state, nil })
	workflow.SetUpdateHandler(ctx, "address", func(_ workflow.Context, address string) (string, error) {
		if state.Step == "shipping" {
			return in.Address, sdk.NewNonRetryableError("the parcel is on its way", "TooLate", nil)
		}
		in.Address = address
		return address, nil
	})
	notes := workflow.SignalChannel[string](ctx, "note")
	workflow.Go(ctx, func(ctx workflow.Context) {
		for {
			note, ok := notes.Receive(ctx)
			if !ok {
				return
			}
			state.Notes = append(state.Notes, note)
		}
	})
	ctx = workflow.WithActivityOptions(ctx, steps)
	id := workflow.GetInfo(ctx).WorkflowID
	line := Line{Key: id + "/pick", Item: in.Item, Count: in.Count}
	if _, err := workflow.ExecuteActivityNoResult(ctx, shop.Charge, line).Get(ctx); err != nil {
		return state, err
	}
	state.Step = "picking"
	if _, err := workflow.ExecuteActivityNoResult(ctx, shop.Pick, line).Get(ctx); err != nil {
		return state, err
	}
	state.Step = "shipping"
	child := workflow.WithChildOptions(ctx, workflow.ChildOptions{WorkflowID: id + "-parcel"})
	if _, err := workflow.ExecuteChildWorkflowNoResult(child, Shipment, Parcel{in, id}).Get(ctx); err != nil {
		return state, err
	}
	state.Step = "done"
	return state, nil
}

// Shipment brings a parcel to its address.
func Shipment(ctx workflow.Context, p Parcel) error {
	ctx = workflow.WithActivityOptions(ctx, steps)
	_, err := workflow.ExecuteActivityNoResult(ctx, shop.Deliver, p).Get(ctx)
	return err
}

// Restock puts items on the shelf, and returns how many are there then.
func Restock(ctx workflow.Context, in Purchase) (int, error) {
	ctx = workflow.WithActivityOptions(ctx, steps)
	info := workflow.GetInfo(ctx)
	return workflow.ExecuteActivity(ctx, shop.Put, Line{Key: info.WorkflowID + "/" + info.RunID, Item: in.Item, Count: in.Count}).Get(ctx)
}

// countings is how often one run of a Stocktake counts before another goes on.
const countings = 10

// Stocktake counts the shelf every so often, for ever. Its input is the time between, in seconds.
func Stocktake(ctx workflow.Context, seconds int) (map[string]int, error) {
	ctx = workflow.WithActivityOptions(ctx, steps)
	var shelf map[string]int
	workflow.SetQueryHandler(ctx, "shelf", func() (map[string]int, error) { return shelf, nil })
	for range countings {
		var err error
		if shelf, err = workflow.ExecuteActivityNoInput(ctx, shop.Count).Get(ctx); err != nil {
			return shelf, err
		}
		if err := workflow.Sleep(ctx, time.Duration(seconds)*time.Second); err != nil {
			return shelf, err
		}
	}
	return shelf, workflow.ContinueAsNew(ctx, Stocktake, seconds)
}

// NewWorker is a worker of the shop.
func NewWorker(c *client.Client, shop *Shop, options worker.Options) *worker.Worker {
	w := worker.New(c, TaskQueue, options)
	w.RegisterWorkflow(Order)
	w.RegisterWorkflow(Shipment)
	w.RegisterWorkflow(Restock)
	w.RegisterWorkflow(Stocktake)
	w.RegisterActivity(shop)
	return w
}
