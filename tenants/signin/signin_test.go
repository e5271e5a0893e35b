package signin_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/oidc"
	"github.com/tenuto-io/tenuto/tenants/oidc/oidctest"
	"github.com/tenuto-io/tenuto/tenants/signin"
)

func TestSignIn(t *testing.T) {
	h := newHall(t)
	h.groups("dev", "unmapped")
	e := h.enter()
	v := h.who(e.ID)
	same(t, "role", v.Role(h.acme.ID), tenants.Developer)
	same(t, "goes on to", e.Return, "/t/acme")
	same(t, "session id's length", len(e.ID), 43) // 256 bits
	same(t, "name", v.Name, "Ada")
	same(t, "kind", v.Credential.Kind, tenants.SessionCredential)
	same(t, "address and agent", v.Session.Address+" "+v.Session.Agent, "10.0.0.1 Firefox")
	if v.Operates() || v.Knows(tenants.DefaultTenant) {
		t.Fatal("somebody with one group has more")
	}
}

func TestNobodyIsOperatorForBeingFirst(t *testing.T) {
	h := newHall(t)
	v := h.who(h.enter().ID)
	if tenants, names, everywhere := v.Reach(); everywhere || len(tenants)+len(names) > 0 {
		t.Fatalf("reaches %v, %v", tenants, names)
	}
}

func TestAnAnswerCountsOnce(t *testing.T) {
	h := newHall(t)
	a := h.begin(signin.Wish{})
	var entered atomic.Int32
	var g errgroup.Group
	for range 4 {
		g.Go(func() error {
			_, err := h.Finish(t.Context(), a)
			if err == nil {
				entered.Add(1)
				return nil
			}
			if !errors.Is(err, signin.ErrNoAttempt) {
				return err
			}
			return nil
		})
	}
	must(t, g.Wait())
	same(t, "sessions", entered.Load(), 1)
}

