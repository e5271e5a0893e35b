package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestEveryRouteSignedOut(t *testing.T) {
	b := newBench(t)
	for _, r := range b.console.table() {
		w := b.send(request(r.method, example(r.path), url.Values{}))
		switch {
		case r.need == open && w.Code == http.StatusUnauthorized && r.path != "/signin":
			t.Errorf("%s %s asks for a session", r.method, r.path)
		case r.need != open && (w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), "Sign in")):
			t.Errorf("%s %s without a session: %d", r.method, r.path, w.Code)
		}
		if b.engine.listed.PageSize != 0 || b.runs.described != nil || b.engine.asked || b.batches.asked {
			t.Errorf("%s %s reached the engine without a session", r.method, r.path)
		}
	}
}

func TestEveryRouteSignedIn(t *testing.T) {
	for _, r := range newBench(t).console.table() {
		if strings.HasSuffix(r.path, "/live") {
			continue // which goes on: TestStream reads it
		}
		b := newBench(t).signIn()
		w := b.send(request(r.method, example(r.path), filled))
		form := r.method == http.MethodPost && w.Code == http.StatusBadRequest // which wants to be filled in
		if r.need != open && w.Code >= 400 && !form {
			t.Errorf("%s %s with a session: %d", r.method, r.path, w.Code)
		}
	}
}

// filled is a form that says enough for each route.
var filled = url.Values{"do": {"pause"}, "confirm": {"transfer-1"}, "start_to_close": {"1m"}}

// example fills a route's parameters in.
func example(path string) string {
	return strings.NewReplacer(":tenant", "default", ":namespace", "default", ":workflow", "transfer-1", ":run", someRun, ":name", "x", ":queue", "transfers", ":worker", "w", ":batch", "job", ":member", "x", ":group", "x", ":account", "x", ":key", "x", ":authority", "x").Replace(path)
}

func TestEveryRouteRefusesForeignPeersHostsAndPosts(t *testing.T) {
	b := newBench(t).signIn()
	for _, r := range append(b.console.table(), route{method: http.MethodGet, path: "/nowhere"}) {
		refused := func(why string, want int, change func(*http.Request)) {
			req := request(r.method, example(r.path), url.Values{})
			change(req)
			if w := b.send(req); w.Code != want {
				t.Errorf("%s %s from %s: %d, want %d", r.method, r.path, why, w.Code, want)
			}
		}
		for _, peer := range []string{"192.0.2.1:5", "[2001:db8::1]:5", "10.0.0.1:5", "", "@"} {
			refused("peer "+peer, http.StatusForbidden, func(r *http.Request) { r.RemoteAddr = peer })
		}
		for _, host := range []string{"evil.example", "evil.example:8233", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:8233.evil.example", "tenuto:8233", ""} {
			refused("host "+host, http.StatusMisdirectedRequest, func(r *http.Request) { r.Host = host })
		}
		if r.method != http.MethodPost {
			continue
		}
		for _, site := range []string{"cross-site", "same-site", "nonsense"} {
			refused("site "+site, http.StatusForbidden, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", site) })
		}
		for _, origin := range []string{"http://evil.example", "null", "http://127.0.0.1:9999"} {
			refused("origin "+origin, http.StatusForbidden, func(r *http.Request) {
				r.Header.Del("Sec-Fetch-Site")
				r.Header.Set("Origin", origin)
			})
		}
	}
	if w := b.get("/"); w.Code != http.StatusFound {
		t.Fatalf("a refused request changed the session: %d", w.Code)
	}
	if len(b.printed) != 0 {
		t.Fatal("a refused request printed a link")
	}
}

func TestOwnNamesAreAccepted(t *testing.T) {
	b := newBench(t).signIn()
	for _, host := range []string{"127.0.0.1:8233", "localhost:8233", "[::1]:8233"} {
		for _, peer := range []string{"127.0.0.1:5", "127.9.9.9:5", "[::1]:5", "[::ffff:127.0.0.1]:5"} {
			r := request(http.MethodGet, "/", nil)
			r.Host, r.RemoteAddr = host, peer
			if w := b.send(r); w.Code != http.StatusFound {
				t.Errorf("host %s, peer %s: %d", host, peer, w.Code)
			}
		}
	}
}

func TestHostsOfTheDefaultPort(t *testing.T) {
	hosts, err := ownHosts("127.0.0.1:80")
	if err != nil || !hosts["localhost"] || !hosts["127.0.0.1:80"] || hosts["evil.example"] {
		t.Fatalf("%v, %v", hosts, err)
	}
	if hosts, err := ownHosts(":8233"); err != nil || hosts[":8233"] || hosts[""] {
		t.Fatalf("%v, %v", hosts, err)
	}
	if _, err := ownHosts("127.0.0.1"); err == nil {
		t.Fatal("an address without a port was accepted")
	}
}

// No request that is safe by its method changes anything: no session begins or ends, no link is printed or used up.
func TestGetChangesNothing(t *testing.T) {
	b := newBench(t).signIn()
	token := tokenOf(t, b.console.SignInURL())
	for _, path := range []string{"/signout", "/signin/link", "/signin?token=" + token, "/signin"} {
		b.get(path)
	}
	if w := b.get("/"); w.Code != http.StatusFound || len(b.printed) != 0 {
		t.Fatalf("GET changed something: %d, printed %v", w.Code, b.printed)
	}
	if !b.terminal().links.live(token) {
		t.Fatal("GET used the link up")
	}
}

func TestSecurityHeaders(t *testing.T) {
	b := newBench(t).signIn()
	for _, path := range []string{"/signin", "/nowhere", "/t/default/ns/default/workflows", "/t/default/ns/default/workflows/a/" + someRun} {
		h := b.get(path).Header()
		csp := h.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || !strings.Contains(csp, "; script-src 'self'; connect-src 'self';") {
			t.Errorf("%s: policy %q", path, csp)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", path, name, h.Get(name), want)
			}
		}
		if h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s lets other origins read it", path)
		}
	}
}
