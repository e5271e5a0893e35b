package declare

import (
	"context"
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// authorities has a namespace know the authorities that the file says. With pruning, it knows no other.
func (p *planner) authorities(name string, w Namespace) {
	has := map[string]bool{}
	for _, a := range w.Authorities {
		has[a.Name] = true
		r := a.request(p.wish.Name, name)
		is := p.is.authorities[name][a.Name]
		set := func(ctx context.Context) error { _, err := p.SetAuthority(ctx, r); return err }
		switch {
		case is == nil:
			p.make(set, "authority %s of namespace %s: %s", a.Name, name, strings.Join(r.GetPermissions(), ","))
		case !a.same(is):
			p.alter(set, "authority %s of namespace %s: %s", a.Name, name, a.differences(is))
		}
	}
	if !p.prune.Rights || w.Authorities == nil {
		return
	}
	for _, known := range slices.Sorted(maps.Keys(p.is.authorities[name])) {
		if is := p.is.authorities[name][known]; !has[known] {
			p.take(func(ctx context.Context) error {
				_, err := p.RemoveAuthority(ctx, &adminv1.RemoveAuthorityRequest{Tenant: p.wish.Name, Authority: is.GetId()})
				return err
			}, "authority %s of namespace %s", is.GetName(), name)
		}
	}
}

func (a Authority) request(tenant, namespace string) *adminv1.SetAuthorityRequest {
	r := &adminv1.SetAuthorityRequest{Tenant: tenant, Namespace: namespace, Name: a.Name, Certificate: a.Certificate, Permissions: inOrder(a.Permissions)}
	for _, f := range a.Filters {
		r.Filters = append(r.Filters, &adminv1.CertificateFilter{
			CommonName: f.CommonName, Organization: f.Organization, OrganizationalUnit: f.OrganizationalUnit, AlternativeName: f.AlternativeName,
		})
	}
	return r
}

// same tells whether a server has it already.
func (a Authority) same(is *adminv1.Authority) bool { return len(a.differences(is)) == 0 }

// differences are what a server has otherwise. PEM has room around the certificate, which says nothing.
func (a Authority) differences(is *adminv1.Authority) (d differences) {
	r := a.request("", "")
	if was, now := strings.Join(inOrder(is.GetPermissions()), ","), strings.Join(r.GetPermissions(), ","); was != now {
		d.note("permissions", was, now)
	}
	if !slices.EqualFunc(r.GetFilters(), is.GetFilters(), func(a, b *adminv1.CertificateFilter) bool { return proto.Equal(a, b) }) {
		d = append(d, "other filters")
	}
	if was, now := certificateSum(is.GetCertificate()), certificateSum(a.Certificate); was != now {
		d.note("certificate", was, now)
	}
	return d
}
