package edge_test

import (
	"context"
	"sync"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/platform/edge"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/quota"
)

// gatekeeper notes what it is asked, and refuses when it is told so.
type gatekeeper struct {
	mu     sync.Mutex
	asked  []quota.Call
	of     []tenants.Quota
	ended  int
	refuse bool
}

func (g *gatekeeper) Admit(_ context.Context, ns orchestration.NamespaceID, name string, q tenants.Quota, call quota.Call) (func(), error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked, g.of = append(g.asked, call), append(g.of, q)
	if g.refuse || ns.IsZero() || name != "bank" {
		err := orchestration.Errorf(orchestration.ResourceExhausted, "Namespace %s has used up its quota.", name)
		err.Cause, err.Scope = enumspb.RESOURCE_EXHAUSTED_CAUSE_RPS_LIMIT, enumspb.RESOURCE_EXHAUSTED_SCOPE_NAMESPACE
		return func() {}, err
	}
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.ended++
	}, nil
}

// TestQuota: a call is held to its namespace's quota once, where it comes in, and a refusal is one that SDKs repeat.
func TestQuota(t *testing.T) {
	g := &gatekeeper{}
	w := newWorldWith(t, func(c *edge.Config) { c.Quotas = g })
	signaled := 0
	w.engine.signal = func(context.Context, orchestration.RunKey, history.Signal) error {
		signaled++
		return nil
	}
	w.engine.pollWorkflowTask = func(context.Context, engine.Poll) (*engine.WorkflowTask, error) { return nil, nil }
	bounds := tenants.Quota{Requests: 5}
	if _, err := w.directory.Update(t.Context(), "bank", tenants.Change{Quota: &bounds}); err != nil {
		t.Fatal(err)
	}
	signal := func() error {
		_, err := w.workflows.SignalWorkflowExecution(t.Context(), &workflowservice.SignalWorkflowExecutionRequest{
			Namespace: "bank", WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: "w"}, SignalName: "s",
		})
		return err
	}
	if err := signal(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.workflows.PollWorkflowTaskQueue(t.Context(), &workflowservice.PollWorkflowTaskQueueRequest{
		Namespace: "bank", TaskQueue: &taskqueuepb.TaskQueue{Name: "q"},
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.workflows.GetSystemInfo(t.Context(), &workflowservice.GetSystemInfoRequest{}); err != nil {
		t.Fatal(err)
	}
	if len(g.asked) != 2 || g.asked[0] != (quota.Call{Class: quota.Middle}) || g.asked[1] != (quota.Call{Class: quota.Late, Poll: true}) || g.ended != 2 {
		t.Errorf("asked %+v, %d have ended", g.asked, g.ended)
	}
	if g.of[0] != bounds {
		t.Errorf("held to %+v", g.of[0])
	}
	g.refuse = true
	e := wantError[*serviceerror.ResourceExhausted](t, signal(), "used up its quota")
	if e.Cause != enumspb.RESOURCE_EXHAUSTED_CAUSE_RPS_LIMIT || e.Scope != enumspb.RESOURCE_EXHAUSTED_SCOPE_NAMESPACE || signaled != 1 {
		t.Errorf("refused with %+v, signaled %d times", e, signaled)
	}
}
