package admin_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/platform/database"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/admin"
	"github.com/tenuto-io/tenuto/tenants/audit"
	"github.com/tenuto-io/tenuto/tenants/signin"
	"github.com/tenuto-io/tenuto/tenants/sqlite"
)

// town is an installation with the tenants acme and globex, and somebody for each role in acme.
type town struct {
	*admin.Service
	t         *testing.T
	access    *tenants.Access
	directory *tenants.Directory
	left      leftovers
	used      used
	journal   *chronicle
	tamper    func(statement string, args ...any) // writes into the database by hand
	acme      tenants.Tenant
}

// leftovers says what is left of deleted namespaces.
type leftovers map[orchestration.NamespaceID]int64

func (l leftovers) Remaining(_ context.Context, id orchestration.NamespaceID) (int64, error) {
	return l[id], nil
}

// noon is what the service takes for now.
var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// used is what each namespace has used.
type used struct {
	from  store.Hour // that was last asked for
	hours []store.UsageHour
	held  store.Stock
}

func (u *used) Usage(_ context.Context, _ orchestration.NamespaceID, from store.Hour) ([]store.UsageHour, store.Stock, error) {
	u.from = from
	return u.hours, u.held, nil
}

func newTown(t *testing.T) *town {
	t.Helper()
	db, err := database.OpenSQLite(t.Context(), database.Memory, database.Migrations{Room: "tenants", Files: sqlite.Migrations()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	w := &town{t: t, left: leftovers{}, journal: &chronicle{Journal: sqlite.NewJournal(db.Write, db.Read)}}
	w.tamper = func(statement string, args ...any) {
		t.Helper()
		if _, err := db.Write.ExecContext(t.Context(), statement, args...); err != nil {
			t.Fatal(err)
		}
	}
	w.directory = tenants.NewDirectory(sqlite.New(db.Write, db.Read), time.Now)
	w.access = tenants.NewAccess(tenants.AccessConfig{Registry: sqlite.NewRegistry(db.Write, db.Read), Changed: w.directory.ForgetTenants})
	desk, err := signin.New(signin.Config{Access: w.access, Secret: []byte("thirty-two bytes of a secret, at least"), Now: func() time.Time { return noon }})
	w.must(err)
	w.Service = admin.New(admin.Config{Access: w.access, Directory: w.directory, Sessions: desk, Namespaces: w.left, Usage: &w.used, Journal: w.journal, Recorder: w.journal, Now: func() time.Time { return noon }})
	for _, name := range []string{"acme", "globex"} {
		w.do(w.CreateTenant(w.operator(), &adminv1.CreateTenantRequest{Name: name}))
	}
	w.acme, err = w.access.TenantNamed(t.Context(), "acme")
	w.must(err)
	for _, role := range []string{"owner", "admin", "developer", "auditor", "member"} {
		w.do(w.CreateAccount(w.operator(), &adminv1.CreateAccountRequest{Tenant: "acme", Name: role}))
		w.do(w.CreateGrant(w.operator(), &adminv1.CreateGrantRequest{Tenant: "acme", Holder: "account:" + role, Role: role}))
	}
	return w
}

// chronicle is a journal, and a recorder that has lost some.
type chronicle struct{ audit.Journal }

func (*chronicle) Waiting() int   { return 2 }
func (*chronicle) Dropped() int64 { return 7 }

func (w *town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// do fails the test when a call fails that must not.
func (w *town) do(_ any, err error) {
	w.t.Helper()
	w.must(err)
}

// operator is a context of somebody who may do everything.
func (w *town) operator() context.Context {
	return tenants.WithPrincipal(w.t.Context(), tenants.Anybody)
}

// as is a context of the service account of acme with that name, by a key with these scopes.
func (w *town) as(account string, scopes ...tenants.Scope) context.Context {
	w.t.Helper()
	a, ok, err := w.access.AccountByName(w.t.Context(), w.acme.ID, account)
	w.must(err)
	if !ok {
		w.t.Fatalf("no account %s", account)
	}
	_, text, err := w.access.CreateKey(w.t.Context(), tenants.NewKey{
		Tenant: w.acme.ID, Holder: tenants.Holder{Kind: tenants.HolderAccount, ID: a.ID}, Name: "test", Scopes: scopes,
	})
	w.must(err)
	return w.by(text)
}

// by is a context of whoever a key belongs to.
func (w *town) by(secret string) context.Context {
	w.t.Helper()
	p, err := w.access.ByKey(w.t.Context(), secret, nil)
	w.must(err)
	return tenants.WithPrincipal(w.t.Context(), p)
}

// person invites somebody into acme, and gives them a role if there is one.
func (w *town) person(name, role string) *adminv1.Member {
	w.t.Helper()
	m, err := w.InviteMember(w.operator(), &adminv1.InviteMemberRequest{Tenant: "acme", Issuer: "https://id.example", Subject: name, Name: name})
	w.must(err)
	if role != "" {
		w.do(w.CreateGrant(w.operator(), &adminv1.CreateGrantRequest{Tenant: "acme", Holder: "person:" + m.GetId(), Role: role}))
	}
	return m
}

func (w *town) namespace(name string) *adminv1.Namespace {
	w.t.Helper()
	n, err := w.CreateNamespace(w.operator(), &adminv1.CreateNamespaceRequest{Tenant: "acme", Name: name})
	w.must(err)
	return n
}

// refused checks that a call fails with a code, in one sentence that has these words.
func refused(t *testing.T, what string, err error, code orchestration.Code, words ...string) {
	t.Helper()
	if orchestration.CodeOf(err) != code {
		t.Errorf("%s: got %v, want code %v", what, err, code)
		return
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%s: %q does not mention %q", what, err, word)
		}
	}
}
