package signin_test

import (
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/oidc"
	"github.com/tenuto-io/tenuto/tenants/oidc/oidctest"
	"github.com/tenuto-io/tenuto/tenants/signin"
	"github.com/tenuto-io/tenuto/tenants/sqlite"
)

// clock is a clock that tests move; the provider's tokens are of the real time, so it begins there.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// hall is a desk at a database, with a provider, and a tenant that maps the provider's group "dev".
type hall struct {
	*signin.Desk
	t        *testing.T
	access   *tenants.Access
	provider *oidctest.Provider
	clock    *clock
	db       *database.SQLite
	log      *strings.Builder
	clerk    *clerk
	acme     tenants.Tenant
	dev      tenants.Group
}

var secret = []byte("thirty-two bytes of a secret, at least")

func newHall(t *testing.T) *hall {
	t.Helper()
	db, err := database.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "tenants.db"), database.Migrations{Room: "tenants", Files: sqlite.Migrations()})
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	h := &hall{t: t, provider: oidctest.New(t), clock: &clock{at: time.Now()}, db: db, log: &strings.Builder{}, clerk: &clerk{}}
	h.access = tenants.NewAccess(tenants.AccessConfig{Registry: sqlite.NewRegistry(db.Write, db.Read), Now: h.clock.now})
	h.Desk = h.desk(h.access, secret)
	h.acme, err = h.access.CreateTenant(t.Context(), "acme", "")
	must(t, err)
	h.dev = tenants.Group{ID: tenants.HolderID(uuid.New()), Tenant: h.acme.ID, Name: "developers", Issuer: h.provider.URL, Claim: "dev", Created: h.clock.now()}
	must(t, h.access.InsertGroup(t.Context(), h.dev))
	_, err = h.access.GiveRole(t.Context(), h.acme.ID, tenants.Holder{Kind: tenants.HolderGroup, ID: h.dev.ID}, tenants.Developer, "test")
	must(t, err)
	return h
}

// desk is a desk of another node, or of one with another secret.
func (h *hall) desk(a *tenants.Access, secret []byte) *signin.Desk {
	h.t.Helper()
	p := oidc.New(oidc.Config{
		Name: "corp", Issuer: h.provider.URL, ClientID: "tenuto", ClientSecret: "s3cret", Scopes: []string{"offline_access"}, GroupsClaim: "groups",
		Redirect: "https://console.example/signin/corp/return",
	})
	second := oidc.New(oidc.Config{Name: "second", Issuer: h.provider.URL, ClientID: "tenuto", Redirect: "https://console.example/signin/second/return"})
	d, err := signin.New(signin.Config{
		Access: a, Providers: []*oidc.Provider{p, second}, Secret: secret, After: "https://console.example/signin", Now: h.clock.now, Auditor: h.clerk, Logger: slog.New(slog.NewTextHandler(h.log, nil)),
	})
	must(h.t, err)
	return d
}

// groups has the provider say that the person is in those groups.
func (h *hall) groups(names ...string) {
	h.provider.Set(func(s *oidctest.Saying) { s.Claims["groups"] = names })
}

// begin is a browser that comes back from the provider.
func (h *hall) begin(w signin.Wish) signin.Answer {
	h.t.Helper()
	if w.Provider == "" {
		w.Provider = "corp"
	}
	sent, err := h.Begin(h.t.Context(), w)
	must(h.t, err)
	code, state := h.provider.Approve(h.t, sent.URL)
	return signin.Answer{Provider: w.Provider, Browser: sent.Browser, State: state, Code: code, Address: "10.0.0.1", Agent: "Firefox"}
}

// enter signs the person in.
func (h *hall) enter() signin.Entry {
	h.t.Helper()
	e, err := h.Finish(h.t.Context(), h.begin(signin.Wish{Return: "/t/acme"}))
	must(h.t, err)
	return e
}

// who is who has a session.
func (h *hall) who(id string) signin.Visitor {
	h.t.Helper()
	v, err := h.Who(h.t.Context(), id)
	must(h.t, err)
	return v
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}
