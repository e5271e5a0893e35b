package signin_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/oidc"
	"github.com/tenuto-io/tenuto/tenants/oidc/oidctest"
	"github.com/tenuto-io/tenuto/tenants/signin"
	"github.com/tenuto-io/tenuto/tenants/sqlite"
)

// within has the provider say that the next sign-in is in that session of its own.
func (h *hall) within(session string) signin.Entry {
	h.t.Helper()
	h.provider.Set(func(s *oidctest.Saying) { s.Claims["sid"] = session })
	return h.enter()
}

func (h *hall) logout(claims map[string]any) error {
	ended, err := h.LoggedOut(h.t.Context(), "corp", h.provider.LogoutToken("logout+jwt", claims))
	h.GiveBack(h.t.Context(), ended)
	return err
}

func TestLogoutEndsWhatItNames(t *testing.T) {
	h := newHall(t)
	first, second := h.within("s1"), h.within("s2")
	epoch := h.access.Epoch()
	must(t, h.logout(map[string]any{"sid": "s1", "sub": "ada"}))
	h.over(first.ID)
	if epoch.Err() == nil {
		t.Error("open pages are not told")
	}
	h.who(second.ID)
	same(t, "given back", len(h.provider.Revoked), 1)
	must(t, h.logout(map[string]any{"sid": "s2", "sub": "eve"})) // not hers
	h.who(second.ID)
	must(t, h.logout(map[string]any{"sub": "eve"}))
	h.who(second.ID)
	third := h.within("s3")
	must(t, h.logout(map[string]any{"sub": "ada"})) // all of them
	h.over(second.ID)
	h.over(third.ID)
	must(t, h.logout(map[string]any{"sid": "s3"})) // there is none any more, which is well
}

// A logout that comes between the provider's answer and the session that it would begin: nobody is in.
func TestLogoutDuringASignIn(t *testing.T) {
	h := newHall(t)
	h.provider.Set(func(s *oidctest.Saying) { s.Claims["sid"] = "s1" })
	a := h.begin(signin.Wish{})
	must(t, h.logout(map[string]any{"sid": "s1"}))
	if _, err := h.Finish(t.Context(), a); !errors.Is(err, oidc.ErrDenied) {
		t.Fatal(err)
	}
	if h.dump("session") != "" {
		t.Error("there is a session")
	}
	h.within("s2")
}

func TestLogoutsThatDoNotCount(t *testing.T) {
	h := newHall(t)
	e := h.within("s1")
	refused := func(provider, token string, want error) {
		t.Helper()
		if _, err := h.LoggedOut(t.Context(), provider, token); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
		h.who(e.ID)
	}
	named := map[string]any{"sub": "ada", "jti": "m1"}
	must(t, h.logout(map[string]any{"sub": "eve", "jti": "m1"}))
	refused("corp", h.provider.LogoutToken("logout+jwt", named), signin.ErrReplayed)
	refused("nobody", h.provider.LogoutToken("logout+jwt", nil), signin.ErrNoProvider)
	refused("corp", "", oidc.ErrUntrusted)
	refused("corp", h.provider.LogoutToken("logout+jwt", map[string]any{"sub": "ada", "nonce": "n"}), oidc.ErrUntrusted)
	same(t, "recorded", strings.Count(h.clerk.take(), "session.end provider:corp Unauthenticated nobody"), 3)
	if _, err := h.LoggedOut(t.Context(), "second", h.provider.LogoutToken("logout+jwt", map[string]any{"sub": "ada"})); err != nil {
		t.Error(err)
	}
	h.who(e.ID) // which another provider of the configuration began
	for range 60 {
		_, err := h.LoggedOut(t.Context(), "corp", "rubbish")
		if errors.Is(err, signin.ErrBusy) {
			return
		}
	}
	t.Error("strangers may have the provider asked without end")
}

// What a provider tells ends a session on every node, and is recorded as the provider's doing.
func TestLogoutOnEveryNode(t *testing.T) {
	h := newHall(t)
	e := h.within("s1")
	far := h.desk(tenants.NewAccess(tenants.AccessConfig{Registry: sqlite.NewRegistry(h.db.Write, h.db.Read), Now: h.clock.now}), secret)
	if _, err := far.LoggedOut(t.Context(), "corp", h.provider.LogoutToken("logout+jwt", map[string]any{"sid": "s1"})); err != nil {
		t.Fatal(err)
	}
	h.over(e.ID)
	if got := h.ends(); !slices.Equal(got, []string{"provider:corp: signed out at the provider"}) {
		t.Errorf("recorded %q", got)
	}
}
