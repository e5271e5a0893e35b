package signin

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tenuto-io/tenuto/console"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/admin"
	"github.com/tenuto-io/tenuto/tenants/oidc"
	"github.com/tenuto-io/tenuto/tenants/signin"
	"github.com/tenuto-io/tenuto/tenants/sqlite"
)

// clock is a clock that tests move on.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// nothing is an engine in which no workflow has run.
type nothing struct {
	console.Engine
	console.Runs
}

// noJobs is a room in which no batch operation has begun.
type noJobs struct{ console.Batches }

func (nothing) List(context.Context, engine.ListRequest) (engine.ListPage, error) {
	return engine.ListPage{}, nil
}

func (nothing) CountGroups(context.Context, engine.ListRequest) (engine.RunCount, error) {
	return engine.RunCount{}, nil
}

func (nothing) ListQueues(context.Context, engine.QueuesRequest) (engine.QueuesPage, error) {
	return engine.QueuesPage{}, nil
}

func (nothing) Count(context.Context, engine.ListRequest) (int64, error) { return 0, nil }

// house is a console with a provider, and a tenant that maps the provider's group "dev".
type house struct {
	t        *testing.T
	url      string
	provider *provider
	partner  *provider // another one, whose people are others
	access   *tenants.Access
	desk     *signin.Desk
	clock    *clock
	acme     tenants.Tenant
}

func openHouse(t *testing.T) *house {
	t.Helper()
	db, err := database.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "tenants.db"), database.Migrations{Room: "tenants", Files: sqlite.Migrations()})
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	h := &house{t: t, url: "https://" + l.Addr().String(), clock: &clock{}}
	h.provider, h.partner = startProvider(t, "corp", h.url), startProvider(t, "partner", h.url)
	h.access = tenants.NewAccess(tenants.AccessConfig{Registry: sqlite.NewRegistry(db.Write, db.Read), Now: h.clock.now})
	directory := tenants.NewDirectory(sqlite.New(db.Write, db.Read), h.clock.now)
	h.desk, err = signin.New(signin.Config{
		Access: h.access, Secret: []byte("thirty-two bytes of a secret, at least"), After: h.url + "/signin?out", Now: h.clock.now,
		Providers: []*oidc.Provider{h.client("corp", "Corporate login", h.provider), h.client("partner", "Partners", h.partner)},
	})
	must(t, err)
	c, err := console.New(console.Config{
		Engine: nothing{}, Runs: nothing{}, Batches: noJobs{}, Namespaces: directory, Attributes: directory, Administration: admin.New(admin.Config{Access: h.access, Directory: directory}), Tenants: h.access, Desk: h.desk, URL: h.url, Clock: h.clock.now, Logger: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	must(t, err)
	h.found(directory)
	h.serve(l, c.Handler())
	return h
}

// client is the console as a provider knows it.
func (h *house) client(name, title string, p *provider) *oidc.Provider {
	return oidc.New(oidc.Config{
		Name: name, Title: title, Issuer: p.issuer, ClientID: "tenuto", ClientSecret: "a-secret-of-the-test",
		Scopes: []string{"profile", "email", "offline_access"}, GroupsClaim: "groups", Redirect: h.url + "/signin/" + name + "/return",
	})
}

// found founds what the default tenant and acme have.
func (h *house) found(directory *tenants.Directory) {
	h.t.Helper()
	var err error
	h.acme, err = h.access.CreateTenant(h.t.Context(), "acme", "Acme")
	must(h.t, err)
	for name, of := range map[string]tenants.TenantID{"default": tenants.DefaultTenant, "bank.acme": h.acme.ID} {
		_, err := directory.Register(h.t.Context(), tenants.Registration{Name: name, Tenant: of, Retention: tenants.MinRetention})
		must(h.t, err)
	}
	g := tenants.Group{ID: tenants.HolderID(uuid.New()), Tenant: h.acme.ID, Name: "developers", Issuer: h.provider.issuer, Claim: "dev", Created: h.clock.now()}
	must(h.t, h.access.InsertGroup(h.t.Context(), g))
	_, err = h.access.GiveRole(h.t.Context(), h.acme.ID, tenants.Holder{Kind: tenants.HolderGroup, ID: g.ID}, tenants.Developer, "test")
	must(h.t, err)
}

// serve serves the console over TLS, and what it knows of who may do what stays up to date.
func (h *house) serve(l net.Listener, pages http.Handler) {
	h.t.Helper()
	s := httptest.NewUnstartedServer(pages)
	must(h.t, s.Listener.Close())
	s.Listener, s.TLS = l, &tls.Config{NextProtos: []string{"h2", "http/1.1"}}
	s.StartTLS()
	h.t.Cleanup(func() {
		s.CloseClientConnections() // streams do not end by themselves
		s.Close()
	})
	ctx, stop := context.WithCancel(h.t.Context())
	done := make(chan error, 1)
	go func() { done <- h.access.Run(ctx) }()
	h.t.Cleanup(func() {
		stop()
		<-done
	})
}

// person is somebody who has signed in.
func (h *house) person(subject string) tenants.Person {
	h.t.Helper()
	p, ok, err := h.access.PersonByIdentity(h.t.Context(), tenants.Identity{Issuer: h.provider.issuer, Subject: subject})
	must(h.t, err)
	if !ok {
		h.t.Fatalf("nobody is %s", subject)
	}
	return p
}
