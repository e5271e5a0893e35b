package admin

import (
	"context"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
)

// CreateTenant implements adminv1.TenantServiceServer.
func (s *Service) CreateTenant(ctx context.Context, r *adminv1.CreateTenantRequest) (*adminv1.Tenant, error) {
	t, err := s.access.CreateTenant(ctx, r.GetName(), r.GetTitle())
	if err != nil {
		return nil, err
	}
	return tenantAnswer(t), nil
}

// GetTenant implements adminv1.TenantServiceServer.
func (s *Service) GetTenant(ctx context.Context, r *adminv1.GetTenantRequest) (*adminv1.Tenant, error) {
	v, err := s.visit(ctx, r.GetTenant())
	if err != nil {
		return nil, err
	}
	return tenantAnswer(v.Tenant), nil
}

// ListTenants implements adminv1.TenantServiceServer.
func (s *Service) ListTenants(ctx context.Context, r *adminv1.ListTenantsRequest) (*adminv1.ListTenantsResponse, error) {
	p, err := pageOf(r)
	if err != nil {
		return nil, err
	}
	by := tenants.PrincipalOf(ctx)
	if by == nil {
		return nil, denied("The call has no principal.")
	}
	var found []tenants.Tenant
	if by.Operates() {
		found, err = s.access.ListTenants(ctx, p.after, p.size)
	} else {
		found, err = s.tenantsOf(ctx, by, p)
	}
	if err != nil {
		return nil, err
	}
	out := &adminv1.ListTenantsResponse{}
	for _, t := range found {
		out.Tenants = append(out.Tenants, tenantAnswer(t))
	}
	if len(found) > 0 {
		out.NextPageToken = p.next(len(found), found[len(found)-1].Name)
	}
	return out, nil
}

// tenantsOf is a page of the tenants that a principal knows. They are its own, so few that they are all read.
func (s *Service) tenantsOf(ctx context.Context, by *tenants.Principal, p page) ([]tenants.Tenant, error) {
	ids, _, _ := by.Reach()
	var found []tenants.Tenant
	for _, id := range ids {
		t, ok, err := s.access.TenantByID(ctx, id)
		if err != nil {
			return nil, err
		}
		if ok && by.Knows(id) && t.Name > p.after {
			found = append(found, t)
		}
	}
	slices.SortFunc(found, func(a, b tenants.Tenant) int { return strings.Compare(a.Name, b.Name) })
	return found[:min(len(found), p.size)], nil
}

// UpdateTenant implements adminv1.TenantServiceServer.
func (s *Service) UpdateTenant(ctx context.Context, r *adminv1.UpdateTenantRequest) (*adminv1.Tenant, error) {
	v, err := s.visit(ctx, r.GetTenant())
	if err != nil {
		return nil, err
	}
	switch {
	case r.Suspended != nil && v.role() < tenants.Operator:
		return nil, denied("Only operators of the installation suspend a tenant.")
	case r.AuditDays != nil && v.role() < tenants.Operator:
		return nil, denied("Only operators of the installation say how long audit records stay.")
	case r.Protected != nil && v.role() < tenants.Owner:
		return nil, denied("Only owners protect a tenant from deletion.")
	}
	t := v.Tenant
	set(&t.Title, r.Title)
	set(&t.Suspended, r.Suspended)
	set(&t.Protected, r.Protected)
	if r.AuditDays != nil {
		t.AuditDays = int(r.GetAuditDays())
	}
	if t == v.Tenant {
		return tenantAnswer(t), nil
	}
	if err := s.access.ChangeTenant(ctx, t); err != nil {
		return nil, err
	}
	v, err = s.visit(ctx, r.GetTenant())
	return tenantAnswer(v.Tenant), err
}

// DeleteTenant implements adminv1.TenantServiceServer.
func (s *Service) DeleteTenant(ctx context.Context, r *adminv1.DeleteTenantRequest) (*adminv1.DeleteTenantResponse, error) {
	v, err := s.visit(ctx, r.GetTenant())
	if err != nil {
		return nil, err
	}
	return &adminv1.DeleteTenantResponse{}, s.access.RemoveTenant(ctx, v.Name)
}

func tenantAnswer(t tenants.Tenant) *adminv1.Tenant {
	return &adminv1.Tenant{
		Name: t.Name, Title: t.Title, Suspended: t.Suspended, Protected: t.Protected, CreateTime: timeAnswer(t.Created), UpdateTime: timeAnswer(t.Updated),
		AuditDays: int32(t.AuditDays),
	}
}

// set changes what a request says to change.
func set[T any](field *T, wish *T) {
	if wish != nil {
		*field = *wish
	}
}

// timeAnswer is a time; nil for none.
func timeAnswer(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}
