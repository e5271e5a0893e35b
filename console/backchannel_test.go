package console

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/tenuto-io/tenuto/tenants/oidc/oidctest"
	"github.com/tenuto-io/tenuto/tenants/signin"
)

// A provider has no session, and its message is all that counts.
func TestProviderTellsOfALogout(t *testing.T) {
	l := newLobby(t)
	l.provider.Set(func(s *oidctest.Saying) { s.Claims["sid"] = "s1" })
	g := l.guest().enter("ada")
	told := l.provider.LogoutToken("logout+jwt", map[string]any{"sid": "s1"})
	const path = "/signin/corp/logout"
	server := func(r *http.Request) { r.Header.Del("Sec-Fetch-Site"); r.Header.Del("Origin") }
	form := url.Values{"logout_token": {told}}

	answered(t, l.guest().send(http.MethodPost, path+"?"+form.Encode(), url.Values{}, server), http.StatusBadRequest, "invalid_request") // addresses end up in logs
	answered(t, l.guest().send(http.MethodPost, path, form, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }), http.StatusForbidden)
	answered(t, l.guest().send(http.MethodPost, "/signin/nobody/logout", form, server), http.StatusNotFound, "invalid_request")
	answered(t, g.get(path), http.StatusMethodNotAllowed)
	answered(t, g.get("/profile"), http.StatusOK)

	w := l.guest().send(http.MethodPost, path, form, server)
	answered(t, w, http.StatusOK)
	if w.Body.Len() != 0 || w.Header().Get("Cache-Control") != "no-store" || len(w.Result().Cookies()) != 0 {
		t.Errorf("answered %q, %v", w.Body, w.Header())
	}
	answered(t, g.get("/profile"), http.StatusUnauthorized)
	if len(l.provider.Revoked) != 1 {
		t.Errorf("given back %q", l.provider.Revoked)
	}

	w = l.guest().send(http.MethodPost, path, form, server)
	answered(t, w, http.StatusBadRequest, "invalid_request", signin.ErrReplayed.Error())
	if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("answered %v", w.Header())
	}
	for range 60 {
		w = l.guest().send(http.MethodPost, path, url.Values{}, server)
	}
	answered(t, w, http.StatusTooManyRequests, "temporarily_unavailable")
}
