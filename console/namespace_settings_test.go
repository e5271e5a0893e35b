package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/tenants"
)

func TestNamespacesAreSetByHand(t *testing.T) {
	l := newLobby(t)
	g := l.as("boss", tenants.Administrator)
	leads(t, g.post("/t/acme/namespaces", url.Values{"name": {"loans"}, "retention": {"3"}, "description": {"Loans & credits"}}), "/t/acme/ns/loans.acme/settings?done=founded")
	const one = "/t/acme/ns/loans.acme/settings"
	answered(t, g.get(one), http.StatusOK, "Loans &amp; credits", `value="3"`, "Quotas are set by operators")
	answered(t, g.post("/t/acme/namespaces", url.Values{"name": {"loans"}}), http.StatusConflict, `value="loans"`, `role="alert"`)
	answered(t, g.post("/t/acme/namespaces", url.Values{"name": {"a b"}, "retention": {"soon"}}), http.StatusBadRequest, "is no number of days", `value="a b"`)

	form := url.Values{"description": {"Credits"}, "owner": {"ada@example.com"}, "retention": {"2.5"}, "protected": {"true"}, "audit": {"all"}}
	leads(t, g.post(one, form), one+"?done=saved")
	n, err := l.directory.Describe(t.Context(), "loans.acme")
	must(t, err)
	if n.Description != "Credits" || n.OwnerEmail != "ada@example.com" || time.Duration(n.Retention) != 60*time.Hour || !n.Protected || n.Audit != tenants.AuditAll {
		t.Errorf("stored %+v", n)
	}
	form.Set("description", "")
	form.Del("owner")
	leads(t, g.post(one, form), one+"?done=saved")
	if n, err = l.directory.Describe(t.Context(), "loans.acme"); err != nil || n.Description != "" || n.OwnerEmail != "ada@example.com" {
		t.Errorf("what was emptied is %q, what was not in the form is %q, %v", n.Description, n.OwnerEmail, err)
	}
	form.Set("codec", "https://codec.example")
	form.Set("codec_credentials", "true")
	leads(t, g.post(one, form), one+"?done=saved")
	if n, err = l.directory.Describe(t.Context(), "loans.acme"); err != nil || n.Codec != (tenants.Codec{Endpoint: "https://codec.example", Credentials: true}) {
		t.Errorf("the codec is %+v, %v", n.Codec, err)
	}
	form.Set("codec", "http://codec.example")
	answered(t, g.post(one, form), http.StatusBadRequest, "is neither https:// nor http:// on the reader&#39;s own machine", `value="http://codec.example"`)
	form.Del("codec")
	form.Del("codec_credentials")
	form.Set("retention", "0.1")
	answered(t, g.post(one, form), http.StatusBadRequest, `value="0.1"`)

	leads(t, g.post(one+"/suspension", url.Values{"suspended": {"true"}}), one+"?done=suspended")
	answered(t, g.get(one), http.StatusOK, "Resume")
	leads(t, g.post(one+"/suspension", url.Values{"suspended": {"false"}}), one+"?done=resumed")

	answered(t, g.post(one+"/deprecate", url.Values{"confirm": {"loans"}}), http.StatusBadRequest, "Type the name loans.acme to confirm.")
	leads(t, g.post(one+"/deprecate", url.Values{"confirm": {"loans.acme"}}), one+"?done=deprecated")
	answered(t, g.get(one), http.StatusOK, ">deprecated<", "The namespace is deprecated already.")

	leads(t, g.post(one+"/attributes", url.Values{"name": {"Branch"}, "type": {"Keyword"}}), one+"?done=defined")
	answered(t, g.post(one+"/attributes", url.Values{"name": {"Branch"}, "type": {"Int"}}), http.StatusConflict, "already exists", `value="Branch"`)
	leads(t, g.post(one+"/attributes/remove", url.Values{"name": {"Branch"}}), one+"?done=undefined")
	answered(t, g.post(one+"/attributes/remove", url.Values{"name": {"Branch"}}), http.StatusNotFound, `role="alert"`)

	quota := url.Values{"requests": {"100"}, "starts": {"10"}, "pollers": {""}, "open_runs": {"-1"}, "retained_bytes": {"1000000"}}
	answered(t, g.post(one+"/quota", quota), http.StatusForbidden, "Only operators of the installation")
	op := l.as("op", tenants.Operator)
	leads(t, op.post(one+"/quota", quota), one+"?done=quota")
	answered(t, g.get(one), http.StatusOK, "100 calls per second", "no bound", "default of the installation")
	quota.Set("starts", "many")
	answered(t, op.post(one+"/quota", quota), http.StatusBadRequest, "Starts: &#34;many&#34; is no whole number.")
}

