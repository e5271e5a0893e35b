package console

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// counts is how many runs of each status a filter finds. It is a page of its own, which the list takes its part from: counting a million runs takes long, and
// the list need not wait for it.
func (c *Console) counts(ec echo.Context, at place) error {
	ctx, cancel := context.WithTimeout(ec.Request().Context(), readTimeout)
	defer cancel()
	frame, err := c.frame(ctx, ec, at, view.InWorkflows)
	if err != nil {
		return err
	}
	model := view.CountsPage{Frame: frame, Query: ec.QueryParam("query"), Counts: map[string]int64{}}
	model.Layout, _ = view.LayoutOf(ec.QueryParams()) // the list tells of one that it does not have
	model.Fields = barShowing(model.Query)
	base := model.Query
	if whatever := model.Fields; whatever.Fits {
		whatever.Status = ""
		base = whatever.Query()
	}
	counted, err := c.engine.CountGroups(ctx, engine.ListRequest{Namespace: at.namespace.ID, Query: base + " GROUP BY ExecutionStatus"})
	if orchestration.CodeOf(err) == orchestration.InvalidArgument {
		model.Refused = err.Error()
		return page(ec, http.StatusBadRequest, view.Counts(model))
	}
	if err != nil {
		return err
	}
	for _, g := range counted.Groups {
		model.Counts[g.Value] = g.Count
	}
	return page(ec, http.StatusOK, view.Counts(model))
}
