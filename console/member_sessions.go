package console

import (
	"context"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
)

// sessionsOf are where a person is signed in, for operators; nobody else is told.
func (c *Console) sessionsOf(ctx context.Context, at place, person string) ([]*adminv1.Session, error) {
	if at.who.Role(tenants.InstallationTenant) < tenants.Operator {
		return nil, nil
	}
	found, err := c.admin.ListSessions(ctx, &adminv1.ListSessionsRequest{Person: person})
	return found.GetSessions(), err
}

// signMemberOut ends one session of a person, or all of them.
func (c *Console) signMemberOut(ec echo.Context, at place) error {
	id, err := param(ec, "member")
	if err != nil {
		return err
	}
	f := formOf(ec, "")
	session, all, ctx := f.text("session"), f.sent("all"), ec.Request().Context()
	if session == "" && !all {
		f.refuse("The form does not say which session. Use the buttons of the page.")
	}
	return f.end(func() error {
		if !all {
			_, err := c.admin.EndSession(ctx, &adminv1.EndSessionRequest{Person: id, Session: session})
			return err
		}
		_, err := c.admin.EndSessions(ctx, &adminv1.EndSessionsRequest{Person: id})
		return err
	}, view.Under(view.MembersURL(at.tenant.Name), id), "signed-out", func(status int, filled view.Filled) error { return c.memberPage(ec, at, id, status, filled) })
}
