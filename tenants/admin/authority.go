package admin

import (
	"context"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"

	"github.com/google/uuid"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
)

// SetAuthority implements adminv1.AuthorityServiceServer.
func (s *Service) SetAuthority(ctx context.Context, r *adminv1.SetAuthorityRequest) (*adminv1.Authority, error) {
	v, err := s.visit(ctx, r.GetTenant())
	if err != nil {
		return nil, err
	}
	n, err := s.namespaceIn(ctx, v, r.GetNamespace())
	if err != nil {
		return nil, err
	}
	p, err := permissionsOf(r.GetPermissions())
	if err != nil {
		return nil, err
	}
	a := tenants.Authority{Tenant: v.ID, Namespace: n.ID, Name: r.GetName(), Permissions: p, By: v.by.ID}
	for _, f := range r.GetFilters() {
		a.Filters = append(a.Filters, tenants.CertificateFilter{
			CommonName: f.GetCommonName(), Organization: f.GetOrganization(), OrganizationalUnit: f.GetOrganizationalUnit(), AlternativeName: f.GetAlternativeName(),
		})
	}
	if a, err = s.access.SetAuthority(ctx, a, []byte(r.GetCertificate())); err != nil {
		return nil, err
	}
	return s.authorityAnswer(ctx, a)
}

// ListAuthorities implements adminv1.AuthorityServiceServer.
func (s *Service) ListAuthorities(ctx context.Context, r *adminv1.ListAuthoritiesRequest) (*adminv1.ListAuthoritiesResponse, error) {
	v, err := s.visit(ctx, r.GetTenant())
	if err != nil {
		return nil, err
	}
	p, err := pageOf(r)
	if err != nil {
		return nil, err
	}
	after, err := idAfter[tenants.AuthorityID](p)
	if err != nil {
		return nil, err
	}
	found, err := s.access.ListAuthorities(ctx, v.ID, after, p.size)
	if err != nil {
		return nil, err
	}
	out := &adminv1.ListAuthoritiesResponse{}
	if n := len(found); n > 0 {
		last := found[n-1].ID
		out.NextPageToken = p.next(n, string(last[:]))
	}
	out.Authorities, err = answers(found, func(a tenants.Authority) (*adminv1.Authority, error) { return s.authorityAnswer(ctx, a) })
	return out, err
}

// RemoveAuthority implements adminv1.AuthorityServiceServer.
func (s *Service) RemoveAuthority(ctx context.Context, r *adminv1.RemoveAuthorityRequest) (*adminv1.RemoveAuthorityResponse, error) {
	v, err := s.visit(ctx, r.GetTenant())
	if err != nil {
		return nil, err
	}
	id, err := uuid.Parse(r.GetAuthority())
	if err != nil {
		return nil, invalid("Authority %q: it is not a UUID.", r.GetAuthority())
	}
	a, ok, err := s.access.AuthorityByID(ctx, tenants.AuthorityID(id))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read an authority: %w", err)
	case !ok || a.Tenant != v.ID:
		return nil, missing("Authority %s", r.GetAuthority())
	}
	return &adminv1.RemoveAuthorityResponse{}, s.access.RemoveAuthority(ctx, v.ID, a.ID)
}

func (s *Service) authorityAnswer(ctx context.Context, a tenants.Authority) (*adminv1.Authority, error) {
	namespace, err := s.namespaceName(ctx, a.Namespace)
	if err != nil {
		return nil, err
	}
	sum := a.Fingerprint()
	out := &adminv1.Authority{
		Id: uuid.UUID(a.ID).String(), Namespace: namespace, Name: a.Name, Permissions: permissionWords(a.Permissions), CreateTime: timeAnswer(a.Created), SetBy: a.By,
		Certificate: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Certificate})), Fingerprint: hex.EncodeToString(sum[:]),
	}
	for _, f := range a.Filters {
		out.Filters = append(out.Filters, &adminv1.CertificateFilter{
			CommonName: f.CommonName, Organization: f.Organization, OrganizationalUnit: f.OrganizationalUnit, AlternativeName: f.AlternativeName,
		})
	}
	c, err := x509.ParseCertificate(a.Certificate)
	if err != nil {
		return nil, fmt.Errorf("the certificate of authority %s: %w", a.Name, err)
	}
	out.Subject, out.ExpireTime = c.Subject.String(), timeAnswer(c.NotAfter)
	return out, nil
}
