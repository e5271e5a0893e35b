package console

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// members lists the people of a tenant.
func (c *Console) members(ec echo.Context, at place) error {
	return c.membersPage(ec, at, http.StatusOK, view.Filled{})
}

func (c *Console) membersPage(ec echo.Context, at place, status int, filled view.Filled) error {
	ctx, cancel := asked(ec)
	defer cancel()
	found, err := c.admin.ListMembers(ctx, &adminv1.ListMembersRequest{Tenant: at.tenant.Name, PageToken: ec.QueryParam("page")})
	if err != nil {
		return err
	}
	return page(ec, status, view.Members(view.MembersPage{
		TenantFrame: c.tenantFrame(ec, at, view.InMembers, filled), Members: found.GetMembers(), Issuers: c.door.issuers(), Next: found.GetNextPageToken(),
	}))
}

// invite makes somebody a member who may never have signed in.
func (c *Console) invite(ec echo.Context, at place) error {
	f := formOf(ec, "invite")
	return f.end(func() error {
		_, err := c.admin.InviteMember(ec.Request().Context(), &adminv1.InviteMemberRequest{
			Tenant: at.tenant.Name, Issuer: f.text("issuer"), Subject: f.text("subject"), Name: f.text("name"),
		})
		return err
	}, view.MembersURL(at.tenant.Name), "invited", func(status int, filled view.Filled) error { return c.membersPage(ec, at, status, filled) })
}

// member shows one person of a tenant.
func (c *Console) member(ec echo.Context, at place) error {
	id, err := param(ec, "member")
	if err != nil {
		return err
	}
	return c.memberPage(ec, at, id, http.StatusOK, view.Filled{})
}

func (c *Console) memberPage(ec echo.Context, at place, id string, status int, filled view.Filled) error {
	ctx, cancel := asked(ec)
	defer cancel()
	m, err := c.admin.GetMember(ctx, &adminv1.GetMemberRequest{Tenant: at.tenant.Name, Member: id})
	if err != nil {
		return err
	}
	names, err := c.namespaceNames(ctx, at)
	if err != nil {
		return err
	}
	sessions, err := c.sessionsOf(ctx, at, id)
	if err != nil {
		return err
	}
	return page(ec, status, view.Member(view.MemberPage{TenantFrame: c.tenantFrame(ec, at, view.InMembers, filled), Member: m, Namespaces: names, Sessions: sessions}))
}

// removeMember takes a person out of a tenant.
func (c *Console) removeMember(ec echo.Context, at place) error {
	id, err := param(ec, "member")
	if err != nil {
		return err
	}
	m, err := c.admin.GetMember(ec.Request().Context(), &adminv1.GetMemberRequest{Tenant: at.tenant.Name, Member: id})
	if err != nil {
		return err
	}
	f := formOf(ec, "remove")
	f.confirmed(view.Named(m))
	return f.end(func() error {
		_, err := c.admin.RemoveMember(ec.Request().Context(), &adminv1.RemoveMemberRequest{Tenant: at.tenant.Name, Member: id})
		return err
	}, view.MembersURL(at.tenant.Name), "removed", func(status int, filled view.Filled) error { return c.memberPage(ec, at, id, status, filled) })
}
