package acceptance

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"google.golang.org/grpc"
)

// openCalls counts the calls of one method that a client has open.
type openCalls struct {
	method    string
	now, most atomic.Int32
}

func (o *openCalls) intercept(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
	if !strings.HasSuffix(method, "/"+o.method) {
		return invoke(ctx, method, req, reply, cc, opts...)
	}
	now := o.now.Add(1)
	defer o.now.Add(-1)
	for most := o.most.Load(); now > most && !o.most.CompareAndSwap(most, now); most = o.most.Load() {
	}
	return invoke(ctx, method, req, reply, cc, opts...)
}

// TestWorkersScaleTheirPolls: a worker of the official SDK that says nothing about its polls is enrolled: it begins with five, not two, and makes more of them
// when it is told that more tasks wait.
func TestWorkersScaleTheirPolls(t *testing.T) {
	l := newLab(t)
	polls := &openCalls{method: "PollActivityTaskQueue"}
	c, err := client.Dial(client.Options{
		HostPort: l.address, Namespace: namespace, Logger: quiet(),
		ConnectionOptions: client.ConnectionOptions{DialOptions: []grpc.DialOption{grpc.WithChainUnaryInterceptor(polls.intercept)}},
	})
	l.must(err)
	t.Cleanup(c.Close)
	l.client = c
	l.workWith(worker.Options{DisableEagerActivities: true}, code{"flow": manySteps}, code{"step": greet})
	eventually(t, func() error {
		if open := polls.now.Load(); open != 5 {
			return fmt.Errorf("%d polls wait, want 5", open)
		}
		return nil
	})
	eventually(t, func() error {
		const steps = 200
		equal(t, "steps", result[int](l, l.start("flow", steps, steps)), steps)
		if most := polls.most.Load(); most <= 5 {
			return fmt.Errorf("at most %d polls waited while %d activities did", most, steps)
		}
		return nil
	})
}
