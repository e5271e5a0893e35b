package tenantstest

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tenuto-io/tenuto/tenants"
)

// logouts: what a provider tells ends exactly the sessions that it names, once.
func logouts(t *testing.T, w *town) {
	p, q := w.person("ada"), w.person("bob")
	n := byte(0)
	begin := func(of tenants.Person, provider, within string) tenants.Session {
		n++
		s := tenants.Session{Hash: [32]byte{n}, Person: of.ID, Created: at, Seen: at, Expires: at.Add(time.Hour), Provider: provider, Within: within, Verified: at, Tried: at}
		must(t, w.InsertSession(t.Context(), s))
		found(t, s)(w.SessionByHash(t.Context(), s.Hash))
		return s
	}
	first, second, third := begin(p, "corp", "s1"), begin(p, "corp", "s2"), begin(p, "corp", "")
	theirs, elsewhere := begin(q, "corp", "s3"), begin(p, "partner", "s1")
	logout := func(l tenants.Logout, want ...tenants.Session) {
		t.Helper()
		n++
		l.ID, l.Expires = [32]byte{n}, at.Add(time.Minute)
		got, err := w.LogOut(t.Context(), l, at)
		must(t, err)
		same(t, got, want)
		for _, s := range want {
			gone[tenants.Session](t)(w.SessionByHash(t.Context(), s.Hash))
		}
	}
	logout(tenants.Logout{Provider: "corp", Issuer: "https://another.example", Subject: p.Subject})
	logout(tenants.Logout{Provider: "corp", Issuer: p.Issuer, Subject: q.Subject, Within: "s1"})
	logout(tenants.Logout{Provider: "corp", Issuer: p.Issuer, Within: "s2"}, second)
	logout(tenants.Logout{Provider: "corp", Issuer: p.Issuer, Subject: p.Subject, Within: "s1"}, first)
	logout(tenants.Logout{Provider: "corp", Issuer: p.Issuer, Subject: p.Subject}, third)
	for _, s := range []tenants.Session{theirs, elsewhere} {
		found(t, s)(w.SessionByHash(t.Context(), s.Hash))
	}
	late := first
	late.Hash = [32]byte{99}
	fails(t, w.InsertSession(t.Context(), late), tenants.ErrMissing) // the provider's session has ended
	late.Within = ""
	must(t, w.InsertSession(t.Context(), late))
}

// logoutsCountOnce: of several with one id, one counts, until it would be refused for its age.
func logoutsCountOnce(t *testing.T, w *town) {
	p := w.person("ada")
	l := tenants.Logout{ID: [32]byte{1}, Provider: "corp", Issuer: p.Issuer, Subject: p.Subject, Within: "s1", Expires: at.Add(time.Minute)}
	var counted atomic.Int32
	var g errgroup.Group
	for range 4 {
		g.Go(func() error {
			_, err := w.LogOut(t.Context(), l, at)
			if err == nil {
				counted.Add(1)
			}
			if errors.Is(err, tenants.ErrExists) {
				return nil
			}
			return err
		})
	}
	must(t, g.Wait())
	same(t, counted.Load(), int32(1))
	other := l
	other.ID, other.Within = [32]byte{2}, "s2"
	_, err := w.LogOut(t.Context(), other, l.Expires) // which forgets the first
	must(t, err)
	s := tenants.Session{Hash: [32]byte{1}, Person: p.ID, Created: at, Seen: at, Expires: at.Add(time.Hour), Provider: "corp", Within: "s1", Verified: at, Tried: at}
	must(t, w.InsertSession(t.Context(), s))
}

// beginningsAndLogouts: of a session that begins while its provider tells of the end, nothing is left, whoever comes first.
func beginningsAndLogouts(t *testing.T, w *town) {
	p := w.person("ada")
	for i := range byte(20) {
		within := string('a' + rune(i))
		var g errgroup.Group
		g.Go(func() error {
			_, err := w.LogOut(t.Context(), tenants.Logout{ID: [32]byte{i}, Provider: "corp", Issuer: p.Issuer, Within: within, Expires: at.Add(time.Minute)}, at)
			return err
		})
		g.Go(func() error {
			err := w.InsertSession(t.Context(), tenants.Session{Hash: [32]byte{i}, Person: p.ID, Created: at, Seen: at, Expires: at.Add(time.Hour), Provider: "corp", Within: within})
			if errors.Is(err, tenants.ErrMissing) {
				return nil
			}
			return err
		})
		must(t, g.Wait())
		gone[tenants.Session](t)(w.SessionByHash(t.Context(), [32]byte{i}))
	}
}
