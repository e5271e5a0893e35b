package workflow_test

import (
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/sdk/workflow"
)

func TestUnbufferedSendWaitsForAReceiver(t *testing.T) {
	check(t, "sending sent received:1 received:2", func(ctx workflow.Context, did *journal) error {
		channel := workflow.NewChannel[int](ctx)
		workflow.Go(ctx, func(ctx workflow.Context) {
			did.add("sending")
			channel.Send(ctx, 1)
			did.add("sent")
			channel.Send(ctx, 2)
		})
		for range 2 {
			n, _ := channel.Receive(ctx)
			did.add("received:%d", n)
		}
		return nil
	})
}

func TestBufferedSendWaitsForRoom(t *testing.T) {
	check(t, "sent:0 sent:1 len:3 got:0 got:1 got:2 sent:2 none", func(ctx workflow.Context, did *journal) error {
		channel := workflow.NewBufferedChannel[int](ctx, 2)
		workflow.Go(ctx, func(ctx workflow.Context) {
			for i := range 3 {
				channel.Send(ctx, i)
				did.add("sent:%d", i)
			}
		})
		workflow.Sleep(ctx, time.Second)
		did.add("len:%d", channel.Len())
		for range 3 {
			n, _ := channel.Receive(ctx)
			did.add("got:%d", n)
		}
		workflow.Sleep(ctx, time.Second)
		if _, ok := channel.ReceiveAsync(); !ok {
			did.add("none")
		}
		return nil
	})
}

func TestSendAsyncSendsOnlyIfItNeedNotWait(t *testing.T) {
	check(t, "false true false", func(ctx workflow.Context, did *journal) error {
		unbuffered, buffered := workflow.NewChannel[int](ctx), workflow.NewBufferedChannel[int](ctx, 1)
		did.add("%v", unbuffered.SendAsync(1))
		did.add("%v", buffered.SendAsync(1))
		did.add("%v", buffered.SendAsync(2))
		return nil
	})
}

func TestReceiversAreServedInTheOrderOfArrival(t *testing.T) {
	check(t, "c:1 a:2 b:3", func(ctx workflow.Context, did *journal) error {
		channel := workflow.NewChannel[int](ctx)
		for i, name := range []string{"a", "b", "c"} {
			workflow.GoNamed(ctx, name, func(ctx workflow.Context) {
				workflow.Sleep(ctx, time.Duration((i+1)%3)*time.Minute)
				n, _ := channel.Receive(ctx)
				did.add("%s:%d", name, n)
			})
		}
		workflow.Sleep(ctx, time.Hour)
		for i := range 3 {
			channel.Send(ctx, i+1)
			workflow.Sleep(ctx, time.Minute)
		}
		return nil
	})
}

func TestClosedChannelGivesWhatItHasAndThenNothing(t *testing.T) {
	check(t, "1:true 0:false 0:false waiter:false", func(ctx workflow.Context, did *journal) error {
		channel, other := workflow.NewBufferedChannel[int](ctx, 1), workflow.NewChannel[int](ctx)
		channel.Send(ctx, 1)
		channel.Close()
		for range 2 {
			n, ok := channel.Receive(ctx)
			did.add("%d:%v", n, ok)
		}
		n, ok := channel.ReceiveAsync()
		did.add("%d:%v", n, ok)
		group := workflow.NewWaitGroup(ctx)
		group.Go(ctx, func(ctx workflow.Context) {
			_, ok := other.Receive(ctx)
			did.add("waiter:%v", ok)
		})
		workflow.Sleep(ctx, time.Second)
		other.Close()
		group.Wait(ctx)
		return nil
	})
}

func TestMisuseOfChannelsPanics(t *testing.T) {
	for want, fn := range map[string]func(workflow.Context){
		"send on a closed channel": func(ctx workflow.Context) {
			channel := workflow.NewChannel[int](ctx)
			channel.Close()
			channel.SendAsync(1)
		},
		"close of a closed channel": func(ctx workflow.Context) {
			channel := workflow.NewChannel[int](ctx)
			channel.Close()
			channel.Close()
		},
	} {
		check(t, "task failed: workflow: "+want, func(ctx workflow.Context, _ *journal) error { fn(ctx); return nil })
	}
	check(t, "task failed: workflow: send on a closed channel", func(ctx workflow.Context, _ *journal) error {
		channel := workflow.NewChannel[int](ctx)
		workflow.Go(ctx, func(workflow.Context) { channel.Close() })
		channel.Send(ctx, 1)
		return nil
	})
}
