package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/tenants"
)

// standing is what somebody is, and what that allows on pages: the expectation is written by hand, not computed from what is tested.
type standing struct {
	name   string
	give   func(*lobby, tenants.Holder) error
	knows  bool // the tenant
	reads  bool // the namespace
	writes bool // reads it and changes what is in it
	all    bool // every tenant
}

func role(r tenants.Role) func(*lobby, tenants.Holder) error {
	return func(l *lobby, h tenants.Holder) error {
		of := l.acme.ID
		if r == tenants.Operator {
			of = tenants.InstallationTenant
		}
		_, err := l.access.GiveRole(l.t.Context(), of, h, r, "test")
		return err
	}
}

func permission(p tenants.Permission) func(*lobby, tenants.Holder) error {
	return func(l *lobby, h tenants.Holder) error {
		_, err := l.access.Permit(l.t.Context(), l.bank, h, p, "test")
		return err
	}
}

var standings = []standing{
	{name: "nobody", give: func(l *lobby, h tenants.Holder) error { return l.access.Expel(l.t.Context(), l.acme.ID, h.ID) }},
	{name: "member", give: func(*lobby, tenants.Holder) error { return nil }, knows: true},
	{name: "member by name", give: role(tenants.Member), knows: true},
	{name: "auditor", give: role(tenants.Auditor), knows: true, reads: true},
	{writes: true, name: "developer", give: role(tenants.Developer), knows: true, reads: true},
	{writes: true, name: "admin", give: role(tenants.Administrator), knows: true, reads: true},
	{writes: true, name: "owner", give: role(tenants.Owner), knows: true, reads: true},
	{name: "operator", give: role(tenants.Operator), knows: true, reads: true, all: true},
	{name: "may read", give: permission(tenants.Read), knows: true, reads: true},
	{name: "may write", give: permission(tenants.Write), knows: true},
	{name: "may work", give: permission(tenants.Worker), knows: true},
	{name: "may see payloads", give: permission(tenants.PayloadRead), knows: true},
	{writes: true, name: "administers the namespace", give: permission(tenants.Admin), knows: true, reads: true},
}

// wants is the exact status of each route: for whom it is, and where it leads.
func (s standing) wants(r route, foreign bool) int {
	switch key := r.method + " " + r.path; key {
	case "GET /":
		if s.all || s.knows {
			return http.StatusFound
		}
		return http.StatusOK // the page that says so
	case "GET /tenants", "GET /profile", "GET /signin":
		return http.StatusOK
	case "POST /profile/sessions/end", "POST /profile/sessions/others":
		return http.StatusSeeOther
	case "GET /setup":
		return http.StatusForbidden
	case "POST /signin/:provider", "POST /signin/:provider/logout", "GET /signin/:provider/return":
		return map[bool]int{true: http.StatusNotFound, false: http.StatusBadRequest}[r.method == http.MethodPost]
	case "POST /signout":
		return http.StatusOK
	case "GET /assets/:name":
		return http.StatusNotFound
	case "GET /t/:tenant":
		return s.inTenant(foreign, true, http.StatusOK)
	case "GET /t/:tenant/ns/:namespace/workflows", "GET /t/:tenant/ns/:namespace/counts",
		"GET /t/:tenant/ns/:namespace/workflows.csv", "GET /t/:tenant/ns/:namespace/workflows.jsonl":
		return s.inTenant(foreign, s.reads, http.StatusOK)
	case "GET /t/:tenant/ns/:namespace/queues", "GET /t/:tenant/ns/:namespace/queues/:queue",
		"GET /t/:tenant/ns/:namespace/overview", "GET /t/:tenant/ns/:namespace/stuck",
		"GET /t/:tenant/ns/:namespace/workers", "GET /t/:tenant/ns/:namespace/workers/:worker",
		"GET /t/:tenant/ns/:namespace/batches", "GET /t/:tenant/ns/:namespace/batches/:batch":
		return s.inTenant(foreign, s.reads, http.StatusOK)
	case "GET /t/:tenant/ns/:namespace/history-file":
		return s.inTenant(foreign, s.reads, http.StatusOK)
	case "POST /t/:tenant/ns/:namespace/history-file": // without a file
		return s.inTenant(foreign, s.reads, http.StatusBadRequest)
	case "GET /t/:tenant/ns/:namespace/bulk", "GET /t/:tenant/ns/:namespace/start":
		return s.inTenant(foreign, s.writes, http.StatusOK)
	case "POST /t/:tenant/ns/:namespace/bulk": // without runs
		return s.inTenant(foreign, s.writes, http.StatusBadRequest)
	case "POST /t/:tenant/ns/:namespace/views": // without a name
		return s.inTenant(foreign, s.writes, http.StatusBadRequest)
	case "POST /t/:tenant/ns/:namespace/views/remove", "POST /t/:tenant/ns/:namespace/start", "POST /t/:tenant/ns/:namespace/queues/:queue/limit", "POST /t/:tenant/ns/:namespace/batches/:batch/stop":
		return s.inTenant(foreign, s.writes, http.StatusSeeOther)
	}
	if status, ok := runExpected[r.method+strings.TrimPrefix(r.path, "/t/:tenant/ns/:namespace/workflows/:workflow")]; ok {
		return s.inTenant(foreign, s.reads && (r.method == http.MethodGet || s.writes), status)
	}
	return s.administers(r, foreign)
}

