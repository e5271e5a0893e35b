package signin_test

import (
	"errors"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/oidc/oidctest"
	"github.com/tenuto-io/tenuto/tenants/signin"
)

func (h *hall) link(anyway bool) string {
	h.t.Helper()
	token, err := h.SetupLink(h.t.Context(), anyway)
	must(h.t, err)
	return token
}

func TestFirstAdministrator(t *testing.T) {
	h := newHall(t)
	token, second := h.link(false), h.link(false)
	must(t, h.LinkCounts(t.Context(), token))
	e, err := h.Finish(t.Context(), h.begin(signin.Wish{Link: token}))
	must(t, err)
	if !h.who(e.ID).Operates() {
		t.Fatal("the first administrator is none")
	}
	for _, used := range []string{token, second, h.link(false), "made up"} {
		if _, err := h.Begin(t.Context(), signin.Wish{Provider: "corp", Link: used}); !errors.Is(err, signin.ErrNoLink) {
			t.Errorf("%q: %v", used, err)
		}
	}
	h.provider.Set(func(s *oidctest.Saying) { s.Subject = "eve" })
	if h.who(h.enter().ID).Operates() {
		t.Fatal("the second is one, too")
	}
	e, err = h.Finish(t.Context(), h.begin(signin.Wish{Link: h.link(true)}))
	must(t, err)
	if !h.who(e.ID).Operates() {
		t.Fatal("somebody at the machine asked for it")
	}
}

func TestALinkExpires(t *testing.T) {
	h := newHall(t)
	token := h.link(false)
	h.clock.advance(signin.LinkLife)
	if err := h.LinkCounts(t.Context(), token); !errors.Is(err, signin.ErrNoLink) {
		t.Fatal(err)
	}
}

// A link that expires, or is used, while its browser is at the provider makes nobody an administrator, and signs nobody in.
func TestALinkCountsAtTheEnd(t *testing.T) {
	h := newHall(t)
	one, two := h.link(false), h.link(false)
	answers := []signin.Answer{h.begin(signin.Wish{Link: one}), h.begin(signin.Wish{Link: two}), h.begin(signin.Wish{Link: one})}
	var made atomic.Int32
	var g errgroup.Group
	for _, a := range answers {
		g.Go(func() error {
			_, err := h.Finish(t.Context(), a)
			if errors.Is(err, signin.ErrNoLink) {
				return nil
			}
			made.Add(1)
			return err
		})
	}
	must(t, g.Wait())
	same(t, "administrators", made.Load(), 1)
}

func TestAdministratorsOfTheConfiguration(t *testing.T) {
	h := newHall(t)
	ada, eve := tenants.Identity{Issuer: h.provider.URL, Subject: "ada"}, tenants.Identity{Issuer: h.provider.URL, Subject: "eve"}
	for range 2 {
		must(t, h.access.NameOperators(t.Context(), []tenants.Identity{ada, eve}))
	}
	has, err := h.access.HasOperator(t.Context())
	must(t, err)
	same(t, "has one", has, true)
	id := h.enter().ID
	same(t, "named", h.who(id).Operates(), true)
	must(t, h.access.NameOperators(t.Context(), []tenants.Identity{eve}))
	same(t, "named no more", h.who(id).Operates(), false)
	must(t, h.access.MakeOperator(t.Context(), h.who(id).Person, "somebody"))
	must(t, h.access.NameOperators(t.Context(), nil))
	same(t, "by somebody's word", h.who(id).Operates(), true)
}

// A key that may do everything is no person: the link is still there for the first administrator.
func TestKeysAreNoAdministrators(t *testing.T) {
	h := newHall(t)
	_, _, err := h.access.BreakGlass(t.Context(), "first", signin.LinkLife)
	must(t, err)
	must(t, h.LinkCounts(t.Context(), h.link(false)))
}
