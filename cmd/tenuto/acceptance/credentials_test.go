package acceptance

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"

	ours "github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/examples/banktransfer"
	ourworker "github.com/tenuto-io/tenuto/sdk/worker"
	"github.com/tenuto-io/tenuto/tenants"
)

// ways are kinds of credentials that bear permissions in a namespace.
type ways map[string]func(tenants.Permission) string

// guardedWays is a server over TLS that takes keys and the tokens of an issuer, and both of them in a tenant's namespace.
func guardedWays(t *testing.T) (*server, *bureau, tenants.Namespace, ways) {
	t.Helper()
	i := newIssuer(t)
	s := encrypted(t, "TENUTO_AUTH_JWT_ISSUERS="+i.URL, "TENUTO_AUTH_JWT_AUDIENCES=tenuto")
	o := newBureau(t, s.postgres)
	n := o.tenant("acme", nil)
	return s, o, n, ways{
		"key":   func(p tenants.Permission) string { return o.secret(n, p) },
		"token": func(p tenants.Permission) string { return i.permitting(n, p) },
	}
}

// permitting is a token with permissions in a namespace.
func (i *issuer) permitting(n tenants.Namespace, p tenants.Permission) string {
	i.Helper()
	var permits []string
	for _, one := range []tenants.Permission{tenants.Admin, tenants.Write, tenants.Worker, tenants.Read, tenants.PayloadRead} {
		if p&one != 0 {
			permits = append(permits, n.Name+":"+one.String())
		}
	}
	return i.token("machine", time.Hour, nil, permits...)
}

// What starting, polling and describing come to, for the bearers that everybody tries.
var comesTo = map[string][3]codes.Code{
	"worker":  {codes.PermissionDenied, codes.OK, codes.PermissionDenied},
	"writer":  {codes.OK, codes.PermissionDenied, codes.PermissionDenied},
	"reader":  {codes.PermissionDenied, codes.PermissionDenied, codes.OK},
	"starter": {codes.OK, codes.PermissionDenied, codes.OK},
	"nobody":  {codes.Unauthenticated, codes.Unauthenticated, codes.Unauthenticated},
}

// bearers are those of comesTo by one kind of credential.
func bearers(way func(tenants.Permission) string) map[string]string {
	return map[string]string{
		"worker": way(tenants.Worker), "writer": way(tenants.Write), "reader": way(tenants.Read),
		"starter": way(tenants.Write | tenants.Read | tenants.PayloadRead), "nobody": "nothing that anybody has made",
	}
}

