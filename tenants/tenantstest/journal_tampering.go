package tenantstest

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// journalTampering: whatever is done to the rows of a chain, verification names the first link that does not hold.
func journalTampering(t *testing.T, a Audited) {
	type damage struct {
		name   string
		first  int64
		tamper []string // each gets the tenant as $1
	}
	all := []damage{
		{"a record is removed", 5, []string{`DELETE FROM audit WHERE tenant = $1 AND sequence = 5`}},
		{"the first is removed", 1, []string{`DELETE FROM audit WHERE tenant = $1 AND sequence = 1`}},
		{"the last is removed", 9, []string{`DELETE FROM audit WHERE tenant = $1 AND sequence = 9`}},
		{"all are removed", 1, []string{`DELETE FROM audit WHERE tenant = $1`}},
		{"one is added at the end", 10, []string{copyOf(9, 10)}},
		{"one is put in the place of another", 4, []string{`DELETE FROM audit WHERE tenant = $1 AND sequence = 4`, copyOf(6, 4)}},
		{"two change places", 3, []string{
			`UPDATE audit SET sequence = -1 WHERE tenant = $1 AND sequence = 3`, `UPDATE audit SET sequence = 3 WHERE tenant = $1 AND sequence = 4`,
			`UPDATE audit SET sequence = 4 WHERE tenant = $1 AND sequence = -1`,
		}},
		{"one is removed and the others move up", 5, []string{
			`DELETE FROM audit WHERE tenant = $1 AND sequence = 5`, `UPDATE audit SET sequence = 5 WHERE tenant = $1 AND sequence = 6`,
			`UPDATE audit SET sequence = 6 WHERE tenant = $1 AND sequence = 7`, `UPDATE audit SET sequence = 7 WHERE tenant = $1 AND sequence = 8`,
			`UPDATE audit SET sequence = 8 WHERE tenant = $1 AND sequence = 9`, `UPDATE audit_chain SET last = 8 WHERE tenant = $1`,
		}},
		{"the end is cut off, with the head's number", 8, []string{`DELETE FROM audit WHERE tenant = $1 AND sequence = 9`, `UPDATE audit_chain SET last = 8 WHERE tenant = $1`}},
		{"the beginning is cut off, with the anchor's number", 3, []string{`DELETE FROM audit WHERE tenant = $1 AND sequence < 3`, `UPDATE audit_chain SET first = 3 WHERE tenant = $1`}},
	}
	for _, column := range []string{"plane", "namespace", "action", "resource", "run", "principal", "principal_name", "credential", "credential_id", "address", "request", "code"} {
		all = append(all, damage{column + " is altered", 5, []string{`UPDATE audit SET ` + column + ` = ` + column + ` || 'x' WHERE tenant = $1 AND sequence = 5`}})
	}
	all = append(all,
		damage{"the time is altered", 5, []string{`UPDATE audit SET at = at + 1 WHERE tenant = $1 AND sequence = 5`}},
		damage{"changes are dropped", 5, []string{`UPDATE audit SET changes = '' WHERE tenant = $1 AND sequence = 5`}},
		damage{"changes are altered", 5, []string{`UPDATE audit SET changes = replace(changes, '2', '3') WHERE tenant = $1 AND sequence = 5`}},
		damage{"changes are no JSON", 5, []string{`UPDATE audit SET changes = 'x' WHERE tenant = $1 AND sequence = 5`}},
		damage{"a field moves into the next", 5, []string{`UPDATE audit SET address = '192.0.2.', request = '7r1' WHERE tenant = $1 AND sequence = 5`}},
		damage{"the hash is another record's", 5, []string{`UPDATE audit SET hash = (SELECT hash FROM audit WHERE tenant = $1 AND sequence = 4) WHERE tenant = $1 AND sequence = 5`}})
	for i, d := range all {
		of := tenants.TenantID{0: 1, 15: byte(i)}
		must(t, a.Journal.Append(t.Context(), calls(of, 9)))
		verified(t, a.Journal, of)
		for _, s := range d.tamper {
			a.Tamper(t, s, of[:])
		}
		if got := brokenAt(t, a.Journal, of, audit.Link{}); got != d.first {
			t.Errorf("%s: the first broken link is %d, want %d", d.name, got, d.first)
		}
	}
}

