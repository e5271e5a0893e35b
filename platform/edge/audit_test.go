package edge_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/operatorservice/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/platform/edge"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// clerk is an auditor that keeps what it notes.
type clerk struct {
	mu    sync.Mutex
	noted []audit.Event
}

func (c *clerk) Note(e audit.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.noted = append(c.noted, e)
}

// take is what was noted since the last take.
func (c *clerk) take() []audit.Event {
	c.mu.Lock()
	defer c.mu.Unlock()
	noted := c.noted
	c.noted = nil
	return noted
}

// level makes every call of "bank" be recorded as it says.
func (w *world) level(t *testing.T, l tenants.AuditLevel) {
	t.Helper()
	if _, err := w.directory.Update(t.Context(), "bank", tenants.Change{Audit: &l}); err != nil {
		t.Fatal(err)
	}
}

// TestCallsAreRecordedByTheirLevel: what people do is recorded from interventions on, what programs do by the thousand from writes on, what reads or is a
// worker's at all, and none at none. A namespace without a level has that of the installation: interventions, unless it is configured.
func TestCallsAreRecordedByTheirLevel(t *testing.T) {
	c := &clerk{}
	w := newWorldWith(t, func(config *edge.Config) { config.Auditor = c })
	for _, l := range []tenants.AuditLevel{tenants.AuditNone, tenants.AuditDefault, tenants.AuditInterventions, tenants.AuditWrites, tenants.AuditAll} {
		w.level(t, l)
		for _, call := range []struct {
			name  string
			level tenants.AuditLevel // the least
			call  func(context.Context) error
		}{
			{"TerminateWorkflowExecution", tenants.AuditInterventions, func(ctx context.Context) error {
				_, err := w.workflows.TerminateWorkflowExecution(ctx, &workflowservice.TerminateWorkflowExecutionRequest{Namespace: "bank"})
				return err
			}},
			{"SignalWorkflowExecution", tenants.AuditWrites, func(ctx context.Context) error {
				_, err := w.workflows.SignalWorkflowExecution(ctx, &workflowservice.SignalWorkflowExecutionRequest{Namespace: "bank"})
				return err
			}},
			{"UpdateNamespace", tenants.AuditInterventions, func(ctx context.Context) error {
				_, err := w.workflows.UpdateNamespace(ctx, &workflowservice.UpdateNamespaceRequest{Namespace: "bank"})
				return err
			}},
			{"AddSearchAttributes", tenants.AuditInterventions, func(ctx context.Context) error {
				_, err := w.operators.AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{Namespace: "bank"})
				return err
			}},
			{"DescribeWorkflowExecution", tenants.AuditAll, func(ctx context.Context) error {
				_, err := w.workflows.DescribeWorkflowExecution(ctx, &workflowservice.DescribeWorkflowExecutionRequest{Namespace: "bank"})
				return err
			}},
			{"RespondActivityTaskCompleted", tenants.AuditAll, func(ctx context.Context) error {
				_, err := w.workflows.RespondActivityTaskCompleted(ctx, &workflowservice.RespondActivityTaskCompletedRequest{Namespace: "bank"})
				return err
			}},
		} {
			err := call.call(t.Context())
			var want []string
			if l.Or(tenants.AuditInterventions).Covers(call.level) {
				want = []string{call.name + " " + status.Code(err).String() + " bank anybody"}
			}
			var got []string
			for _, e := range c.take() {
				got = append(got, e.Action+" "+e.Code+" "+e.Namespace+" "+e.Principal)
			}
			if !slices.Equal(got, want) {
				t.Errorf("at %s: recorded %q, want %q", l, got, want)
			}
		}
	}
}

