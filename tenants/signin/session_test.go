package signin_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/oidc/oidctest"
	"github.com/tenuto-io/tenuto/tenants/signin"
	"github.com/tenuto-io/tenuto/tenants/sqlite"
)

func TestSessionEndsWhenIdle(t *testing.T) {
	h := newHall(t)
	e := h.enter()
	h.clock.advance(signin.Idle - time.Second)
	h.who(e.ID) // which counts
	h.clock.advance(signin.Idle - time.Second)
	if _, err := h.Look(t.Context(), e.ID); err != nil { // which does not
		t.Fatal(err)
	}
	h.clock.advance(time.Second)
	h.over(e.ID)
}

func TestSessionEndsAfterADay(t *testing.T) {
	h := newHall(t)
	e := h.enter()
	for range 23 {
		h.clock.advance(time.Hour)
		h.who(e.ID)
	}
	h.clock.advance(time.Hour)
	h.over(e.ID)
}

func TestUnknownSession(t *testing.T) {
	h := newHall(t)
	e := h.enter()
	for _, id := range []string{"", "x", e.ID[1:], e.ID + "A", h.who(e.ID).Session.Ref()} {
		h.over(id)
	}
}

// The groups are those of the last refresh.
func TestGroupsChangeAtRefresh(t *testing.T) {
	h := newHall(t)
	h.groups("dev")
	e := h.enter()
	h.groups("nothing")
	same(t, "at once", h.who(e.ID).Role(h.acme.ID), tenants.Developer)
	h.clock.advance(signin.RefreshEvery)
	if v := h.who(e.ID); v.Knows(h.acme.ID) {
		t.Fatalf("still knows the tenant, as %v", v.Role(h.acme.ID))
	}
	h.groups("dev")
	h.clock.advance(signin.RefreshEvery)
	same(t, "back again", h.who(e.ID).Role(h.acme.ID), tenants.Developer)
}

// A refresh takes what the provider's groups gave, and nothing that somebody gave by hand.
func TestManualGrantsStay(t *testing.T) {
	h := newHall(t)
	h.groups("dev")
	e := h.enter()
	_, err := h.access.GiveRole(t.Context(), h.acme.ID, tenants.Holder{Kind: tenants.HolderPerson, ID: h.who(e.ID).Person}, tenants.Auditor, "somebody")
	must(t, err)
	h.groups()
	h.clock.advance(signin.RefreshEvery)
	same(t, "role", h.who(e.ID).Role(h.acme.ID), tenants.Auditor)
}

// Of all requests on all nodes, one asks the provider: a refresh token counts once.
func TestOneRefresh(t *testing.T) {
	h := newHall(t)
	var asked atomic.Int32
	e := h.enter()
	h.provider.Set(func(s *oidctest.Saying) { s.Slow = func() { asked.Add(1) } })
	h.clock.advance(signin.RefreshEvery)
	other := h.desk(tenants.NewAccess(tenants.AccessConfig{Registry: sqlite.NewRegistry(h.db.Write, h.db.Read), Now: h.clock.now}), secret)
	var g errgroup.Group
	for i := range 16 {
		d := h.Desk
		if i%2 == 0 {
			d = other
		}
		g.Go(func() error {
			_, err := d.Who(t.Context(), e.ID)
			return err
		})
	}
	must(t, g.Wait())
	same(t, "requests to the provider", asked.Load(), 1)
	h.clock.advance(signin.RefreshEvery)
	h.who(e.ID)
	same(t, "requests to the provider", asked.Load(), 2)
}

func TestProviderSaysNo(t *testing.T) {
	h := newHall(t)
	e := h.enter()
	h.provider.Forget()
	h.who(e.ID)
	h.clock.advance(signin.RefreshEvery)
	h.over(e.ID)
	if h.dump("session") != "" {
		t.Fatal("the session is kept")
	}
}

func TestProviderIsAway(t *testing.T) {
	h := newHall(t)
	e := h.enter()
	h.provider.Set(func(s *oidctest.Saying) { s.Gone = true })
	for range 11 {
		h.clock.advance(signin.RefreshEvery)
		h.who(e.ID)
	}
	h.clock.advance(signin.RefreshEvery) // an hour in all
	if _, err := h.Who(t.Context(), e.ID); !errors.Is(err, signin.ErrUnvouched) {
		t.Fatalf("after an hour: %v", err)
	}
	h.provider.Set(func(s *oidctest.Saying) { s.Gone = false })
	h.clock.advance(time.Minute)
	h.who(e.ID)
}

func TestProviderWithoutRefresh(t *testing.T) {
	h := newHall(t)
	h.provider.Set(func(s *oidctest.Saying) { s.Lasting = false })
	e := h.enter()
	h.clock.advance(signin.Vouched - time.Second)
	h.who(e.ID)
	h.clock.advance(time.Second)
	h.over(e.ID)
}

