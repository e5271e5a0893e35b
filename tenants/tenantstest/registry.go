package tenantstest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

// RunRegistry runs the suite of tenants.Registry. open returns both stores on an empty database of their own; it cleans up by t.Cleanup.
func RunRegistry(t *testing.T, open func(t *testing.T) (tenants.Registry, tenants.Store)) {
	for name, test := range map[string]func(*testing.T, *town){
		"tenants":              tenantLife,
		"default tenant":       defaultTenant,
		"deletion of a tenant": tenantGone,
		"namespaces":           namespacesOf,
		"suspension":           suspension,
		"people":               people,
		"members":              members,
		"groups":               groups,
		"mapped groups":        mapped,
		"accounts":             accounts,
		"grants":               grants,
		"last owner":           lastOwner,
		"rights":               rightsOf,
		"keys":                 keys,
		"uses of keys":         keyUses,
		"authorities":          authorities,
		"few authorities":      authoritiesAreFew,
		"saved views":          savedViews,
		"authority in place":   authorityInPlace,
		"sessions":             sessions,
		"logouts":              logouts,
		"logouts count once":   logoutsCountOnce,
		"logouts in time":      beginningsAndLogouts,
		"sign-ins":             signIns,
		"set-up links":         setupLinks,
		"grants by":            grantsBy,
		"leaving by mapping":   leaving,
		"changes":              changes,
		"changes at once":      changesAtOnce,
		"changed namespaces":   changedNamespaces,
		"hostile names":        hostileNames,
	} {
		t.Run(name, func(t *testing.T) {
			r, s := open(t)
			test(t, &town{Registry: r, namespaces: s, t: t})
		})
	}
}

// at is a time that fits the stored precision.
var at = time.Date(2024, 2, 29, 23, 59, 58, 123_456_000, time.UTC)

// town makes what tests need.
type town struct {
	tenants.Registry
	namespaces tenants.Store
	t          *testing.T
}

func (w *town) tenant(name string) tenants.Tenant {
	w.t.Helper()
	v := tenants.Tenant{ID: tenants.TenantID(uuid.New()), Name: name, Title: "The " + name, Created: at, Updated: at}
	must(w.t, w.InsertTenant(w.t.Context(), v))
	return v
}

func (w *town) person(subject string) tenants.Person {
	w.t.Helper()
	v := tenants.Person{ID: tenants.HolderID(uuid.New()), Identity: tenants.Identity{Issuer: "https://id.example", Subject: subject}, Name: subject, Email: subject + "@example.com", Created: at}
	must(w.t, w.InsertPerson(w.t.Context(), v))
	return v
}

func (w *town) member(of tenants.Tenant, subject string) tenants.Person {
	w.t.Helper()
	p := w.person(subject)
	must(w.t, w.AddMember(w.t.Context(), of.ID, p.ID, at))
	return p
}

func (w *town) group(of tenants.Tenant, name, claim string) tenants.Group {
	w.t.Helper()
	g := tenants.Group{ID: tenants.HolderID(uuid.New()), Tenant: of.ID, Name: name, Created: at}
	if claim != "" {
		g.Issuer, g.Claim = "https://id.example", claim
	}
	must(w.t, w.InsertGroup(w.t.Context(), g))
	return g
}

func (w *town) account(of tenants.Tenant, name string) tenants.Account {
	w.t.Helper()
	a := tenants.Account{ID: tenants.HolderID(uuid.New()), Tenant: of.ID, Name: name, Created: at}
	must(w.t, w.InsertAccount(w.t.Context(), a))
	return a
}

func (w *town) namespace(of tenants.Tenant, name string) tenants.Namespace {
	w.t.Helper()
	n := full(name + "." + of.Name)
	n.Tenant = of.ID
	must(w.t, w.namespaces.InsertNamespace(w.t.Context(), n, at))
	return n
}

func (w *town) role(of tenants.Tenant, h tenants.Holder, r tenants.Role) tenants.Grant {
	w.t.Helper()
	g := tenants.Grant{ID: tenants.GrantID(uuid.New()), Tenant: of.ID, Holder: h, Role: r, Created: at, By: "person:x"}
	must(w.t, w.InsertGrant(w.t.Context(), g))
	return g
}

func personOf(p tenants.Person) tenants.Holder {
	return tenants.Holder{Kind: tenants.HolderPerson, ID: p.ID}
}

func groupOf(g tenants.Group) tenants.Holder {
	return tenants.Holder{Kind: tenants.HolderGroup, ID: g.ID}
}

