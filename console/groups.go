package console

import (
	"context"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
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

// mostChoices is how many people or accounts a page offers or lists: of each it is read what it holds.
const mostChoices = 200

// fillGroup tells who is in a group, and who could be: in a tenant of many people, those are named by their ids.
func (c *Console) fillGroup(ctx context.Context, at place, p *view.GroupPage) error {
	found, err := c.admin.ListMembers(ctx, &adminv1.ListMembersRequest{Tenant: at.tenant.Name, PageSize: mostChoices})
	if err != nil {
		return err
	}
	p.Many = found.GetNextPageToken() != ""
	known := map[string]*adminv1.Member{}
	for _, m := range found.GetMembers() {
		known[m.GetId()] = m
		if !slices.Contains(p.Group.GetMembers(), m.GetId()) {
			p.Others = append(p.Others, m)
		}
	}
	for _, id := range p.Group.GetMembers() {
		m := known[id]
		if len(p.Members) == mostChoices {
			p.More++
			continue
		}
		if m == nil {
			m, err = c.admin.GetMember(ctx, &adminv1.GetMemberRequest{Tenant: at.tenant.Name, Member: id})
		}
		switch {
		case orchestration.CodeOf(err) == orchestration.NotFound:
			err = nil // gone since
		case err != nil:
			return err
		default:
			p.Members = append(p.Members, m)
		}
	}
	return nil
}

// groupForm changes a group by a form of its page, and leads there again.
func (c *Console) groupForm(ec echo.Context, at place, form string, done view.Done, change func(ctx context.Context, f *form, group string) error) error {
	name, err := param(ec, "group")
	if err != nil {
		return err
	}
	f := formOf(ec, form)
	return f.end(func() error { return change(ec.Request().Context(), f, name) },
		view.Under(view.GroupsURL(at.tenant.Name), name), done, func(status int, filled view.Filled) error { return c.groupPage(ec, at, name, status, filled) })
}

// putIntoGroup adds a member to a group.
func (c *Console) putIntoGroup(ec echo.Context, at place) error {
	return c.groupForm(ec, at, "member", "joined", func(ctx context.Context, f *form, group string) error {
		_, err := c.admin.AddGroupMember(ctx, &adminv1.AddGroupMemberRequest{Tenant: at.tenant.Name, Group: group, Member: f.text("member")})
		return err
	})
}

// takeOutOfGroup takes a member out of a group.
func (c *Console) takeOutOfGroup(ec echo.Context, at place) error {
	return c.groupForm(ec, at, "", "left", func(ctx context.Context, f *form, group string) error {
		_, err := c.admin.RemoveGroupMember(ctx, &adminv1.RemoveGroupMemberRequest{Tenant: at.tenant.Name, Group: group, Member: f.text("member")})
		return err
	})
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
