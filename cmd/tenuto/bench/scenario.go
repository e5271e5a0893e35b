package bench

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// scenario is one kind of load.
type scenario struct {
	activities int  // per workflow, one after the other
	workers    bool // false: nobody polls, and a workflow is done when it is started
}

var scenarioNames = []string{"one-activity", "chain", "starts"}

var scenarios = map[string]scenario{
	"one-activity": {activities: 1, workers: true},
	"chain":        {activities: 100, workers: true},
	"starts":       {},
}

// workflows is how many workflows of the scenario make count steps.
func (s scenario) workflows(count int) int { return max(1, count/max(1, s.activities)) }

// load is one run of a scenario at one level.
type load struct {
	scenario
	service   workflowservice.WorkflowServiceClient
	namespace string
	prefix    string // of workflow ids and task queues: unique, so that no other run is disturbed
	count     int
	inFlight  int
	pollers   int

	next, done, retries atomic.Int64
	latencies           latencies
	steps               stepCounts
	fail                context.CancelCauseFunc
}

func connect(address string) (*grpc.ClientConn, error) {
	return grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
}

// newLoad prepares count workflows of a scenario.
func newLoad(s scenario, c config, conn *grpc.ClientConn, count, inFlight int) *load {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails
	l := &load{
		scenario: s, service: workflowservice.NewWorkflowServiceClient(conn), namespace: c.namespace,
		prefix: "bench-" + hex.EncodeToString(b[:]), count: count, inFlight: min(inFlight, count), pollers: c.pollers,
	}
	if l.pollers == 0 {
		l.pollers = min(max(2, inFlight), 32)
	}
	return l
}

// run puts the load on the server and returns the wall time that it took. The first lasting error of any call ends it.
func (l *load) run(ctx context.Context, timeout time.Duration) (time.Duration, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("not done after %v", timeout))
	defer cancel()
	ctx, l.fail = context.WithCancelCause(ctx)
	defer l.fail(nil)

	working, stop := context.WithCancel(ctx)
	var workers, starters sync.WaitGroup
	if l.workers {
		l.work(working, &workers)
	}
	began := time.Now()
	for range l.inFlight {
		starters.Go(func() { l.start(ctx) })
	}
	starters.Wait()
	took := time.Since(began)
	failure := context.Cause(ctx)
	stop()
	workers.Wait()
	if failure != nil {
		return took, fmt.Errorf("%d of %d workflows done: %w", l.done.Load(), l.count, failure)
	}
	return took, nil
}

// watch writes a line of progress every two seconds until stop is called.
func (l *load) watch(w io.Writer, title string) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var watching sync.WaitGroup
	watching.Go(func() {
		tick := time.NewTicker(2 * time.Second)
		defer tick.Stop()
		began := time.Now()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				done := l.done.Load()
				_, _ = fmt.Fprintf(w, "%s: %d of %d, %.0f/s\n", title, done, l.count, float64(done)/time.Since(began).Seconds())
			}
		}
	})
	return func() {
		cancel()
		watching.Wait()
	}
}
