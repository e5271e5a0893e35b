package acceptance

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/grpc/codes"

	"github.com/tenuto-io/tenuto/tenants"
)

// reachesAll is within what time a revocation counts everywhere: a second, and something for a busy machine.
const reachesAll = time.Second + 500*time.Millisecond

// TestRevocationReachesEveryNode: a key that is revoked where no node hears of it lets nobody in at any node within a second, and polls that wait at each
// node are ended, also where another node has lent the poll: with Redis, while it is gone, and when it is there again.
func TestRevocationReachesEveryNode(t *testing.T) {
	t.Parallel()
	redis := newRedis(t)
	f := newFleet(t, 3, "TENUTO_REDIS_URL="+redis.url, "TENUTO_AUTH=keys")
	o := newBureau(t, f.url)
	n := o.tenant("acme", nil)
	for round := range 3 {
		switch round {
		case 1:
			redis.kill()
		case 2:
			redis.start(t)
		}
		k, text := o.key(n, tenants.Worker|tenants.Write)
		ended := make(chan error, len(f.nodes))
		for _, s := range f.nodes {
			c := bearer(t, s.grpc, n.Name, text)
			eventually(t, func() error { return signalNothing(t.Context(), s, n, text) }) // the node has let the key in
			go func() {
				_, err := c.WorkflowService().PollWorkflowTaskQueue(t.Context(), &workflowservice.PollWorkflowTaskQueueRequest{
					Namespace: n.Name, TaskQueue: &taskqueuepb.TaskQueue{Name: "quiet"}, Identity: fmt.Sprint(s.grpc, round),
				})
				ended <- err
			}()
		}
		_, reader := o.key(n, tenants.Read)
		for _, s := range f.nodes {
			awaitPoller(t, bearer(t, s.grpc, n.Name, reader), n.Name, "quiet", fmt.Sprint(s.grpc, round))
		}
		begin := time.Now()
		o.must(o.access.RevokeKey(t.Context(), n.Tenant, k.ID))
		for range f.nodes {
			select {
			case err := <-ended:
				if codeOf(err) != codes.Unauthenticated {
					t.Errorf("round %d: a poll ended with %v", round, err)
				}
			case <-time.After(patience):
				t.Fatalf("round %d: a poll goes on", round)
			}
		}
		if took := time.Since(begin); took > reachesAll {
			t.Errorf("round %d: polls ended after %v", round, took)
		}
		for i, s := range f.nodes {
			if err := signalNothing(t.Context(), s, n, text); err == nil {
				t.Errorf("round %d: node %d lets the key in", round, i)
			}
		}
	}
	f.complaints(t)
}

// TestSuspensionReachesEveryNode: the same for a namespace that is suspended where no node hears of it.
func TestSuspensionReachesEveryNode(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 3, "TENUTO_AUTH=keys")
	o := newBureau(t, f.url)
	n := o.tenant("acme", nil)
	_, text := o.key(n, tenants.Worker|tenants.Write|tenants.Read)
	ended := make(chan error, len(f.nodes))
	for i, s := range f.nodes {
		eventually(t, func() error { return signalNothing(t.Context(), s, n, text) })
		c := bearer(t, s.grpc, n.Name, text)
		go func() {
			_, err := c.WorkflowService().PollWorkflowTaskQueue(t.Context(), &workflowservice.PollWorkflowTaskQueueRequest{
				Namespace: n.Name, TaskQueue: &taskqueuepb.TaskQueue{Name: "quiet"}, Identity: fmt.Sprint(i),
			})
			ended <- err
		}()
		awaitPoller(t, c, n.Name, "quiet", fmt.Sprint(i))
	}
	begin, suspended := time.Now(), true
	_, err := o.directory.Update(t.Context(), n.Name, tenants.Change{Suspended: &suspended})
	o.must(err)
	for range f.nodes {
		select {
		case err := <-ended:
			if codeOf(err) != codes.FailedPrecondition {
				t.Errorf("a poll ended with %v", err)
			}
		case <-time.After(patience):
			t.Fatal("a poll goes on")
		}
	}
	if took := time.Since(begin); took > reachesAll {
		t.Errorf("polls ended after %v", took)
	}
	for i, s := range f.nodes {
		if err := signalNothing(t.Context(), s, n, text); err == nil {
			t.Errorf("node %d takes calls", i)
		}
	}
	f.complaints(t)
}

// awaitPoller waits until a node knows of a poll.
func awaitPoller(t *testing.T, c client.Client, namespace, queue, identity string) {
	t.Helper()
	eventually(t, func() error {
		d, err := c.WorkflowService().DescribeTaskQueue(t.Context(), &workflowservice.DescribeTaskQueueRequest{
			Namespace: namespace, TaskQueue: &taskqueuepb.TaskQueue{Name: queue}, TaskQueueType: enumspb.TASK_QUEUE_TYPE_WORKFLOW,
		})
		for _, p := range d.GetPollers() {
			if p.GetIdentity() == identity {
				return nil
			}
		}
		return errors.Join(fmt.Errorf("%s does not poll", identity), err)
	})
}

// signalNothing signals a workflow that is not there: whoever may is told so.
func signalNothing(ctx context.Context, s *server, n tenants.Namespace, text string) error {
	err := healthy(ctx, s.grpc)
	if err != nil {
		return err
	}
	c, err := dialBearer(s.grpc, n.Name, text)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.WorkflowService().SignalWorkflowExecution(ctx, &workflowservice.SignalWorkflowExecutionRequest{
		Namespace: n.Name, WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: "nothing"}, SignalName: "s",
	})
	if codeOf(err) == codes.NotFound {
		return nil
	}
	return errors.Join(errors.New("the signal was not let in"), err)
}
