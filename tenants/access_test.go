package tenants_test

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/sqlite"
)

// house is an Access on a database, with a tenant, two of its namespaces, and one of another tenant's.
type house struct {
	*tenants.Access
	t               *testing.T
	db              *database.SQLite
	clock           *clock
	acme            tenants.Tenant
	one, two, other tenants.Namespace
}

func newHouse(t *testing.T) *house {
	t.Helper()
	db, err := database.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "tenants.db"), database.Migrations{Room: "tenants", Files: sqlite.Migrations()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	h := &house{t: t, db: db, clock: &clock{time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)}}
	h.Access = h.node()
	h.acme = must(h.CreateTenant(t.Context(), "acme", ""))(t)
	globex := must(h.CreateTenant(t.Context(), "globex", ""))(t)
	directory := tenants.NewDirectory(sqlite.New(db.Write, db.Read), h.clock.now)
	found := func(name string, of tenants.TenantID) tenants.Namespace {
		return must(directory.Register(t.Context(), tenants.Registration{Name: name, Tenant: of, Retention: tenants.MinRetention}))(t)
	}
	h.one, h.two, h.other = found("one.acme", h.acme.ID), found("two.acme", h.acme.ID), found("one.globex", globex.ID)
	return h
}

// node is an Access of another process on the same database.
func (h *house) node() *tenants.Access {
	return tenants.NewAccess(tenants.AccessConfig{Registry: sqlite.NewRegistry(h.db.Write, h.db.Read), Now: h.clock.now})
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// account is a service account with a role; NoRole: none.
func (h *house) account(name string, r tenants.Role) tenants.Holder {
	h.t.Helper()
	a := must(h.CreateAccount(h.t.Context(), h.acme.ID, name))(h.t)
	holder := tenants.Holder{Kind: tenants.HolderAccount, ID: a.ID}
	if r != tenants.NoRole {
		must(h.GiveRole(h.t.Context(), h.acme.ID, holder, r, "test"))(h.t)
	}
	return holder
}

// key makes a key and returns it with its text.
func (h *house) key(holder tenants.Holder, scopes ...tenants.Scope) (tenants.Key, string) {
	h.t.Helper()
	k, text, err := h.CreateKey(h.t.Context(), tenants.NewKey{Tenant: h.acme.ID, Holder: holder, Name: "key", Scopes: scopes})
	if err != nil {
		h.t.Fatal(err)
	}
	return k, text
}

var somewhere = &net.TCPAddr{IP: net.IPv4(10, 1, 2, 3), Port: 4567}

func refusal(t *testing.T, err error, words string) {
	t.Helper()
	var r *tenants.Refused
	if !errors.As(err, &r) || !strings.Contains(r.Reason, words) {
		t.Fatalf("got %v, want a refusal that says %q", err, words)
	}
}

func TestKeysOfRoles(t *testing.T) {
	h := newHouse(t)
	for role, want := range map[tenants.Role]tenants.Permission{
		tenants.Member: 0, tenants.Auditor: tenants.Read, tenants.Developer: tenants.AllPermissions &^ tenants.Admin,
		tenants.Administrator: tenants.AllPermissions, tenants.Owner: tenants.AllPermissions,
	} {
		_, text := h.key(h.account(role.String(), role))
		p := must(h.ByKey(t.Context(), text, somewhere))(t)
		if p.In(&h.one) != want || p.In(&h.two) != want || p.In(&h.other) != 0 || p.Role(h.acme.ID) != role || p.Role(tenants.DefaultTenant) != tenants.NoRole || p.Operates() {
			t.Errorf("%v: in one %v, in two %v, in another's %v, role %v", role, p.In(&h.one), p.In(&h.two), p.In(&h.other), p.Role(h.acme.ID))
		}
		if !p.Knows(h.acme.ID) || p.Knows(h.other.Tenant) || p.Name != role.String() || p.Credential.Kind != tenants.KeyCredential {
			t.Errorf("%v: %+v", role, p)
		}
	}
}

// A key's scopes take away from what its holder may do, and never add.
func TestScopesOnlyTakeAway(t *testing.T) {
	h := newHouse(t)
	developer, nobody := h.account("dev", tenants.Developer), h.account("nobody", tenants.NoRole)
	_, scoped := h.key(developer, tenants.Scope{Namespace: h.one.ID, Permissions: tenants.Worker | tenants.Admin}, tenants.Scope{Permissions: tenants.Read})
	p := must(h.ByKey(t.Context(), scoped, nil))(t)
	if got := p.In(&h.one); got != tenants.Worker|tenants.Write|tenants.Read {
		t.Errorf("in one: %v", got)
	}
	if got := p.In(&h.two); got != tenants.Read {
		t.Errorf("in two: %v", got)
	}
	if p.Role(h.acme.ID) != tenants.NoRole || !p.Knows(h.acme.ID) {
		t.Error("a key with scopes has a role")
	}
	_, none := h.key(nobody, tenants.Scope{Permissions: tenants.AllPermissions})
	p = must(h.ByKey(t.Context(), none, nil))(t)
	if p.In(&h.one) != 0 {
		t.Errorf("of nobody: %v", p.In(&h.one))
	}
	must(h.Permit(t.Context(), h.one, nobody, tenants.Read|tenants.PayloadRead, "test"))(t)
	if p = must(h.ByKey(t.Context(), none, nil))(t); p.In(&h.one) != tenants.Read|tenants.PayloadRead || p.In(&h.two) != 0 {
		t.Errorf("after a grant: %v, %v", p.In(&h.one), p.In(&h.two))
	}
}

func TestWrongKeys(t *testing.T) {
	h := newHouse(t)
	_, text := h.key(h.account("a", tenants.Developer))
	for name, wrong := range map[string]string{
		"nothing": "", "no key": "hello", "short": text[:len(text)-1], "long": text + "a", "other secret": text[:len(text)-1] + flip(text[len(text)-1]),
		"other id": text[:4] + flip(text[4]) + text[5:], "upper case": strings.ToUpper(text), "no mark": "xxx_" + text[4:],
	} {
		if _, err := h.ByKey(t.Context(), wrong, nil); !errors.Is(err, tenants.ErrUnknown) {
			t.Errorf("%s: got %v, want ErrUnknown", name, err)
		}
	}
}

func flip(b byte) string {
	if b == 'a' {
		return "b"
	}
	return "a"
}

// TestRevocationReachesOtherNodes: what one node takes away, another one does not allow after its next look, and whoever waits there is told.
func TestRevocationReachesOtherNodes(t *testing.T) {
	h := newHouse(t)
	far := h.node()
	var holder tenants.Holder
	var grant tenants.Grant
	for _, c := range []struct {
		name   string
		change func(tenants.Key) error
		says   string
	}{
		{"revoked", func(k tenants.Key) error { return h.RevokeKey(t.Context(), h.acme.ID, k.ID) }, "revoked"},
		{"disabled", func(k tenants.Key) error { return h.DisableKey(t.Context(), h.acme.ID, k.ID, true) }, "disabled"},
		{"grant taken back", func(tenants.Key) error { return h.TakeBack(t.Context(), h.acme.ID, grant.ID) }, ""},
		{"account disabled", func(tenants.Key) error {
			return h.DisableAccount(t.Context(), h.acme.ID, holder.ID, true)
		}, "disabled"},
	} {
		holder = h.account(c.name, tenants.NoRole)
		grant = must(h.Permit(t.Context(), h.one, holder, tenants.Worker, "test"))(t)
		k, text := h.key(holder)
		for _, a := range []*tenants.Access{h.Access, far} {
			if err := a.CatchUp(t.Context()); err != nil {
				t.Fatal(err)
			}
			if p := must(a.ByKey(t.Context(), text, nil))(t); p.In(&h.one) != tenants.Worker {
				t.Fatalf("%s: before: %v", c.name, p.In(&h.one))
			}
		}
		epoch := far.Epoch()
		if err := c.change(k); err != nil {
			t.Fatal(err)
		}
		if epoch.Err() != nil {
			t.Fatalf("%s: the other node knows without having looked", c.name)
		}
		if err := far.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if epoch.Err() == nil {
			t.Errorf("%s: who waits on the other node is not told", c.name)
		}
		for _, a := range []*tenants.Access{h.Access, far} {
			p, err := a.ByKey(t.Context(), text, nil)
			if c.says == "" {
				if err != nil || p.In(&h.one) != 0 {
					t.Errorf("%s: %v, %v", c.name, p, err)
				}
				continue
			}
			refusal(t, err, c.says)
		}
	}
}

// TestSuspensionReachesNamespaces: whether its tenant or the namespace itself is suspended is part of what is remembered of a namespace, and forgotten when that
// changes, also when nobody tells of it.
func TestSuspensionReachesNamespaces(t *testing.T) {
	h := newHouse(t)
	directory := tenants.NewDirectory(sqlite.New(h.db.Write, h.db.Read), h.clock.now)
	far := tenants.NewAccess(tenants.AccessConfig{Registry: sqlite.NewRegistry(h.db.Write, h.db.Read), Now: h.clock.now, Changed: directory.ForgetTenants})
	if err := far.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, suspended := range []bool{true, false} {
		for _, name := range []string{h.one.Name, h.other.Name} {
			must(directory.ByName(t.Context(), name))(t)
		}
		h.acme.Suspended = suspended
		if err := errors.Join(h.ChangeTenant(t.Context(), h.acme), far.CatchUp(t.Context())); err != nil {
			t.Fatal(err)
		}
		if n := must(directory.ByName(t.Context(), h.one.Name))(t); n.TenantSuspended != suspended {
			t.Errorf("suspended %v is remembered as %v", suspended, n.TenantSuspended)
		}
		if n := must(directory.ByName(t.Context(), h.other.Name))(t); n.TenantSuspended {
			t.Error("another tenant's namespace is suspended")
		}
		alone := tenants.NewDirectory(sqlite.New(h.db.Write, h.db.Read), h.clock.now) // which announces to nobody
		must(alone.Update(t.Context(), h.other.Name, tenants.Change{Suspended: &suspended}))(t)
		if err := far.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := must(directory.ByName(t.Context(), h.other.Name))(t); n.Suspended != suspended {
			t.Errorf("a namespace that is itself suspended %v is remembered as %v", suspended, n.Suspended)
		}
	}
}

// TestRunLooksByItself: without being told, a node learns of a change within a second.
func TestRunLooksByItself(t *testing.T) {
	h := newHouse(t)
	far := h.node()
	k, text := h.key(h.account("a", tenants.Developer))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- far.Run(ctx) }()
	if err := far.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	must(far.ByKey(t.Context(), text, somewhere))(t)
	epoch := far.Epoch()
	if err := h.RevokeKey(t.Context(), h.acme.ID, k.ID); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	<-epoch.Done()
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	_, err := far.ByKey(t.Context(), text, nil)
	refusal(t, err, "revoked")
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	got, _, err := h.KeyByID(t.Context(), k.ID)
	if err != nil || !got.Used.Equal(h.clock.t) || got.UsedFrom != "10.1.2.3" {
		t.Errorf("last use: %v from %q, %v", got.Used, got.UsedFrom, err)
	}
}

