package console

import (
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/admin"
	"github.com/tenuto-io/tenuto/tenants/audit"
	"github.com/tenuto-io/tenuto/tenants/oidc"
	"github.com/tenuto-io/tenuto/tenants/oidc/oidctest"
	"github.com/tenuto-io/tenuto/tenants/signin"
	"github.com/tenuto-io/tenuto/tenants/sqlite"
)

const publicURL = "https://console.example"

// lobby is a console that people enter by an identity provider, at a database with two tenants.
type lobby struct {
	t         *testing.T
	console   *Console
	engine    *fakeEngine
	runs      *fakeRuns
	batches   *fakeBatches
	access    *tenants.Access
	directory *tenants.Directory
	desk      *signin.Desk
	journal   audit.Journal
	refused   *clerk // sign-ins
	left      leftovers
	used      *used
	provider  *oidctest.Provider
	clock     *clock
	log       *strings.Builder
	acme      tenants.Tenant
	bank      tenants.Namespace // of acme
}

func newLobby(t *testing.T) *lobby {
	t.Helper()
	db, err := database.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "tenants.db"), database.Migrations{Room: "tenants", Files: sqlite.Migrations()})
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	l := &lobby{t: t, engine: &fakeEngine{}, runs: &fakeRuns{}, batches: &fakeBatches{}, provider: oidctest.New(t), clock: &clock{now: time.Now()}, log: &strings.Builder{}, refused: &clerk{}}
	l.journal = sqlite.NewJournal(db.Write, db.Read)
	logger := slog.New(slog.NewTextHandler(l.log, nil))
	l.access = tenants.NewAccess(tenants.AccessConfig{Registry: sqlite.NewRegistry(db.Write, db.Read), Now: l.clock.read})
	l.directory = tenants.NewDirectory(sqlite.New(db.Write, db.Read), l.clock.read)
	l.desk, err = signin.New(signin.Config{
		Access: l.access, Secret: []byte("thirty-two bytes of a secret, at least"), After: publicURL + "/signin?out", Now: l.clock.read, Logger: logger, Auditor: l.refused,
		Providers: []*oidc.Provider{oidc.New(oidc.Config{
			Name: "corp", Title: "Corporate login", Issuer: l.provider.URL, ClientID: "tenuto", Scopes: []string{"offline_access"}, GroupsClaim: "groups",
			Redirect: publicURL + "/signin/corp/return",
		})},
	})
	must(t, err)
	l.left, l.used = leftovers{}, &used{}
	service := admin.New(admin.Config{Access: l.access, Directory: l.directory, Sessions: l.desk, Namespaces: l.left, Usage: l.used, Journal: l.journal, Recorder: l.left, Now: l.clock.read})
	l.console, err = New(Config{
		Engine: l.engine, Runs: l.runs, Batches: l.batches, Namespaces: l.directory, Attributes: l.directory, Administration: service, Server: "tenuto.example:7233", Version: "0.1.0-test",
		Tenants: l.access, Desk: l.desk, URL: publicURL, Logger: logger, Clock: l.clock.read,
	})
	must(t, err)
	l.found("default", tenants.DefaultTenant)
	l.acme, err = l.access.CreateTenant(t.Context(), "acme", "Acme & Sons")
	must(t, err)
	l.bank = l.found("bank.acme", l.acme.ID)
	globex, err := l.access.CreateTenant(t.Context(), "globex", "")
	must(t, err)
	l.found("bank.globex", globex.ID)
	return l
}

func (l *lobby) found(name string, of tenants.TenantID) tenants.Namespace {
	l.t.Helper()
	n, err := l.directory.Register(l.t.Context(), tenants.Registration{Name: name, Tenant: of, Retention: tenants.MinRetention})
	must(l.t, err)
	return n
}

// guest is a browser. It keeps cookies as browsers do.
type guest struct {
	*lobby
	cookies map[string]string
}

func (l *lobby) guest() *guest { return &guest{lobby: l, cookies: map[string]string{}} }

