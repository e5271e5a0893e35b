package tenantstest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// Audited is what the suite of the audit journal needs of a driver.
type Audited struct {
	Registry tenants.Registry
	Store    tenants.Store
	Journal  audit.Journal
	// Tamper changes the database behind the driver's back. Its statements use $1, $2, …
	Tamper func(t *testing.T, statement string, args ...any)
}

// RunJournal runs the suite of audit.Journal, and that every change of the control plane is recorded. open returns what is kept in an empty database of its own.
func RunJournal(t *testing.T, open func(t *testing.T) Audited) {
	for name, test := range map[string]func(*testing.T, Audited){
		"round trip":           journalRoundTrip,
		"hostile text":         journalHostileText,
		"pages":                journalPages,
		"filters":              journalFilters,
		"windows":              journalWindows,
		"many writers":         journalWriters,
		"several tenants":      journalTenants,
		"tampering":            journalTampering,
		"a link kept":          journalKept,
		"trimming":             journalTrimming,
		"deeds":                deeds,
		"deeds of authorities": authorityDeeds,
		"deeds of views":       viewDeeds,
		"deeds of namespaces":  namespaceDeeds,
		"refused deeds":        refusedDeeds,
		"no secret in a deed":  noSecrets,
		"who and from where":   deedOrigin,
		"a failing chain":      failingChain,
		"trimming among turns": trimAmongWriters,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// call is an event of the data plane with every field set.
func call(t tenants.TenantID, i int) audit.Event {
	return audit.Event{
		At: at.Add(time.Duration(i) * time.Second), Plane: audit.Data, Tenant: t, Namespace: "payments.acme", Action: "StartWorkflowExecution",
		Resource: fmt.Sprintf("workflow:order-%d", i), Run: uuid.NewString(), Principal: "account:" + uuid.NewString(), PrincipalName: "ci", Credential: "key",
		CredentialID: "k1", Address: "192.0.2.7", Request: "r1", Code: "OK", Changes: []audit.Change{{Field: "a", Before: "1", After: "2"}, {Field: "b", After: "<&>"}},
	}
}

func calls(t tenants.TenantID, n int) (all []audit.Event) {
	for i := range n {
		all = append(all, call(t, i))
	}
	return all
}

// records reads the whole chain of a tenant, page by page.
func records(t *testing.T, j audit.Journal, of tenants.TenantID, f audit.Filter, size int) (all []audit.Record) {
	t.Helper()
	for from := int64(0); ; {
		found, next, done, err := j.Records(t.Context(), of, f, from, size)
		must(t, err)
		if len(found) > size {
			t.Fatalf("a page of %d, the limit is %d", len(found), size)
		}
		all = append(all, found...)
		if done {
			return all
		}
		from = next
	}
}

func events(all []audit.Record) (out []audit.Event) {
	for _, r := range all {
		out = append(out, r.Event)
	}
	return out
}

func verified(t *testing.T, j audit.Journal, of tenants.TenantID) audit.Link {
	t.Helper()
	head, err := audit.Verify(t.Context(), j, of, audit.Link{})
	must(t, err)
	return head
}

func journalRoundTrip(t *testing.T, a Audited) {
	of := tenants.TenantID(uuid.New())
	if _, ok, err := a.Journal.Chain(t.Context(), of); ok || err != nil {
		t.Fatalf("a chain before the first record: %v, %v", ok, err)
	}
	same(t, verified(t, a.Journal, of), audit.Link{})
	same(t, len(records(t, a.Journal, of, audit.Filter{}, 10)), 0)
	want := calls(of, 3)
	want[1] = audit.Event{At: at, Plane: audit.Control, Tenant: of}
	must(t, a.Journal.Append(t.Context(), want))
	got := records(t, a.Journal, of, audit.Filter{}, 10)
	same(t, events(got), want)
	same(t, got, audit.Append(audit.Link{}, want))
	head := audit.Link{Sequence: 3, Hash: got[2].Hash}
	same(t, verified(t, a.Journal, of), head)
	found(t, audit.Chain{Tenant: of, Head: head})(a.Journal.Chain(t.Context(), of))
}

// journalHostileText: what a caller can put into a call never makes a batch fail, and is what the hash covers.
func journalHostileText(t *testing.T, a Audited) {
	of := tenants.TenantID(uuid.New())
	for _, text := range []string{`'; DROP TABLE audit; --`, "\x00a\x00", "\xff\xfe", strings.Repeat("é", audit.MaxText), "a" + strings.Repeat("€", audit.MaxText), "\u202e\U0001f3b5", `{"a":"\u0000"}`, "\\u0000"} {
		e := call(of, 1)
		e.Resource, e.Request, e.Changes = text, text, []audit.Change{{Field: text, Before: text, After: text}}
		must(t, a.Journal.Append(t.Context(), []audit.Event{e}))
	}
	for _, r := range records(t, a.Journal, of, audit.Filter{}, 3) {
		if len(r.Resource) > audit.MaxText+8 || !strings.HasPrefix(r.Changes[0].Before, r.Resource) {
			t.Fatalf("kept as %q", r.Resource)
		}
	}
	same(t, verified(t, a.Journal, of).Sequence, int64(8))
}

func journalPages(t *testing.T, a Audited) {
	of := tenants.TenantID(uuid.New())
	want := calls(of, 250) // more than one statement inserts
	must(t, a.Journal.Append(t.Context(), want))
	for _, size := range []int{1, 7, 250, 1000} {
		same(t, events(records(t, a.Journal, of, audit.Filter{}, size)), want)
		back := events(records(t, a.Journal, of, audit.Filter{Newest: true}, size))
		slices.Reverse(back)
		same(t, back, want)
	}
	same(t, verified(t, a.Journal, of).Sequence, int64(250))
}

func journalFilters(t *testing.T, a Audited) {
	of := tenants.TenantID(uuid.New())
	all := calls(of, 4)
	odd := call(of, 9)
	odd.Plane, odd.Namespace, odd.Action, odd.Resource, odd.Run, odd.Principal, odd.Code = audit.Control, "Payments.acme", "key.create", "key:1", "run", "token:x", "NotFound"
	all = append(all, odd)
	must(t, a.Journal.Append(t.Context(), all))
	for name, f := range map[string]audit.Filter{
		"plane": {Plane: audit.Control}, "namespace": {Namespace: "Payments.acme"}, "action": {Action: "key.create"}, "resource": {Resource: "key:1"}, "run": {Run: "run"},
		"principal": {Principal: "token:x"}, "code": {Code: "NotFound"}, "refused": {Refused: true}, "since": {Since: odd.At}, "all": {Plane: audit.Control, Code: "NotFound", Until: odd.At.Add(1000)},
	} {
		for _, f.Newest = range []bool{false, true} {
			if got := events(records(t, a.Journal, of, f, 2)); len(got) != 1 || got[0].Action != "key.create" {
				t.Errorf("%s finds %d: %+v", name, len(got), got)
			}
		}
	}
	same(t, events(records(t, a.Journal, of, audit.Filter{Until: odd.At}, 2)), all[:4])
	same(t, len(records(t, a.Journal, of, audit.Filter{Plane: "other"}, 2)), 0)
}

// journalWindows: a filter that nothing matches does not have one call read the whole chain, and what is far behind is found all the same.
func journalWindows(t *testing.T, a Audited) {
	of := tenants.TenantID(uuid.New())
	rare := call(of, 1)
	rare.Action = "TerminateWorkflowExecution"
	plain := audit.Event{At: at, Plane: audit.Data, Tenant: of}
	must(t, a.Journal.Append(t.Context(), []audit.Event{rare}))
	for range 4 {
		must(t, a.Journal.Append(t.Context(), slices.Repeat([]audit.Event{plain}, audit.Window/2)))
	}
	must(t, a.Journal.Append(t.Context(), []audit.Event{rare}))
	f := audit.Filter{Action: rare.Action}
	_, next, done, err := a.Journal.Records(t.Context(), of, f, 1, 10)
	must(t, err)
	if done || next != audit.Window+1 {
		t.Fatalf("the first window ends at %d, done %v", next, done)
	}
	same(t, len(records(t, a.Journal, of, f, 10)), 2)
	f.Newest = true
	same(t, len(records(t, a.Journal, of, f, 10)), 2)
}

// journalWriters: several nodes extend the same chains at the same time, changes of the control plane among them.
func journalWriters(t *testing.T, a Audited) {
	var of [3]tenants.Tenant
	w := &town{Registry: a.Registry, namespaces: a.Store, t: t}
	for i := range of {
		of[i] = w.tenant(fmt.Sprintf("t%d", i))
	}
	var g errgroup.Group
	const writers, rounds = 6, 5
	for n := range writers {
		g.Go(func() error {
			for i := range rounds {
				var batch []audit.Event
				for k := range of {
					batch = append(batch, call(of[(k+n)%len(of)].ID, i))
				}
				if err := a.Journal.Append(t.Context(), batch); err != nil {
					return err
				}
				account := tenants.Account{ID: tenants.HolderID(uuid.New()), Tenant: of[i%3].ID, Name: fmt.Sprint(n, i), Created: at}
				if err := a.Registry.InsertAccount(t.Context(), account); err != nil {
					return err
				}
			}
			return nil
		})
	}
	must(t, g.Wait())
	total := int64(0)
	for _, v := range of {
		total += verified(t, a.Journal, v.ID).Sequence
	}
	same(t, total, int64(len(of)+writers*rounds*(len(of)+1)))
}

func journalTenants(t *testing.T, a Audited) {
	one, two := tenants.TenantID{0: 1}, tenants.TenantID{0: 2}
	mixed := []audit.Event{call(two, 1), call(tenants.InstallationTenant, 1), call(one, 1), call(two, 2)}
	must(t, a.Journal.Append(t.Context(), mixed))
	same(t, events(records(t, a.Journal, two, audit.Filter{}, 10)), []audit.Event{mixed[0], mixed[3]})
	same(t, events(records(t, a.Journal, one, audit.Filter{}, 10)), mixed[2:3])
	chains, err := a.Journal.Chains(t.Context(), tenants.TenantID{}, 10)
	must(t, err)
	var of []tenants.TenantID
	for _, c := range chains {
		of = append(of, c.Tenant)
	}
	same(t, of, []tenants.TenantID{{}, one, two})
	chains, err = a.Journal.Chains(t.Context(), one, 1)
	must(t, err)
	same(t, chains[0].Tenant, one)
}

// brokenAt verifies, and returns the first broken link.
func brokenAt(t *testing.T, j audit.Journal, of tenants.TenantID, kept audit.Link) int64 {
	t.Helper()
	_, err := audit.Verify(t.Context(), j, of, kept)
	var b *audit.Broken
	if !errors.As(err, &b) {
		t.Fatalf("got %v, want a broken chain", err)
	}
	return b.Sequence
}