func accountOf(a tenants.Account) tenants.Holder {
	return tenants.Holder{Kind: tenants.HolderAccount, ID: a.ID}
}

// fails demands an error.
func fails(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
}

// found demands that something is there and is what it should be.
func found[T any](t *testing.T, want T) func(got T, ok bool, err error) {
	return func(got T, ok bool, err error) {
		t.Helper()
		must(t, err)
		if !ok {
			t.Fatalf("not found: %+v", want)
		}
		same(t, got, want)
	}
}

// gone demands that something is not there.
func gone[T any](t *testing.T) func(got T, ok bool, err error) {
	return func(got T, ok bool, err error) {
		t.Helper()
		must(t, err)
		if ok {
			t.Fatalf("found: %+v", got)
		}
	}
}

func tenantLife(t *testing.T, w *town) {
	acme := w.tenant("acme")
	found(t, acme)(w.TenantByID(t.Context(), acme.ID))
	found(t, acme)(w.TenantByName(t.Context(), "acme"))
	gone[tenants.Tenant](t)(w.TenantByName(t.Context(), "Acme"))
	sameName := acme
	sameName.ID = tenants.TenantID(uuid.New())
	fails(t, w.InsertTenant(t.Context(), sameName), tenants.ErrExists)
	acme.Title, acme.Suspended, acme.Protected, acme.AuditDays, acme.Updated = "ACME", true, true, 400, at.Add(time.Hour)
	must(t, w.UpdateTenant(t.Context(), acme))
	found(t, acme)(w.TenantByID(t.Context(), acme.ID))
	fails(t, w.UpdateTenant(t.Context(), sameName), tenants.ErrMissing)
	zeta := w.tenant("zeta")
	list, err := w.ListTenants(t.Context(), tenants.DefaultTenantName, 10)
	must(t, err)
	same(t, list, []tenants.Tenant{zeta})
	list, err = w.ListTenants(t.Context(), "", 1)
	must(t, err)
	same(t, list, []tenants.Tenant{acme})
}

// defaultTenant is there from the beginning.
func defaultTenant(t *testing.T, w *town) {
	got, ok, err := w.TenantByName(t.Context(), tenants.DefaultTenantName)
	must(t, err)
	if !ok || got.ID != tenants.DefaultTenant || !got.Protected || got.Suspended || time.Since(got.Created) > time.Hour {
		t.Fatalf("got %+v, %v", got, ok)
	}
}

func tenantGone(t *testing.T, w *town) {
	acme, other := w.tenant("acme"), w.tenant("other")
	p := w.member(acme, "ada")
	must(t, w.AddMember(t.Context(), other.ID, p.ID, at))
	g, a := w.group(acme, "g", "claim"), w.account(acme, "a")
	must(t, w.AddToGroup(t.Context(), g, p.ID, at))
	w.role(acme, personOf(p), tenants.Owner)
	kept := w.role(other, personOf(p), tenants.Developer)
	k := key(acme, accountOf(a))
	must(t, w.InsertKey(t.Context(), k))
	n := w.namespace(acme, "n")
	authority := w.put(w.authority(n, "ca", NewCA(t, "ca", at)))
	fails(t, w.DeleteTenant(t.Context(), acme.ID), tenants.ErrInUse)
	n.State = tenants.Deleted
	must(t, w.namespaces.UpdateNamespace(t.Context(), n))
	must(t, w.namespaces.RemoveNamespace(t.Context(), n.ID))
	for range 2 {
		must(t, w.DeleteTenant(t.Context(), acme.ID))
	}
	gone[tenants.Tenant](t)(w.TenantByID(t.Context(), acme.ID))
	gone[tenants.Key](t)(w.KeyByID(t.Context(), k.ID))
	gone[tenants.Account](t)(w.AccountByID(t.Context(), a.ID))
	gone[tenants.Authority](t)(w.AuthorityByID(t.Context(), authority.ID))
	mine, rights, err := w.RightsOf(t.Context(), personOf(p), []tenants.HolderID{g.ID})
	must(t, err)
	same(t, mine, []tenants.TenantID{other.ID})
	same(t, rights, []tenants.Right{{Grant: kept}})
}

func namespacesOf(t *testing.T, w *town) {
	acme, other := w.tenant("acme"), w.tenant("other")
	b, a := w.namespace(acme, "b"), w.namespace(acme, "a")
	w.namespace(other, "a")
	list, err := w.namespaces.ListNamespacesOf(t.Context(), acme.ID, "", 10)
	must(t, err)
	same(t, list, []tenants.Namespace{a, b})
	list, err = w.namespaces.ListNamespacesOf(t.Context(), acme.ID, a.Name, 1)
	must(t, err)
	same(t, list, []tenants.Namespace{b})
	list, err = w.namespaces.ListNamespacesOf(t.Context(), tenants.DefaultTenant, "", 10)
	must(t, err)
	same(t, len(list), 0)
}

