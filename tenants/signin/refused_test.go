package signin_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
	"github.com/tenuto-io/tenuto/tenants/oidc/oidctest"
	"github.com/tenuto-io/tenuto/tenants/signin"
	"github.com/tenuto-io/tenuto/tenants/sqlite"
)

// clerk keeps what it notes.
type clerk struct{ noted []audit.Event }

func (c *clerk) Note(e audit.Event) { c.noted = append(c.noted, e) }

// take is what was noted since it was last asked, a line each.
func (c *clerk) take() string {
	var b strings.Builder
	for _, e := range c.noted {
		b.WriteString(e.Action + " " + e.Resource + " " + e.Code + " " + e.Principal + " " + e.Address + " " + e.Changes[0].After + "\n")
	}
	c.noted = nil
	return b.String()
}

// Who is refused at a sign-in is recorded once, with why and from where, and with nothing that was sent.
func TestRefusedSignInsAreRecorded(t *testing.T) {
	h := newHall(t)
	ctx := audit.WithOrigin(t.Context(), audit.Origin{Address: "10.0.0.9", Request: "r1"})
	finish := func(a signin.Answer) string {
		t.Helper()
		if e, err := h.Finish(ctx, a); err == nil {
			t.Fatalf("entered as %s", e.Name)
		}
		return h.clerk.take()
	}
	const over = "session.begin provider:corp Unauthenticated nobody 10.0.0.9 "
	a := h.begin(signin.Wish{})
	a.Browser = "stolen"
	same(t, "another browser", finish(a), over+signin.ErrNoAttempt.Error()+"\n")
	a.Provider = "made up\nby whoever asks"
	same(t, "another provider", finish(a), strings.Replace(over, "provider:corp", "installation", 1)+signin.ErrNoAttempt.Error()+"\n")
	a = h.begin(signin.Wish{})
	a.Error = "access_denied"
	same(t, "denied", finish(a), over+"the identity provider refuses\n")
	a = h.begin(signin.Wish{})
	h.lie("nonce", "a secret of somebody")
	same(t, "wrong nonce", finish(a), over+"the answer of the identity provider cannot be trusted: the nonce is that of another sign-in\n")
	h.provider.Set(func(s *oidctest.Saying) { delete(s.Claims, "nonce") })

	p := h.who(h.enter().ID).Person
	must(t, h.access.Disable(t.Context(), tenants.Person{ID: p}, true))
	same(t, "disabled", finish(h.begin(signin.Wish{})), "session.begin person:"+p.String()+" PermissionDenied nobody 10.0.0.9 Whoever this is has been disabled.\n")
	if err := h.LinkCounts(ctx, "guessed"); err == nil {
		t.Fatal("a link counts that nobody has made")
	}
	same(t, "link", h.clerk.take(), "setup-link.use installation Unauthenticated nobody 10.0.0.9 "+signin.ErrNoLink.Error()+"\n")
	a = h.begin(signin.Wish{})
	h.provider.Close()
	same(t, "a provider that is away has refused nobody", finish(a), "")
}

// A session that ends is recorded with why, and by whom.
func TestEndsAreRecorded(t *testing.T) {
	h := newHall(t)
	id := h.enter().ID
	h.provider.Forget()
	h.clock.advance(signin.RefreshEvery)
	h.over(id)
	id = h.enter().ID
	a := h.begin(signin.Wish{})
	a.Old = id
	e, err := h.Finish(t.Context(), a)
	must(t, err)
	v := h.who(e.ID)
	_, err = h.End(t.Context(), e.ID)
	must(t, err)
	h.enter()
	h.clock.advance(signin.Idle)
	must(t, h.Sweep(t.Context()))

	got := h.ends()
	me := "person:" + v.Person.String()
	want := []string{"provider:corp: the provider refused", me + ": signed in again", me + ": signed out", "system: too old or idle"}
	if !slices.Equal(got, want) {
		t.Errorf("recorded\n%q, want\n%q", got, want)
	}
	same(t, "the session's name", h.records()[2].Changes[1].Before, v.Credential.ID)
}

// records are the ends of sessions that are recorded.
func (h *hall) records() []audit.Record {
	h.t.Helper()
	found, _, _, err := sqlite.NewJournal(h.db.Write, h.db.Read).Records(h.t.Context(), tenants.InstallationTenant, audit.Filter{Action: "session.end"}, 0, 100)
	must(h.t, err)
	return found
}

// ends are the ends of sessions that are recorded: by whom, and why.
func (h *hall) ends() (all []string) {
	for _, r := range h.records() {
		all = append(all, r.Principal+": "+r.Changes[0].After)
	}
	return all
}
