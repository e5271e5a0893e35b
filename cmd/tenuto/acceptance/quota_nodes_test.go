package acceptance

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc/codes"

	"github.com/tenuto-io/tenuto/tenants"
)

// TestNodesHoldOneQuota: three nodes together grant a namespace its rate, not each: with Redis, when Redis is gone, and when it is there again. They never grant
// nothing either.
func TestNodesHoldOneQuota(t *testing.T) {
	t.Parallel()
	redis, err := describeRedis(t, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	redis.start(t)
	f := newFleet(t, 3, "TENUTO_REDIS_URL="+redis.url, "TENUTO_AUTH=keys")
	o := newBureau(t, f.url)
	const starts, requests = 30, 90
	starting, calling := bounded(o, "starts", tenants.Quota{Starts: starts}), bounded(o, "calls", tenants.Quota{Requests: requests})
	for _, when := range []string{"with Redis", "without Redis", "with Redis again"} {
		switch when {
		case "without Redis":
			redis.kill()
		case "with Redis again":
			redis.start(t)
		}
		h := hammer{run: when}
		begun := time.Now()
		h.hit(t.Context(), 3*time.Second, f.nodes, starting, calling)
		seconds := time.Since(begun).Seconds()
		t.Logf("%s: %d starts, %d signals in %.1f s, %d refused", when, h.starts.Load(), h.signals.Load(), seconds, h.refused.Load())
		if h.odd.Load() > 0 {
			t.Errorf("%s: %d calls failed otherwise, such as by %v", when, h.odd.Load(), h.example.Load())
		}
		// A bucket begins with a second's worth, and so does what takes over from it; signals may overdraw theirs by an eighth.
		for what, of := range map[string]struct{ got, rate float64 }{
			"starts": {float64(h.starts.Load()), starts}, "signals": {float64(h.signals.Load()), requests * 1.125},
		} {
			if of.got > of.rate*(seconds+2) || of.got < of.rate*seconds/2 {
				t.Errorf("%s: %.0f %s in %.1f s at %.0f a second", when, of.got, what, seconds, of.rate)
			}
		}
	}
	for i, s := range f.nodes {
		if !strings.Contains(s.output(), "quotas are not shared for now") || !strings.Contains(s.output(), "quotas are shared again") {
			t.Errorf("node %d does not tell that quotas were not shared for a while, and then again", i)
		}
	}
}

// tenancy is a namespace, and a key that may write there.
type tenancy struct{ namespace, key string }

// bounded founds a tenant whose namespace has a quota.
func bounded(o *bureau, name string, q tenants.Quota) tenancy {
	o.Helper()
	n := o.tenant(name, nil)
	_, text := o.key(n, tenants.Write)
	_, err := o.directory.Update(o.Context(), n.Name, tenants.Change{Quota: &q})
	o.must(err)
	return tenancy{n.Name, text}
}

// hammer calls as fast as it is let, and does not care for refusals.
type hammer struct {
	run                           string
	starts, signals, refused, odd atomic.Int64
	example                       atomic.Value
}

// hit starts workflows in one namespace, and sends signals to nobody in the other, at each node.
func (h *hammer) hit(ctx context.Context, d time.Duration, nodes []*server, starting, calling tenancy) {
	end := time.Now().Add(d)
	var g sync.WaitGroup
	for i, s := range nodes {
		g.Go(func() {
			h.loop(s, starting, end, codes.OK, &h.starts, func(w workflowservice.WorkflowServiceClient, k int) error {
				id := fmt.Sprint(h.run, i, "-", k)
				_, err := w.StartWorkflowExecution(ctx, &workflowservice.StartWorkflowExecutionRequest{
					Namespace: starting.namespace, WorkflowId: id, RequestId: id,
					WorkflowType: &commonpb.WorkflowType{Name: "w"}, TaskQueue: &taskqueuepb.TaskQueue{Name: "q"},
				})
				return err
			})
		})
		g.Go(func() {
			h.loop(s, calling, end, codes.NotFound, &h.signals, func(w workflowservice.WorkflowServiceClient, _ int) error {
				_, err := w.SignalWorkflowExecution(ctx, &workflowservice.SignalWorkflowExecutionRequest{
					Namespace: calling.namespace, WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: "nothing"}, SignalName: "s",
				})
				return err
			})
		})
	}
	g.Wait()
}

// loop calls until the end. What is let through answers with that code.
func (h *hammer) loop(s *server, as tenancy, end time.Time, through codes.Code, count *atomic.Int64, call func(w workflowservice.WorkflowServiceClient, k int) error) {
	c, err := dialBearer(s.grpc, as.namespace, as.key)
	if err != nil {
		h.odd.Add(1)
		h.example.Store(err.Error())
		return
	}
	defer c.Close()
	for k := 0; time.Now().Before(end); k++ {
		switch err := call(c.WorkflowService(), k); codeOf(err) {
		case through:
			count.Add(1)
		case codes.ResourceExhausted:
			h.refused.Add(1)
			time.Sleep(time.Millisecond) // many times what the quota lets through, and something of the machine is left
		default:
			h.odd.Add(1)
			h.example.Store(err.Error())
		}
	}
}
