package tenantstest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/search"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// scribe tells what has been recorded since it was last asked.
type scribe struct {
	t    *testing.T
	j    audit.Journal
	seen map[tenants.TenantID]int64
}

// wrote demands that exactly these deeds were recorded in a tenant's chain since the last call, in order: each is "action resource; field: before -> after; …".
func (s *scribe) wrote(of tenants.TenantID, want ...string) {
	s.t.Helper()
	found, next, _, err := s.j.Records(s.t.Context(), of, audit.Filter{Plane: audit.Control}, s.seen[of], 100)
	must(s.t, err)
	s.seen[of] = next
	var got []string
	for _, r := range found {
		var changes []string
		for _, c := range r.Changes {
			changes = append(changes, c.Field+": "+c.Before+" -> "+c.After)
		}
		got = append(got, strings.Join(append([]string{r.Action + " " + r.Resource}, changes...), "; "))
	}
	same(s.t, got, want)
	verified(s.t, s.j, of)
}

// deeds: every change of who may do what is recorded, with what it was and what it is, in the chain of the tenant that it is about.
func deeds(t *testing.T, a Audited) {
	w := &town{Registry: a.Registry, namespaces: a.Store, t: t}
	s := &scribe{t, a.Journal, map[tenants.TenantID]int64{}}
	acme := w.tenant("acme")
	all, none := acme.ID, tenants.InstallationTenant
	s.wrote(all, "tenant.create tenant:acme; title:  -> The acme")
	acme.Title, acme.Suspended, acme.Protected = "Acme", true, true
	must(t, w.UpdateTenant(t.Context(), acme))
	s.wrote(all, "tenant.update tenant:acme; protected:  -> true; suspended:  -> true; title: The acme -> Acme")

	p := w.person("ada")
	ada := personOf(p).String()
	s.wrote(none, "person.create "+ada+"; email:  -> ada@example.com; issuer:  -> https://id.example; name:  -> ada; subject:  -> ada")
	must(t, w.AddMember(t.Context(), all, p.ID, at))
	s.wrote(all, "member.add "+ada)
	p.Seen = at
	must(t, w.UpdatePerson(t.Context(), p)) // it was seen: that is no deed
	s.wrote(none)
	must(t, w.SetPersonDisabled(t.Context(), p.ID, true))
	s.wrote(none, "person.update "+ada+"; disabled:  -> true")

	g := w.group(acme, "ops", "corp-ops")
	ops := groupOf(g).String()
	s.wrote(all, "group.create "+ops+"; claim:  -> corp-ops; issuer:  -> https://id.example; name:  -> ops")
	must(t, w.AddToGroup(t.Context(), g, p.ID, at))
	must(t, w.RemoveFromGroup(t.Context(), g, p.ID))
	s.wrote(all, "group.join "+ada+"; group:  -> ops", "group.leave "+ada+"; group: ops -> ")
	for _, claims := range [][]string{{"corp-ops"}, {"corp-ops"}, nil} { // the second changes nothing
		_, err := w.SetMapped(t.Context(), p.ID, g.Issuer, claims, at)
		must(t, err)
	}
	s.wrote(all, "group.join "+ada+"; group:  -> ops", "group.leave "+ada+"; group: ops -> ")
	must(t, w.DeleteGroup(t.Context(), all, g.ID))
	must(t, w.DeleteGroup(t.Context(), all, g.ID)) // it is gone
	s.wrote(all, "group.delete "+ops+"; claim: corp-ops -> ; issuer: https://id.example -> ; name: ops -> ")

	c := w.account(acme, "ci")
	h := tenants.Holder{Kind: tenants.HolderAccount, ID: c.ID}
	must(t, w.DisableAccount(t.Context(), all, c.ID, true))
	s.wrote(all, "account.create "+h.String()+"; name:  -> ci", "account.update "+h.String()+"; disabled:  -> true")
	r := w.role(acme, h, tenants.Developer)
	must(t, w.DeleteGrant(t.Context(), all, r.ID))
	must(t, w.DeleteGrant(t.Context(), all, r.ID))
	s.wrote(all, "grant.give "+h.String()+"; role:  -> developer", "grant.take "+h.String()+"; role: developer -> ")
	keyDeeds(t, w, s, acme, h)

	must(t, w.RemoveMember(t.Context(), all, p.ID))
	must(t, w.DeleteAccount(t.Context(), all, c.ID))
	must(t, w.DeleteTenant(t.Context(), all))
	s.wrote(all, "member.remove "+ada, "account.delete "+h.String()+"; disabled: true -> ; name: ci -> ",
		"tenant.delete tenant:acme; protected: true -> ; suspended: true -> ; title: Acme -> ")
	sessionDeeds(t, w, s, p)
}