// copyOf is a statement that copies a record.
func copyOf(sequence, to int) string {
	return fmt.Sprintf(`INSERT INTO audit (tenant, sequence, at, plane, namespace, action, resource, run, principal, principal_name, credential, credential_id, address, request, code, changes, hash)
		SELECT tenant, %d, at, plane, namespace, action, resource, run, principal, principal_name, credential, credential_id, address, request, code, changes, hash
		FROM audit WHERE tenant = $1 AND sequence = %d`, to, sequence)
}

// journalKept: who can compute a chain anew is found out by a link that somebody noted.
func journalKept(t *testing.T, a Audited) {
	of := tenants.TenantID(uuid.New())
	must(t, a.Journal.Append(t.Context(), calls(of, 5)))
	kept := verified(t, a.Journal, of)
	must(t, a.Journal.Append(t.Context(), calls(of, 2)))
	if _, err := audit.Verify(t.Context(), a.Journal, of, kept); err != nil {
		t.Fatal(err)
	}
	a.Tamper(t, `DELETE FROM audit WHERE tenant = $1`, of[:])
	a.Tamper(t, `DELETE FROM audit_chain WHERE tenant = $1`, of[:])
	same(t, brokenAt(t, a.Journal, of, kept), int64(1))
	other := calls(of, 7)
	other[2].Principal = "nobody"
	must(t, a.Journal.Append(t.Context(), other))
	verified(t, a.Journal, of)
	same(t, brokenAt(t, a.Journal, of, kept), int64(5))
}

// journalTrimming: what is old leaves in bounded steps, in order, and the rest stays verifiable.
func journalTrimming(t *testing.T, a Audited) {
	of := tenants.TenantID(uuid.New())
	all := calls(of, 10)
	all[3].At = all[8].At // younger than what follows: it keeps its successors until it may leave
	must(t, a.Journal.Append(t.Context(), all))
	trim := func(before time.Time, limit, want int) {
		t.Helper()
		got, err := a.Journal.Trim(t.Context(), of, before, limit)
		must(t, err)
		same(t, got, want)
		same(t, verified(t, a.Journal, of).Sequence, int64(10))
	}
	trim(all[0].At, 100, 0)
	trim(all[7].At, 2, 2)
	trim(all[7].At, 100, 1)
	trim(all[7].At, 100, 0)
	same(t, events(records(t, a.Journal, of, audit.Filter{}, 2)), all[3:])
	same(t, len(records(t, a.Journal, of, audit.Filter{Newest: true}, 2)), 7)
	trim(at.Add(time.Hour), 100, 7)
	same(t, len(records(t, a.Journal, of, audit.Filter{}, 2)), 0)
	chains, err := a.Journal.Chains(t.Context(), tenants.TenantID{}, 10)
	must(t, err)
	same(t, len(chains), 0)
	must(t, a.Journal.Append(t.Context(), all[:1]))
	same(t, verified(t, a.Journal, of).Sequence, int64(11))
}

// trimAmongWriters: nodes that trim and append at the same time leave a chain that holds.
func trimAmongWriters(t *testing.T, a Audited) {
	of := tenants.TenantID(uuid.New())
	var g errgroup.Group
	for range 3 {
		g.Go(func() error {
			for range 10 {
				if err := a.Journal.Append(t.Context(), calls(of, 3)); err != nil {
					return err
				}
				if _, err := a.Journal.Trim(t.Context(), of, at.Add(time.Hour), 2); err != nil {
					return err
				}
				if _, err := audit.Verify(t.Context(), a.Journal, of, audit.Link{}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	must(t, g.Wait())
	same(t, verified(t, a.Journal, of).Sequence, int64(90))
}

// failingChain: a change that cannot be recorded does not happen.
func failingChain(t *testing.T, a Audited) {
	w := &town{Registry: a.Registry, namespaces: a.Store, t: t}
	acme := w.tenant("acme")
	n := w.namespace(acme, "payments")
	a.Tamper(t, `UPDATE audit_chain SET head = $2 WHERE tenant = $1`, acme.ID[:], []byte("short"))
	account := tenants.Account{ID: tenants.HolderID(uuid.New()), Tenant: acme.ID, Name: "ci", Created: at}
	if err := w.InsertAccount(t.Context(), account); err == nil {
		t.Fatal("an account was made without a record")
	}
	gone[tenants.Account](t)(w.AccountByID(t.Context(), account.ID))
	n.Description = "changed"
	if err := a.Store.UpdateNamespace(t.Context(), n); err == nil {
		t.Fatal("a namespace was changed without a record")
	}
	if got := byName(t, a.Store, n.Name); got.Description == n.Description {
		t.Fatal("a change that could not be recorded happened")
	}
}