// suspension of a tenant shows in its namespaces.
func suspension(t *testing.T, w *town) {
	acme := w.tenant("acme")
	n := w.namespace(acme, "n")
	acme.Suspended = true
	must(t, w.UpdateTenant(t.Context(), acme))
	n.TenantSuspended = true
	same(t, byName(t, w.namespaces, n.Name), n)
	acme.Suspended, n.Suspended = false, true
	must(t, w.UpdateTenant(t.Context(), acme))
	must(t, w.namespaces.UpdateNamespace(t.Context(), n))
	n.TenantSuspended, n.Version = false, n.Version+1
	same(t, byName(t, w.namespaces, n.Name), n)
}

func people(t *testing.T, w *town) {
	p := w.person("ada")
	found(t, p)(w.PersonByID(t.Context(), p.ID))
	found(t, p)(w.PersonByIdentity(t.Context(), p.Identity))
	gone[tenants.Person](t)(w.PersonByIdentity(t.Context(), tenants.Identity{Issuer: "https://id.example/", Subject: "ada"}))
	again := p
	again.ID = tenants.HolderID(uuid.New())
	fails(t, w.InsertPerson(t.Context(), again), tenants.ErrExists)
	fails(t, w.UpdatePerson(t.Context(), again), tenants.ErrMissing)
	fails(t, w.SetPersonDisabled(t.Context(), again.ID, true), tenants.ErrMissing)
	again.Issuer = "https://other.example"
	must(t, w.InsertPerson(t.Context(), again))
	p.Name, p.Email, p.Seen = "Ada", "", at.Add(time.Second)
	must(t, w.UpdatePerson(t.Context(), p))
	p.Disabled = true
	must(t, w.SetPersonDisabled(t.Context(), p.ID, true))
	stale := p
	stale.Disabled = false
	must(t, w.UpdatePerson(t.Context(), stale))
	found(t, p)(w.PersonByID(t.Context(), p.ID))
}

func members(t *testing.T, w *town) {
	acme, other := w.tenant("acme"), w.tenant("other")
	var all []tenants.Person
	for i := range 5 {
		all = append(all, w.member(acme, fmt.Sprint("p", i)))
	}
	slices.SortFunc(all, func(a, b tenants.Person) int { return slices.Compare(a.ID[:], b.ID[:]) })
	must(t, w.AddMember(t.Context(), acme.ID, all[0].ID, at.Add(1)))
	fails(t, w.AddMember(t.Context(), acme.ID, tenants.HolderID{9}, at), tenants.ErrMissing)
	fails(t, w.AddMember(t.Context(), tenants.TenantID{9}, all[0].ID, at), tenants.ErrMissing)
	page, err := w.ListMembers(t.Context(), acme.ID, tenants.HolderID{}, 2)
	must(t, err)
	same(t, page, all[:2])
	page, err = w.ListMembers(t.Context(), acme.ID, all[1].ID, 10)
	must(t, err)
	same(t, page, all[2:])

	// Who is removed keeps what it has elsewhere.
	p := all[0]
	must(t, w.AddMember(t.Context(), other.ID, p.ID, at))
	w.role(acme, personOf(p), tenants.Developer)
	kept := w.role(other, personOf(p), tenants.Auditor)
	k := key(acme, personOf(p))
	must(t, w.InsertKey(t.Context(), k))
	must(t, w.AddToGroup(t.Context(), w.group(acme, "g", ""), p.ID, at))
	for range 2 {
		must(t, w.RemoveMember(t.Context(), acme.ID, p.ID))
	}
	mine, rights, err := w.RightsOf(t.Context(), personOf(p), nil)
	must(t, err)
	same(t, mine, []tenants.TenantID{other.ID})
	same(t, rights, []tenants.Right{{Grant: kept}})
	gone[tenants.Key](t)(w.KeyByID(t.Context(), k.ID))
}