func TestKeyExpires(t *testing.T) {
	h := newHouse(t)
	k, text, err := h.CreateKey(t.Context(), tenants.NewKey{Tenant: h.acme.ID, Holder: h.account("a", tenants.Developer), Name: "k", Expires: h.clock.t.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	p := must(h.ByKey(t.Context(), text, nil))(t)
	if !p.Credential.Expires.Equal(k.Expires) || p.Credential.ID != string(k.ID) {
		t.Errorf("%+v", p.Credential)
	}
	h.clock.t = h.clock.t.Add(time.Hour - 1)
	must(h.ByKey(t.Context(), text, nil))(t)
	h.clock.t = h.clock.t.Add(1)
	_, err = h.ByKey(t.Context(), text, nil)
	refusal(t, err, "expired")
}

// TestRotationOverlaps: both keys let in until the old one's time is over.
func TestRotationOverlaps(t *testing.T) {
	h := newHouse(t)
	old, text := h.key(h.account("a", tenants.Developer), tenants.Scope{Namespace: h.one.ID, Permissions: tenants.Worker})
	next, newText, err := h.RotateKey(t.Context(), h.acme.ID, old.ID, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if next.Replaces != old.ID || next.Name != old.Name || next.ID == old.ID {
		t.Errorf("%+v", next)
	}
	for _, text := range []string{text, newText} {
		if p := must(h.ByKey(t.Context(), text, nil))(t); p.In(&h.one) != tenants.Worker || p.In(&h.two) != 0 {
			t.Errorf("in one %v, in two %v", p.In(&h.one), p.In(&h.two))
		}
	}
	h.clock.t = h.clock.t.Add(time.Hour)
	_, err = h.ByKey(t.Context(), text, nil)
	refusal(t, err, "expired")
	must(h.ByKey(t.Context(), newText, nil))(t)
	if _, _, err := h.RotateKey(t.Context(), h.acme.ID, old.ID, time.Hour); orchestration.CodeOf(err) != orchestration.FailedPrecondition {
		t.Errorf("rotation of a dead key: %v", err)
	}
	if _, _, err := h.RotateKey(t.Context(), h.other.Tenant, next.ID, time.Hour); orchestration.CodeOf(err) != orchestration.NotFound {
		t.Errorf("rotation of another tenant's key: %v", err)
	}
}

func TestBadKeysAreNotMade(t *testing.T) {
	h := newHouse(t)
	holder := h.account("a", tenants.NoRole)
	for name, n := range map[string]tenants.NewKey{
		"no name":        {Tenant: h.acme.ID, Holder: holder},
		"long name":      {Tenant: h.acme.ID, Holder: holder, Name: strings.Repeat("x", tenants.MaxTitleLength+1)},
		"of a group":     {Tenant: h.acme.ID, Holder: tenants.Holder{Kind: tenants.HolderGroup}, Name: "k"},
		"expired":        {Tenant: h.acme.ID, Holder: holder, Name: "k", Expires: h.clock.t},
		"empty scope":    {Tenant: h.acme.ID, Holder: holder, Name: "k", Scopes: []tenants.Scope{{}}},
		"unknown right":  {Tenant: h.acme.ID, Holder: holder, Name: "k", Scopes: []tenants.Scope{{Permissions: 1 << 9}}},
		"a double scope": {Tenant: h.acme.ID, Holder: holder, Name: "k", Scopes: []tenants.Scope{{Permissions: 1}, {Permissions: 2}}},
	} {
		if _, _, err := h.CreateKey(t.Context(), n); orchestration.CodeOf(err) != orchestration.InvalidArgument {
			t.Errorf("%s: got %v, want InvalidArgument", name, err)
		}
	}
	for name, n := range map[string]tenants.NewKey{
		"another's namespace": {Tenant: h.acme.ID, Holder: holder, Name: "k", Scopes: []tenants.Scope{{Namespace: h.other.ID, Permissions: tenants.Read}}},
		"another's account":   {Tenant: h.other.Tenant, Holder: holder, Name: "k"},
	} {
		if _, _, err := h.CreateKey(t.Context(), n); orchestration.CodeOf(err) != orchestration.NotFound {
			t.Errorf("%s: got %v, want NotFound", name, err)
		}
	}
}

// TestBreakGlass: whoever has the database gets a key that may do everything, again and again.
func TestBreakGlass(t *testing.T) {
	h := newHouse(t)
	for range 2 {
		k, text, err := h.BreakGlass(t.Context(), "first", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		p := must(h.ByKey(t.Context(), text, nil))(t)
		if !p.Operates() || p.In(&h.other) != tenants.AllPermissions || p.Role(h.acme.ID) != tenants.Operator || !k.Expires.Equal(h.clock.t.Add(time.Hour)) {
			t.Errorf("%+v %+v", p, k)
		}
	}
	// Nobody makes a key like that out of the keys of another tenant.
	operator := must(h.Invite(t.Context(), h.acme.ID, tenants.Identity{Issuer: "i", Subject: "s"}, "Ada"))(t)
	holder := tenants.Holder{Kind: tenants.HolderPerson, ID: operator.ID}
	must(h.GiveRole(t.Context(), tenants.InstallationTenant, holder, tenants.Operator, "test"))(t)
	_, text := h.key(holder)
	if p := must(h.ByKey(t.Context(), text, nil))(t); p.Operates() || p.In(&h.one) != 0 {
		t.Errorf("%+v", p)
	}
	if p := must(h.OfPerson(t.Context(), operator.ID, tenants.Credential{}))(t); !p.Operates() {
		t.Error("signed in, an operator is none")
	}
}

func TestTokens(t *testing.T) {
	h := newHouse(t)
	p := must(h.Invite(t.Context(), h.acme.ID, tenants.Identity{Issuer: "https://id", Subject: "ada"}, "Ada"))(t)
	must(h.Permit(t.Context(), h.one, tenants.Holder{Kind: tenants.HolderPerson, ID: p.ID}, tenants.Read, "test"))(t)
	verified := 0
	token := tenants.Token{
		Identity: p.Identity, Name: "Ada", ID: "jti", Expires: h.clock.t.Add(time.Hour),
		Permits: []string{"two.acme:write", "two.acme:payload:read", "two.acme:dance", "one.globex:worker", "nonsense", ":read"},
	}
	verify := func(context.Context, string) (tenants.Token, error) { verified++; return token, nil }
	ask := func(text string) *tenants.Principal {
		t.Helper()
		return must(h.ByToken(t.Context(), text, verify))(t)
	}
	who := ask("text")
	if who.In(&h.one) != tenants.Read || who.In(&h.two) != tenants.Write|tenants.PayloadRead || who.In(&h.other) != tenants.Worker || who.Operates() {
		t.Errorf("in one %v, in two %v, in another's %v", who.In(&h.one), who.In(&h.two), who.In(&h.other))
	}
	if who.ID != "person:"+p.ID.String() || who.Credential.ID != "jti" {
		t.Errorf("%+v", who)
	}
	if ask("text") != who || verified != 1 {
		t.Error("it is not remembered")
	}
	h.clock.t = h.clock.t.Add(time.Minute)
	if ask("text"); verified != 2 {
		t.Error("it is remembered for too long")
	}
	if err := h.Disable(t.Context(), p, true); err != nil {
		t.Fatal(err)
	}
	_, err := h.ByToken(t.Context(), "text", verify)
	refusal(t, err, "disabled")
	if err := h.Disable(t.Context(), p, false); err != nil {
		t.Fatal(err)
	}
	ask("text")
	h.clock.t = token.Expires
	_, err = h.ByToken(t.Context(), "text", verify)
	refusal(t, err, "expired")

	// A stranger has what its token says, and a group that is mapped to its claim; a group of another issuer does not count.
	group := tenants.Group{ID: tenants.HolderID{1}, Tenant: h.acme.ID, Name: "ops", Issuer: "https://id", Claim: "ops", Created: h.clock.t}
	foreign := tenants.Group{ID: tenants.HolderID{2}, Tenant: h.other.Tenant, Name: "ops", Issuer: "https://else", Claim: "ops", Created: h.clock.t}
	for _, g := range []tenants.Group{group, foreign} {
		if err := h.InsertGroup(t.Context(), g); err != nil {
			t.Fatal(err)
		}
		must(h.GiveRole(t.Context(), g.Tenant, tenants.Holder{Kind: tenants.HolderGroup, ID: g.ID}, tenants.Auditor, "test"))(t)
	}
	token = tenants.Token{Identity: tenants.Identity{Issuer: "https://id", Subject: "bob"}, Groups: []string{"ops"}, Permits: []string{"system:write"}}
	who = ask("stranger")
	if who.In(&h.one) != tenants.Read|tenants.Write || who.In(&h.other) != tenants.Write || who.Role(h.acme.ID) != tenants.Auditor || who.ID != "token:https://id#bob" {
		t.Errorf("in one %v, in another's %v, role %v, id %s", who.In(&h.one), who.In(&h.other), who.Role(h.acme.ID), who.ID)
	}
	token.Permits = []string{"system:admin"}
	if who = ask("operator"); !who.Operates() {
		t.Error("system:admin makes no operator")
	}
	wrong := errors.New("wrong signature")
	if _, err := h.ByToken(t.Context(), "wrong", func(context.Context, string) (tenants.Token, error) { return token, wrong }); !errors.Is(err, wrong) {
		t.Errorf("got %v", err)
	}
}

// TestForgetsWhenTheDatabaseIsAway: what is remembered counts for StaleAfter, then nobody is let in on memory.
func TestForgetsWhenTheDatabaseIsAway(t *testing.T) {
	h := newHouse(t)
	_, text := h.key(h.account("a", tenants.Developer))
	must(h.ByKey(t.Context(), text, nil))(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	epoch := h.Epoch()
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	must(h.ByKey(t.Context(), text, nil))(t)
	h.clock.t = h.clock.t.Add(tenants.StaleAfter)
	go func() { done <- h.Run(ctx) }()
	<-epoch.Done()
	if _, err := h.ByKey(t.Context(), text, nil); err == nil || errors.As(err, new(*tenants.Refused)) {
		t.Errorf("got %v, want the database's error", err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestTenants(t *testing.T) {
	h := newHouse(t)
	for _, name := range []string{"", "Acme", "a.b", "-a", "a-", "a b", strings.Repeat("a", tenants.MaxTenantName+1)} {
		if _, err := h.CreateTenant(t.Context(), name, ""); orchestration.CodeOf(err) != orchestration.InvalidArgument {
			t.Errorf("%q: got %v, want InvalidArgument", name, err)
		}
	}
	if _, err := h.CreateTenant(t.Context(), "acme", ""); orchestration.CodeOf(err) != orchestration.FailedPrecondition {
		t.Errorf("twice: %v", err)
	}
	if err := h.RemoveTenant(t.Context(), "acme"); orchestration.CodeOf(err) != orchestration.FailedPrecondition {
		t.Errorf("with namespaces: %v", err)
	}
	if err := h.RemoveTenant(t.Context(), tenants.DefaultTenantName); orchestration.CodeOf(err) != orchestration.FailedPrecondition {
		t.Errorf("the default tenant: %v", err)
	}
	must(h.CreateTenant(t.Context(), "short-lived", "Short"))(t)
	if err := h.RemoveTenant(t.Context(), "short-lived"); err != nil {
		t.Error(err)
	}
	if _, err := h.TenantNamed(t.Context(), "short-lived"); orchestration.CodeOf(err) != orchestration.NotFound {
		t.Errorf("removed: %v", err)
	}
}

func TestTenantOf(t *testing.T) {
	for name, want := range map[string]string{"bank": "default", "bank.acme": "acme", "a.b.c": "c"} {
		if got := tenants.TenantOf(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if tenants.NamespaceName("bank", "acme") != "bank.acme" || tenants.NamespaceName("bank", tenants.DefaultTenantName) != "bank" {
		t.Error("names do not compose")
	}
}
