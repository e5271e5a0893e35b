package acceptance

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/postgres"
)

// bureau administers an installation in its database, beside the servers: what it changes is announced to nobody, so they learn of it as late as they may.
type bureau struct {
	testing.TB
	access    *tenants.Access
	directory *tenants.Directory
}

func newBureau(t testing.TB, url string) *bureau {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return &bureau{t, tenants.NewAccess(tenants.AccessConfig{Registry: postgres.NewRegistry(pool)}), tenants.NewDirectory(postgres.New(pool), time.Now)}
}

func (o *bureau) must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

// tenant founds a tenant with one namespace, "work.<name>".
func (o *bureau) tenant(name string, data map[string]string) tenants.Namespace {
	o.Helper()
	t, err := o.access.CreateTenant(o.Context(), name, "")
	o.must(err)
	n, err := o.directory.Register(o.Context(), tenants.Registration{
		Name: tenants.NamespaceName("work", name), Tenant: t.ID, Retention: tenants.Retention(24 * time.Hour), Data: data,
	})
	o.must(err)
	return n
}

var accounts atomic.Int32

// key is a key of a new account with permissions in a namespace.
func (o *bureau) key(n tenants.Namespace, p tenants.Permission) (tenants.Key, string) {
	o.Helper()
	a, err := o.access.CreateAccount(o.Context(), n.Tenant, fmt.Sprint("account ", accounts.Add(1)))
	o.must(err)
	holder := tenants.Holder{Kind: tenants.HolderAccount, ID: a.ID}
	_, err = o.access.Permit(o.Context(), n, holder, p, "test")
	o.must(err)
	k, text, err := o.access.CreateKey(o.Context(), tenants.NewKey{Tenant: n.Tenant, Holder: holder, Name: "test", Expires: time.Now().Add(time.Hour)})
	o.must(err)
	return k, text
}

// secret is the text of a new key.
func (o *bureau) secret(n tenants.Namespace, p tenants.Permission) string {
	o.Helper()
	_, text := o.key(n, p)
	return text
}

// bearer connects the official client with a credential, as SDKs do with API keys.
func bearer(t testing.TB, address, namespace, credential string) client.Client {
	t.Helper()
	c, err := dialBearer(address, namespace, credential)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func dialBearer(address, namespace, credential string) (client.Client, error) {
	return client.NewLazyClient(client.Options{
		HostPort: address, Namespace: namespace, Logger: quiet(), Credentials: client.NewAPIKeyStaticCredentials(credential),
		ConnectionOptions: client.ConnectionOptions{TLSDisabled: true},
	})
}

// employ runs an official worker until the test ends.
func employ(t testing.TB, c client.Client, queue string, workflows code) worker.Worker {
	t.Helper()
	w := worker.New(c, queue, worker.Options{WorkerStopTimeout: time.Second})
	for name, f := range workflows {
		w.RegisterWorkflowWithOptions(f, workflow.RegisterOptions{Name: name})
	}
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	return w
}

// begin starts a workflow on a queue.
func begin(ctx context.Context, c client.Client, id, queue, name string, args ...any) (client.WorkflowRun, error) {
	return c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: id, TaskQueue: queue}, name, args...)
}

// describeGuarded chooses where a `tenuto server` will live whose callers say who they are, without starting it.
func describeGuarded(t testing.TB, env ...string) *server {
	t.Helper()
	s := describePostgres(t, newDatabase(t))
	s.env = append([]string{"TENUTO_AUTH=keys"}, env...)
	return s
}
