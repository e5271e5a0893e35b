package tenantstest

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/tenuto-io/tenuto/tenants"
)

// refreshes: what a session's use and its refresh write does not touch what the other does, and of several that want to refresh, one may.
func refreshes(t *testing.T, w *town, s *tenants.Session, nobody tenants.Session) {
	t.Helper()
	fails(t, w.NoteSession(t.Context(), nobody.Hash, at), tenants.ErrMissing)
	fails(t, w.RenewSession(t.Context(), nobody.Hash, nil, at), tenants.ErrMissing)
	s.Seen = at.Add(time.Minute)
	must(t, w.NoteSession(t.Context(), s.Hash, s.Seen))
	tried := at.Add(2 * time.Minute)
	var claims atomic.Int32
	var g errgroup.Group
	for range 4 {
		g.Go(func() error {
			claimed, err := w.ClaimRefresh(t.Context(), s.Hash, s.Tried, tried)
			if claimed {
				claims.Add(1)
			}
			return err
		})
	}
	must(t, g.Wait())
	same(t, claims.Load(), int32(1))
	s.Tried, s.Verified, s.Refresh = tried, at.Add(3*time.Minute), nil
	must(t, w.RenewSession(t.Context(), s.Hash, s.Refresh, s.Verified))
	found(t, *s)(w.SessionByHash(t.Context(), s.Hash))
}

// signIns: an attempt is taken once, whoever asks at the same time.
func signIns(t *testing.T, w *town) {
	a := tenants.Attempt{
		State: [32]byte{1}, Browser: [32]byte{2}, Provider: "corp", Secret: []byte{0, 1, 255}, Return: "/t/acme?query=a%20b", Link: [32]byte{3}, Expires: at.Add(time.Minute),
	}
	other := a
	other.State = [32]byte{9}
	must(t, w.InsertAttempt(t.Context(), a, at))
	must(t, w.InsertAttempt(t.Context(), other, at))
	var g errgroup.Group
	taken := make(chan tenants.Attempt, 4)
	for range cap(taken) {
		g.Go(func() error {
			got, ok, err := w.TakeAttempt(t.Context(), a.State)
			if ok {
				taken <- got
			}
			return err
		})
	}
	must(t, g.Wait())
	same(t, len(taken), 1)
	same(t, <-taken, a)
	gone[tenants.Attempt](t)(w.TakeAttempt(t.Context(), a.State))
	must(t, w.InsertAttempt(t.Context(), a, other.Expires)) // which drops the other one
	gone[tenants.Attempt](t)(w.TakeAttempt(t.Context(), other.State))
}

// setupLinks: of all links, one is taken, once.
func setupLinks(t *testing.T, w *town) {
	late := tenants.SetupLink{Hash: [32]byte{9}, Expires: at}
	must(t, w.InsertLink(t.Context(), late, at.Add(-time.Minute)))
	found(t, late)(w.LinkByHash(t.Context(), late.Hash))
	links := []tenants.SetupLink{{Hash: [32]byte{1}, Expires: at.Add(time.Hour)}, {Hash: [32]byte{2}, Expires: at.Add(time.Hour), Anyway: true}}
	for _, l := range links {
		must(t, w.InsertLink(t.Context(), l, at))
		found(t, l)(w.LinkByHash(t.Context(), l.Hash))
	}
	gone[tenants.SetupLink](t)(w.LinkByHash(t.Context(), late.Hash))
	gone[tenants.SetupLink](t)(w.TakeLink(t.Context(), [32]byte{3}))
	var takes atomic.Int32
	var g errgroup.Group
	for i := range 4 {
		g.Go(func() error {
			_, ok, err := w.TakeLink(t.Context(), links[i%2].Hash)
			if ok {
				takes.Add(1)
			}
			return err
		})
	}
	must(t, g.Wait())
	same(t, takes.Load(), int32(1))
	for _, l := range links {
		gone[tenants.SetupLink](t)(w.LinkByHash(t.Context(), l.Hash))
	}
}

func grantsBy(t *testing.T, w *town) {
	acme := w.tenant("acme")
	team := w.group(acme, "developers", "dev")
	g := tenants.Grant{
		ID: tenants.GrantID(uuid.New()), Tenant: acme.ID, Holder: tenants.Holder{Kind: tenants.HolderGroup, ID: team.ID}, Role: tenants.Auditor, Created: at, By: "the file",
	}
	must(t, w.InsertGrant(t.Context(), g))
	got, err := w.GrantsBy(t.Context(), "the file")
	must(t, err)
	same(t, got, []tenants.Grant{g})
	got, err = w.GrantsBy(t.Context(), "somebody")
	must(t, err)
	same(t, len(got), 0)
}

// leaving: who leaves the last group of a tenant because the identity provider says so belongs to it no more, unless something else has it belong there.
func leaving(t *testing.T, w *town) {
	acme, other := w.tenant("acme"), w.tenant("other")
	dev, theirs := w.group(acme, "developers", "dev"), w.group(other, "developers", "dev")
	chosen := w.group(acme, "chosen", "")
	only, granted, grouped := w.person("only"), w.person("granted"), w.person("grouped")
	everybody := []tenants.Person{only, granted, grouped}
	belong := func(want map[tenants.HolderID]int) {
		t.Helper()
		for _, p := range everybody {
			member, _, err := w.RightsOf(t.Context(), personOf(p), nil)
			must(t, err)
			same(t, len(member), want[p.ID])
		}
	}
	for _, p := range everybody {
		changed, err := w.SetMapped(t.Context(), p.ID, dev.Issuer, []string{"dev"}, at)
		must(t, err)
		same(t, changed, true)
	}
	w.role(acme, personOf(granted), tenants.Auditor)
	must(t, w.AddToGroup(t.Context(), chosen, grouped.ID, at))
	belong(map[tenants.HolderID]int{only.ID: 2, granted.ID: 2, grouped.ID: 2})
	for _, p := range everybody {
		_, err := w.SetMapped(t.Context(), p.ID, theirs.Issuer, nil, at)
		must(t, err)
	}
	belong(map[tenants.HolderID]int{granted.ID: 1, grouped.ID: 1})
}
