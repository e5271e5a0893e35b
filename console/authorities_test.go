package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/tenantstest"
)

func TestAuthoritiesAreSetAndRemoved(t *testing.T) {
	l := newLobby(t)
	g := l.as("boss", tenants.Administrator)
	const list = "/t/acme/authorities"
	answered(t, g.get(list), http.StatusOK, "No authority yet", "does not encrypt")
	ca := tenantstest.NewCA(t, "workers of acme & co", l.clock.read())
	form := url.Values{
		"namespace": {"bank.acme"}, "name": {"day & night"}, "permissions": {"worker", "read"}, "certificate": {string(ca.PEM)},
		"filters": {"cn=worker-*,ou=payments\r\n\r\n  san=*.acme.example  \r\n"},
	}
	leads(t, g.post(list, form), list+"?done=authority")
	answered(t, g.get(list), http.StatusOK, "day &amp; night", "CN=workers of acme &amp; co", "cn=worker-*,ou=payments or san=*.acme.example", "worker, read", "bank.acme")

	form.Set("filters", "cn=a\nserial=7")
	answered(t, g.post(list, form), http.StatusBadRequest, "Only clients of: filter &#34;serial=7&#34;", "day &amp; night")
	form.Set("filters", "")
	form.Set("certificate", "none")
	answered(t, g.post(list, form), http.StatusBadRequest, `role="alert"`, ">none</textarea>")
	form.Set("namespace", "loans.other")
	answered(t, g.post(list, form), http.StatusNotFound, `role="alert"`)

	answered(t, l.as("looks", tenants.Auditor).get(list), http.StatusOK, "day &amp; night")
	if page := l.guest().enter("looks").get(list).Body.String(); strings.Contains(page, "<form class") {
		t.Error("an auditor is offered to change something")
	}

	id := found(t, g.get(list).Body.String(), `/t/acme/authorities/([^/"]+)/remove`)
	one := list + "/" + id + "/remove"
	answered(t, g.post(one, url.Values{"name": {"day & night"}, "confirm": {"day"}}), http.StatusBadRequest, "Type the name day &amp; night to confirm.")
	leads(t, g.post(one, url.Values{"name": {"day & night"}, "confirm": {"day & night"}}), list+"?done=unauthorised")
	answered(t, g.get(list), http.StatusOK, "No authority yet")
	answered(t, g.post(one, url.Values{"name": {"x"}, "confirm": {"x"}}), http.StatusNotFound, `role="alert"`)
}