func groups(t *testing.T, w *town) {
	acme, other := w.tenant("acme"), w.tenant("other")
	ops, devs := w.group(acme, "ops", "cn=ops"), w.group(acme, "devs", "")
	theirs := w.group(other, "ops", "cn=ops")
	same1 := ops
	same1.ID = tenants.HolderID(uuid.New())
	fails(t, w.InsertGroup(t.Context(), same1), tenants.ErrExists)
	same1.Tenant = tenants.TenantID{9}
	fails(t, w.InsertGroup(t.Context(), same1), tenants.ErrMissing)
	list, err := w.ListGroups(t.Context(), acme.ID, "", 10)
	must(t, err)
	same(t, list, []tenants.Group{devs, ops})
	byClaim, err := w.GroupsByClaims(t.Context(), "https://id.example", []string{"x", "cn=ops", ""})
	must(t, err)
	same(t, len(byClaim), 2)
	for issuer, claims := range map[string][]string{"https://id.example": nil, "https://other.example": {"cn=ops"}} {
		if none, err := w.GroupsByClaims(t.Context(), issuer, claims); err != nil || len(none) != 0 {
			t.Fatalf("%s: got %v, %v", issuer, none, err)
		}
	}
	p := w.person("ada")
	must(t, w.AddToGroup(t.Context(), ops, p.ID, at))
	foundGroups(t, w, ops, theirs, p)
	wrong := ops
	wrong.Tenant = other.ID
	fails(t, w.AddToGroup(t.Context(), wrong, p.ID, at), tenants.ErrMissing)
	must(t, w.DeleteGroup(t.Context(), other.ID, ops.ID)) // which is not there
	right := w.role(acme, groupOf(ops), tenants.Developer)
	mine, rights, err := w.RightsOf(t.Context(), personOf(p), nil)
	must(t, err)
	same(t, mine, []tenants.TenantID{acme.ID})
	same(t, rights, []tenants.Right{{Grant: right, Via: ops.ID}})
	must(t, w.RemoveFromGroup(t.Context(), ops, p.ID))
	if _, rights, err := w.RightsOf(t.Context(), personOf(p), nil); err != nil || len(rights) != 0 {
		t.Fatalf("out of the group: %v, %v", rights, err)
	}
	must(t, w.DeleteGroup(t.Context(), acme.ID, ops.ID))
	list, err = w.ListGroups(t.Context(), acme.ID, "", 10)
	must(t, err)
	same(t, list, []tenants.Group{devs})
	list, err = w.ListGroups(t.Context(), other.ID, "", 10)
	must(t, err)
	same(t, list, []tenants.Group{theirs})
}

// foundGroups: a group is found by its id, by its name in its tenant alone, and tells who is in it. Only p is in ops, and nobody in theirs.
func foundGroups(t *testing.T, w *town, ops, theirs tenants.Group, p tenants.Person) {
	t.Helper()
	for _, g := range []tenants.Group{ops, theirs} {
		found, ok, err := w.GroupByID(t.Context(), g.ID)
		must(t, err)
		same(t, found, g)
		same(t, ok, true)
		found, ok, err = w.GroupByName(t.Context(), g.Tenant, g.Name)
		must(t, err)
		same(t, found, g)
		same(t, ok, true)
	}
	gone[tenants.Group](t)(w.GroupByID(t.Context(), tenants.HolderID(uuid.New())))
	gone[tenants.Group](t)(w.GroupByName(t.Context(), ops.Tenant, "Ops"))
	second := w.person("grace")
	must(t, w.AddToGroup(t.Context(), ops, second.ID, at))
	in, err := w.ListGroupMembers(t.Context(), ops.ID, tenants.HolderID{}, 10)
	must(t, err)
	want := []tenants.HolderID{p.ID, second.ID}
	slices.SortFunc(want, func(a, b tenants.HolderID) int { return bytes.Compare(a[:], b[:]) })
	same(t, in, want)
	first, err := w.ListGroupMembers(t.Context(), ops.ID, tenants.HolderID{}, 1)
	must(t, err)
	same(t, first, want[:1])
	rest, err := w.ListGroupMembers(t.Context(), ops.ID, want[0], 10)
	must(t, err)
	same(t, rest, want[1:])
	must(t, w.RemoveFromGroup(t.Context(), ops, second.ID))
	none, err := w.ListGroupMembers(t.Context(), theirs.ID, tenants.HolderID{}, 10)
	must(t, err)
	same(t, len(none), 0)
}

