package console

import (
	"context"
	"net/url"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/tenants"
)

// savedViews are the lists of runs that a namespace keeps.
func (c *Console) savedViews(ctx context.Context, at place) ([]view.SavedView, error) {
	kept, err := c.tenants.ListViews(ctx, at.namespace.ID)
	all := make([]view.SavedView, len(kept))
	for i, v := range kept {
		all[i] = view.SavedView{Name: v.Name, Query: v.Query, Layout: view.Layout{Columns: v.Columns, Sort: v.Sort}}
	}
	return all, err
}

// saveView keeps the list that is shown, by a name.
func (c *Console) saveView(ec echo.Context, at place) error {
	f := formOf(ec, "view")
	layout, ok := view.LayoutOf(url.Values{"columns": f.all("columns"), "sort": {f.text("sort")}})
	if !ok {
		f.refuse("There is no such order. Choose one of those on offer.")
	}
	v := tenants.SavedView{
		Tenant: at.tenant.ID, Namespace: at.namespace.ID, Name: f.text("name"), Query: f.text("query"), Columns: layout.Columns, Sort: layout.Sort, By: identity(at),
	}
	to := layout.In(view.WorkflowsURL(placeOf(at), v.Query, ""))
	return f.end(func() error { return c.tenants.SaveView(ec.Request().Context(), v) }, to, "view", refuseView)
}

// removeView keeps a list no longer.
func (c *Console) removeView(ec echo.Context, at place) error {
	f := formOf(ec, "view")
	return f.end(func() error {
		return c.tenants.RemoveView(ec.Request().Context(), at.tenant.ID, at.namespace.ID, f.text("name"))
	}, view.WorkflowsURL(placeOf(at), "", ""), "unviewed", refuseView)
}

// refuseView tells why on a page of its own: the form is a line of a list that may be of thousands.
func refuseView(status int, filled view.Filled) error { return echo.NewHTTPError(status, filled.Why) }
