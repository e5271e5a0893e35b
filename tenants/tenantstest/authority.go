package tenantstest

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// authority is one with every field set.
func (w *town) authority(n tenants.Namespace, name string, ca *CA) tenants.Authority {
	w.t.Helper()
	return tenants.Authority{
		ID: tenants.AuthorityID(uuid.New()), Tenant: n.Tenant, Namespace: n.ID, Name: name, Certificate: ca.Cert.Raw, Permissions: tenants.Worker | tenants.PayloadRead,
		Filters: []tenants.CertificateFilter{{CommonName: `"*`, Organization: "o", OrganizationalUnit: "ou", AlternativeName: "spiffe://x/*"}, {CommonName: "<é>"}},
		Created: at, By: "person:x",
	}
}

func (w *town) put(a tenants.Authority) tenants.Authority {
	w.t.Helper()
	a, err := w.PutAuthority(w.t.Context(), a)
	must(w.t, err)
	return a
}

// authorities: an authority is found by the subjects of chains, in whatever tenants it is known, and by no other.
func authorities(t *testing.T, w *town) {
	acme, other := w.tenant("acme"), w.tenant("other")
	n, theirs := w.namespace(acme, "n"), w.namespace(other, "n")
	ca, second := NewCA(t, "ca", at), NewCA(t, "second", at)
	a, b := w.authority(n, "ca", ca), w.authority(theirs, "ca", ca)
	b.Filters = nil
	w.put(a)
	w.put(b)
	found(t, a)(w.AuthorityByID(t.Context(), a.ID))
	for _, change := range []func(*tenants.Authority){
		func(a *tenants.Authority) { a.Namespace = theirs.ID },
		func(a *tenants.Authority) { a.Namespace = orchestration.NamespaceID{9} },
		func(a *tenants.Authority) { a.Tenant = other.ID },
	} {
		bad := w.authority(n, "bad", second)
		change(&bad)
		_, err := w.PutAuthority(t.Context(), bad)
		fails(t, err, tenants.ErrMissing)
	}
	subject, unknown := sha256.Sum256(ca.Cert.RawSubject), sha256.Sum256(second.Cert.RawSubject)
	both := []tenants.Authority{a, b}
	slices.SortFunc(both, func(a, b tenants.Authority) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	all, err := w.AuthoritiesBySubject(t.Context(), [][32]byte{unknown, subject})
	must(t, err)
	same(t, all, both)
	for _, none := range [][][32]byte{nil, {unknown}} {
		all, err := w.AuthoritiesBySubject(t.Context(), none)
		must(t, err)
		same(t, len(all), 0)
	}
	list, err := w.ListAuthorities(t.Context(), acme.ID, tenants.AuthorityID{}, 10)
	must(t, err)
	same(t, list, []tenants.Authority{a})
	list, err = w.ListAuthorities(t.Context(), acme.ID, a.ID, 10)
	must(t, err)
	same(t, len(list), 0)
	must(t, w.DeleteAuthority(t.Context(), other.ID, a.ID)) // which has no such authority
	found(t, a)(w.AuthorityByID(t.Context(), a.ID))
	_, version, _, err := w.Changes(t.Context(), 0)
	must(t, err)
	must(t, w.DeleteAuthority(t.Context(), acme.ID, a.ID))
	gone[tenants.Authority](t)(w.AuthorityByID(t.Context(), a.ID))
	changed, _, _, err := w.Changes(t.Context(), version)
	must(t, err)
	same(t, changed, []tenants.TenantID{acme.ID})
}

// authoritiesAreFew: a namespace has so many and no more, and another one has its own.
func authoritiesAreFew(t *testing.T, w *town) {
	acme := w.tenant("acme")
	n, second, ca := w.namespace(acme, "n"), w.namespace(acme, "m"), NewCA(t, "ca", at)
	for i := range tenants.MaxAuthorities {
		w.put(w.authority(n, fmt.Sprint(i), ca))
	}
	_, err := w.PutAuthority(t.Context(), w.authority(n, "more", ca))
	fails(t, err, tenants.ErrFull)
	w.put(w.authority(n, "0", ca))
	w.put(w.authority(second, "more", ca))
}

// authorityInPlace: an authority takes the place of the one that was called so, in its namespace alone, and chains are found by its subject from then on.
func authorityInPlace(t *testing.T, w *town) {
	acme := w.tenant("acme")
	n, second, ca, next := w.namespace(acme, "n"), w.namespace(acme, "m"), NewCA(t, "ca", at), NewCA(t, "next", at)
	old, elsewhere := w.put(w.authority(n, "ca", ca)), w.put(w.authority(second, "ca", ca))
	is := w.authority(n, "ca", next)
	is.Filters, is.Permissions, is.Created, is.By = nil, tenants.Read, at.Add(1000), "person:y"
	got := w.put(is)
	is.ID, is.Created = old.ID, old.Created
	same(t, got, is)
	found(t, is)(w.AuthorityByID(t.Context(), old.ID))
	for _, c := range []struct {
		of   *CA
		want tenants.Authority
	}{{ca, elsewhere}, {next, is}} {
		all, err := w.AuthoritiesBySubject(t.Context(), [][32]byte{sha256.Sum256(c.of.Cert.RawSubject)})
		must(t, err)
		same(t, all, []tenants.Authority{c.want})
	}
}

// authorityDeeds: who let in whose clients, and what they may do, is recorded; a certificate by its SHA-256.
func authorityDeeds(t *testing.T, a Audited) {
	w := &town{Registry: a.Registry, namespaces: a.Store, t: t}
	s := &scribe{t, a.Journal, map[tenants.TenantID]int64{}}
	acme := w.tenant("acme")
	n := w.namespace(acme, "n")
	s.seen[acme.ID] = int64(len(records(t, a.Journal, acme.ID, audit.Filter{}, 100)))
	v := w.authority(n, "ca", NewCA(t, "ca", at))
	v.Filters = []tenants.CertificateFilter{{CommonName: "worker-*"}}
	v = w.put(v)
	v.Filters, v.Permissions = nil, tenants.Read
	w.put(v)
	for range 2 {
		must(t, w.DeleteAuthority(t.Context(), acme.ID, v.ID))
	}
	sum := fmt.Sprintf("%x", v.Fingerprint())
	what, of, before := " authority:"+uuid.UUID(v.ID).String(), "namespace: ", (tenants.Worker | tenants.PayloadRead).String()
	s.wrote(acme.ID,
		"authority.set"+what+"; certificate:  -> "+sum+`; filters:  -> [{"cn":"worker-*"}]; name:  -> ca; `+of+" -> "+n.ID.String()+"; permissions:  -> "+before,
		"authority.set"+what+`; filters: [{"cn":"worker-*"}] -> ; permissions: `+before+" -> read",
		"authority.remove"+what+"; certificate: "+sum+" -> ; name: ca -> ; "+of+n.ID.String()+" -> ; permissions: read -> ")
}
