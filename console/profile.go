package console

import (
	"context"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/tenants"
)

// profile shows a reader who it is, where it is signed in, and what it may do.
func (p *providers) profile(ec echo.Context, at place) error {
	ctx, cancel := context.WithTimeout(ec.Request().Context(), readTimeout)
	defer cancel()
	me := at.who.in
	person, _, err := p.c.tenants.PersonByID(ctx, me.Person)
	if err != nil {
		return err
	}
	v := view.ProfilePage{Bar: p.c.bar(at.who), Name: person.Name, Email: person.Email, Issuer: person.Issuer, Subject: person.Subject, Now: p.c.now()}
	sessions, err := p.desk.Sessions(ctx, me.Person)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		v.Sessions = append(v.Sessions, view.SessionRow{
			Ref: s.Ref(), Current: s.Hash == me.Session.Hash, Agent: s.Agent, Address: s.Address, Provider: p.title(s.Provider),
			Created: s.Created, Seen: s.Seen, Expires: s.Expires,
		})
	}
	if v.Rights, err = p.rights(ctx, me.Person); err != nil {
		return err
	}
	return page(ec, http.StatusOK, view.Profile(v))
}

// rights are what a person may do, each with its source.
func (p *providers) rights(ctx context.Context, person tenants.HolderID) (rows []view.RightRow, err error) {
	_, all, err := p.c.tenants.RightsOf(ctx, tenants.Holder{Kind: tenants.HolderPerson, ID: person}, nil)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		row := view.RightRow{Tenant: "every one", What: r.Role.String()}
		if r.Tenant != tenants.InstallationTenant {
			t, _, err := p.c.tenants.TenantByID(ctx, r.Tenant)
			if err != nil {
				return nil, err
			}
			row.Tenant = t.Name
		}
		if r.Role == tenants.NoRole {
			n, err := p.c.namespaces.ByID(ctx, r.Namespace)
			if err != nil {
				continue // it was deleted a moment ago
			}
			row.Namespace, row.What = n.Name, r.Permissions.String()
		}
		if row.Source, err = p.source(ctx, r); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// source says where a right comes from.
func (p *providers) source(ctx context.Context, r tenants.Right) (string, error) {
	if r.Via == (tenants.HolderID{}) {
		return "given to you by " + orNobody(r.By), nil
	}
	g, _, err := p.c.tenants.GroupByID(ctx, r.Via)
	if err != nil {
		return "", err
	}
	if g.Claim != "" {
		return "group " + g.Name + ", as the identity provider has you in " + g.Claim, nil
	}
	return "group " + g.Name, nil
}

func orNobody(by string) string {
	if by == "" {
		return "the set-up"
	}
	return by
}

// endSession ends one of the reader's own sessions.
func (p *providers) endSession(ec echo.Context, at place) error {
	if err := p.desk.EndOne(ec.Request().Context(), at.who.in.Person, ec.Request().PostFormValue("session")); err != nil {
		return err
	}
	return ec.Redirect(http.StatusSeeOther, "/profile")
}

// endOthers ends all of the reader's own sessions but this one.
func (p *providers) endOthers(ec echo.Context, at place) error {
	if err := p.desk.EndOthers(ec.Request().Context(), at.who.in); err != nil {
		return err
	}
	return ec.Redirect(http.StatusSeeOther, "/profile")
}

func refused(err error) bool {
	var r *tenants.Refused
	return errors.As(err, &r)
}
