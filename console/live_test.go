package console

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/tenants"
)

// stream is a page's events, read by a browser's session.
func (g *guest) stream(s *httptest.Server, path string, change ...func(*http.Request)) *bufio.Scanner {
	g.t.Helper()
	r, err := http.NewRequestWithContext(g.t.Context(), http.MethodGet, s.URL+path, nil)
	must(g.t, err)
	r.Host = "console.example"
	for name, value := range g.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	for _, f := range change {
		f(r)
	}
	resp, err := s.Client().Do(r)
	must(g.t, err)
	g.t.Cleanup(func() { _ = resp.Body.Close() })
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" {
		g.t.Fatalf("%s: %d %v", path, resp.StatusCode, resp.Header)
	}
	lines := bufio.NewScanner(resp.Body)
	if !lines.Scan() || lines.Text() != ":" {
		g.t.Fatalf("%s begins with %q", path, lines.Text())
	}
	return lines
}

// ended waits for the end of a stream and returns what it said last.
func ended(lines *bufio.Scanner) string {
	last := ""
	for lines.Scan() {
		if lines.Text() != "" {
			last += lines.Text() + "\n"
		}
	}
	return last
}

// Each of these has a stream end, with a word for the page, within the second that is promised, also when another node made the change.
func TestStreams(t *testing.T) {
	l := newLobby(t)
	s := httptest.NewUnstartedServer(l.console.Handler())
	s.Config.ReadTimeout = 50 * time.Millisecond // shorter than the streams live
	s.Start()
	t.Cleanup(s.Close)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- l.access.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done })
	far := tenants.NewAccess(tenants.AccessConfig{Registry: l.access.Registry, Now: l.clock.read}) // whose changes this node hears of by looking
	for name, end := range map[string]func(g *guest, h tenants.Holder) error{
		"signed out": func(g *guest, _ tenants.Holder) error {
			_, err := l.desk.End(t.Context(), g.cookies[sessionCookie])
			return err
		},
		"ended afar": func(g *guest, _ tenants.Holder) error {
			v, err := l.desk.Look(t.Context(), g.cookies[sessionCookie])
			must(t, err)
			return far.EndSession(t.Context(), v.Session.Hash, tenants.Ended)
		},
		"expelled":     func(_ *guest, h tenants.Holder) error { return far.Expel(t.Context(), l.acme.ID, h.ID) },
		"role is gone": func(_ *guest, h tenants.Holder) error { return l.takeAll(far, h) },
		"disabled": func(_ *guest, h tenants.Holder) error {
			p, _, err := far.PersonByID(t.Context(), h.ID)
			must(t, err)
			return far.Disable(t.Context(), p, true)
		},
	} {
		h := l.person(name)
		must(t, role(tenants.Auditor)(l, h))
		g := l.guest().enter(name)
		lines := g.stream(s, "/t/acme/ns/bank.acme/live")
		must(t, end(g, h))
		began := time.Now()
		if last := ended(lines); !strings.HasSuffix(last, "event: end\ndata:\n") {
			t.Errorf("%s: ended with %q", name, last)
		}
		if took := time.Since(began); took > tenants.PollEvery+3*time.Second { // a busy machine has time to look
			t.Errorf("%s: ended after %v", name, took)
		}
	}
}

// takeAll takes back every grant that somebody has.
func (l *lobby) takeAll(a *tenants.Access, h tenants.Holder) error {
	_, all, err := a.RightsOf(l.t.Context(), h, nil)
	for _, r := range all {
		if err == nil {
			err = a.TakeBack(l.t.Context(), r.Tenant, r.ID)
		}
	}
	return err
}

