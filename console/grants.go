package console

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// give gives a member, group or service account a role in the tenant, or permissions in a namespace.
func (c *Console) give(ec echo.Context, at place) error {
	f := formOf(ec, "role")
	holder := f.text("holder")
	r := &adminv1.CreateGrantRequest{Tenant: at.tenant.Name, Holder: holder, Role: f.text("role"), Namespace: f.text("namespace"), Permissions: f.all("permissions")}
	if r.Role == "" {
		f.name = "permissions"
	}
	return f.end(func() error {
		_, err := c.admin.CreateGrant(ec.Request().Context(), r)
		return err
	}, view.HolderURL(at.tenant.Name, holder), "given", func(status int, filled view.Filled) error { return c.holderPage(ec, at, holder, status, filled) })
}

// take takes back what was given.
func (c *Console) take(ec echo.Context, at place) error {
	f := formOf(ec, "")
	holder := f.text("holder")
	return f.end(func() error {
		_, err := c.admin.DeleteGrant(ec.Request().Context(), &adminv1.DeleteGrantRequest{Tenant: at.tenant.Name, Grant: f.text("grant")})
		return err
	}, view.HolderURL(at.tenant.Name, holder), "taken", func(status int, filled view.Filled) error { return c.holderPage(ec, at, holder, status, filled) })
}

// holderPage is the page of whoever a grant is of.
func (c *Console) holderPage(ec echo.Context, at place, holder string, status int, filled view.Filled) error {
	kind, name, _ := strings.Cut(holder, ":")
	switch kind {
	case "person":
		return c.memberPage(ec, at, name, status, filled)
	case "group":
		return c.groupPage(ec, at, name, status, filled)
	case "account":
		return c.accountPage(ec, at, name, status, filled)
	}
	return echo.NewHTTPError(http.StatusBadRequest, filled.Why)
}