// mapped: who signs in is in the groups that the token says, and stays in those that were chosen here.
func mapped(t *testing.T, w *town) {
	acme := w.tenant("acme")
	chosen, a, b := w.group(acme, "chosen", ""), w.group(acme, "a", "ca"), w.group(acme, "b", "cb")
	p := w.person("ada")
	must(t, w.AddToGroup(t.Context(), chosen, p.ID, at))
	for _, g := range []tenants.Group{chosen, a, b} {
		w.role(acme, groupOf(g), tenants.Developer)
	}
	for _, step := range []struct {
		claims  []string
		changed bool
		in      []tenants.HolderID
	}{
		{[]string{"ca", "unknown"}, true, []tenants.HolderID{chosen.ID, a.ID}},
		{[]string{"ca"}, false, []tenants.HolderID{chosen.ID, a.ID}},
		{[]string{"cb"}, true, []tenants.HolderID{chosen.ID, b.ID}},
		{nil, true, []tenants.HolderID{chosen.ID}},
	} {
		changed, err := w.SetMapped(t.Context(), p.ID, "https://id.example", step.claims, at)
		must(t, err)
		same(t, changed, step.changed)
		_, rights, err := w.RightsOf(t.Context(), personOf(p), nil)
		must(t, err)
		var in []tenants.HolderID
		for _, r := range rights {
			in = append(in, r.Via)
		}
		sortIDs(in)
		sortIDs(step.in)
		same(t, in, step.in)
	}
}

func sortIDs(ids []tenants.HolderID) {
	slices.SortFunc(ids, func(a, b tenants.HolderID) int { return slices.Compare(a[:], b[:]) })
}

func accounts(t *testing.T, w *town) {
	acme, other := w.tenant("acme"), w.tenant("other")
	b, a := w.account(acme, "b"), w.account(acme, "a")
	w.account(other, "a")
	again := a
	again.ID = tenants.HolderID(uuid.New())
	fails(t, w.InsertAccount(t.Context(), again), tenants.ErrExists)
	again.Tenant = tenants.TenantID{9}
	fails(t, w.InsertAccount(t.Context(), again), tenants.ErrMissing)
	fails(t, w.DisableAccount(t.Context(), other.ID, a.ID, true), tenants.ErrMissing)
	must(t, w.DisableAccount(t.Context(), acme.ID, a.ID, true))
	a.Disabled = true
	found(t, a)(w.AccountByID(t.Context(), a.ID))
	found(t, b)(w.AccountByName(t.Context(), acme.ID, "b"))
	list, err := w.ListAccounts(t.Context(), acme.ID, "", 10)
	must(t, err)
	same(t, list, []tenants.Account{a, b})
	w.role(acme, accountOf(a), tenants.Developer)
	k := key(acme, accountOf(a))
	must(t, w.InsertKey(t.Context(), k))
	must(t, w.DeleteAccount(t.Context(), other.ID, a.ID)) // which has no such account
	found(t, k)(w.KeyByID(t.Context(), k.ID))
	must(t, w.DeleteAccount(t.Context(), acme.ID, a.ID))
	gone[tenants.Key](t)(w.KeyByID(t.Context(), k.ID))
	gone[tenants.Account](t)(w.AccountByID(t.Context(), a.ID))
	grants, err := w.ListGrants(t.Context(), acme.ID, tenants.GrantID{}, 10)
	must(t, err)
	same(t, len(grants), 0)
}

func grants(t *testing.T, w *town) {
	acme, other := w.tenant("acme"), w.tenant("other")
	p, n, foreign := w.member(acme, "ada"), w.namespace(acme, "n"), w.namespace(other, "n")
	g := tenants.Grant{ID: tenants.GrantID(uuid.New()), Tenant: acme.ID, Holder: personOf(p), Namespace: n.ID, Permissions: tenants.Read | tenants.PayloadRead, Created: at, By: "x"}
	must(t, w.InsertGrant(t.Context(), g))
	twice := g
	twice.ID = tenants.GrantID(uuid.New())
	fails(t, w.InsertGrant(t.Context(), twice), tenants.ErrExists)
	for _, change := range []func(*tenants.Grant){
		func(g *tenants.Grant) { g.Namespace = foreign.ID },
		func(g *tenants.Grant) { g.Namespace = orchestration.NamespaceID{9} },
		func(g *tenants.Grant) { g.Tenant, g.Namespace = other.ID, foreign.ID },
		func(g *tenants.Grant) { g.Holder.ID = tenants.HolderID{9} },
		func(g *tenants.Grant) { g.Holder.Kind = tenants.HolderAccount },
	} {
		bad := twice
		change(&bad)
		fails(t, w.InsertGrant(t.Context(), bad), tenants.ErrMissing)
	}
	list, err := w.ListGrants(t.Context(), acme.ID, tenants.GrantID{}, 10)
	must(t, err)
	same(t, list, []tenants.Grant{g})
	found, _, err := w.GrantByID(t.Context(), g.ID)
	must(t, err)
	same(t, found, g)
	gone[tenants.Grant](t)(w.GrantByID(t.Context(), tenants.GrantID(uuid.New())))
	must(t, w.DeleteGrant(t.Context(), other.ID, g.ID)) // which has no such grant
	list, err = w.ListGrants(t.Context(), acme.ID, tenants.GrantID{}, 10)
	must(t, err)
	same(t, len(list), 1)
	must(t, w.DeleteGrant(t.Context(), acme.ID, g.ID))
	list, err = w.ListGrants(t.Context(), acme.ID, tenants.GrantID{}, 10)
	must(t, err)
	same(t, len(list), 0)

	// A grant of the installation needs no membership.
	operator := tenants.Grant{ID: tenants.GrantID(uuid.New()), Holder: personOf(w.person("root")), Role: tenants.Operator, Created: at}
	must(t, w.InsertGrant(t.Context(), operator))
	_, rights, err := w.RightsOf(t.Context(), operator.Holder, nil)
	must(t, err)
	same(t, rights, []tenants.Right{{Grant: operator}})
}

