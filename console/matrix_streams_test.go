package console

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/tenants"
)

// wantsStream is the exact status of each route that has no end; 0: it is none that is expected.
func (s standing) wantsStream(path string, foreign bool) int {
	is, ok := rolesOfStandings[s.name]
	if !ok {
		is = tenants.Member
	}
	switch path {
	case "/live":
		return http.StatusOK
	case "/operator/live":
		if s.all {
			return http.StatusOK
		}
		return http.StatusForbidden
	case "/t/:tenant/live":
		return s.inTenant(foreign, true, http.StatusOK)
	case "/t/:tenant/audit/live":
		return s.inTenant(foreign, is >= tenants.Auditor, http.StatusOK)
	case "/t/:tenant/ns/:namespace/live", "/t/:tenant/ns/:namespace/pulse/live":
		return s.inTenant(foreign, s.reads, http.StatusOK)
	}
	return 0
}

// Every stream, everybody, in the own tenant and in another one; without a session, nobody. A stream that is not in the table of expectations fails.
func TestMatrixOfStreams(t *testing.T) {
	l := newLobby(t)
	s := httptest.NewServer(l.console.Handler())
	t.Cleanup(s.Close)
	for _, st := range standings {
		must(t, st.give(l, l.person(st.name)))
		l.clock.advance(time.Second) // sign-ins are paced
		g := l.guest().enter(st.name)
		for _, tenant := range []string{"acme", "globex"} {
			for _, r := range l.console.table() {
				if !strings.HasSuffix(r.path, "/live") {
					continue // TestMatrix
				}
				path := strings.NewReplacer(":tenant", tenant, ":namespace", "bank."+tenant).Replace(r.path)
				if got, want := g.answer(s, path), st.wantsStream(r.path, tenant == "globex"); got != want {
					t.Errorf("%s, %s of %s: %d, want %d", st.name, r.path, tenant, got, want)
				}
				if got := l.guest().answer(s, path); got != http.StatusUnauthorized {
					t.Errorf("signed out, %s: %d", path, got)
				}
			}
		}
	}
}

// answer is how a stream begins. It is left at once.
func (g *guest) answer(s *httptest.Server, path string) int {
	g.t.Helper()
	ctx, leave := context.WithCancel(g.t.Context())
	defer leave()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path, nil)
	must(g.t, err)
	r.Host = "console.example"
	for name, value := range g.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	resp, err := s.Client().Do(r)
	must(g.t, err)
	must(g.t, resp.Body.Close())
	return resp.StatusCode
}
