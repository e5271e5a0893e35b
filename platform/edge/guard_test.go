package edge_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	querypb "go.temporal.io/api/query/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	reflectionpb "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/platform/edge"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/sqlite"
)

// lobby is a world whose calls need a key. far is the Access of another node, where changes are made.
type lobby struct {
	*world
	near, far *tenants.Access
}

func newLobby(t *testing.T) *lobby {
	t.Helper()
	return newLobbyWith(t, nil)
}

// newLobbyWith is newLobby for clients that connect as opts say, with TLS if server is not nil.
func newLobbyWith(t *testing.T, server *tls.Config, opts ...grpc.DialOption) *lobby {
	t.Helper()
	db, err := database.OpenSQLite(t.Context(), database.Memory, database.Migrations{Room: "tenants", Files: sqlite.Migrations()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	l := &lobby{near: tenants.NewAccess(tenants.AccessConfig{Registry: sqlite.NewRegistry(db.Write, db.Read)})}
	l.far = tenants.NewAccess(tenants.AccessConfig{Registry: sqlite.NewRegistry(db.Write, db.Read), Announce: func() { _ = l.near.CatchUp(context.Background()) }})
	l.world = newWorldWith(t, func(c *edge.Config) { c.Guard, c.TLS = edge.Credentials{Access: l.near}, server }, opts...)
	if err := sqlite.New(db.Write, db.Read).InsertNamespace(t.Context(), l.ns, time.Now()); err != nil {
		t.Fatal(err)
	}
	return l
}

// key is a key of a new account with a role in the default tenant, where "bank" is. scopes bound it.
func (l *lobby) key(t *testing.T, r tenants.Role, life time.Duration, scopes ...tenants.Scope) (tenants.Key, string) {
	t.Helper()
	a, err := l.far.CreateAccount(t.Context(), tenants.DefaultTenant, t.Name()+time.Now().String())
	if err != nil {
		t.Fatal(err)
	}
	holder := tenants.Holder{Kind: tenants.HolderAccount, ID: a.ID}
	if _, err := l.far.GiveRole(t.Context(), tenants.DefaultTenant, holder, r, "test"); err != nil {
		t.Fatal(err)
	}
	k, text, err := l.far.CreateKey(t.Context(), tenants.NewKey{
		Tenant: tenants.DefaultTenant, Holder: holder, Name: "test", Scopes: scopes, Expires: time.Now().Add(life),
	})
	if err != nil {
		t.Fatal(err)
	}
	return k, text
}

func as(ctx context.Context, key string) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+key)
}

var pollBank = &workflowservice.PollWorkflowTaskQueueRequest{Namespace: "bank", TaskQueue: &taskqueuepb.TaskQueue{Name: "q"}}

