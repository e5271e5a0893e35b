package console

import (
	"context"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

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
