package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/tenants"
)

// workers makes a service account of that name with a role, by hand.
func (g *guest) workers(name, role string) {
	g.t.Helper()
	leads(g.t, g.post("/t/acme/accounts", url.Values{"name": {name}}), "/t/acme/accounts/"+name+"?done=account")
	leads(g.t, g.post("/t/acme/grants", url.Values{"holder": {"account:" + name}, "role": {role}}), "/t/acme/accounts/"+name+"?done=given")
}

// opens tells whether a key's text lets somebody in.
func (l *lobby) opens(text string) bool {
	_, err := l.access.ByKey(l.t.Context(), text, nil)
	return err == nil
}

func TestAccountsAreSwitchedAndDeleted(t *testing.T) {
	l := newLobby(t)
	g := l.as("boss", tenants.Administrator)
	g.workers("settlement", "developer")
	answered(t, g.get("/t/acme/accounts"), http.StatusOK, "settlement", ">developer<", "active")
	secret := found(t, g.post("/t/acme/keys", url.Values{"holder": {"account:settlement"}, "name": {"k"}}).Body.String(), `id="secret">([^<]+)<`)
	if !l.opens(secret) {
		t.Fatal("the revealed key lets nobody in")
	}
	one := "/t/acme/accounts/settlement"
	leads(t, g.post(one+"/disabled", url.Values{"disabled": {"true"}}), one+"?done=disabled")
	if l.opens(secret) {
		t.Error("the key of a disabled account lets somebody in")
	}
	answered(t, g.get(one), http.StatusOK, "disabled", "Enable")
	answered(t, g.post(one+"/disabled", nil), http.StatusBadRequest, "does not say what to do")
	leads(t, g.post(one+"/disabled", url.Values{"disabled": {"false"}}), one+"?done=enabled")
	if !l.opens(secret) {
		t.Error("the key of an enabled account lets nobody in")
	}
	leads(t, g.post(one+"/delete", url.Values{"confirm": {"settlement"}}), "/t/acme/accounts?done=unaccounted")
	if l.opens(secret) {
		t.Error("the key of a deleted account lets somebody in")
	}
	answered(t, g.get(one), http.StatusNotFound)
}

func TestKeysLifeByHand(t *testing.T) {
	l := newLobby(t)
	g := l.as("boss", tenants.Administrator)
	g.workers("settlement", "developer")
	made := g.post("/t/acme/keys", url.Values{
		"holder": {"account:settlement"}, "name": {"nightly <run>"}, "days": {"30.5"}, "namespaces": {"bank.acme"}, "permissions": {"worker", "read"},
	})
	answered(t, made, http.StatusOK, "shows it again", "tenuto.example:7233", "bank.acme", "TLSDisabled: true", "tls=False", "setEnableHttps(false)", "--tls=false", "tls: false")
	if made.Header().Get("Cache-Control") != "no-store" {
		t.Error("a page with a secret may be stored")
	}
	secret := found(t, made.Body.String(), `id="secret">([^<]+)<`)
	p, err := l.access.ByKey(t.Context(), secret, nil)
	must(t, err)
	if got := p.In(&l.bank); got != tenants.Worker|tenants.Read {
		t.Errorf("the key may %v", got)
	}

	list := g.get("/t/acme/keys").Body.String()
	id := found(t, list, `/t/acme/keys/([^"]+)"><bdi>nightly &lt;run&gt;`)
	one := "/t/acme/keys/" + id
	if strings.Contains(list, secret) || strings.Contains(g.get(one).Body.String(), secret) {
		t.Fatal("a secret is shown twice")
	}
	answered(t, g.get(one), http.StatusOK, "worker, read in bank.acme", "in 30 d", "service account settlement")

	leads(t, g.post(one+"/disabled", url.Values{"disabled": {"true"}}), one+"?done=disabled")
	if l.opens(secret) {
		t.Error("a disabled key lets somebody in")
	}
	leads(t, g.post(one+"/disabled", url.Values{"disabled": {"false"}}), one+"?done=enabled")

	answered(t, g.post(one+"/rotate", url.Values{"hours": {"lots"}}), http.StatusBadRequest, "is no whole number")
	next := g.post(one+"/rotate", url.Values{"hours": {"2"}})
	answered(t, next, http.StatusOK, "shows it again")
	successor := found(t, next.Body.String(), `id="secret">([^<]+)<`)
	if !l.opens(secret) || !l.opens(successor) {
		t.Error("keys do not overlap")
	}
	l.clock.advance(3 * time.Hour)
	if l.opens(secret) || !l.opens(successor) {
		t.Error("the overlap does not end")
	}

	g = l.guest().enter("boss")
	answered(t, g.get(one), http.StatusOK, "expired", "nothing brings it back")
	heir := "/t/acme/keys/" + found(t, g.get("/t/acme/keys").Body.String(), `/t/acme/keys/([^"]+)"><bdi>nightly[^$]*?>active`)
	if heir == one {
		heir = "/t/acme/keys/" + found(t, next.Body.String(), `href="/t/acme/keys/([^"]+)">To the key`)
	}
	answered(t, g.post(heir+"/revoke", url.Values{"confirm": {"nightly"}}), http.StatusBadRequest, "to confirm")
	leads(t, g.post(heir+"/revoke", url.Values{"confirm": {strings.TrimPrefix(heir, "/t/acme/keys/")}}), heir+"?done=revoked")
	if l.opens(successor) {
		t.Error("a revoked key lets somebody in")
	}
}

// A member has keys of its own and does not learn of others'; an admin makes none in a person's name.
func TestMembersHaveKeysOfTheirOwn(t *testing.T) {
	l := newLobby(t)
	g := l.as("boss", tenants.Administrator)
	g.workers("settlement", "developer")
	answered(t, g.post("/t/acme/keys", url.Values{"holder": {"account:settlement"}, "name": {"theirs"}}), http.StatusOK)
	m := l.as("dev", tenants.Developer)
	answered(t, m.post("/t/acme/keys", url.Values{"holder": {""}, "name": {"mine"}}), http.StatusOK)
	list := m.get("/t/acme/keys").Body.String()
	if strings.Contains(list, "theirs") || !strings.Contains(list, "mine") || strings.Contains(list, "service account settlement") {
		t.Errorf("a developer sees\n%s", list)
	}
	answered(t, m.post("/t/acme/keys", url.Values{"holder": {"account:settlement"}, "name": {"stolen"}}), http.StatusForbidden, "Only owners and admins")
	one := "/t/acme/keys/" + found(t, list, `/t/acme/keys/([^"]+)"><bdi>mine`)
	answered(t, g.get(one), http.StatusOK, "made by that person alone")
	answered(t, g.post(one+"/rotate", url.Values{"hours": {"0"}}), http.StatusForbidden, "made by that person alone")
}
