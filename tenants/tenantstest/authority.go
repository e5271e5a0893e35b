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

// authorities: an authority is found by the subjects of chains, in whatever tenants it is known, and by no other.
func authorities(t *testing.T, w *town) {
	acme, other := w.tenant("acme"), w.tenant("other")
	n, theirs := w.namespace(acme, "n"), w.namespace(other, "n")
	ca, second := NewCA(t, "ca", at), NewCA(t, "second", at)
	a, b := w.authority(n, "ca", ca), w.authority(theirs, "ca", ca)
	b.Filters = nil
	must(t, w.InsertAuthority(t.Context(), a))
	must(t, w.InsertAuthority(t.Context(), b))
	found(t, a)(w.AuthorityByID(t.Context(), a.ID))
	sameName := w.authority(n, "ca", second)
	fails(t, w.InsertAuthority(t.Context(), sameName), tenants.ErrExists)
	for _, change := range []func(*tenants.Authority){
		func(a *tenants.Authority) { a.Namespace = theirs.ID },
		func(a *tenants.Authority) { a.Namespace = orchestration.NamespaceID{9} },
		func(a *tenants.Authority) { a.Tenant = other.ID },
	} {
		bad := w.authority(n, "bad", second)
		change(&bad)
		fails(t, w.InsertAuthority(t.Context(), bad), tenants.ErrMissing)
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
		must(t, w.InsertAuthority(t.Context(), w.authority(n, fmt.Sprint(i), ca)))
	}
	fails(t, w.InsertAuthority(t.Context(), w.authority(n, "more", ca)), tenants.ErrFull)
	must(t, w.InsertAuthority(t.Context(), w.authority(second, "more", ca)))
}
