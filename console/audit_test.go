package console

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// clerk keeps what it notes.
type clerk struct{ noted []audit.Event }

func (c *clerk) Note(e audit.Event) { c.noted = append(c.noted, e) }

func (c *clerk) take() []audit.Event {
	noted := c.noted
	c.noted = nil
	return noted
}

// What somebody looks at is recorded where the namespace has everything recorded; what they may not see, by default.
func TestPagesAreRecordedByTheLevel(t *testing.T) {
	l := newLobby(t)
	c := &clerk{}
	l.console.auditor = c
	must(t, role(tenants.Auditor)(l, l.person("ada")))
	l.person("bob")
	ada, bob := l.guest().enter("ada"), l.guest().enter("bob")
	c.take()
	const route = "GET /t/:tenant/ns/:namespace/workflows/:workflow/:run"
	run := "/t/acme/ns/bank.acme/workflows/order-1/" + someRun
	for level, want := range map[tenants.AuditLevel]string{
		tenants.AuditNone: "", tenants.AuditDefault: "PermissionDenied", tenants.AuditInterventions: "PermissionDenied", tenants.AuditWrites: "PermissionDenied", tenants.AuditAll: "OK PermissionDenied",
	} {
		_, err := l.directory.Update(t.Context(), "bank.acme", tenants.Change{Audit: &level})
		must(t, err)
		answered(t, ada.get(run), http.StatusOK)
		answered(t, bob.get(run), http.StatusForbidden)
		var got []string
		for _, e := range c.take() {
			got = append(got, e.Code)
			if e.Action != route || e.Resource != "workflow:order-1" || e.Run != someRun || e.Namespace != "bank.acme" || e.Tenant != l.acme.ID || e.Plane != audit.Data {
				t.Errorf("recorded %+v", e)
			}
			if e.Address != "192.0.2.7" || !strings.HasPrefix(e.Principal, "person:") || e.Credential != "session" || e.PrincipalName == "" {
				t.Errorf("recorded %+v", e)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("at %v: recorded %q, want %q", level, got, want)
		}
	}
}

// What is foreign is recorded where it tells its tenant nothing, and what cannot be decided or done just now is not.
func TestPagesThatFailAreRecorded(t *testing.T) {
	l := newLobby(t)
	c := &clerk{}
	l.console.auditor, l.console.auditLevel = c, tenants.AuditAll
	must(t, role(tenants.Owner)(l, l.person("ada")))
	g := l.guest().enter("ada")
	c.take()
	var got []string
	for _, path := range []string{"/", "/profile", "/t/acme", "/t/globex", "/t/globex/ns/bank.globex/workflows", "/t/acme/ns/bank.globex/workflows", "/nowhere"} {
		g.get(path)
		for _, e := range c.take() {
			got = append(got, path+" "+e.Code)
			if (e.Tenant == l.acme.ID) != strings.HasPrefix(path, "/t/acme/") || e.Namespace != "" {
				t.Errorf("%s: recorded %+v", path, e)
			}
		}
	}
	for _, l.engine.err = range []error{
		orchestration.Errorf(orchestration.NotFound, "no"), orchestration.Errorf(orchestration.Unavailable, "not now"), orchestration.Errorf(orchestration.ResourceExhausted, "too many"),
		orchestration.Errorf(orchestration.DeadlineExceeded, "late"), errors.New("a fault"),
	} {
		g.get("/t/acme/ns/bank.acme/workflows")
		for _, e := range c.take() {
			got = append(got, e.Code)
		}
	}
	want := []string{
		"/t/globex NotFound", "/t/globex/ns/bank.globex/workflows NotFound", "/t/acme/ns/bank.globex/workflows NotFound", "NotFound", "DeadlineExceeded", "Internal",
	}
	if !slices.Equal(got, want) {
		t.Errorf("recorded\n%q, want\n%q", got, want)
	}
	if l.guest().get("/t/acme").Code != http.StatusUnauthorized || len(c.take()) != 0 {
		t.Error("asking to sign in is recorded")
	}
}

// A change that a page makes is recorded with who asked, and from where.
func TestChangesOfPagesSayWhere(t *testing.T) {
	l := newLobby(t)
	l.person("ada")
	g := l.guest().enter("ada")
	l.guest().enter("ada")
	_, from, _, err := l.journal.Records(t.Context(), tenants.InstallationTenant, audit.Filter{}, 0, 1000)
	must(t, err)
	leads(t, g.send(http.MethodPost, "/profile/sessions/others", nil, func(r *http.Request) { r.Header.Set("X-Request-Id", "r1") }), "/profile")
	found, _, _, err := l.journal.Records(t.Context(), tenants.InstallationTenant, audit.Filter{}, from, 10)
	must(t, err)
	if len(found) != 1 || found[0].Action != "session.end" || found[0].Address != "192.0.2.7" || found[0].Request != "r1" || found[0].Credential != "session" {
		t.Errorf("recorded %+v", found)
	}
}

// A sign-in is recorded once: with the session that it begins, or by who refuses it, and not as a call of its route, too.
func TestSignInsAreRecordedOnce(t *testing.T) {
	l := newLobby(t)
	c := &clerk{}
	l.console.auditor, l.console.auditLevel = c, tenants.AuditAll
	var got []string
	recorded := func() []string {
		found, _, _, err := l.journal.Records(t.Context(), tenants.InstallationTenant, audit.Filter{}, 0, 1000)
		must(t, err)
		all := []string{}
		for _, e := range found {
			if e.Address == "192.0.2.7" && strings.HasPrefix(e.Action, "session.") {
				all = append(all, e.Action)
			}
		}
		return all
	}
	g := l.guest().enter("ada")
	g.enter("ada")
	g.post("/signout", nil)
	for _, e := range c.take() {
		got = append(got, e.Action)
	}
	if want := []string{"session.begin", "session.begin", "session.end", "session.end"}; !slices.Equal(recorded(), want) || len(got) > 0 {
		t.Errorf("recorded %q and the calls %q", recorded(), got)
	}
	answered(t, g.get("/signin/corp/return?state=guessed&code=x"), http.StatusBadRequest)
	refused := l.refused.take()
	if len(refused) != 1 || len(c.take()) != 0 || refused[0].Address != "192.0.2.7" || refused[0].Action != "session.begin" || refused[0].Code != "Unauthenticated" {
		t.Errorf("recorded %+v", refused)
	}
}
