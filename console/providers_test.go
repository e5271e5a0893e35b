package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/oidc/oidctest"
	"github.com/tenuto-io/tenuto/tenants/signin"
)

func TestSignInByProvider(t *testing.T) {
	l := newLobby(t)
	l.developers("dev")
	g := l.guest()
	deep := "/t/acme/ns/bank.acme/workflows?query=WorkflowType+%3D+%22A%22"
	w := g.get(deep)
	answered(t, w, http.StatusUnauthorized, `action="/signin/corp"`, `value="/t/acme/ns/bank.acme/workflows?query=WorkflowType+%3D+%22A%22"`)
	g.provider.Set(func(s *oidctest.Saying) { s.Claims["groups"] = []string{"dev"} })
	leads(t, g.get(g.begin(url.Values{"return": {deep}})), deep)
	answered(t, g.get(deep), http.StatusOK, "Ada", "bank.acme")
	leads(t, g.get("/"), "/t/acme")
	answered(t, g.get("/t/acme"), http.StatusOK, "Acme &amp; Sons", "developer", "write, worker, read, payload:read")
	answered(t, g.get("/tenants"), http.StatusOK, "acme")
	if strings.Contains(g.get("/tenants").Body.String(), "globex") {
		t.Fatal("the list has a tenant that is not for this reader")
	}
}

func TestNothingMapped(t *testing.T) {
	l := newLobby(t)
	g := l.guest().enter("ada", "unmapped")
	answered(t, g.get("/"), http.StatusOK, "Dr. ada", "nobody has given you anything", l.provider.URL, "Sign out")
}

func TestFirstAdministratorLink(t *testing.T) {
	l := newLobby(t)
	token, err := l.desk.SetupLink(t.Context(), false)
	must(t, err)
	g := l.guest()
	for range 3 { // a preview, a prefetch, the person
		answered(t, g.get("/setup?token="+token), http.StatusOK, "administrator of the whole installation", `name="link" value="`+token+`"`)
	}
	leads(t, g.get(g.begin(url.Values{"link": {token}})), "/")
	leads(t, g.get("/"), "/t/default/ns/default/workflows")
	answered(t, g.get("/tenants"), http.StatusOK, "globex", "acme", "operator")
	answered(t, l.guest().get("/setup?token="+token), http.StatusForbidden, "does not count any more")
	answered(t, l.guest().post("/signin/corp", url.Values{"link": {token}}), http.StatusForbidden)
	if strings.Contains(l.log.String(), token) {
		t.Fatal("the token is in the log")
	}
}

func TestReturnsThatDoNotCount(t *testing.T) {
	l := newLobby(t)
	g := l.guest()
	back := g.begin(nil)
	stranger := l.guest()
	answered(t, stranger.get(back), http.StatusBadRequest, "not signed in")
	answered(t, g.get(back), http.StatusBadRequest) // the attempt is over with that
	back = g.begin(nil)
	leads(t, g.get(back), "/")
	old := g.cookies[sessionCookie]
	answered(t, g.get(back), http.StatusBadRequest, "over") // replayed
	if g.cookies[sessionCookie] != old {
		t.Fatal("a replay changed the session")
	}
	for claim, value := range map[string]string{"nonce": "another", "aud": "another", "iss": "https://evil.example"} {
		g := l.guest()
		back := g.begin(nil)
		l.provider.Set(func(s *oidctest.Saying) { s.Claims[claim] = value })
		answered(t, g.get(back), http.StatusForbidden, "cannot be trusted")
		l.provider.Set(func(s *oidctest.Saying) { delete(s.Claims, claim) })
		if g.cookies[sessionCookie] != "" {
			t.Errorf("wrong %s: a session", claim)
		}
	}
	answered(t, g.get("/signin/corp/return?error=access_denied&state=made-up"), http.StatusBadRequest)
	l.provider.Close()
	answered(t, l.guest().get("/signin/corp/return?"), http.StatusBadRequest)
}