func TestAnswersThatDoNotCount(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*hall, *signin.Answer)
		want   error
	}{
		"another state":      {func(_ *hall, a *signin.Answer) { a.State += "x" }, signin.ErrNoAttempt},
		"no state":           {func(_ *hall, a *signin.Answer) { a.State = "" }, signin.ErrNoAttempt},
		"another browser":    {func(_ *hall, a *signin.Answer) { a.Browser = "stolen" }, signin.ErrNoAttempt},
		"no browser":         {func(_ *hall, a *signin.Answer) { a.Browser = "" }, signin.ErrNoAttempt},
		"another provider":   {func(_ *hall, a *signin.Answer) { a.Provider = "second" }, signin.ErrNoAttempt},
		"too late":           {func(h *hall, _ *signin.Answer) { h.clock.advance(signin.AttemptLife) }, signin.ErrNoAttempt},
		"another code":       {func(_ *hall, a *signin.Answer) { a.Code = "guessed" }, oidc.ErrDenied},
		"no code":            {func(_ *hall, a *signin.Answer) { a.Code = "" }, oidc.ErrDenied},
		"refused":            {func(_ *hall, a *signin.Answer) { a.Error = "access_denied" }, oidc.ErrDenied},
		"another issuer":     {func(_ *hall, a *signin.Answer) { a.Issuer = "https://evil.example" }, oidc.ErrUntrusted},
		"wrong nonce":        {func(h *hall, _ *signin.Answer) { h.lie("nonce", "another") }, oidc.ErrUntrusted},
		"wrong audience":     {func(h *hall, _ *signin.Answer) { h.lie("aud", "another") }, oidc.ErrUntrusted},
		"provider gone":      {func(h *hall, _ *signin.Answer) { h.provider.Close() }, oidc.ErrUnreachable},
		"somebody's attempt": {func(h *hall, a *signin.Answer) { a.State = h.begin(signin.Wish{}).State }, signin.ErrNoAttempt},
	} {
		h := newHall(t)
		a := h.begin(signin.Wish{})
		c.change(h, &a)
		if _, err := h.Finish(t.Context(), a); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func (h *hall) lie(claim, value string) {
	h.provider.Set(func(s *oidctest.Saying) { s.Claims[claim] = value })
}

// A person may begin in two windows of one browser, and finish both.
func TestTwoWindows(t *testing.T) {
	h := newHall(t)
	a := h.begin(signin.Wish{})
	b := h.begin(signin.Wish{Browser: a.Browser})
	same(t, "browser", b.Browser, a.Browser)
	for _, each := range []signin.Answer{a, b} {
		if _, err := h.Finish(t.Context(), each); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSigningInAgainEndsTheOldSession(t *testing.T) {
	h := newHall(t)
	old := h.enter()
	a := h.begin(signin.Wish{})
	a.Old = old.ID
	e, err := h.Finish(t.Context(), a)
	must(t, err)
	if e.ID == old.ID {
		t.Fatal("the id was not rotated")
	}
	h.over(old.ID)
	h.who(e.ID)
	same(t, "refresh tokens given back", len(h.provider.Revoked), 1)
}

// over demands that a session is over.
func (h *hall) over(id string) {
	h.t.Helper()
	if _, err := h.Who(h.t.Context(), id); !errors.Is(err, signin.ErrNoSession) {
		h.t.Fatalf("the session goes on: %v", err)
	}
}

func TestWhereToGoOn(t *testing.T) {
	h := newHall(t)
	for path, want := range map[string]string{
		"/t/acme/ns/a.acme/workflows?query=a%20b": "/t/acme/ns/a.acme/workflows?query=a%20b", "": "/", "//evil.example/": "/", "https://evil.example/": "/", `/\evil.example`: "/",
		"/\t/evil.example": "/", "javascript:alert(1)": "/", "t/acme": "/", "/%2F/evil": "/%2F/evil", "/" + strings.Repeat("a", 2000): "/", "/\x00": "/",
	} {
		e, err := h.Finish(t.Context(), h.begin(signin.Wish{Return: path}))
		must(t, err)
		same(t, path, e.Return, want)
	}
}

func TestUnknownProvider(t *testing.T) {
	h := newHall(t)
	if _, err := h.Begin(t.Context(), signin.Wish{Provider: "nobody"}); !errors.Is(err, signin.ErrNoProvider) {
		t.Fatal(err)
	}
}

// What is stored lets nobody in: ids, states and links as hashes, tokens of the provider encrypted for their row alone.
func TestNothingStoredLetsAnybodyIn(t *testing.T) {
	h := newHall(t)
	link, err := h.SetupLink(t.Context(), false)
	must(t, err)
	a := h.begin(signin.Wish{})
	b := h.begin(signin.Wish{})
	e, err := h.Finish(t.Context(), b)
	must(t, err)
	dump := h.dump("session", "sign_in", "setup_link")
	for name, s := range map[string]string{"session id": e.ID, "state": a.State, "browser": a.Browser, "link": link, "refresh token": "refresh-"} {
		if strings.Contains(dump, s) || strings.Contains(h.log.String(), s) {
			t.Errorf("the %s is stored or logged in the clear", name)
		}
	}
	if _, err := h.db.Write.ExecContext(t.Context(), `UPDATE session SET refresh = (SELECT secret FROM sign_in LIMIT 1)`); err != nil {
		t.Fatal(err)
	}
	h.clock.advance(signin.RefreshEvery)
	h.over(e.ID) // a secret of another row cannot be opened
}

// dump is everything in some tables.
func (h *hall) dump(tables ...string) string {
	h.t.Helper()
	var b strings.Builder
	for _, table := range tables {
		rows, err := h.db.Read.QueryContext(h.t.Context(), `SELECT * FROM `+table)
		must(h.t, err)
		names, err := rows.Columns()
		must(h.t, err)
		for rows.Next() {
			values := make([]any, len(names))
			for i := range values {
				values[i] = new([]byte)
			}
			must(h.t, rows.Scan(values...))
			for _, v := range values {
				b.Write(*v.(*[]byte))
				b.WriteByte('\n')
			}
		}
		must(h.t, rows.Err())
	}
	return b.String()
}

func TestShortSecret(t *testing.T) {
	if _, err := signin.New(signin.Config{Secret: []byte("short")}); err == nil {
		t.Fatal("a short secret was taken")
	}
}

func TestRunDeletesWhatIsOver(t *testing.T) {
	h := newHall(t)
	e := h.enter()
	h.clock.advance(signin.Absolute)
	must(t, h.Sweep(t.Context()))
	if h.dump("session") != "" {
		t.Fatal("a session that is over is kept")
	}
	h.over(e.ID)
	h.clock.advance(time.Second)
}

// Anybody may begin a sign-in, so no more are stored than a node can bear, and what has expired goes.
func TestSignInsArePaced(t *testing.T) {
	h := newHall(t)
	begun := 0
	for range 60 {
		_, err := h.Begin(t.Context(), signin.Wish{Provider: "corp"})
		if err == nil {
			begun++
		} else if !errors.Is(err, signin.ErrBusy) {
			t.Fatal(err)
		}
	}
	same(t, "begun in one second", begun, 50)
	h.clock.advance(signin.AttemptLife)
	h.begin(signin.Wish{})
	same(t, "kept", strings.Count(h.dump("sign_in"), "corp"), 1)
}