// TestRecordTellsWhoDidWhatToWhat: of a call with a key, everything but what it carries.
func TestRecordTellsWhoDidWhatToWhat(t *testing.T) {
	c := &clerk{}
	l := newLobby(t)
	l.world = newWorldWith(t, func(config *edge.Config) { config.Auditor, config.Guard = c, edge.Credentials{Access: l.near} })
	k, text := l.key(t, tenants.Developer, time.Hour)
	request := &workflowservice.SignalWorkflowExecutionRequest{
		Namespace: "bank", WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: "order-1", RunId: "not-a-run"}, SignalName: "s", RequestId: "r1",
		Input: &commonpb.Payloads{Payloads: []*commonpb.Payload{{Data: []byte("secret")}}},
	}
	l.level(t, tenants.AuditWrites)
	_, err := l.workflows.SignalWorkflowExecution(as(t.Context(), text), request)
	got := c.take()
	if len(got) != 1 {
		t.Fatalf("recorded %+v", got)
	}
	e := got[0]
	if time.Since(e.At) > time.Minute || e.Address == "" {
		t.Errorf("at %v from %q", e.At, e.Address)
	}
	e.At, e.Address = time.Time{}, ""
	want := audit.Event{
		Plane: audit.Data, Tenant: tenants.DefaultTenant, Namespace: "bank", Action: "SignalWorkflowExecution", Resource: "workflow:order-1", Run: "not-a-run",
		Principal: k.Holder.String(), PrincipalName: e.PrincipalName, Credential: "key", CredentialID: string(k.ID), Request: "r1", Code: status.Code(err).String(),
	}
	if e.PrincipalName == "" || !equalEvents(e, want) {
		t.Errorf("\n got %+v\nwant %+v", e, want)
	}
}

// TestRefusedCallsAreRecorded: who may not is recorded where it may be known: in the namespace's tenant if the caller belongs there, else as nobody's business but the installation's.
func TestRefusedCallsAreRecorded(t *testing.T) {
	c := &clerk{}
	l := newLobby(t)
	l.world = newWorldWith(t, func(config *edge.Config) { config.Auditor, config.Guard = c, edge.Credentials{Access: l.near} })
	_, reader := l.key(t, tenants.Auditor, time.Hour)
	for name, call := range map[string]struct {
		key  string
		ns   string
		want string
		in   tenants.TenantID
	}{
		"without a right":      {reader, "bank", "PermissionDenied", tenants.DefaultTenant},
		"unknown namespace":    {reader, "nowhere", "NotFound", tenants.InstallationTenant},
		"without a credential": {"", "bank", "Unauthenticated", tenants.InstallationTenant},
		"with a false key":     {"tnt_false", "bank", "Unauthenticated", tenants.InstallationTenant},
	} {
		ctx := metadata.AppendToOutgoingContext(t.Context(), "x-request-id", "r9")
		if call.key != "" {
			ctx = as(ctx, call.key)
		}
		_, err := l.workflows.TerminateWorkflowExecution(ctx, &workflowservice.TerminateWorkflowExecutionRequest{
			Namespace: call.ns, WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: "order-1"},
		})
		if status.Code(err).String() != call.want {
			t.Errorf("%s: answered %v", name, err)
		}
		got := c.take()
		if len(got) != 1 || got[0].Code != call.want || got[0].Tenant != call.in || got[0].Request != "r9" || (got[0].Principal == audit.Nobody) != (call.want == "Unauthenticated") {
			t.Errorf("%s: recorded %+v", name, got)
		}
	}
}

// The configured level is that of namespaces that have none, and of calls that are in none.
func TestAuditLevelOfTheInstallation(t *testing.T) {
	c := &clerk{}
	for configured, want := range map[tenants.AuditLevel]int{tenants.AuditNone: 0, tenants.AuditInterventions: 2, tenants.AuditWrites: 3, tenants.AuditAll: 4} {
		w := newWorldWith(t, func(config *edge.Config) { config.Auditor, config.AuditLevel = c, configured })
		for _, call := range []func() error{
			func() error {
				_, err := w.workflows.TerminateWorkflowExecution(t.Context(), &workflowservice.TerminateWorkflowExecutionRequest{Namespace: "bank"})
				return err
			},
			func() error {
				_, err := w.workflows.TerminateWorkflowExecution(t.Context(), &workflowservice.TerminateWorkflowExecutionRequest{Namespace: "nowhere"})
				return err
			},
			func() error {
				_, err := w.workflows.SignalWorkflowExecution(t.Context(), &workflowservice.SignalWorkflowExecutionRequest{Namespace: "bank"})
				return err
			},
			func() error {
				_, err := w.workflows.DescribeWorkflowExecution(t.Context(), &workflowservice.DescribeWorkflowExecutionRequest{Namespace: "bank"})
				return err
			},
		} {
			if err := call(); err == nil {
				t.Fatal("the call says nothing wrong")
			}
		}
		if got := c.take(); len(got) != want {
			t.Errorf("at %v: recorded %d of 4, want %d", configured, len(got), want)
		}
	}
}