func TestTamperedCookie(t *testing.T) {
	l := newLobby(t)
	g := l.guest().enter("ada")
	id := g.cookies[sessionCookie]
	for _, c := range []string{"", "x", id[:42], id + "A", strings.ToUpper(id), id[1:] + "A"} {
		g.cookies[sessionCookie] = c
		answered(t, g.get("/profile"), http.StatusUnauthorized)
	}
	g.cookies[sessionCookie] = id
	answered(t, g.get("/profile"), http.StatusOK)
	delete(g.cookies, sessionCookie)
	g.cookies["tenuto-session"] = id // a name that a neighbour on plain HTTP could set
	answered(t, g.get("/profile"), http.StatusUnauthorized)
}

func TestSignOutAtBothEnds(t *testing.T) {
	l := newLobby(t)
	g := l.guest().enter("ada")
	id := g.cookies[sessionCookie]
	answered(t, g.get("/signout"), http.StatusMethodNotAllowed)
	answered(t, g.get("/profile"), http.StatusOK)
	to := going(t, g.post("/signout", nil))
	if !strings.HasPrefix(to, l.provider.URL+"/end?") || !strings.Contains(to, url.QueryEscape(publicURL+"/signin?out")) {
		t.Fatalf("sent to %s", to)
	}
	if g.cookies[sessionCookie] != "" || len(l.provider.Revoked) != 1 {
		t.Fatalf("cookie %q, given back %q", g.cookies[sessionCookie], l.provider.Revoked)
	}
	g.cookies[sessionCookie] = id
	answered(t, g.get("/profile"), http.StatusUnauthorized)
	leads(t, g.post("/signout", nil), "/signin?out")
	answered(t, g.get("/signin?out"), http.StatusOK, "You are signed out")
}

func TestProfile(t *testing.T) {
	l := newLobby(t)
	l.developers("dev")
	h := l.person("ada")
	_, err := l.access.Permit(t.Context(), l.bank, h, tenants.Admin, "person:bob")
	must(t, err)
	other, g := l.guest().enter("ada", "dev"), l.guest().enter("ada", "dev")
	w := g.get("/profile")
	answered(t, w, http.StatusOK, "Sign out everywhere else", "Firefox", "192.0.2.7", "Corporate login", "developer", "as the identity provider has you in dev", "admin", "given to you by person:bob", "This one")
	all, err := l.desk.Sessions(t.Context(), h.ID)
	must(t, err)
	for _, id := range []string{g.cookies[sessionCookie], other.cookies[sessionCookie]} {
		if strings.Contains(w.Body.String(), id) {
			t.Fatal("the page has a session id")
		}
	}
	eve := l.guest().enter("eve")
	for _, s := range all {
		leads(t, eve.post("/profile/sessions/end", url.Values{"session": {s.Ref()}}), "/profile")
	}
	answered(t, other.get("/profile"), http.StatusOK) // which is not eve's to end
	leads(t, g.post("/profile/sessions/others", nil), "/profile")
	answered(t, other.get("/profile"), http.StatusUnauthorized)
	answered(t, g.get("/profile"), http.StatusOK)
	third := l.guest().enter("ada", "dev")
	v, err := l.desk.Look(t.Context(), third.cookies[sessionCookie])
	must(t, err)
	leads(t, g.post("/profile/sessions/end", url.Values{"session": {v.Session.Ref()}}), "/profile")
	answered(t, third.get("/profile"), http.StatusUnauthorized)
}

func TestSessionsEnd(t *testing.T) {
	l := newLobby(t)
	l.developers("dev")
	g := l.guest().enter("ada", "dev")
	answered(t, g.get("/t/acme"), http.StatusOK)
	l.provider.Set(func(s *oidctest.Saying) { s.Claims["groups"] = []string{} })
	l.clock.advance(signin.RefreshEvery)
	answered(t, g.get("/t/acme"), http.StatusNotFound) // the group is gone at the refresh
	answered(t, g.get("/profile"), http.StatusOK)
	l.clock.advance(signin.Idle)
	answered(t, g.get("/profile"), http.StatusUnauthorized, "Sign in")
	g = l.guest().enter("ada")
	p, _, err := l.access.PersonByIdentity(t.Context(), tenants.Identity{Issuer: l.provider.URL, Subject: "ada"})
	must(t, err)
	must(t, l.access.Disable(t.Context(), p, true))
	answered(t, g.get("/profile"), http.StatusUnauthorized)
	answered(t, g.get(g.begin(nil)), http.StatusForbidden, "disabled")
}