// TestCredentialsWithPlainGRPC: without any SDK, a header decides what a caller may do: a worker polls and starts nothing, a writer the other way round, a reader neither.
func TestCredentialsWithPlainGRPC(t *testing.T) {
	t.Parallel()
	s, _, n, all := guardedWays(t)
	conn, err := grpc.NewClient(s.grpc, grpc.WithTransportCredentials(credentials.NewClientTLSFromCert(s.trusted, "")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	w := workflowservice.NewWorkflowServiceClient(conn)
	start := func(ctx context.Context, id, queue string) error {
		_, err := w.StartWorkflowExecution(ctx, &workflowservice.StartWorkflowExecutionRequest{
			Namespace: n.Name, WorkflowId: id, RequestId: id, WorkflowType: &commonpb.WorkflowType{Name: "flow"}, TaskQueue: &taskqueuepb.TaskQueue{Name: queue},
		})
		return err
	}
	for kind, way := range all {
		names := bearers(way)
		as := func(name string) context.Context {
			return metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+names[name])
		}
		there := kind + "-there"
		if err := start(as("starter"), there, kind); err != nil {
			t.Fatal(err)
		}
		task, err := w.PollWorkflowTaskQueue(as("worker"), &workflowservice.PollWorkflowTaskQueueRequest{Namespace: n.Name, TaskQueue: &taskqueuepb.TaskQueue{Name: kind}})
		if err != nil || task.GetWorkflowExecution().GetWorkflowId() != there {
			t.Fatalf("%s: a worker got %v, %v", kind, task, err)
		}
		for name, want := range comesTo {
			started := start(as(name), kind+name, kind)
			short, cancel := context.WithTimeout(as(name), 2*time.Second)
			_, polled := w.PollWorkflowTaskQueue(short, &workflowservice.PollWorkflowTaskQueueRequest{Namespace: n.Name, TaskQueue: &taskqueuepb.TaskQueue{Name: "quiet"}})
			cancel()
			_, described := w.DescribeWorkflowExecution(as(name), &workflowservice.DescribeWorkflowExecutionRequest{
				Namespace: n.Name, Execution: &commonpb.WorkflowExecution{WorkflowId: there},
			})
			if got := [3]codes.Code{codeOf(started), codeOf(polled), codeOf(described)}; got != want {
				t.Errorf("%s of a %s: start, poll and describe come to %v, want %v", kind, name, got, want)
			}
		}
	}
}

// TestCredentialsWithTypeScript: the TypeScript SDK by keys and by tokens: see typescript/credentials.js.
func TestCredentialsWithTypeScript(t *testing.T) {
	s, _, n, all := guardedWays(t)
	for kind, way := range all {
		t.Run(kind, func(t *testing.T) {
			type bearer struct {
				Name   string `json:"name"`
				Secret string `json:"secret"`
			}
			var sent []bearer
			for name, secret := range bearers(way) {
				sent = append(sent, bearer{name, secret})
			}
			text, err := json.Marshal(sent)
			if err != nil {
				t.Fatal(err)
			}
			tried := map[string]bool{}
			lines, log := runTypeScript(t, "credentials.js", "ADDRESS="+s.grpc, "CA="+s.authority, "NAMESPACE="+n.Name, "QUEUE=bank-"+kind, "CREDENTIALS="+string(text))
			for _, line := range lines {
				var got struct {
					Name, Error string
					Codes       []codes.Code
				}
				if json.Unmarshal(line, &got) != nil || got.Name == "" {
					continue // the native core logs here
				}
				tried[got.Name] = true
				want := comesTo[got.Name]
				if got.Error != "" || got.Name != "ran" && !slices.Equal(got.Codes, want[:]) {
					t.Errorf("%s: %v %s, want %v", got.Name, got.Codes, got.Error, want)
				}
			}
			if len(tried) != len(comesTo)+1 {
				t.Errorf("only %v were tried\n%s", tried, log)
			}
		})
	}
}

// bankOf is a bank of a tenant: its own books, a worker on the queue "bank" with one credential, and a client with another.
func bankOf(t *testing.T, s *server, n tenants.Namespace, way func(tenants.Permission) string) (*banktransfer.Ledger, *ours.Client) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ledger.db")
	createLedger(t, path)
	dial := func(p tenants.Permission) *ours.Client {
		c, err := ours.Dial(t.Context(), ours.Options{
			Address: s.grpc, Namespace: n.Name, APIKey: way(p), TLS: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: s.trusted}, Logger: quietSlog(), Lazy: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	ledger := openLedger(t, path)
	w := ourworker.New(dial(tenants.Worker), "bank", ourworker.Options{})
	w.RegisterWorkflow(banktransfer.TransferFunds)
	w.RegisterActivity(banktransfer.NewActivities(ledger))
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return ledger, dial(tenants.Write | tenants.Read | tenants.PayloadRead)
}

// TestBanksOfTwoTenants: two tenants' banks have the same queue, "bank", and the same references. Each moves its own money, in its own books, and no other.
func TestBanksOfTwoTenants(t *testing.T) {
	t.Parallel()
	s, o, acme, all := guardedWays(t)
	globex := o.tenant("globex", nil)
	books, clients := make([]*banktransfer.Ledger, 2), make([]*ours.Client, 2)
	books[0], clients[0] = bankOf(t, s, acme, all["token"])
	books[1], clients[1] = bankOf(t, s, globex, func(p tenants.Permission) string { return o.secret(globex, p) })
	const transfers = 10
	amounts := []banktransfer.Cents{1, 100} // whoever works on another's transfer moves another's amount
	for i := range transfers {
		for k, c := range clients {
			reference := fmt.Sprint("transfer-", i)
			_, err := ours.ExecuteWorkflow(t.Context(), c, ours.StartOptions{ID: reference, TaskQueue: "bank"}, banktransfer.TransferFunds, banktransfer.Transfer{
				Reference: reference, From: banktransfer.Alice, To: banktransfer.Bob, Amount: amounts[k],
			})
			o.must(err)
		}
	}
	for k, c := range clients {
		for i := range transfers {
			fate, err := bankClient{c}.outcome(t.Context(), fmt.Sprint("transfer-", i))
			o.must(err)
			equal(t, "outcome", fate, paid)
		}
		balance, err := books[k].Balance(t.Context(), banktransfer.Bob)
		o.must(err)
		equal(t, "balance", balance, deposit+transfers*amounts[k])
	}
}