// Who is refused in administration is recorded in the tenant that they belong to.
func TestRefusedAdministrationIsRecorded(t *testing.T) {
	c := &clerk{}
	l := newLobby(t)
	l.world = newWorldWith(t, func(config *edge.Config) {
		config.Auditor, config.Guard, config.Administration = c, edge.Credentials{Access: l.near}, fakeAdministration{}
	})
	_, developer := l.key(t, tenants.Developer, time.Hour)
	_, admin := l.key(t, tenants.Administrator, time.Hour)
	for what, call := range map[string]struct {
		key, tenant string
		in          tenants.TenantID
	}{
		"by the table":        {developer, "default", tenants.DefaultTenant},
		"as foreign":          {admin, "acme", tenants.InstallationTenant},
		"by what it is to do": {admin, "default", tenants.DefaultTenant},
	} {
		_, err := adminv1.NewTenantServiceClient(l.conn).UpdateTenant(as(t.Context(), call.key), &adminv1.UpdateTenantRequest{Tenant: call.tenant, Protected: new(true)})
		if got := c.take(); len(got) != 1 || got[0].Tenant != call.in || got[0].Action != "UpdateTenant" || got[0].Code != status.Code(err).String() || got[0].Code == "OK" {
			t.Errorf("%s: recorded %+v, answered %v", what, got, err)
		}
	}
}

// TestEmptyPollsAreNotRecorded: at all, a poll is recorded when it has got something.
func TestEmptyPollsAreNotRecorded(t *testing.T) {
	c := &clerk{}
	w := newWorldWith(t, func(config *edge.Config) { config.Auditor = c })
	w.level(t, tenants.AuditAll)
	ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
	defer cancel()
	_, err := w.workflows.PollWorkflowTaskQueue(ctx, &workflowservice.PollWorkflowTaskQueueRequest{Namespace: "bank", TaskQueue: &taskqueuepb.TaskQueue{Name: "q"}})
	if got := c.take(); status.Code(err) == codes.OK && len(got) != 0 {
		t.Errorf("recorded %+v", got)
	}
}

// TestForwardedStartTellsItsRun: the record of a start has the run that it began, whichever node serves the workflow.
func TestForwardedStartTellsItsRun(t *testing.T) {
	in := newInstallation(t, 2)
	var elsewhere int
	for i := range 12 {
		id := fmt.Sprint("order-", i)
		if _, local := in.nodes[0].Owner(orchestration.WorkflowKey{Namespace: in.ns.ID, WorkflowID: id}.Shard()); !local {
			elsewhere++
		}
		began, err := in.clients[0].StartWorkflowExecution(in.ctx(), startSteps(id))
		if err != nil {
			t.Fatal(err)
		}
		if got := in.clerk.take(); len(got) != 1 || got[0].Resource != "workflow:"+id || got[0].Run != began.GetRunId() || got[0].Run == "" {
			t.Errorf("recorded %+v of run %s", got, began.GetRunId())
		}
	}
	if elsewhere == 0 {
		t.Error("no start was forwarded")
	}
}

func TestStartWithUpdateTellsItsRun(t *testing.T) {
	c := &clerk{}
	w := newWorldWith(t, func(config *edge.Config) { config.Auditor, config.AuditLevel = c, tenants.AuditWrites })
	w.engine.updateWithStart = func(context.Context, engine.StartRequest, engine.UpdateRequest) (engine.StartReply, engine.UpdateReply, error) {
		return engine.StartReply{RunID: someRun, Started: true}, engine.UpdateReply{Stage: history.UpdateAccepted}, nil
	}
	_, err := w.workflows.ExecuteMultiOperation(t.Context(), startAndRaise())
	if got := c.take(); err != nil || len(got) != 1 || got[0].Resource != "workflow:transfer-1" || got[0].Run != someRun.String() {
		t.Errorf("recorded %+v, %v", got, err)
	}
}

func equalEvents(a, b audit.Event) bool {
	return a.Plane == b.Plane && a.Tenant == b.Tenant && a.Namespace == b.Namespace && a.Action == b.Action && a.Resource == b.Resource && a.Run == b.Run &&
		a.Principal == b.Principal && a.Credential == b.Credential && a.CredentialID == b.CredentialID && a.Request == b.Request && a.Code == b.Code && len(a.Changes) == 0
}
