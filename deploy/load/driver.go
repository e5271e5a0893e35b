package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// activities are how many a scenario's workflows have, one after the other.
var activities = map[string]int{"one-activity": 1, "chain": 100}

// text is the input and result of everything: 32 bytes of JSON.
const text = "0123456789abcdef0123456789abcd"

// driver is the SDK's client and worker, with the options that they come with.
type driver struct {
	client     client.Client
	worker     worker.Worker
	queue      string
	activities int
}

func newDriver(o options) (*driver, error) {
	c, err := client.Dial(client.Options{HostPort: o.address, Namespace: o.namespace, Logger: silent{}})
	if err != nil {
		return nil, err
	}
	d := &driver{client: c, queue: fmt.Sprintf("load-%d", time.Now().UnixNano()), activities: activities[o.scenario]}
	d.worker = worker.New(c, d.queue, worker.Options{})
	d.worker.RegisterWorkflow(chain)
	d.worker.RegisterActivity(echo)
	if err := d.worker.Start(); err != nil {
		c.Close()
		return nil, err
	}
	return d, nil
}

func (d *driver) close() {
	d.worker.Stop()
	d.client.Close()
}

// chain runs activities, one after the other.
func chain(ctx workflow.Context, activities int, in string) (out string, err error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
	for range activities {
		if err := workflow.ExecuteActivity(ctx, echo, in).Get(ctx, &out); err != nil {
			return "", err
		}
	}
	return out, nil
}

func echo(_ context.Context, in string) (string, error) { return in, nil }

// result is what a load came to. Its JSON is what tenuto bench reads.
type result struct {
	Count   int     `json:"count"`
	Seconds float64 `json:"seconds"`
	Latency latency `json:"latency_ms"` // from the call of start to the result
	CPU     float64 `json:"cpu_ms"`     // of this process, per workflow
}

type latency struct {
	Mean float64 `json:"mean"`
	P50  float64 `json:"p50"`
	P95  float64 `json:"p95"`
	P99  float64 `json:"p99"`
	Max  float64 `json:"max"`
}

// run runs up to count workflows, so many at a time, and begins none after duration (0: no such end).
func (d *driver) run(ctx context.Context, name string, inFlight, count int, duration time.Duration) (result, error) {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var next atomic.Int64
	var mu sync.Mutex
	var took []time.Duration
	var busy sync.WaitGroup
	began, cpu := time.Now(), ownCPU()
	for range inFlight {
		busy.Go(func() {
			for ctx.Err() == nil && (duration == 0 || time.Since(began) < duration) {
				n := next.Add(1)
				if n > int64(count) {
					return
				}
				start := time.Now()
				if err := d.one(ctx, fmt.Sprintf("%s-%s-%d", d.queue, name, n)); err != nil {
					fail(err)
					return
				}
				mu.Lock()
				took = append(took, time.Since(start))
				mu.Unlock()
			}
		})
	}
	busy.Wait()
	if err := context.Cause(ctx); err != nil {
		return result{}, fmt.Errorf("%d of at most %d workflows done: %w", len(took), count, err)
	}
	cpu = ownCPU() - cpu
	return result{
		Count: len(took), Seconds: time.Since(began).Seconds(), Latency: sum(took), CPU: milliseconds(cpu) / float64(len(took)),
	}, nil
}

// one runs a workflow from start to result.
func (d *driver) one(ctx context.Context, id string) error {
	run, err := d.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: id, TaskQueue: d.queue}, chain, d.activities, text)
	if err != nil {
		return err
	}
	return run.Get(ctx, nil)
}

// sum sums up at least one latency.
func sum(all []time.Duration) latency {
	slices.Sort(all)
	var total time.Duration
	for _, d := range all {
		total += d
	}
	at := func(p float64) float64 { return milliseconds(all[max(0, int(math.Ceil(p/100*float64(len(all))))-1)]) }
	return latency{Mean: milliseconds(total) / float64(len(all)), P50: at(50), P95: at(95), P99: at(99), Max: at(100)}
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// ownCPU is the user and system time of this process so far.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0 // the call does not fail for one's own process
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// silent is a logger that says nothing.
type silent struct{}

var _ log.Logger = silent{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}