func TestProviderIsAway(t *testing.T) {
	l := newLobby(t)
	g := l.guest().enter("ada")
	l.provider.Set(func(s *oidctest.Saying) { s.Gone = true })
	l.clock.advance(signin.Vouched)
	answered(t, g.get("/profile"), http.StatusServiceUnavailable, "does not answer")
	back := g.begin(nil)
	answered(t, g.get(back), http.StatusServiceUnavailable, "cannot be reached")
}

// A console that people enter from everywhere answers to its own name only, and takes posts from its own pages only.
func TestProvidersGuard(t *testing.T) {
	l := newLobby(t)
	g := l.guest().enter("ada")
	for _, host := range []string{"evil.example", "console.example:443", "console.example.evil.example", "127.0.0.1", ""} {
		w := g.send(http.MethodGet, "/profile", nil, func(r *http.Request) { r.Host = host })
		answered(t, w, http.StatusMisdirectedRequest)
	}
	for _, path := range []string{"/signout", "/signin/corp", "/profile/sessions/others", "/profile/sessions/end"} {
		for _, site := range []string{"cross-site", "same-site"} {
			w := g.send(http.MethodPost, path, url.Values{}, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", site) })
			answered(t, w, http.StatusForbidden)
		}
		w := g.send(http.MethodPost, path, url.Values{}, func(r *http.Request) {
			r.Header.Del("Sec-Fetch-Site")
			r.Header.Set("Origin", "https://evil.example")
		})
		answered(t, w, http.StatusForbidden)
	}
	w := g.get("/profile")
	answered(t, w, http.StatusOK)
	csp := w.Header().Get("Content-Security-Policy")
	if !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || !strings.Contains(csp, "script-src 'self'; connect-src 'self'") {
		t.Fatalf("policy %q", csp)
	}
	if w.Header().Get("Strict-Transport-Security") == "" {
		t.Fatal("browsers may come back without TLS")
	}
}

// The state of nothing changes by what is safe by its method, but for the return of the browser that was sent.
func TestGetChangesNothingByProvider(t *testing.T) {
	l := newLobby(t)
	g := l.guest().enter("ada")
	pages := map[string]bool{}
	for _, r := range l.console.table() {
		pages[r.path] = pages[r.path] || r.method == http.MethodGet
	}
	for path, is := range pages {
		if !is {
			answered(t, g.get(strings.ReplaceAll(path, ":provider", "corp")), http.StatusMethodNotAllowed)
		}
	}
	answered(t, g.get("/profile"), http.StatusOK)
}

func TestUnknownWaysIn(t *testing.T) {
	l := newLobby(t)
	answered(t, l.guest().post("/signin/nobody", nil), http.StatusNotFound)
	answered(t, l.guest().get("/signin/nobody/return?state=x"), http.StatusBadRequest)
	if l.console.SignInURL() != "" {
		t.Fatal("a link to a terminal that is no way in")
	}
	if _, err := New(Config{Engine: l.engine, Namespaces: l.directory, Tenants: l.access, Desk: l.desk, URL: "no address", Logger: l.console.log}); err == nil {
		t.Fatal("a console without address")
	}
}

func TestHostAsBrowsersSayIt(t *testing.T) {
	for address, want := range map[string]string{
		"https://Console.Example": "console.example", "https://console.example:443/": "console.example", "http://127.0.0.1:80": "127.0.0.1", "https://console.example:8443": "console.example:8443",
		"https://[::1]:443": "[::1]", "https://console.example:80": "console.example:80",
	} {
		u, err := url.Parse(address)
		must(t, err)
		if got := hostOf(u); got != want {
			t.Errorf("%s: %q", address, got)
		}
	}
}
