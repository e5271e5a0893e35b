package admin

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
)

// CreateGrant implements adminv1.GrantServiceServer.
func (s *Service) CreateGrant(ctx context.Context, r *adminv1.CreateGrantRequest) (*adminv1.Grant, error) {
	v, err := s.visit(ctx, r.GetTenant())
	if err != nil {
		return nil, err
	}
	ofNamespace := r.GetNamespace() != "" || len(r.GetPermissions()) > 0
	if ofNamespace == (r.GetRole() != "") {
		return nil, invalid("A grant has a role, or a namespace with permissions: exactly one of both.")
	}
	h, err := s.holderNamed(ctx, v, r.GetHolder())
	if err != nil {
		return nil, err
	}
	var g tenants.Grant
	if ofNamespace {
		g, err = s.permit(ctx, v, h, r)
	} else {
		g, err = s.giveRole(ctx, v, h, r.GetRole())
	}
	if err != nil {
		return nil, err
	}
	return s.grantAnswer(ctx, g)
}

func (s *Service) giveRole(ctx context.Context, v visit, h tenants.Holder, word string) (tenants.Grant, error) {
	role, err := tenants.ParseRole(word)
	switch {
	case err != nil:
		return tenants.Grant{}, err
	case role == tenants.Owner && v.role() < tenants.Owner:
		return tenants.Grant{}, denied("Only owners make somebody an owner.")
	}
	return s.access.GiveRole(ctx, v.ID, h, role, v.by.ID)
}

func (s *Service) permit(ctx context.Context, v visit, h tenants.Holder, r *adminv1.CreateGrantRequest) (tenants.Grant, error) {
	p, err := permissionsOf(r.GetPermissions())
	if err != nil {
		return tenants.Grant{}, err
	}
	n, err := s.namespaceIn(ctx, v, r.GetNamespace())
	if err != nil {
		return tenants.Grant{}, err
	}
	return s.access.Permit(ctx, n, h, p, v.by.ID)
}

// ListGrants implements adminv1.GrantServiceServer.
func (s *Service) ListGrants(ctx context.Context, r *adminv1.ListGrantsRequest) (*adminv1.ListGrantsResponse, error) {
	v, err := s.visit(ctx, r.GetTenant())
	if err != nil {
		return nil, err
	}
	p, err := pageOf(r)
	if err != nil {
		return nil, err
	}
	after, err := idAfter[tenants.GrantID](p)
	if err != nil {
		return nil, err
	}
	found, err := s.access.ListGrants(ctx, v.ID, after, p.size)
	if err != nil {
		return nil, err
	}
	out := &adminv1.ListGrantsResponse{}
	if n := len(found); n > 0 {
		last := found[n-1].ID
		out.NextPageToken = p.next(n, string(last[:]))
	}
	out.Grants, err = answers(found, func(g tenants.Grant) (*adminv1.Grant, error) { return s.grantAnswer(ctx, g) })
	return out, err
}

// DeleteGrant implements adminv1.GrantServiceServer.
func (s *Service) DeleteGrant(ctx context.Context, r *adminv1.DeleteGrantRequest) (*adminv1.DeleteGrantResponse, error) {
	v, err := s.visit(ctx, r.GetTenant())
	if err != nil {
		return nil, err
	}
	id, err := uuid.Parse(r.GetGrant())
	if err != nil {
		return nil, invalid("Grant %q: it is not a UUID.", r.GetGrant())
	}
	g, ok, err := s.access.GrantByID(ctx, tenants.GrantID(id))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read a grant: %w", err)
	case !ok || g.Tenant != v.ID:
		return nil, missing("Grant %s", r.GetGrant())
	case g.Role > v.role():
		return nil, denied("Only owners take the role owner from somebody.")
	}
	return &adminv1.DeleteGrantResponse{}, s.access.TakeBack(ctx, v.ID, g.ID)
}

func (s *Service) grantAnswer(ctx context.Context, g tenants.Grant) (*adminv1.Grant, error) {
	holder, err := s.access.HolderNamed(ctx, g.Holder)
	if err != nil {
		return nil, err
	}
	namespace, err := s.namespaceName(ctx, g.Namespace)
	return &adminv1.Grant{
		Id: uuid.UUID(g.ID).String(), Holder: holder, Role: g.Role.String(), Namespace: namespace, Permissions: permissionWords(g.Permissions),
		CreateTime: timeAnswer(g.Created), GrantedBy: g.By,
	}, err
}