func keyDeeds(t *testing.T, w *town, s *scribe, of tenants.Tenant, h tenants.Holder) {
	t.Helper()
	k := tenants.Key{
		ID: "k1", Tenant: of.ID, Holder: h, Name: "deploy", Hash: [32]byte{1}, Created: at, Expires: at.Add(time.Hour), Scopes: []tenants.Scope{{Permissions: tenants.Read}},
	}
	must(t, w.InsertKey(t.Context(), k))
	s.wrote(of.ID, "key.create key:k1; expires:  -> 2024-03-01T00:59:58.123456Z; holder:  -> "+h.String()+"; name:  -> deploy; scopes:  -> *:"+tenants.Read.String())
	must(t, w.NoteUses(t.Context(), []tenants.KeyUse{{ID: "k1", At: at, Address: "192.0.2.1"}})) // no deed
	must(t, w.SetKeyDisabled(t.Context(), of.ID, "k1", true))
	must(t, w.SetKeyEnd(t.Context(), of.ID, "k1", at))
	must(t, w.SetKeyRevoked(t.Context(), of.ID, "k1", at))
	s.wrote(of.ID, "key.update key:k1; disabled:  -> true", "key.update key:k1; expires: 2024-03-01T00:59:58.123456Z -> 2024-02-29T23:59:58.123456Z",
		"key.update key:k1; revoked:  -> 2024-02-29T23:59:58.123456Z")
}

func sessionDeeds(t *testing.T, w *town, s *scribe, p tenants.Person) {
	t.Helper()
	none, who := tenants.InstallationTenant, personOf(p).String()
	s.wrote(none)
	for i := range 2 {
		must(t, w.InsertSession(t.Context(), tenants.Session{Hash: [32]byte{byte(i)}, Person: p.ID, Created: at, Seen: at, Expires: at.Add(time.Hour), Address: "192.0.2.1", Provider: "corp"}))
	}
	first, second := tenants.Session{Hash: [32]byte{0}}.Ref(), tenants.Session{Hash: [32]byte{1}}.Ref()
	for range 2 {
		must(t, w.DeleteSession(t.Context(), [32]byte{0}, tenants.SignedOut))
	}
	swept(t, w, at.Add(time.Hour), at)
	must(t, w.DeleteSessionsOf(t.Context(), p.ID))
	begin := "session.begin " + who + "; address:  -> 192.0.2.1; provider:  -> corp; session:  -> "
	s.wrote(none, begin+first, begin+second, "session.end "+who+"; because:  -> signed out; session: "+first+" -> ",
		"session.end "+who+"; because:  -> too old or idle; session: "+second+" -> ", "session.end-all "+who)
	must(t, w.InsertLink(t.Context(), tenants.SetupLink{Hash: [32]byte{7}, Expires: at.Add(time.Hour)}, at))
	for range 2 {
		_, _, err := w.TakeLink(t.Context(), [32]byte{7})
		must(t, err)
	}
	s.wrote(none, "setup-link.create installation", "setup-link.use installation")
}

func namespaceDeeds(t *testing.T, a Audited) {
	s := &scribe{t, a.Journal, map[tenants.TenantID]int64{}}
	of := tenants.DefaultTenant
	n := tenants.Namespace{
		ID: orchestration.NamespaceID(uuid.New()), Name: "payments", State: tenants.Registered, Tenant: of, Version: 1, Created: at, Updated: at, Retention: tenants.Retention(time.Hour),
		Data: map[string]string{"token": "hidden", "team": "hidden"},
	}
	must(t, a.Store.InsertNamespace(t.Context(), n, at))
	resource := " namespace:" + n.ID.String()
	s.wrote(of, "namespace.create"+resource+"; audit:  -> default; name:  -> payments; retention:  -> 1h0m0s; state:  -> registered; data.team:  -> (set); data.token:  -> (set)")
	n.Quota = tenants.Quota{Starts: 5, Pollers: tenants.Unbounded}
	n.Data, n.Attributes, n.Audit = map[string]string{"token": "other", "team": "hidden"}, search.Attributes{"Colour": search.Keyword}, tenants.AuditAll
	must(t, a.Store.UpdateNamespace(t.Context(), n))
	s.wrote(of, "namespace.update"+resource+"; audit: default -> all; quota.pollers:  -> unbounded; quota.starts:  -> 5; data.token: (set) -> (set); search_attribute.Colour:  -> Keyword")
	fails(t, a.Store.UpdateNamespace(t.Context(), n), tenants.ErrChanged)
	n.Version, n.State, n.Former, n.Name, n.RemoveAfter = 2, tenants.Deleted, n.Name, "gone", at
	must(t, a.Store.RemoveNamespace(t.Context(), n.ID)) // it is not deleted yet
	must(t, a.Store.UpdateNamespace(t.Context(), n))
	must(t, a.Store.RemoveNamespace(t.Context(), n.ID))
	must(t, a.Store.RemoveNamespace(t.Context(), n.ID))
	s.wrote(of, "namespace.update"+resource+"; name: payments -> gone; state: registered -> deleted",
		"namespace.remove"+resource+"; audit: all -> ; name: gone -> ; quota.pollers: unbounded -> ; quota.starts: 5 -> ; retention: 1h0m0s -> ; state: deleted -> ; data.team: (set) -> ; data.token: (set) -> ; search_attribute.Colour: Keyword -> ")
}