func (s standing) inTenant(foreign, may bool, ok int) int {
	switch {
	case s.all:
		return ok
	case foreign || !s.knows:
		return http.StatusNotFound
	case !may:
		return http.StatusForbidden
	}
	return ok
}

// asksNothing are the pages of a namespace that need nothing of the engine.
var asksNothing = map[string]bool{"GET/history-file": true, "POST/history-file": true, "GET/start": true, "POST/views": true, "POST/views/remove": true}

// Every route, everybody, in the own tenant and in another one. A route that is not in the table of expectations fails. An allowed cell reaches the engine, a
// refused one does not.
func TestMatrix(t *testing.T) {
	l := newLobby(t)
	for _, s := range standings {
		must(t, s.give(l, l.person(s.name)))
	}
	administration := map[string]bool{} // asks the directory only
	for _, r := range l.console.administrationTable() {
		administration[r.method+r.path] = true
	}
	cells := 0
	for _, s := range standings {
		for _, tenant := range []string{"acme", "globex"} {
			for _, r := range l.console.table() {
				if strings.HasSuffix(r.path, "/live") {
					continue // TestMatrixOfStreams
				}
				cells++
				l.clock.advance(time.Second) // sign-ins are paced
				g := l.guest().enter(s.name)
				l.engine.listed, l.runs.described, l.runs.did, l.engine.asked, l.batches.asked = engine.ListRequest{}, nil, nil, false, false
				path := strings.NewReplacer(":tenant", tenant, ":namespace", "bank."+tenant, ":workflow", "transfer-1", ":run", someRun, ":name", "x", ":provider", "nobody", ":activity", "5", ":queue", "transfers", ":worker", "w", ":batch", "job", ":member", "x", ":group", "x", ":account", "x", ":key", "x").Replace(r.path)
				w := g.send(r.method, path, filled)
				want := s.wants(r, tenant == "globex")
				if w.Code != want {
					t.Errorf("%s, %s %s of %s: %d, want %d", s.name, r.method, r.path, tenant, w.Code, want)
				}
				reached := l.engine.listed.PageSize != 0 || l.runs.described != nil || l.runs.did != nil || l.engine.asked || l.batches.asked
				if expected := r.need.of == aNamespace && !administration[r.method+r.path] && !asksNothing[r.method+strings.TrimPrefix(r.path, "/t/:tenant/ns/:namespace")] && want < 400; reached != expected {
					t.Errorf("%s, %s %s of %s: reached the engine: %v", s.name, r.method, r.path, tenant, reached)
				}
			}
		}
	}
	if cells < 300 {
		t.Fatalf("only %d cells", cells)
	}
}