// lastOwner: whatever takes the last owner away is refused, and changes nothing.
func lastOwner(t *testing.T, w *town) {
	acme := w.tenant("acme")
	p, g, a := w.member(acme, "ada"), w.group(acme, "g", ""), w.account(acme, "a")
	mine := w.role(acme, personOf(p), tenants.Owner)
	fails(t, w.DeleteGrant(t.Context(), acme.ID, mine.ID), tenants.ErrLastOwner)
	fails(t, w.RemoveMember(t.Context(), acme.ID, p.ID), tenants.ErrLastOwner)
	list, err := w.ListGrants(t.Context(), acme.ID, tenants.GrantID{}, 10)
	must(t, err)
	same(t, list, []tenants.Grant{mine})
	w.role(acme, groupOf(g), tenants.Owner)
	must(t, w.RemoveMember(t.Context(), acme.ID, p.ID))
	fails(t, w.DeleteGroup(t.Context(), acme.ID, g.ID), tenants.ErrLastOwner)
	w.role(acme, accountOf(a), tenants.Owner)
	must(t, w.DeleteGroup(t.Context(), acme.ID, g.ID))
	fails(t, w.DeleteAccount(t.Context(), acme.ID, a.ID), tenants.ErrLastOwner)
}

// rightsOf: groups that a token names count beside those that the person is in, and so do their tenants.
func rightsOf(t *testing.T, w *town) {
	acme, other := w.tenant("acme"), w.tenant("other")
	p, g := w.member(acme, "ada"), w.group(other, "g", "c")
	own := w.role(acme, personOf(p), tenants.Auditor)
	through := w.role(other, groupOf(g), tenants.Developer)
	w.role(acme, personOf(w.member(acme, "bob")), tenants.Owner)
	mine, rights, err := w.RightsOf(t.Context(), personOf(p), []tenants.HolderID{g.ID})
	must(t, err)
	same(t, mine, []tenants.TenantID{acme.ID, other.ID})
	same(t, rights, []tenants.Right{{Grant: own}, {Grant: through, Via: g.ID}})
	mine, rights, err = w.RightsOf(t.Context(), tenants.Holder{Kind: tenants.HolderPerson}, nil)
	if err != nil || len(mine) != 0 || len(rights) != 0 {
		t.Fatalf("of nobody: %v, %v, %v", mine, rights, err)
	}
}

// key is one with every field set that a new key has.
func key(of tenants.Tenant, h tenants.Holder) tenants.Key {
	id := uuid.New()
	return tenants.Key{
		ID: tenants.KeyID(id.String()), Tenant: of.ID, Holder: h, Name: "build machine", Hash: [32]byte{1, 31: id[0]}, Created: at, Expires: at.Add(time.Hour),
		Replaces: "older",
	}
}

