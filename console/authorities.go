package console

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// authorities lists the certificate authorities whose clients a tenant's namespaces let in, and has the form for another one.
func (c *Console) authorities(ec echo.Context, at place) error {
	return c.authoritiesPage(ec, at, http.StatusOK, view.Filled{})
}

func (c *Console) authoritiesPage(ec echo.Context, at place, status int, filled view.Filled) error {
	ctx, cancel := asked(ec)
	defer cancel()
	found, err := c.admin.ListAuthorities(ctx, &adminv1.ListAuthoritiesRequest{Tenant: at.tenant.Name, PageToken: ec.QueryParam("page")})
	if err != nil {
		return err
	}
	names, err := c.namespaceNames(ctx, at)
	if err != nil {
		return err
	}
	return page(ec, status, view.Authorities(view.AuthoritiesPage{
		TenantFrame: c.tenantFrame(ec, at, view.InAuthorities, filled), Authorities: found.GetAuthorities(), Next: found.GetNextPageToken(),
		Namespaces: names, Encrypted: c.encrypted,
	}))
}

// setAuthority has a namespace let in the clients of an authority.
func (c *Console) setAuthority(ec echo.Context, at place) error {
	f := formOf(ec, "authority")
	r := &adminv1.SetAuthorityRequest{
		Tenant: at.tenant.Name, Namespace: f.text("namespace"), Name: f.text("name"), Permissions: f.all("permissions"), Certificate: f.text("certificate"),
	}
	for line := range strings.Lines(f.text("filters")) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		filter, err := adminv1.ParseCertificateFilter(line)
		if err != nil {
			f.refuse("Only clients of: " + err.Error() + ".")
		}
		r.Filters = append(r.Filters, filter)
	}
	return f.end(func() error {
		_, err := c.admin.SetAuthority(ec.Request().Context(), r)
		return err
	}, view.AuthoritiesURL(at.tenant.Name), "authority", func(status int, filled view.Filled) error { return c.authoritiesPage(ec, at, status, filled) })
}

// removeAuthority has its clients let in no more.
func (c *Console) removeAuthority(ec echo.Context, at place) error {
	id, err := param(ec, "authority")
	if err != nil {
		return err
	}
	f := formOf(ec, id)
	f.confirmed(f.text("name")) // as the page calls it: this is about slips of the hand
	return f.end(func() error {
		_, err := c.admin.RemoveAuthority(ec.Request().Context(), &adminv1.RemoveAuthorityRequest{Tenant: at.tenant.Name, Authority: id})
		return err
	}, view.AuthoritiesURL(at.tenant.Name), "unauthorised", func(status int, filled view.Filled) error { return c.authoritiesPage(ec, at, status, filled) })
}
