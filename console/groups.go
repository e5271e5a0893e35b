package console

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// groups lists the groups of a tenant.
func (c *Console) groups(ec echo.Context, at place) error {
	return c.groupsPage(ec, at, http.StatusOK, view.Filled{})
}

func (c *Console) groupsPage(ec echo.Context, at place, status int, filled view.Filled) error {
	ctx, cancel := asked(ec)
	defer cancel()
	found, err := c.admin.ListGroups(ctx, &adminv1.ListGroupsRequest{Tenant: at.tenant.Name, PageToken: ec.QueryParam("page")})
	if err != nil {
		return err
	}
	return page(ec, status, view.Groups(view.GroupsPage{
		TenantFrame: c.tenantFrame(ec, at, view.InGroups, filled), Groups: found.GetGroups(), Issuers: c.door.issuers(), Next: found.GetNextPageToken(),
	}))
}

// makeGroup makes a group, mapped from one of an identity provider's or filled by hand.
func (c *Console) makeGroup(ec echo.Context, at place) error {
	f := formOf(ec, "group")
	r := &adminv1.CreateGroupRequest{Tenant: at.tenant.Name, Name: f.text("name"), Claim: f.text("claim")}
	if r.Claim != "" {
		r.Issuer = f.text("issuer")
	}
	return f.end(func() error {
		_, err := c.admin.CreateGroup(ec.Request().Context(), r)
		return err
	}, view.Under(view.GroupsURL(at.tenant.Name), r.Name), "group", func(status int, filled view.Filled) error { return c.groupsPage(ec, at, status, filled) })
}

// group shows one group.
func (c *Console) group(ec echo.Context, at place) error {
	name, err := param(ec, "group")
	if err != nil {
		return err
	}
	return c.groupPage(ec, at, name, http.StatusOK, view.Filled{})
}

func (c *Console) groupPage(ec echo.Context, at place, name string, status int, filled view.Filled) error {
	ctx, cancel := asked(ec)
	defer cancel()
	g, err := c.admin.GetGroup(ctx, &adminv1.GetGroupRequest{Tenant: at.tenant.Name, Group: name})
	if err != nil {
		return err
	}
	if g.GetClaim() != "" && filled.Form == "member" {
		filled.Form = "" // there is no such form for a mapped group
	}
	p := view.GroupPage{TenantFrame: c.tenantFrame(ec, at, view.InGroups, filled), Group: g}
	if p.Namespaces, err = c.namespaceNames(ctx, at); err != nil {
		return err
	}
	if err := c.fillGroup(ctx, at, &p); err != nil {
		return err
	}
	return page(ec, status, view.Group(p))
}

// deleteGroup deletes a group.
func (c *Console) deleteGroup(ec echo.Context, at place) error {
	name, err := param(ec, "group")
	if err != nil {
		return err
	}
	f := formOf(ec, "delete")
	f.confirmed(name)
	return f.end(func() error {
		_, err := c.admin.DeleteGroup(ec.Request().Context(), &adminv1.DeleteGroupRequest{Tenant: at.tenant.Name, Group: name})
		return err
	}, view.GroupsURL(at.tenant.Name), "ungrouped", func(status int, filled view.Filled) error { return c.groupPage(ec, at, name, status, filled) })
}
