package console

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// tenantSettings shows what a tenant is set to, and changes it for those who may.
func (c *Console) tenantSettings(ec echo.Context, at place) error {
	return c.tenantSettingsPage(ec, at, http.StatusOK, view.Filled{})
}

func (c *Console) tenantSettingsPage(ec echo.Context, at place, status int, filled view.Filled) error {
	ctx, cancel := asked(ec)
	defer cancel()
	t, err := c.admin.GetTenant(ctx, &adminv1.GetTenantRequest{Tenant: at.tenant.Name})
	if err != nil {
		return err
	}
	return page(ec, status, view.TenantSettings(view.TenantSettingsPage{TenantFrame: c.tenantFrame(ec, at, view.InTenant, filled), Of: t}))
}

// saveTenant changes what the form has: fields that the reader may not change are not sent.
func (c *Console) saveTenant(ec echo.Context, at place) error {
	f := formOf(ec, "tenant")
	title := f.text("title")
	r := &adminv1.UpdateTenantRequest{Tenant: at.tenant.Name, Title: &title}
	for field, to := range map[string]**bool{"protected": &r.Protected, "suspended": &r.Suspended} {
		if f.sent(field) {
			yes := f.is(field)
			*to = &yes
		}
	}
	if f.sent("audit_days") {
		const most = 1 << 30 // the rule behind allows less, and says how much
		days := int32(min(max(f.whole("audit_days", "Audit records", 0), -1), most))
		r.AuditDays = &days
	}
	return f.end(func() error {
		_, err := c.admin.UpdateTenant(ec.Request().Context(), r)
		return err
	}, view.TenantSettingsURL(at.tenant.Name), "saved", func(status int, filled view.Filled) error { return c.tenantSettingsPage(ec, at, status, filled) })
}

// deleteTenant deletes a tenant that has no namespaces any more.
func (c *Console) deleteTenant(ec echo.Context, at place) error {
	f := formOf(ec, "delete")
	f.confirmed(at.tenant.Name)
	return f.end(func() error {
		_, err := c.admin.DeleteTenant(ec.Request().Context(), &adminv1.DeleteTenantRequest{Tenant: at.tenant.Name})
		return err
	}, "/tenants", "", func(status int, filled view.Filled) error { return c.tenantSettingsPage(ec, at, status, filled) })
}