// Nobody without a session gets anywhere but to the pages of signing in, and what does not exist for somebody looks like what does not exist at all.
func TestSignedOutAndForeignLookAlike(t *testing.T) {
	l := newLobby(t)
	for _, r := range l.console.table() {
		path := strings.NewReplacer(":tenant", "acme", ":namespace", "bank.acme", ":workflow", "transfer-1", ":run", someRun, ":name", "x", ":provider", "nobody", ":queue", "transfers", ":worker", "w", ":batch", "job").Replace(r.path)
		if w := l.guest().send(r.method, path, url.Values{}); r.need != open && (w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), "Sign in with Corporate login")) {
			t.Errorf("%s %s signed out: %d", r.method, r.path, w.Code)
		}
	}
	must(t, role(tenants.Owner)(l, l.person("ada")))
	g := l.guest().enter("ada")
	for real, none := range map[string]string{
		"/t/globex": "/t/nowhere", "/t/globex/ns/bank.globex/workflows": "/t/nowhere/ns/bank.globex/workflows", "/t/acme/ns/bank.globex/workflows": "/t/acme/ns/nothing.acme/workflows",
		"/t/default/ns/default/workflows": "/t/default/ns/none/workflows", "/t/acme/ns/default/workflows": "/t/acme/ns/%00/workflows",
	} {
		a, b := g.get(real), g.get(none)
		if a.Code != http.StatusNotFound || b.Code != http.StatusNotFound || a.Body.String() != b.Body.String() {
			t.Errorf("%s answers %d, %s answers %d, or they differ in words", real, a.Code, none, b.Code)
		}
	}
}

// Every route has a need that is one of those with a meaning; one without is served to nobody.
func TestEveryRouteSaysWhoMayUseIt(t *testing.T) {
	l := newLobby(t)
	for _, r := range l.console.table() {
		if r.need.of < everybody || r.need.of > aNamespace || (r.need.of == aNamespace) != (r.need.needs != 0) {
			t.Errorf("%s %s needs %+v", r.method, r.path, r.need)
		}
		if named := strings.Contains(r.path, ":namespace"); named != (r.need.of == aNamespace) {
			t.Errorf("%s %s names a namespace, or needs one: not both", r.method, r.path)
		}
		if named := strings.Contains(r.path, ":tenant"); named != (r.need.of >= aTenant) {
			t.Errorf("%s %s names a tenant, or needs one: not both", r.method, r.path)
		}
	}
	must(t, role(tenants.Operator)(l, l.person("ada")))
	g := l.guest().enter("ada")
	for _, n := range []need{{}, {of: aNamespace}, {of: aNamespace + 1}} {
		served := false
		l.console.echo.Add(http.MethodGet, "/forgotten", l.console.guarded(route{need: n, serve: func(ec echo.Context, _ place) error {
			served = true
			return ec.NoContent(http.StatusOK)
		}}))
		if w := g.get("/forgotten"); served || w.Code < 400 {
			t.Errorf("a route that needs %+v was served: %d", n, w.Code)
		}
	}
}

func TestPayloadsAreHidden(t *testing.T) {
	l := newLobby(t)
	const secret = "4711 euros"
	must(t, role(tenants.Auditor)(l, l.person("auditor")))
	must(t, role(tenants.Developer)(l, l.person("developer")))
	event := startedEvent("Transfer")
	event.GetWorkflowExecutionStartedEventAttributes().Input = &commonpb.Payloads{Payloads: []*commonpb.Payload{{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(`"` + secret + `"`)}}}
	l.runs.history = []*historypb.HistoryEvent{event}
	l.runs.describe = &workflowservice.DescribeWorkflowExecutionResponse{WorkflowExecutionInfo: runInfo("transfer-1", enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING)}
	path := "/t/acme/ns/bank.acme/workflows/transfer-1/" + someRun + "/history"
	w := l.guest().enter("auditor").get(path)
	answered(t, w, http.StatusOK, "Payloads hidden", "payload hidden", "Transfer")
	if strings.Contains(w.Body.String(), secret) {
		t.Fatal("an auditor sees payloads")
	}
	answered(t, l.guest().enter("developer").get(path), http.StatusOK, secret) // also after somebody else got the engine's answer without
}