// What changes for others ends no stream, and who may not see a page gets no stream of it.
func TestStreamsOfOthers(t *testing.T) {
	l := newLobby(t)
	s := httptest.NewServer(l.console.Handler())
	t.Cleanup(s.Close)
	h := l.person("ada")
	must(t, role(tenants.Auditor)(l, h))
	g := l.guest().enter("ada")
	lines := g.stream(s, "/live")
	_, err := l.access.CreateAccount(t.Context(), l.acme.ID, "robot")
	must(t, err)
	for lines.Scan() && lines.Text() == "" {
	}
	if lines.Text() != ":" {
		t.Fatalf("after a change of others: %q", lines.Text())
	}
	answered(t, l.guest().get("/live"), http.StatusUnauthorized)
	answered(t, g.get("/t/globex/ns/bank.globex/live"), http.StatusNotFound)
	l.person("eve")
	answered(t, l.guest().enter("eve").get("/t/acme/ns/bank.acme/live"), http.StatusForbidden)
}

// A page of a tenant ends with what its reader had to be to see it, and not before.
func TestStreamsOfTenants(t *testing.T) {
	l := newLobby(t)
	s := httptest.NewServer(l.console.Handler())
	t.Cleanup(s.Close)
	op, ada := l.person("op"), l.person("ada")
	must(t, role(tenants.Operator)(l, op))
	must(t, role(tenants.Auditor)(l, ada))
	operator, auditor := l.guest().enter("op").stream(s, "/operator/live"), l.guest().enter("ada")
	log, member := auditor.stream(s, "/t/acme/audit/live"), auditor.stream(s, "/t/acme/live")

	must(t, l.takeAll(l.access, ada))
	if last := ended(log); !strings.HasSuffix(last, "event: end\ndata:\n") {
		t.Errorf("the log of somebody who is no auditor any more: %q", last)
	}
	answered(t, auditor.get("/t/acme"), http.StatusOK) // who is a member still
	must(t, l.access.Expel(t.Context(), l.acme.ID, ada.ID))
	if last := ended(member); !strings.HasSuffix(last, "event: end\ndata:\n") {
		t.Errorf("the tenant of somebody who belongs there no more: %q", last)
	}
	must(t, l.access.Expel(t.Context(), l.acme.ID, op.ID)) // which takes nothing from an operator
	p, _, err := l.access.PersonByID(t.Context(), op.ID)
	must(t, err)
	must(t, l.access.Disable(t.Context(), p, true))
	if last := ended(operator); !strings.HasSuffix(last, "event: end\ndata:\n") {
		t.Errorf("the installation of somebody who is shut out: %q", last)
	}
	for _, target := range []string{"/operator/live", "/t/acme/audit/live"} {
		l.person("eve")
		answered(t, l.guest().enter("eve").get(target), http.StatusForbidden)
	}
}

// A stream of a page whose numbers always change says so at every beat, and a request that a page makes by itself keeps no session alive.
func TestPulse(t *testing.T) {
	l := newLobby(t)
	s := httptest.NewServer(l.console.Handler())
	t.Cleanup(s.Close)
	must(t, role(tenants.Auditor)(l, l.person("ada")))
	g := l.guest().enter("ada")
	lines := g.stream(s, "/t/acme/ns/bank.acme/pulse/live")
	_, err := l.access.CreateAccount(t.Context(), l.acme.ID, "robot") // which has streams look before their next beat
	must(t, err)
	for lines.Scan() && lines.Text() == "" {
	}
	if lines.Text() != "event: changed" {
		t.Fatalf("the second line says %q", lines.Text())
	}
	seen := func() time.Time {
		v, err := l.desk.Look(t.Context(), g.cookies[sessionCookie])
		must(t, err)
		return v.Session.Seen
	}
	before := seen()
	l.clock.advance(10 * time.Minute)
	answered(t, g.send(http.MethodGet, "/t/acme/ns/bank.acme/queues", nil, func(r *http.Request) { r.Header.Set(unattended, "true") }), http.StatusOK)
	if at := seen(); !at.Equal(before) {
		t.Errorf("used at %v, before that at %v", at, before)
	}
	answered(t, g.get("/t/acme/ns/bank.acme/queues"), http.StatusOK)
	if at := seen(); !at.After(before) {
		t.Errorf("used at %v, before that at %v", at, before)
	}
}
