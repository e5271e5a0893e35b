package edge_test

import (
	"context"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/platform/edge"
	"github.com/tenuto-io/tenuto/tenants"
)

// reader is the context of somebody with a role, whose page asks.
func (l *lobby) reader(t *testing.T, r tenants.Role) context.Context {
	t.Helper()
	_, key := l.key(t, r, time.Hour)
	p, err := edge.Credentials{Access: l.near}.Authenticate(t.Context(), "Bearer "+key, nil)
	if err != nil {
		t.Fatal(err)
	}
	return tenants.WithPrincipal(t.Context(), p)
}

var aTransfer = &workflowservice.DescribeWorkflowExecutionRequest{Namespace: "bank", Execution: &commonpb.WorkflowExecution{WorkflowId: "w"}}

func toTransfer(name string) *workflowservice.SignalWorkflowExecutionRequest {
	return &workflowservice.SignalWorkflowExecutionRequest{Namespace: "bank", WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: "w"}, SignalName: name}
}

func refusedInside(t *testing.T, what string, err error, code orchestration.Code, message string) {
	t.Helper()
	if orchestration.CodeOf(err) != code || err.Error() != message {
		t.Errorf("%s: %v", what, err)
	}
}

// TestInside: a page's call has the permits, the checks and the answers of a call of gRPC, wherever the workflow is.
func TestInside(t *testing.T) {
	l := newLobby(t)
	pages := l.server.Inside()
	developer, auditor := l.reader(t, tenants.Developer), l.reader(t, tenants.Auditor)
	var got history.Signal
	l.engine.signal = func(_ context.Context, run orchestration.RunKey, in history.Signal) error {
		if got = in; in.Name == "late" {
			return orchestration.Errorf(orchestration.NotFound, "workflow %s is closed", run.WorkflowID)
		}
		return nil
	}
	if _, err := pages.SignalWorkflowExecution(developer, toTransfer("s")); err != nil || got.Name != "s" || got.By.GetType() != string(tenants.KeyCredential) {
		t.Errorf("%v, the engine got %+v", err, got)
	}
	_, err := pages.SignalWorkflowExecution(t.Context(), toTransfer("s"))
	refusedInside(t, "nobody", err, orchestration.PermissionDenied, "Nobody is known to make this call.")
	_, err = pages.SignalWorkflowExecution(auditor, toTransfer("s"))
	refusedInside(t, "auditor", err, orchestration.PermissionDenied, "This needs the permission write in namespace bank.")
	_, err = pages.SignalWorkflowExecution(developer, toTransfer(""))
	refusedInside(t, "no name", err, orchestration.InvalidArgument, "SignalName is not set on request.")
	_, err = pages.SignalWorkflowExecution(developer, toTransfer("late"))
	refusedInside(t, "closed", err, orchestration.NotFound, "workflow w is closed")
}

// TestInsideOfASuspendedNamespace: its runs can be looked at, and not changed.
func TestInsideOfASuspendedNamespace(t *testing.T) {
	l := newLobby(t)
	pages, developer, yes := l.server.Inside(), l.reader(t, tenants.Developer), true
	l.engine.describe = func(context.Context, orchestration.RunKey) (*engine.Description, error) {
		return &engine.Description{}, nil
	}
	if _, err := l.directory.Update(t.Context(), "bank", tenants.Change{Suspended: &yes}); err != nil {
		t.Fatal(err)
	}
	_, err := pages.SignalWorkflowExecution(developer, toTransfer("s"))
	refusedInside(t, "suspended", err, orchestration.FailedPrecondition, "Namespace bank is suspended.")
	if _, err := pages.DescribeWorkflowExecution(developer, aTransfer); err != nil {
		t.Errorf("it cannot be looked at: %v", err)
	}
}

// TestInsideHidesPayloads: what a page is answered has no payload that its reader may not see.
func TestInsideHidesPayloads(t *testing.T) {
	l := newLobby(t)
	l.engine.describe = func(context.Context, orchestration.RunKey) (*engine.Description, error) {
		return &engine.Description{Info: &workflowpb.WorkflowExecutionInfo{Memo: &commonpb.Memo{Fields: map[string]*commonpb.Payload{"iban": {Data: []byte("secret")}}}}}, nil
	}
	for r, want := range map[tenants.Role]string{tenants.Developer: "secret", tenants.Auditor: ""} {
		d, err := l.server.Inside().DescribeWorkflowExecution(l.reader(t, r), aTransfer)
		if err != nil || string(d.GetWorkflowExecutionInfo().GetMemo().GetFields()["iban"].GetData()) != want {
			t.Errorf("%v: %v, %v", r, d, err)
		}
	}
}

// TestInsideIsHeldToTheQuota as far as it changes something: who looks why a namespace is at its limit does not meet the limit.
func TestInsideIsHeldToTheQuota(t *testing.T) {
	w := newWorldWith(t, func(c *edge.Config) { c.Quotas = &gatekeeper{refuse: true} })
	w.engine.describe = func(context.Context, orchestration.RunKey) (*engine.Description, error) {
		return &engine.Description{}, nil
	}
	ctx := tenants.WithPrincipal(t.Context(), tenants.Anybody)
	if _, err := w.server.Inside().DescribeWorkflowExecution(ctx, aTransfer); err != nil {
		t.Errorf("looking: %v", err)
	}
	_, err := w.server.Inside().SignalWorkflowExecution(ctx, toTransfer("s"))
	refusedInside(t, "changing", err, orchestration.ResourceExhausted, "Namespace bank has used up its quota.")
}
