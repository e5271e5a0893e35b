package edge_test

import (
	"context"
	"errors"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/platform/edge"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
)

// fakeAdministration answers what the tests here ask.
type fakeAdministration struct{ edge.Administration }

func (fakeAdministration) ListTenants(context.Context, *adminv1.ListTenantsRequest) (*adminv1.ListTenantsResponse, error) {
	return &adminv1.ListTenantsResponse{}, nil
}

func (fakeAdministration) UpdateTenant(ctx context.Context, r *adminv1.UpdateTenantRequest) (*adminv1.Tenant, error) {
	if tenants.PrincipalOf(ctx) == nil {
		return nil, errors.New("there is no principal")
	}
	if r.GetProtected() {
		return nil, orchestration.Errorf(orchestration.PermissionDenied, "Only owners protect a tenant from deletion.")
	}
	return &adminv1.Tenant{Name: r.GetTenant()}, nil
}