func keys(t *testing.T, w *town) {
	acme, other := w.tenant("acme"), w.tenant("other")
	a, n, foreign := w.account(acme, "a"), w.namespace(acme, "n"), w.namespace(other, "n")
	k := key(acme, accountOf(a))
	k.Scopes = []tenants.Scope{{Permissions: tenants.Read}, {Namespace: n.ID, Permissions: tenants.Worker | tenants.Write}}
	must(t, w.InsertKey(t.Context(), k))
	found(t, k)(w.KeyByID(t.Context(), k.ID))
	gone[tenants.Key](t)(w.KeyByID(t.Context(), k.ID[1:]))
	fails(t, w.InsertKey(t.Context(), k), tenants.ErrExists)
	for _, change := range []func(*tenants.Key){
		func(k *tenants.Key) { k.Tenant = other.ID },
		func(k *tenants.Key) { k.Holder.ID = tenants.HolderID{9} },
		func(k *tenants.Key) { k.Scopes = []tenants.Scope{{Namespace: foreign.ID, Permissions: tenants.Read}} },
	} {
		bad := key(acme, accountOf(a))
		change(&bad)
		fails(t, w.InsertKey(t.Context(), bad), tenants.ErrMissing)
		gone[tenants.Key](t)(w.KeyByID(t.Context(), bad.ID))
	}
	must(t, w.SetKeyEnd(t.Context(), acme.ID, k.ID, k.Expires.Add(1000))) // no later
	found(t, k)(w.KeyByID(t.Context(), k.ID))
	k.Expires, k.Revoked, k.Disabled = k.Expires.Add(-1000), at.Add(time.Minute), true
	must(t, w.SetKeyEnd(t.Context(), acme.ID, k.ID, k.Expires))
	must(t, w.SetKeyDisabled(t.Context(), acme.ID, k.ID, true))
	must(t, w.SetKeyRevoked(t.Context(), acme.ID, k.ID, k.Revoked))
	must(t, w.SetKeyRevoked(t.Context(), acme.ID, k.ID, k.Revoked.Add(1000))) // the first counts
	found(t, k)(w.KeyByID(t.Context(), k.ID))
	list, err := w.ListKeys(t.Context(), acme.ID, "", 10)
	must(t, err)
	same(t, list, []tenants.Key{k})
	fails(t, w.SetKeyEnd(t.Context(), other.ID, k.ID, at), tenants.ErrMissing)
	fails(t, w.SetKeyDisabled(t.Context(), other.ID, k.ID, false), tenants.ErrMissing)
	fails(t, w.SetKeyRevoked(t.Context(), other.ID, k.ID, at), tenants.ErrMissing)
	endless := key(acme, accountOf(a))
	endless.Expires = time.Time{}
	must(t, w.InsertKey(t.Context(), endless))
	endless.Expires = at.Add(time.Hour)
	must(t, w.SetKeyEnd(t.Context(), acme.ID, endless.ID, endless.Expires))
	found(t, endless)(w.KeyByID(t.Context(), endless.ID))
}

func keyUses(t *testing.T, w *town) {
	acme := w.tenant("acme")
	k := key(acme, accountOf(w.account(acme, "a")))
	must(t, w.InsertKey(t.Context(), k))
	_, version, _, err := w.Changes(t.Context(), 0)
	must(t, err)
	uses := []tenants.KeyUse{
		{ID: k.ID, At: at.Add(2 * time.Second), Address: "10.0.0.2"}, {ID: k.ID, At: at.Add(time.Second), Address: "10.0.0.1"}, {ID: "none", At: at, Address: "x"},
	}
	must(t, w.NoteUses(t.Context(), uses))
	k.Used, k.UsedFrom = uses[0].At, "10.0.0.2"
	found(t, k)(w.KeyByID(t.Context(), k.ID))
	if _, after, _, err := w.Changes(t.Context(), 0); err != nil || after != version {
		t.Fatalf("a use counted as a change: from %d to %d, %v", version, after, err)
	}
}

func sessions(t *testing.T, w *town) {
	p, q := w.person("ada"), w.person("bob")
	s := tenants.Session{
		Hash: [32]byte{1}, Person: p.ID, Created: at, Seen: at.Add(1000), Expires: at.Add(time.Hour), Address: "10.0.0.1", Agent: "Firefox", Provider: "corp", Refresh: []byte{0, 1, 255},
		Verified: at, Tried: at,
	}
	must(t, w.InsertSession(t.Context(), s))
	found(t, s)(w.SessionByHash(t.Context(), s.Hash))
	fails(t, w.InsertSession(t.Context(), s), tenants.ErrExists)
	nobody := s
	nobody.Hash, nobody.Person = [32]byte{9}, tenants.HolderID{9}
	fails(t, w.InsertSession(t.Context(), nobody), tenants.ErrMissing)
	refreshes(t, w, &s, nobody)
	second, theirs := s, s
	second.Hash, theirs.Hash, theirs.Person, theirs.Expires = [32]byte{2}, [32]byte{3}, q.ID, at.Add(time.Hour/2)
	must(t, w.InsertSession(t.Context(), second))
	must(t, w.InsertSession(t.Context(), theirs))
	list, err := w.ListSessions(t.Context(), p.ID)
	must(t, err)
	same(t, list, []tenants.Session{s, second})
	must(t, w.DeleteSession(t.Context(), second.Hash, tenants.SignedOut))
	gone[tenants.Session](t)(w.SessionByHash(t.Context(), second.Hash))
	swept(t, w, theirs.Expires, s.Seen.Add(-time.Microsecond))
	gone[tenants.Session](t)(w.SessionByHash(t.Context(), theirs.Hash))
	found(t, s)(w.SessionByHash(t.Context(), s.Hash))
	swept(t, w, theirs.Expires, s.Seen)
	gone[tenants.Session](t)(w.SessionByHash(t.Context(), s.Hash))
	must(t, w.InsertSession(t.Context(), s))
	must(t, w.DeleteSessionsOf(t.Context(), p.ID))
	gone[tenants.Session](t)(w.SessionByHash(t.Context(), s.Hash))
}