func TestAnotherSecret(t *testing.T) {
	h := newHall(t)
	e := h.enter()
	d := h.desk(h.access, []byte("another secret, of a node that is not ours"))
	if _, err := d.Who(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	h.clock.advance(signin.RefreshEvery)
	if _, err := d.Who(t.Context(), e.ID); !errors.Is(err, signin.ErrNoSession) {
		t.Fatal(err)
	}
}

// A session that ends while the provider is asked stays ended, and nobody keeps what the provider has given.
func TestEndedDuringRefresh(t *testing.T) {
	h := newHall(t)
	e := h.enter()
	s := h.who(e.ID).Session
	h.provider.Set(func(s2 *oidctest.Saying) {
		s2.Slow = func() { must(t, h.access.EndSession(t.Context(), s.Hash, tenants.Ended)) }
	})
	h.clock.advance(signin.RefreshEvery)
	h.over(e.ID)
	same(t, "refresh tokens given back", len(h.provider.Revoked), 1)
}

func TestDisabled(t *testing.T) {
	h := newHall(t)
	e := h.enter()
	p, _, err := h.access.PersonByID(t.Context(), h.who(e.ID).Person)
	must(t, err)
	must(t, h.access.Disable(t.Context(), p, true))
	h.over(e.ID)
	var refused *tenants.Refused
	if _, err := h.Finish(t.Context(), h.begin(signin.Wish{})); !errors.As(err, &refused) {
		t.Fatalf("signed in again: %v", err)
	}
	must(t, h.access.Disable(t.Context(), p, false))
	h.over(e.ID)
	h.enter()
}

func TestEnd(t *testing.T) {
	h := newHall(t)
	e := h.enter()
	next, err := h.End(t.Context(), e.ID)
	must(t, err)
	same(t, "goes on to", next, h.provider.URL+"/end?client_id=tenuto&post_logout_redirect_uri=https%3A%2F%2Fconsole.example%2Fsignin")
	h.over(e.ID)
	same(t, "refresh tokens given back", len(h.provider.Revoked), 1)
	if next, err := h.End(t.Context(), e.ID); err != nil || next != "" {
		t.Fatalf("again: %q, %v", next, err)
	}
}

func TestListAndRevoke(t *testing.T) {
	h := newHall(t)
	a := h.enter()
	h.clock.advance(time.Minute)
	b := h.enter()
	h.clock.advance(time.Minute)
	c := h.enter()
	v := h.who(c.ID)
	h.provider.Set(func(s *oidctest.Saying) { s.Subject = "eve" })
	eve := h.enter()
	all, err := h.Sessions(t.Context(), v.Person)
	must(t, err)
	same(t, "sessions", len(all), 3)
	same(t, "the one used last", all[0].Ref(), v.Session.Ref())
	must(t, h.EndOne(t.Context(), v.Person, h.who(eve.ID).Session.Ref()))
	h.who(eve.ID) // which is another person's
	must(t, h.EndOne(t.Context(), v.Person, h.who(a.ID).Session.Ref()))
	h.over(a.ID)
	h.who(b.ID)
	must(t, h.EndOthers(t.Context(), v))
	h.over(b.ID)
	h.who(c.ID)
	h.who(eve.ID)
	h.clock.advance(signin.Idle)
	all, err = h.Sessions(t.Context(), v.Person)
	must(t, err)
	same(t, "sessions that are over", len(all), 0)
}

// Another node hears of a session's end: whoever waits on one there looks again.
func TestTheEndOfASessionIsTold(t *testing.T) {
	h := newHall(t)
	e := h.enter()
	told := false
	here := tenants.NewAccess(tenants.AccessConfig{Registry: sqlite.NewRegistry(h.db.Write, h.db.Read), Announce: func() { told = true }})
	there := tenants.NewAccess(tenants.AccessConfig{Registry: sqlite.NewRegistry(h.db.Write, h.db.Read)})
	must(t, there.CatchUp(t.Context()))
	epoch := there.Epoch()
	must(t, here.EndSession(t.Context(), h.who(e.ID).Session.Hash, tenants.Ended))
	if !told {
		t.Fatal("nobody is told")
	}
	must(t, there.CatchUp(t.Context()))
	if epoch.Err() == nil {
		t.Fatal("what waits there goes on")
	}
}

// Whom a provider vouched for that the configuration has no more is not believed any more: it may be the reason why it has gone.
func TestProviderIsTakenOut(t *testing.T) {
	h := newHall(t)
	e := h.enter()
	d, err := signin.New(signin.Config{Access: h.access, Secret: secret, Now: h.clock.now})
	must(t, err)
	if _, err := d.Who(t.Context(), e.ID); !errors.Is(err, signin.ErrNoSession) {
		t.Fatal(err)
	}
	h.who(e.ID) // a node that has not been told yet
}
