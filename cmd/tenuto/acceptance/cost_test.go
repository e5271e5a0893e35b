package acceptance

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	ours "github.com/tenuto-io/tenuto/sdk/client"
	ourworker "github.com/tenuto-io/tenuto/sdk/worker"
	ourworkflow "github.com/tenuto-io/tenuto/sdk/workflow"
)

// BenchmarkOneActivity runs workflows of one activity, driven by the official SDK and by ours, each with worker and starter in one process beside
// the server. It reports the CPU of server and driver apart, in milliseconds per workflow: `make bench`.
func BenchmarkOneActivity(b *testing.B) {
	drivers := map[string]func(testing.TB, string) costDriver{"official": officialDriver, "ours": ourDriver}
	for _, name := range []string{"official", "ours"} {
		for _, inFlight := range []int{1, 50} {
			b.Run(fmt.Sprintf("driver=%s/inflight=%d", name, inFlight), func(b *testing.B) {
				s := newServer(b)
				d := drivers[name](b, s.grpc)
				drive(b, d.run, "warm-up", inFlight, inFlight)
				driver := ownCPU(b)
				b.ResetTimer()
				drive(b, d.run, "run", b.N, inFlight)
				b.StopTimer()
				driver = ownCPU(b) - driver
				d.stop()
				if err := s.stop(); err != nil {
					b.Fatal(err)
				}
				server := s.cmd.ProcessState.UserTime() + s.cmd.ProcessState.SystemTime()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "workflows/s")
				b.ReportMetric(1e3*server.Seconds()/float64(b.N+inFlight), "server-ms/workflow")
				b.ReportMetric(1e3*driver.Seconds()/float64(b.N), "driver-ms/workflow")
			})
		}
	}
}

// costDriver is a worker and a starter in one.
type costDriver struct {
	run  func(ctx context.Context, id string) error
	stop func()
}

// drive runs n workflows, so many at a time.
func drive(b *testing.B, run func(context.Context, string) error, prefix string, n, inFlight int) {
	b.Helper()
	ids := make(chan string)
	var wg sync.WaitGroup
	for range inFlight {
		wg.Go(func() {
			for id := range ids {
				if err := run(b.Context(), id); err != nil {
					b.Errorf("%s: %v", id, err)
				}
			}
		})
	}
	for i := range n {
		ids <- fmt.Sprintf("%s-%d", prefix, i)
	}
	close(ids)
	wg.Wait()
}

func costActivity(_ context.Context, name string) (string, error) { return name, nil }

func officialDriver(t testing.TB, address string) costDriver {
	c := dial(t, address)
	w := worker.New(c, "cost", worker.Options{})
	w.RegisterActivity(costActivity)
	flow := func(ctx workflow.Context, name string) (out string, err error) {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
		err = workflow.ExecuteActivity(ctx, costActivity, name).Get(ctx, &out)
		return out, err
	}
	w.RegisterWorkflowWithOptions(flow, workflow.RegisterOptions{Name: "flow"})
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	return costDriver{stop: w.Stop, run: func(ctx context.Context, id string) error {
		run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: id, TaskQueue: "cost"}, "flow", id)
		if err != nil {
			return err
		}
		return run.Get(ctx, nil)
	}}
}

func ourCostFlow(ctx ourworkflow.Context, name string) (string, error) {
	ctx = ourworkflow.WithActivityOptions(ctx, ourworkflow.ActivityOptions{StartToCloseTimeout: time.Minute})
	return ourworkflow.ExecuteActivity(ctx, costActivity, name).Get(ctx)
}

func ourDriver(t testing.TB, address string) costDriver {
	c, err := ours.Dial(t.Context(), ours.Options{Address: address, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	w := ourworker.New(c, "cost", ourworker.Options{})
	w.RegisterActivity(costActivity)
	w.RegisterWorkflow(ourCostFlow)
	if err := w.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return costDriver{stop: w.Stop, run: func(ctx context.Context, id string) error {
		run, err := ours.ExecuteWorkflow(ctx, c, ours.StartOptions{ID: id, TaskQueue: "cost"}, ourCostFlow, id)
		if err != nil {
			return err
		}
		_, err = run.Get(ctx)
		return err
	}}
}

// ownCPU is the CPU time of this process so far.
func ownCPU(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