// swept: sessions that have run out are gone, by their end or by their last use.
func swept(t *testing.T, w *town, expires, seen time.Time) {
	t.Helper()
	more, err := w.DeleteExpired(t.Context(), expires, seen)
	must(t, err)
	same(t, more, false)
}

// changes: each change is told once, in order, and who is too far behind is told to look at everything.
func changes(t *testing.T, w *town) {
	read := func(after int64, whole bool, want ...tenants.TenantID) int64 {
		t.Helper()
		changed, version, all, err := w.Changes(t.Context(), after)
		must(t, err)
		if !slices.Equal(changed, want) || all != whole || version != after+int64(len(want)) && !whole {
			t.Fatalf("after %d: got %v up to %d, whole %v; want %v, %v", after, changed, version, all, want, whole)
		}
		return version
	}
	version := read(0, false)
	acme := w.tenant("acme")
	p := w.member(acme, "ada")
	version = read(version, false, acme.ID, acme.ID)
	fails(t, w.AddMember(t.Context(), acme.ID, tenants.HolderID{9}, at), tenants.ErrMissing)
	read(version, false)
	p.Seen = at
	must(t, w.UpdatePerson(t.Context(), p))
	read(version, false)
	must(t, w.SetPersonDisabled(t.Context(), p.ID, true))
	version = read(version, false, tenants.InstallationTenant)
	_, _, whole, err := w.Changes(t.Context(), version+1)
	must(t, err)
	same(t, whole, true)
}

// changedNamespaces: what a namespace itself says is part of what somebody may do, so its changes are in the log, and those that did not happen are not.
func changedNamespaces(t *testing.T, w *town) {
	acme := w.tenant("acme")
	n := w.namespace(acme, "acme")
	_, version, _, err := w.Changes(t.Context(), 0)
	must(t, err)
	n.Suspended = true
	must(t, w.namespaces.UpdateNamespace(t.Context(), n))
	fails(t, w.namespaces.UpdateNamespace(t.Context(), n), tenants.ErrChanged) // the version is an old one now
	changed, after, whole, err := w.Changes(t.Context(), version)
	must(t, err)
	if !slices.Equal(changed, []tenants.TenantID{acme.ID}) || whole || after != version+1 {
		t.Fatalf("after %d: %v up to %d, whole %v", version, changed, after, whole)
	}
}

// changesAtOnce: a reader that goes on from what it has seen misses nothing.
func changesAtOnce(t *testing.T, w *town) {
	acme := w.tenant("acme")
	_, version, _, err := w.Changes(t.Context(), 0)
	must(t, err)
	const writers, each = 4, 10
	var g errgroup.Group
	for i := range writers {
		g.Go(func() error {
			for j := range each {
				a := tenants.Account{ID: tenants.HolderID(uuid.New()), Tenant: acme.ID, Name: fmt.Sprintf("a%d-%d", i, j), Created: at}
				if err := w.InsertAccount(t.Context(), a); err != nil {
					return err
				}
			}
			return nil
		})
	}
	done := make(chan error, 1)
	go func() { done <- g.Wait() }()
	seen, ended := 0, false
	for !ended {
		select {
		case err := <-done:
			must(t, err)
			ended = true // and read once more
		default:
		}
		changed, now, whole, err := w.Changes(t.Context(), version)
		must(t, err)
		if whole {
			t.Fatal("a gap in the log")
		}
		seen, version = seen+len(changed), now
	}
	same(t, seen, writers*each)
}

func hostileNames(t *testing.T, w *town) {
	acme := w.tenant("acme")
	for _, name := range []string{`'; DROP TABLE tenant; --`, `"`, `\`, "\u202e\U0001f3b5<script>&", "A", "a"} {
		found(t, w.account(acme, name))(w.AccountByName(t.Context(), acme.ID, name))
	}
}