func (g *guest) send(method, target string, form url.Values, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := request(method, target, form)
	r.Host, r.RemoteAddr = "console.example", "192.0.2.7:5000"
	r.Header.Set("User-Agent", "Firefox")
	for name, value := range g.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	for _, f := range change {
		f(r)
	}
	w := httptest.NewRecorder()
	g.console.Handler().ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || !strings.HasPrefix(c.Name, "__Host-") {
			g.t.Errorf("cookie %+v", c)
		}
		if c.MaxAge < 0 {
			delete(g.cookies, c.Name)
		} else {
			g.cookies[c.Name] = c.Value
		}
	}
	return w
}

func (g *guest) get(target string) *httptest.ResponseRecorder {
	return g.send(http.MethodGet, target, nil)
}

func (g *guest) post(target string, form url.Values) *httptest.ResponseRecorder {
	if form == nil {
		form = url.Values{}
	}
	return g.send(http.MethodPost, target, form)
}

var refreshed = regexp.MustCompile(`<meta http-equiv="refresh" content="0; url=([^"]*)"`)

// going is where a page leads to at once.
func going(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	m := refreshed.FindStringSubmatch(w.Body.String())
	if w.Code != http.StatusOK || m == nil {
		t.Fatalf("%d leads nowhere:\n%s", w.Code, w.Body)
	}
	return html.UnescapeString(m[1])
}

// begin goes to the provider and returns the address that it sends the browser back to.
func (g *guest) begin(form url.Values) string {
	g.t.Helper()
	code, state := g.provider.Approve(g.t, going(g.t, g.post("/signin/corp", form)))
	return "/signin/corp/return?" + url.Values{"code": {code}, "state": {state}}.Encode()
}

// enter signs in as a person.
func (g *guest) enter(subject string, groups ...string) *guest {
	g.t.Helper()
	g.provider.Set(func(s *oidctest.Saying) {
		s.Subject, s.Claims["name"], s.Claims["groups"] = subject, "Dr. "+subject, groups
	})
	if w := g.get(g.begin(url.Values{"return": {"/"}})); w.Code != http.StatusSeeOther {
		g.t.Fatalf("sign-in of %s answered %d\n%s", subject, w.Code, w.Body)
	}
	return g
}

// person is a person who has signed in or is invited.
func (l *lobby) person(subject string) tenants.Holder {
	l.t.Helper()
	p, err := l.access.Invite(l.t.Context(), l.acme.ID, tenants.Identity{Issuer: l.provider.URL, Subject: subject}, subject)
	must(l.t, err)
	return tenants.Holder{Kind: tenants.HolderPerson, ID: p.ID}
}

// developers maps a group of the provider to the role in acme.
func (l *lobby) developers(claim string) {
	l.t.Helper()
	g := tenants.Group{ID: tenants.HolderID(uuid.New()), Tenant: l.acme.ID, Name: "developers", Issuer: l.provider.URL, Claim: claim, Created: l.clock.read()}
	must(l.t, l.access.InsertGroup(l.t.Context(), g))
	_, err := l.access.GiveRole(l.t.Context(), l.acme.ID, tenants.Holder{Kind: tenants.HolderGroup, ID: g.ID}, tenants.Developer, "test")
	must(l.t, err)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// answered demands a status and some words.
func answered(t *testing.T, w *httptest.ResponseRecorder, status int, words ...string) {
	t.Helper()
	if w.Code != status {
		t.Fatalf("status %d, want %d\n%s", w.Code, status, w.Body)
	}
	for _, word := range words {
		if !strings.Contains(w.Body.String(), word) {
			t.Fatalf("the page lacks %q\n%s", word, w.Body)
		}
	}
}

func leads(t *testing.T, w *httptest.ResponseRecorder, to string) {
	t.Helper()
	if got := w.Header().Get("Location"); w.Code/100 != 3 || got != to {
		t.Fatalf("%d to %q, want %q", w.Code, got, to)
	}
}
