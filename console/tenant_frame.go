package console

import (
	"context"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/tenants"
)

// standingOf is what pages of a tenant make of a role.
var standingOf = map[tenants.Role]view.Standing{
	tenants.Member: view.Belongs, tenants.Auditor: view.Audits, tenants.Developer: view.Audits, tenants.Administrator: view.Manages, tenants.Owner: view.Owns,
	tenants.Operator: view.Operates,
}

// tenantFrame is what every page of a tenant shows around its content.
func (c *Console) tenantFrame(ec echo.Context, at place, in view.TenantSection, filled view.Filled) view.TenantFrame {
	role := at.who.Role(at.tenant.ID)
	return view.TenantFrame{
		Bar: c.door.bar(at.who, view.TenantStreamURL(at.tenant.Name, in)), Tenant: at.tenant.Name, Title: at.tenant.Title, Role: role.String(), May: standingOf[role], Section: in,
		Done: view.Done(ec.QueryParam("done")), Filled: filled, Now: c.now(),
	}
}

// asked is the context of what a page asks for, and who asks.
func asked(ec echo.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ec.Request().Context(), readTimeout)
}

// namespaceNames are the tenant's namespaces, for a choice.
func (c *Console) namespaceNames(ctx context.Context, at place) (names []string, err error) {
	all, err := c.namespaces.ListOf(ctx, at.tenant.ID, "", menuSize)
	for _, n := range all {
		if n.State != tenants.Deleted && at.who.In(&n) != 0 {
			names = append(names, n.Name)
		}
	}
	return names, err
}
