package console

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
)

// foundNamespace founds a namespace, and leads to its settings.
func (c *Console) foundNamespace(ec echo.Context, at place) error {
	again := func(status int, filled view.Filled) error { return c.tenantPage(ec, at, status, filled) }
	f := formOf(ec, "found")
	r := &adminv1.CreateNamespaceRequest{
		Tenant: at.tenant.Name, Name: f.text("name"), Description: f.text("description"), OwnerEmail: f.text("owner"), Retention: f.days("retention", "Retention"),
	}
	if f.why != "" {
		return again(http.StatusBadRequest, f.filled(f.why))
	}
	n, err := c.admin.CreateNamespace(ec.Request().Context(), r)
	if err != nil {
		return f.fail(err, again)
	}
	return ec.Redirect(http.StatusSeeOther, view.DoneURL(view.SettingsURL(view.Place{Tenant: at.tenant.Name, Namespace: n.GetName()}), "founded"))
}

// removal shows how the removal of a deleted namespace gets on. One of which nothing is left is told like one that never was.
func (c *Console) removal(ec echo.Context, at place) error {
	name, err := param(ec, "name")
	if err != nil {
		return err
	}
	ctx, cancel := asked(ec)
	defer cancel()
	p := view.RemovalPage{TenantFrame: c.tenantFrame(ec, at, view.InNamespaces, view.Filled{}), Name: name}
	n, err := c.namespaces.ByName(ctx, name)
	switch code := orchestration.CodeOf(err); {
	case code == orchestration.NamespaceNotFound, code == orchestration.InvalidArgument, err == nil && (n.Tenant != at.tenant.ID || at.who.In(&n) == 0):
		return page(ec, http.StatusOK, view.Removal(p))
	case err != nil:
		return err
	case n.State != tenants.Deleted:
		return errNoPage
	}
	p.Namespace, err = c.admin.GetNamespace(ctx, &adminv1.GetNamespaceRequest{Namespace: name})
	if err != nil && orchestration.CodeOf(err) != orchestration.NamespaceNotFound {
		return err
	}
	return page(ec, http.StatusOK, view.Removal(p))
}
