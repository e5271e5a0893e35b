package acceptance

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// A clearing is a workflow that uses what transfers do not: children, updates, signals to another workflow, continue-as-new, and an end that a batch
// operation brings. Its worker is an official one.
//
//	start ─► children, one booking (update) ─► signal to the tally ─► continue as new ─► another booking, the signal "finish" ─► result
//
// The tally counts the clearings' signals and continues as new itself.

const (
	clearingQueue = "clearing"
	clearingLegs  = 3
	tallyID       = "tally"
	tallyRound    = 40 // signals after which the tally continues as new
)

// cleared is what a clearing has seen so far; a run hands it to the next one.
type cleared struct {
	Round    int
	Bookings map[string]int // amounts by update id: an answer that was lost makes its client ask again, maybe in the next run
	Legs     int            // the sum of what the children returned
	Notes    int            // signals
	Finishes int
}

// booked is the sum of the bookings.
func (c cleared) booked() (sum int) {
	for _, amount := range c.Bookings {
		sum += amount
	}
	return sum
}

// clearing is the workflow.
func clearing(ctx workflow.Context, is cleared) (cleared, error) {
	if is.Bookings == nil {
		is.Bookings = map[string]int{}
	}
	err := workflow.SetUpdateHandlerWithOptions(ctx, "book", func(ctx workflow.Context, amount int) (int, error) {
		is.Bookings[workflow.GetCurrentUpdateInfo(ctx).ID] = amount
		return amount, workflow.Sleep(ctx, 20*time.Millisecond)
	}, workflow.UpdateHandlerOptions{Validator: func(amount int) error {
		if amount <= 0 {
			return errors.New("a booking is positive")
		}
		return nil
	}})
	if err != nil {
		return is, err
	}
	notes := workflow.GetSignalChannel(ctx, "note")
	workflow.Go(ctx, func(ctx workflow.Context) {
		for ; ; is.Notes++ {
			notes.Receive(ctx, nil)
		}
	})
	workflow.Go(ctx, func(ctx workflow.Context) {
		for finish := workflow.GetSignalChannel(ctx, "finish"); ; is.Finishes++ {
			finish.Receive(ctx, nil)
		}
	})
	settled := func() bool { return workflow.AllHandlersFinished(ctx) }
	if is.Round++; is.Round > 1 {
		err := workflow.Await(ctx, func() bool { return len(is.Bookings) == 2 && is.Finishes > 0 && is.Notes > 0 && settled() })
		return is, err
	}
	if is.Legs, err = runLegs(ctx); err != nil {
		return is, err
	}
	if err := workflow.SignalExternalWorkflow(ctx, tallyID, "", "cleared", workflow.GetInfo(ctx).WorkflowExecution.ID).Get(ctx, nil); err != nil {
		return is, err
	}
	if err := workflow.Await(ctx, func() bool { return len(is.Bookings) > 0 && settled() }); err != nil {
		return is, err
	}
	for notes.ReceiveAsync(nil) { // one that came with what ended the wait: the loop above has not run since
		is.Notes++
	}
	return is, workflow.NewContinueAsNewError(ctx, "Clearing", is)
}

// runLegs runs the children side by side and adds up what they return.
func runLegs(ctx workflow.Context) (sum int, err error) {
	var legs []workflow.ChildWorkflowFuture
	for i := range clearingLegs {
		child := workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
			WorkflowID:            fmt.Sprintf("%s/leg-%d", workflow.GetInfo(ctx).WorkflowExecution.ID, i),
			WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		})
		legs = append(legs, workflow.ExecuteChildWorkflow(child, "Leg", i))
	}
	for _, leg := range legs {
		var n int
		if err := leg.Get(ctx, &n); err != nil {
			return sum, err
		}
		sum += n
	}
	return sum, nil
}

// leg is the child: it sleeps a little and returns its number, counted from one.
func leg(ctx workflow.Context, i int) (int, error) {
	return i + 1, workflow.Sleep(ctx, time.Duration(i)*100*time.Millisecond)
}

// tallied is what the tally has counted. Of the same clearing it must hear once.
type tallied struct {
	Clearings int
	Runs      int
}

// clearingTally counts signals until it is told to end.
func clearingTally(ctx workflow.Context, is tallied) (tallied, error) {
	is.Runs++
	signals, end := workflow.GetSignalChannel(ctx, "cleared"), workflow.GetSignalChannel(ctx, "end")
	ended := false
	for n := 0; !ended && n < tallyRound; {
		s := workflow.NewSelector(ctx)
		s.AddReceive(signals, func(c workflow.ReceiveChannel, _ bool) { c.Receive(ctx, nil); n++; is.Clearings++ })
		s.AddReceive(end, func(c workflow.ReceiveChannel, _ bool) { c.Receive(ctx, nil); ended = true })
		s.Select(ctx)
	}
	for signals.ReceiveAsync(nil) {
		is.Clearings++
	}
	if ended || end.ReceiveAsync(nil) {
		return is, nil
	}
	return is, workflow.NewContinueAsNewError(ctx, "Tally", is)
}

// clearingWorker is the part of a worker process: it serves clearings at ADDRESS.
func clearingWorker(ctx context.Context) error {
	c, err := client.NewLazyClient(client.Options{HostPort: os.Getenv("ADDRESS"), Namespace: namespace, Logger: quiet()})
	if err != nil {
		return err
	}
	defer c.Close()
	for ctx.Err() == nil {
		// A new one for each attempt: one whose start failed half way, because the server went down, does not poll when it is started again.
		w := worker.New(c, clearingQueue, worker.Options{StickyScheduleToStartTimeout: time.Second, WorkerStopTimeout: time.Second})
		registerClearing(w)
		if err := w.Start(); err == nil {
			<-ctx.Done()
			w.Stop()
		}
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

// registerClearing registers the workflows of a clearing with a worker or a replayer.
func registerClearing(w interface {
	RegisterWorkflowWithOptions(any, workflow.RegisterOptions)
}) {
	w.RegisterWorkflowWithOptions(clearing, workflow.RegisterOptions{Name: "Clearing"})
	w.RegisterWorkflowWithOptions(leg, workflow.RegisterOptions{Name: "Leg"})
	w.RegisterWorkflowWithOptions(clearingTally, workflow.RegisterOptions{Name: "Tally"})
}