// TestOpenPollEndsWhenItsKeyDoes: a worker that waits when its key is revoked, disabled or expires is told at once, and gets no task any more, even one that
// came at the same moment.
func TestOpenPollEndsWhenItsKeyDoes(t *testing.T) {
	for name, c := range map[string]struct {
		life   time.Duration
		change func(*lobby, tenants.Key) error
		want   codes.Code
	}{
		"revoked":  {time.Hour, func(l *lobby, k tenants.Key) error { return l.far.RevokeKey(t.Context(), k.Tenant, k.ID) }, codes.Unauthenticated},
		"disabled": {time.Hour, func(l *lobby, k tenants.Key) error { return l.far.DisableKey(t.Context(), k.Tenant, k.ID, true) }, codes.Unauthenticated},
		"expired":  {2 * time.Second, func(*lobby, tenants.Key) error { return nil }, codes.Unauthenticated},
		"no role": {time.Hour, func(l *lobby, k tenants.Key) error {
			grants, err := l.far.ListGrants(t.Context(), k.Tenant, tenants.GrantID{}, 1)
			if err != nil {
				return err
			}
			return l.far.TakeBack(t.Context(), k.Tenant, grants[0].ID)
		}, codes.PermissionDenied},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLobby(t)
			k, text := l.key(t, tenants.Developer, c.life)
			polling := make(chan struct{})
			l.engine.pollWorkflowTask = func(ctx context.Context, _ engine.Poll) (*engine.WorkflowTask, error) {
				close(polling)
				<-ctx.Done()
				return &engine.WorkflowTask{}, nil // a task came at the last moment
			}
			answer := make(chan error, 1)
			go func() {
				_, err := l.workflows.PollWorkflowTaskQueue(as(t.Context(), text), pollBank)
				answer <- err
			}()
			<-polling
			begin := time.Now()
			if err := c.change(l, k); err != nil {
				t.Fatal(err)
			}
			if err := <-answer; status.Code(err) != c.want {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if took := time.Since(begin); took > 4*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// TestOpenPollGoesOnWhenOthersChange: what changes for others does not disturb a worker that waits.
func TestOpenPollGoesOnWhenOthersChange(t *testing.T) {
	l := newLobby(t)
	_, text := l.key(t, tenants.Developer, time.Hour)
	other, _ := l.key(t, tenants.Developer, time.Hour)
	polling, task := make(chan struct{}), make(chan struct{})
	l.engine.pollWorkflowTask = func(ctx context.Context, _ engine.Poll) (*engine.WorkflowTask, error) {
		close(polling)
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-task:
			return nil, nil
		}
	}
	answer := make(chan error, 1)
	go func() {
		_, err := l.workflows.PollWorkflowTaskQueue(as(t.Context(), text), pollBank)
		answer <- err
	}()
	<-polling
	for range 3 {
		if err := l.far.DisableKey(t.Context(), other.Tenant, other.ID, true); err != nil {
			t.Fatal(err)
		}
	}
	close(task)
	if err := <-answer; err != nil {
		t.Error(err)
	}
}

// TestWaitingForHistoryEndsWithTheKey: so does a client that waits for a result, also where the workflow is another node's.
func TestWaitingForHistoryEndsWithTheKey(t *testing.T) {
	l := newLobby(t)
	k, text := l.key(t, tenants.Auditor, time.Hour)
	waiting, ended := make(chan struct{}), make(chan struct{})
	l.engine.history = func(ctx context.Context, _ engine.HistoryRequest) (engine.HistoryPage, error) {
		close(waiting)
		<-ctx.Done()
		close(ended)
		return engine.HistoryPage{}, ctx.Err()
	}
	answer := make(chan error, 1)
	go func() {
		_, err := l.workflows.GetWorkflowExecutionHistory(as(t.Context(), text), &workflowservice.GetWorkflowExecutionHistoryRequest{
			Namespace: "bank", Execution: &commonpb.WorkflowExecution{WorkflowId: "w"}, WaitNewEvent: true,
		})
		answer <- err
	}()
	<-waiting
	if err := l.far.RevokeKey(t.Context(), k.Tenant, k.ID); err != nil {
		t.Fatal(err)
	}
	if err := <-answer; status.Code(err) != codes.Unauthenticated {
		t.Errorf("got %v", err)
	}
	<-ended
}

// TestCredentialsOnTheWire: what needs no credential, and what a call without one is told.
func TestCredentialsOnTheWire(t *testing.T) {
	l := newLobby(t)
	ctx := t.Context()
	if _, err := l.workflows.GetSystemInfo(ctx, &workflowservice.GetSystemInfoRequest{}); err != nil {
		t.Error(err)
	}
	if _, err := healthpb.NewHealthClient(l.conn).Check(ctx, &healthpb.HealthCheckRequest{}); err != nil {
		t.Error(err)
	}
	_, text := l.key(t, tenants.Auditor, time.Hour)
	reflect := func(ctx context.Context) error {
		stream, err := reflectionpb.NewServerReflectionClient(l.conn).ServerReflectionInfo(ctx)
		if err != nil {
			return err
		}
		err = stream.Send(&reflectionpb.ServerReflectionRequest{MessageRequest: &reflectionpb.ServerReflectionRequest_ListServices{}})
		if err != nil && !errors.Is(err, io.EOF) { // which says that Recv knows
			return err
		}
		_, err = stream.Recv()
		return err
	}
	if err := reflect(ctx); status.Code(err) != codes.Unauthenticated {
		t.Errorf("reflection without credential: %v", err)
	}
	if err := reflect(as(ctx, text)); err != nil {
		t.Errorf("reflection: %v", err)
	}
	for _, header := range []string{"", "Bearer", "Bearer ", "Basic " + text, text} {
		_, err := l.workflows.GetClusterInfo(metadata.AppendToOutgoingContext(ctx, "authorization", header), &workflowservice.GetClusterInfoRequest{})
		if status.Code(err) != codes.Unauthenticated || !strings.Contains(err.Error(), "authorization") {
			t.Errorf("%q: %v", header, err)
		}
	}
	if _, err := l.workflows.GetClusterInfo(metadata.AppendToOutgoingContext(ctx, "authorization", "bearer "+text), &workflowservice.GetClusterInfoRequest{}); err != nil {
		t.Error(err)
	}
}

// TestPayloadsNeedAPermission: the same answer with and without payload:read, through the server's real way out.
func TestPayloadsNeedAPermission(t *testing.T) {
	l := newLobby(t)
	const secret = "c4n4ry-0n-th3-w1r3"
	l.engine.query = func(context.Context, engine.QueryRequest) (engine.QueryReply, error) {
		return engine.QueryReply{Result: &commonpb.Payloads{Payloads: []*commonpb.Payload{{Data: []byte(secret)}}}}, nil
	}
	for role, want := range map[tenants.Role]bool{tenants.Auditor: false, tenants.Developer: true} {
		_, text := l.key(t, role, time.Hour)
		resp, err := l.workflows.QueryWorkflow(as(t.Context(), text), &workflowservice.QueryWorkflowRequest{
			Namespace: "bank", Execution: &commonpb.WorkflowExecution{WorkflowId: "w"}, Query: &querypb.WorkflowQuery{QueryType: "state"},
		})
		if err != nil {
			t.Fatal(err)
		}
		b, _ := proto.Marshal(resp)
		if got := bytes.Contains(b, []byte(secret)); got != want {
			t.Errorf("%v: payload in the answer: %v", role, got)
		}
	}
}

// TestListsAreFiltered: a list holds what the caller may see, and is never refused.
func TestListsAreFiltered(t *testing.T) {
	l := newLobby(t)
	tenant, err := l.far.CreateTenant(t.Context(), "acme", "")
	if err != nil {
		t.Fatal(err)
	}
	directory := tenants.NewDirectory(l.store, time.Now)
	for _, name := range []string{"a", "b", "c"} {
		if _, err := directory.Register(t.Context(), tenants.Registration{Name: name + ".acme", Tenant: tenant.ID, Retention: tenants.MinRetention}); err != nil {
			t.Fatal(err)
		}
	}
	list := func(key string) string {
		t.Helper()
		var names []string
		var token []byte
		for {
			resp, err := l.workflows.ListNamespaces(as(t.Context(), key), &workflowservice.ListNamespacesRequest{PageSize: 2, NextPageToken: token})
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range resp.GetNamespaces() {
				names = append(names, n.GetNamespaceInfo().GetName())
			}
			if token = resp.GetNextPageToken(); len(token) == 0 {
				return strings.Join(names, " ")
			}
		}
	}
	_, ours := l.key(t, tenants.Auditor, time.Hour)
	_, member := l.key(t, tenants.Member, time.Hour)
	_, operator, err := l.far.BreakGlass(t.Context(), "test", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{ours: "bank", member: "", operator: "a.acme b.acme bank c.acme"} {
		if got := list(key); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestOwnerLearnsWhoCalled: the principal travels with a call to the owner of its workflow.
func TestOwnerLearnsWhoCalled(t *testing.T) {
	l := newLobby(t)
	k, text := l.key(t, tenants.Developer, time.Hour)
	var got *tenants.Principal
	l.engine.signal = func(ctx context.Context, _ orchestration.RunKey, _ history.Signal) error {
		got = tenants.PrincipalOf(ctx)
		return nil
	}
	_, err := l.workflows.SignalWorkflowExecution(as(t.Context(), text), &workflowservice.SignalWorkflowExecutionRequest{
		Namespace: "bank", WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: "w"}, SignalName: "s",
	})
	if err != nil || got == nil || got.ID != k.Holder.String() || got.Credential.ID != string(k.ID) || got.Credential.Kind != tenants.KeyCredential {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestNoSecretIsLogged: neither a key that counts nor one that does not is in a log line or an error.
func TestNoSecretIsLogged(t *testing.T) {
	l := newLobby(t)
	k, text := l.key(t, tenants.Developer, time.Hour)
	secret := text[len(text)-52:]
	wrong := text[:len(text)-1] + "7"
	errs := []error{}
	for _, key := range []string{text, wrong, text + "x", secret} {
		_, err := l.workflows.GetClusterInfo(as(t.Context(), key), &workflowservice.GetClusterInfoRequest{})
		errs = append(errs, err)
		_, err = l.workflows.DescribeNamespace(as(t.Context(), key), &workflowservice.DescribeNamespaceRequest{Namespace: "none"}, grpc.Header(&metadata.MD{}))
		errs = append(errs, err)
	}
	if err := l.far.RevokeKey(t.Context(), k.Tenant, k.ID); err != nil {
		t.Fatal(err)
	}
	_, err := l.workflows.GetClusterInfo(as(t.Context(), text), &workflowservice.GetClusterInfoRequest{})
	errs = append(errs, err)
	said := l.logs.String()
	for _, err := range errs {
		if err != nil {
			said += err.Error()
		}
	}
	if !strings.Contains(said, "GetClusterInfo") || strings.Contains(said, secret) || strings.Contains(said, wrong[len(wrong)-52:]) {
		t.Errorf("a secret was written: %s", said)
	}
}

// TestOutageOfTheRegistry: while nobody can say who calls, calls are told to come again, and not that they may not.
func TestOutageOfTheRegistry(t *testing.T) {
	l := newLobby(t)
	_, text := l.key(t, tenants.Developer, time.Hour)
	broken, err := database.OpenSQLite(t.Context(), database.Memory, database.Migrations{Room: "tenants", Files: sqlite.Migrations()})
	if err != nil {
		t.Fatal(err)
	}
	if err := broken.Close(); err != nil {
		t.Fatal(err)
	}
	away := newWorldOf(t, edge.Credentials{Access: tenants.NewAccess(tenants.AccessConfig{Registry: sqlite.NewRegistry(broken.Write, broken.Read)})})
	_, err = away.workflows.GetClusterInfo(as(t.Context(), text), &workflowservice.GetClusterInfoRequest{})
	wantError[*serviceerror.Unavailable](t, err)
}
