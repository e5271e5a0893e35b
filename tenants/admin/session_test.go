package admin_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tenuto-io/tenuto/orchestration"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/admin"
	"github.com/tenuto-io/tenuto/tenants/signin"
)

// signedIn has a person have a session that was last used so long ago.
func (w *town) signedIn(person string, n byte, idle time.Duration) {
	w.t.Helper()
	s := tenants.Session{
		Hash: [32]byte{n}, Person: tenants.HolderID(uuid.MustParse(person)), Created: noon.Add(-3 * time.Hour), Seen: noon.Add(-idle), Expires: noon.Add(time.Hour),
		Address: "192.0.2.7", Agent: "Firefox", Provider: "corp",
	}
	w.must(w.access.InsertSession(w.t.Context(), s))
}

// An operator sees where somebody is signed in, and ends that, one by one or all at once; nobody else's goes with it.
func TestSessionsOfOthers(t *testing.T) {
	w := newTown(t)
	ada, bob := w.person("ada", "developer").GetId(), w.person("bob", "").GetId()
	w.signedIn(ada, 1, time.Minute)
	w.signedIn(ada, 2, time.Hour)
	w.signedIn(ada, 3, signin.Idle) // which is over
	w.signedIn(bob, 4, 0)
	ids := func(person string) (all []string) {
		t.Helper()
		out, err := w.ListSessions(w.operator(), &adminv1.ListSessionsRequest{Person: person})
		w.must(err)
		for _, s := range out.GetSessions() {
			if s.GetAddress() != "192.0.2.7" || s.GetAgent() != "Firefox" || s.GetProvider() != "corp" || !s.GetExpireTime().AsTime().Equal(noon.Add(time.Hour)) {
				t.Errorf("got %v", s)
			}
			all = append(all, s.GetId())
		}
		return all
	}
	first, second := tenants.Session{Hash: [32]byte{1}}.Ref(), tenants.Session{Hash: [32]byte{2}}.Ref()
	if got := ids(ada); len(got) != 2 || got[0] != first || got[1] != second {
		t.Fatalf("got %v", got)
	}
	w.do(w.EndSession(w.operator(), &adminv1.EndSessionRequest{Person: bob, Session: first})) // not bob's
	for range 2 {
		w.do(w.EndSession(w.operator(), &adminv1.EndSessionRequest{Person: ada, Session: second}))
	}
	if got := ids(ada); len(got) != 1 || got[0] != first {
		t.Errorf("got %v", got)
	}
	w.do(w.EndSessions(w.operator(), &adminv1.EndSessionsRequest{Person: ada}))
	if got := ids(ada); len(got) != 0 {
		t.Errorf("got %v", got)
	}
	if got := ids(bob); len(got) != 1 {
		t.Errorf("got %v", got)
	}
}

func TestSessionsThatCannotBe(t *testing.T) {
	w := newTown(t)
	ada, nobody := w.person("ada", "").GetId(), uuid.NewString()
	for _, person := range []string{"ada", nobody} {
		code := orchestration.InvalidArgument
		if person == nobody {
			code = orchestration.NotFound
		}
		_, err := w.ListSessions(w.operator(), &adminv1.ListSessionsRequest{Person: person})
		refused(t, "list of "+person, err, code, person)
		_, err = w.EndSession(w.operator(), &adminv1.EndSessionRequest{Person: person, Session: "x"})
		refused(t, "end of "+person, err, code, person)
		_, err = w.EndSessions(w.operator(), &adminv1.EndSessionsRequest{Person: person})
		refused(t, "end all of "+person, err, code, person)
	}
	_, err := w.EndSession(w.operator(), &adminv1.EndSessionRequest{Person: ada})
	refused(t, "no session", err, orchestration.InvalidArgument, "session")

	none := admin.New(admin.Config{Access: w.access, Directory: w.directory}) // people do not sign in by providers
	out, err := none.ListSessions(w.operator(), &adminv1.ListSessionsRequest{Person: ada})
	w.must(err)
	if len(out.GetSessions()) != 0 {
		t.Errorf("got %v", out)
	}
	w.do(none.EndSession(w.operator(), &adminv1.EndSessionRequest{Person: ada, Session: "x"}))
	w.do(none.EndSessions(w.operator(), &adminv1.EndSessionsRequest{Person: ada}))
}
