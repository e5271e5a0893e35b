package bench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"go.temporal.io/api/serviceerror"

	"github.com/tenuto-io/tenuto/sdk/activity"
	"github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/worker"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

// viaSDK drives by our own SDK, with its worker as it comes: sticky cache, eager activities, retries that are not counted.
type viaSDK struct {
	*tally
	flow             flow
	queue            string
	pollers          int // 0: the SDK's own numbers
	callers, workers []*client.Client
}

// newSDK makes the driver of a load.
func newSDK(ctx context.Context, l *load, c config, to targets) (*viaSDK, error) {
	d := &viaSDK{tally: &l.tally, flow: l.flow, queue: l.prefix, pollers: c.pollers}
	for _, side := range []struct {
		addresses []string
		clients   *[]*client.Client
	}{{to.callers, &d.callers}, {to.workers, &d.workers}} {
		for _, address := range side.addresses {
			dial, cancel := context.WithTimeout(ctx, callTimeout)
			made, err := client.Dial(dial, client.Options{
				Address: address, Namespace: l.namespace, Identity: identity, Logger: slog.New(slog.DiscardHandler),
			})
			cancel()
			if err != nil {
				return nil, errors.Join(err, d.close())
			}
			*side.clients = append(*side.clients, made)
		}
	}
	return d, nil
}

func (d *viaSDK) close() (err error) {
	for _, c := range append(d.callers, d.workers...) {
		err = errors.Join(err, c.Close())
	}
	return err
}

func (d *viaSDK) caller() *client.Client { return d.callers[rand.IntN(len(d.callers))] }

// The types of the workflows of all drivers, and of their children.
const (
	workflowName = "bench"
	childName    = "bench child"
)

func (d *viaSDK) start(ctx context.Context, id string) error {
	_, err := client.ExecuteWorkflowByName[string](ctx, d.caller(), client.StartOptions{ID: id, TaskQueue: d.queue, RequestID: id}, workflowName, text)
	return err
}

func (d *viaSDK) await(ctx context.Context, id string) error {
	_, err := client.GetWorkflow[string](d.caller(), id, "").Get(ctx)
	return err
}

func (d *viaSDK) signal(ctx context.Context, id string) error {
	return d.caller().Signal(ctx, id, "", workflowName, text)
}

func (d *viaSDK) terminate(ctx context.Context, id string) error {
	err := d.caller().Terminate(ctx, id, "", "the measurement is over")
	var gone *serviceerror.NotFound
	if errors.As(err, &gone) {
		return nil
	}
	return err
}

func (d *viaSDK) work(ctx context.Context, running *sync.WaitGroup) error {
	for _, c := range d.workers {
		w := worker.New(c, d.queue, worker.Options{ActivityPollers: d.pollers, WorkflowPollers: d.pollers})
		w.RegisterWorkflowAs(workflowName, d.workflow)
		w.RegisterWorkflowAs(childName, func(_ workflow.Context, in string) (string, error) { return in, nil })
		w.RegisterActivityAs(workflowName, d.activity)
		if err := w.Start(ctx); err != nil {
			return fmt.Errorf("worker: %w", err)
		}
		running.Go(func() {
			<-ctx.Done()
			w.Stop()
		})
	}
	return nil
}

// workflow does what the flow says.
func (d *viaSDK) workflow(ctx workflow.Context, in string) (string, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
	for range d.flow.rounds {
		var round []workflow.Future[string]
		for range d.flow.width {
			round = append(round, d.step(ctx, in))
		}
		for _, done := range round {
			if _, err := done.Get(ctx); err != nil {
				return "", err
			}
		}
	}
	signals := workflow.SignalChannel[string](ctx, workflowName)
	for range d.flow.signals {
		signals.Receive(ctx)
	}
	return in, nil
}

// step begins an activity or a child.
func (d *viaSDK) step(ctx workflow.Context, in string) workflow.Future[string] {
	if d.flow.children {
		return workflow.ExecuteChildWorkflowByName[string](ctx, childName, in)
	}
	return workflow.ExecuteActivityByName[string](ctx, workflowName, in)
}

func (d *viaSDK) activity(ctx context.Context, in string) (string, error) {
	d.waits.add(time.Since(activity.GetInfo(ctx).AttemptScheduledTime))
	return in, nil
}