func TestNamespacesAreDeletedWithProgress(t *testing.T) {
	l := newLobby(t)
	g := l.as("boss", tenants.Administrator)
	const one = "/t/acme/ns/bank.acme/settings"
	answered(t, g.post(one+"/delete", url.Values{"confirm": {"bank"}}), http.StatusBadRequest, "Type the name bank.acme to confirm.")
	protect := true
	_, err := l.directory.Update(t.Context(), "bank.acme", tenants.Change{Protected: &protect})
	must(t, err)
	answered(t, g.get(one), http.StatusOK, "Take the protection away first.")
	answered(t, g.post(one+"/delete", url.Values{"confirm": {"bank.acme"}}), http.StatusConflict, "protected from deletion")
	protect = false
	_, err = l.directory.Update(t.Context(), "bank.acme", tenants.Change{Protected: &protect})
	must(t, err)

	l.left[l.bank.ID] = 12345
	w := g.post(one+"/delete", url.Values{"confirm": {"bank.acme"}})
	to := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(to, "/t/acme/removals/bank.acme-deleted-") {
		t.Fatalf("%d to %q\n%s", w.Code, to, w.Body)
	}
	answered(t, g.get(to), http.StatusOK, "12\u202f345", `hx-trigger="every 2s"`)
	gone := strings.TrimPrefix(to, "/t/acme/removals/")
	answered(t, g.get("/t/acme"), http.StatusOK, "being deleted", gone)
	leads(t, g.get("/t/acme/ns/"+gone+"/settings"), to)
	must(t, l.directory.Remove(t.Context(), l.bank.ID))
	w = g.get(to)
	answered(t, w, http.StatusOK, "Nothing is left of it.")
	if strings.Contains(w.Body.String(), "hx-trigger") {
		t.Error("the page asks on about what is gone")
	}
	// Another tenant's looks like one that is gone, and one that is there has no such page.
	answered(t, g.get("/t/acme/removals/bank.globex"), http.StatusOK, "Nothing is left of it.")
	leads(t, g.post("/t/acme/namespaces", url.Values{"name": {"loans"}}), "/t/acme/ns/loans.acme/settings?done=founded")
	answered(t, g.get("/t/acme/removals/loans.acme"), http.StatusNotFound)
}

func TestTenantsAreSetAndDeleted(t *testing.T) {
	l := newLobby(t)
	a := l.as("boss", tenants.Administrator)
	leads(t, a.post("/t/acme/settings", url.Values{"title": {"Acme <Inc>"}}), "/t/acme/settings?done=saved")
	answered(t, a.get("/t/acme/settings"), http.StatusOK, "Acme &lt;Inc&gt;", "Only owners change this.", "Only operators of the installation change this.")
	answered(t, a.post("/t/acme/settings", url.Values{"title": {"Acme"}, "protected": {"true"}}), http.StatusForbidden, "Only owners protect")
	o := l.as("owner", tenants.Owner)
	leads(t, o.post("/t/acme/settings", url.Values{"title": {"Acme"}, "protected": {"true"}}), "/t/acme/settings?done=saved")
	answered(t, o.get("/t/acme/settings"), http.StatusOK, "Take the protection away first.")
	answered(t, o.post("/t/acme/settings", url.Values{"title": {"Acme"}, "suspended": {"true"}}), http.StatusForbidden, "Only operators")
	op := l.as("op", tenants.Operator)
	leads(t, op.post("/t/globex/settings", url.Values{"title": {"Globex"}, "suspended": {"true"}, "audit_days": {"40"}}), "/t/globex/settings?done=saved")
	got, err := l.access.TenantNamed(t.Context(), "globex")
	must(t, err)
	if !got.Suspended || got.AuditDays != 40 || got.Title != "Globex" {
		t.Errorf("stored %+v", got)
	}
	answered(t, op.post("/t/globex/settings", url.Values{"title": {"Globex"}, "audit_days": {"99999999999"}}), http.StatusBadRequest, "Audit records stay")

	answered(t, op.post("/t/globex/delete", url.Values{"confirm": {"globex"}}), http.StatusConflict, `role="alert"`) // it has a namespace
	_, err = l.access.CreateTenant(t.Context(), "empty", "")
	must(t, err)
	answered(t, op.post("/t/empty/delete", nil), http.StatusBadRequest, "Type the name empty to confirm.")
	leads(t, op.post("/t/empty/delete", url.Values{"confirm": {"empty"}}), "/tenants")
	answered(t, op.get("/t/empty"), http.StatusNotFound)
}