// refusedDeeds: what did not happen is in no chain.
func refusedDeeds(t *testing.T, a Audited) {
	w := &town{Registry: a.Registry, namespaces: a.Store, t: t}
	s := &scribe{t, a.Journal, map[tenants.TenantID]int64{}}
	acme := w.tenant("acme")
	owner := w.member(acme, "ada")
	g := w.role(acme, personOf(owner), tenants.Owner)
	n := w.namespace(acme, "n")
	must(t, a.Journal.Append(t.Context(), nil))
	recorded := records(t, a.Journal, acme.ID, audit.Filter{}, 100)
	same(t, len(recorded), 4)
	s.seen[acme.ID] = 4
	fails(t, w.InsertTenant(t.Context(), acme), tenants.ErrExists)
	fails(t, w.DeleteGrant(t.Context(), acme.ID, g.ID), tenants.ErrLastOwner)
	fails(t, w.DeleteTenant(t.Context(), acme.ID), tenants.ErrInUse)
	fails(t, w.SetKeyDisabled(t.Context(), acme.ID, "k9", true), tenants.ErrMissing)
	fails(t, a.Store.InsertNamespace(t.Context(), n, at), tenants.ErrExists)
	s.wrote(acme.ID)
}

// noSecrets: no hash, refresh token or value of a namespace's data is in any record.
func noSecrets(t *testing.T, a Audited) {
	w := &town{Registry: a.Registry, namespaces: a.Store, t: t}
	acme := w.tenant("acme")
	p := w.member(acme, "ada")
	const secret = "s3cret-s3cret-s3cret-s3cret-s3cr"
	hash := [32]byte([]byte(secret))
	must(t, w.InsertKey(t.Context(), tenants.Key{ID: "k1", Tenant: acme.ID, Holder: personOf(p), Name: "k", Hash: hash, Created: at}))
	must(t, w.SetKeyRevoked(t.Context(), acme.ID, "k1", at))
	must(t, w.InsertSession(t.Context(), tenants.Session{Hash: hash, Person: p.ID, Created: at, Seen: at, Expires: at, Refresh: []byte(secret)}))
	must(t, w.DeleteSession(t.Context(), hash, tenants.Ended))
	must(t, w.InsertLink(t.Context(), tenants.SetupLink{Hash: hash, Expires: at.Add(time.Hour)}, at))
	n := full("n")
	n.Tenant, n.Data = acme.ID, map[string]string{"k": secret}
	must(t, a.Store.InsertNamespace(t.Context(), n, at))
	for _, of := range []tenants.TenantID{acme.ID, tenants.InstallationTenant} {
		text, err := json.Marshal(events(records(t, a.Journal, of, audit.Filter{}, 100)))
		must(t, err)
		if len(text) < 100 || strings.Contains(string(text), "s3cret") || strings.Contains(string(text), "czNjcmV0") {
			t.Fatalf("recorded: %s", text)
		}
	}
}

// deedOrigin: a deed tells who did it, and from where; without a principal it was the server.
func deedOrigin(t *testing.T, a Audited) {
	by := &tenants.Principal{ID: "person:ada", Name: "Ada", Credential: tenants.Credential{Kind: tenants.KeyCredential, ID: "k1"}}
	ctx := audit.WithOrigin(tenants.WithPrincipal(t.Context(), by), audit.Origin{Address: "192.0.2.9", Request: "r7"})
	of := tenants.TenantID(uuid.New())
	begin := time.Now().Add(-time.Millisecond)
	must(t, a.Registry.InsertTenant(ctx, tenants.Tenant{ID: of, Name: "acme", Title: "t", Created: at, Updated: at}))
	must(t, a.Registry.UpdateTenant(t.Context(), tenants.Tenant{ID: of, Title: "u", Updated: at}))
	got := events(records(t, a.Journal, of, audit.Filter{}, 10))
	for i := range got {
		if got[i].At.Before(begin) || got[i].At.After(time.Now()) {
			t.Fatalf("recorded at %v", got[i].At)
		}
		got[i].At = time.Time{}
	}
	same(t, got, []audit.Event{
		{
			Plane: audit.Control, Tenant: of, Action: "tenant.create", Resource: "tenant:acme", Principal: "person:ada", PrincipalName: "Ada", Credential: "key", CredentialID: "k1",
			Address: "192.0.2.9", Request: "r7", Code: "OK", Changes: []audit.Change{{Field: "title", After: "t"}},
		},
		{
			Plane: audit.Control, Tenant: of, Action: "tenant.update", Resource: "tenant:acme", Principal: audit.System, Code: "OK",
			Changes: []audit.Change{{Field: "title", Before: "t", After: "u"}},
		},
	})
}
