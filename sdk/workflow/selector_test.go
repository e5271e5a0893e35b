package workflow_test

import (
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/sdk/workflow"
)

func TestSelectorServesTheFirstToBecomeReady(t *testing.T) {
	check(t, "late-but-first then early done", func(ctx workflow.Context, did *journal) error {
		a, b := workflow.NewPromise[string](ctx), workflow.NewPromise[string](ctx)
		workflow.Go(ctx, func(workflow.Context) {
			b.Set("late-but-first", nil)
			a.Set("early", nil)
		})
		s := workflow.NewSelector(ctx)
		workflow.AddFuture(s, a, func(v string, _ error) { did.add("%s", v) })
		workflow.AddFuture(s, b, func(v string, _ error) { did.add("%s", v) })
		s.Select(ctx)
		did.add("then")
		s.Select(ctx)
		if !s.HasPending() {
			did.add("done")
		}
		return nil
	})
}

func TestSelectorTakesOneValueAtATime(t *testing.T) {
	check(t, "got:1:true left:2 got:2:true got:0:false", func(ctx workflow.Context, did *journal) error {
		channel := workflow.NewBufferedChannel[int](ctx, 2)
		channel.Send(ctx, 1)
		channel.Send(ctx, 2)
		channel.Close()
		s := workflow.NewSelector(ctx)
		workflow.AddReceive(s, channel, func(n int, ok bool) { did.add("got:%d:%v", n, ok) })
		s.Select(ctx)
		did.add("left:%d", channel.Len()+1)
		s.Select(ctx)
		s.Select(ctx)
		return nil
	})
}

func TestSelectorThatLosesAValueLeavesItToTheNextReceiver(t *testing.T) {
	check(t, "selected:timer received:7", func(ctx workflow.Context, did *journal) error {
		channel, ready := workflow.NewChannel[int](ctx), workflow.NewPromise[bool](ctx)
		group := workflow.NewWaitGroup(ctx)
		group.Go(ctx, func(ctx workflow.Context) {
			s := workflow.NewSelector(ctx)
			workflow.AddReceive(s, channel, func(n int, _ bool) { did.add("selected:%d", n) })
			workflow.AddFuture(s, ready, func(bool, error) { did.add("selected:timer") })
			s.Select(ctx)
		})
		group.Go(ctx, func(ctx workflow.Context) {
			n, _ := channel.Receive(ctx)
			did.add("received:%d", n)
		})
		workflow.Sleep(ctx, time.Second)
		ready.Set(true, nil)
		channel.Send(ctx, 7)
		group.Wait(ctx)
		return nil
	})
}
