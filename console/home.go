package console

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// homeNamespace is the one that every installation has, in the tenant that every installation has.
const homeNamespace = "default"

const (
	tenantPageSize = 500 // tenants or namespaces on one page
	latestChanges  = 5   // records of the log
	counted        = 50  // namespaces of a page of which it is told what they use: each is a question to the database
)

// home leads to where there is something for the reader to see.
func (c *Console) home(ec echo.Context, at place) error {
	ctx, cancel := context.WithTimeout(ec.Request().Context(), readTimeout)
	defer cancel()
	if n, err := c.namespaces.ByName(ctx, homeNamespace); err == nil && at.who.In(&n)&tenants.Read != 0 {
		return ec.Redirect(http.StatusFound, view.WorkflowsURL(view.Place{Tenant: tenants.DefaultTenantName, Namespace: homeNamespace}, "", ""))
	}
	all, err := c.known(ctx, at.who, "")
	switch {
	case err != nil:
		return err
	case len(all) == 0:
		p, _, err := c.tenants.PersonByID(ctx, at.who.in.Person)
		if err != nil {
			return err
		}
		return page(ec, http.StatusOK, view.NothingMapped(c.bar(at.who), p.Name, p.Issuer, p.Subject))
	case len(all) == 1:
		return ec.Redirect(http.StatusFound, view.TenantURL(all[0].Name))
	}
	return ec.Redirect(http.StatusFound, "/tenants")
}

// bar is the bar of a page that is about no namespace.
func (c *Console) bar(who *visitor) view.Bar { return c.door.bar(who, "/live") }

// known are the tenants that a reader knows, from a name on.
func (c *Console) known(ctx context.Context, who *visitor, after string) (all []tenants.Tenant, err error) {
	ids, _, everywhere := who.Reach()
	if everywhere {
		return c.tenants.ListTenants(ctx, after, tenantPageSize)
	}
	for _, id := range ids {
		t, ok, err := c.tenants.TenantByID(ctx, id)
		if err != nil {
			return nil, err
		}
		if ok && t.Name > after {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b tenants.Tenant) int { return cmp.Compare(a.Name, b.Name) })
	return all, nil
}

// tenantList lists the tenants that the reader knows.
func (c *Console) tenantList(ec echo.Context, at place) error {
	ctx, cancel := context.WithTimeout(ec.Request().Context(), readTimeout)
	defer cancel()
	all, err := c.known(ctx, at.who, ec.QueryParam("after"))
	if err != nil {
		return err
	}
	rows := make([]view.TenantRow, len(all))
	for i, t := range all {
		rows[i] = view.TenantRow{Name: t.Name, Title: t.Title, Role: at.who.Role(t.ID).String()}
	}
	more := ""
	if len(all) == tenantPageSize { // somebody who knows few has one page
		more = "/tenants?" + url.Values{"after": {all[len(all)-1].Name}}.Encode()
	}
	return page(ec, http.StatusOK, view.Tenants(c.bar(at.who), rows, more, at.who.Operates()))
}

// tenant lists the namespaces of a tenant in which the reader may do anything.
func (c *Console) tenant(ec echo.Context, at place) error {
	return c.tenantPage(ec, at, http.StatusOK, view.Filled{})
}

func (c *Console) tenantPage(ec echo.Context, at place, status int, filled view.Filled) error {
	ctx, cancel := asked(ec)
	defer cancel()
	all, err := c.namespaces.ListOf(ctx, at.tenant.ID, ec.QueryParam("after"), tenantPageSize)
	if err != nil {
		return err
	}
	p := view.TenantPage{TenantFrame: c.tenantFrame(ec, at, view.InNamespaces, filled)}
	for _, n := range all {
		may := at.who.In(&n)
		if may == 0 {
			continue
		}
		p.Namespaces = append(p.Namespaces, view.NamespaceRow{
			Name: n.Name, Description: n.Description, Permissions: strings.ReplaceAll(may.String(), ",", ", "), Readable: may&tenants.Read != 0,
			Retention: time.Duration(n.Retention), Suspended: n.Suspended, Deleted: n.State == tenants.Deleted,
		})
		row := &p.Namespaces[len(p.Namespaces)-1]
		if !row.Readable || row.Deleted || len(p.Namespaces) > counted {
			continue
		}
		if row.Report, err = c.used(ctx, place{namespace: n}, 1); err != nil {
			return err
		}
		row.MostOpen = n.Quota.OpenRuns
	}
	if len(all) == tenantPageSize {
		p.More = view.TenantURL(at.tenant.Name) + "?" + url.Values{"after": {all[len(all)-1].Name}}.Encode()
	}
	if p.May >= view.Audits {
		latest, err := c.chainOf(at)(ctx, &adminv1.AuditFilter{Plane: string(audit.Control)}, latestChanges, "")
		if err != nil {
			return err
		}
		p.Latest = latest.GetRecords()
	}
	return page(ec, status, view.Tenant(p))
}
