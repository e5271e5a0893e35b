package console

import (
	"context"
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/tenants"
)

const (
	listPageSize = 50               // rows
	menuSize     = 500              // namespaces in the menu; others are reached by their address
	readTimeout  = 10 * time.Second // of everything that one page reads
)

// workflows lists a namespace's runs, newest first, filtered by the query in the address. What the filter bar or the search box sends becomes a query first.
func (c *Console) workflows(ec echo.Context, at place) error {
	ctx, cancel := context.WithTimeout(ec.Request().Context(), readTimeout)
	defer cancel()
	layout, ok := view.LayoutOf(ec.QueryParams())
	if !ok {
		return echo.NewHTTPError(http.StatusBadRequest, "The address names an order that the list does not have. Choose one of those below Columns and order.")
	}
	if ec.QueryParams().Has("bar") {
		return ec.Redirect(http.StatusSeeOther, layout.In(view.WorkflowsURL(placeOf(at), barOf(ec).Query(), "")))
	}
	if id := strings.TrimSpace(ec.QueryParam("find")); id != "" {
		return c.find(ctx, ec, at, id)
	}
	frame, err := c.frame(ctx, ec, at, view.InWorkflows)
	if err != nil {
		return err
	}
	token, err := pageToken(ec)
	if err != nil {
		return err
	}
	model := view.WorkflowList{Frame: frame, Query: ec.QueryParam("query"), Server: c.server, FirstPage: token == nil, MayWrite: at.may(writing)}
	model.Fields = barShowing(model.Query)
	model.Layout = layout
	if model.Views, err = c.savedViews(ctx, at); err != nil {
		return err
	}
	if at.who.In(&at.namespace)&tenants.PayloadRead != 0 {
		model.Attributes = slices.Sorted(maps.Keys(at.namespace.Attributes))
	}
	request := engine.ListRequest{Namespace: at.namespace.ID, Query: layout.Sorted(model.Query), PageSize: listPageSize, PageToken: token}
	list, err := c.engine.List(ctx, request)
	if orchestration.CodeOf(err) == orchestration.InvalidArgument {
		model.Refused = err.Error() // most likely the filter; shown beside it, with what was typed
		return page(ec, http.StatusBadRequest, view.Workflows(model))
	}
	if err != nil {
		return err
	}
	model.Runs, model.Next = list.Executions, encodeToken(list.PageToken)
	if len(model.Runs) == 0 && model.Query == "" && model.FirstPage {
		model.Frame = pulsing(frame)
		if model.Polled, err = c.polled(ctx, at); err != nil {
			return err
		}
	}
	return page(ec, http.StatusOK, view.Workflows(model))
}

// polled are the first task queues that workers poll.
func (c *Console) polled(ctx context.Context, at place) (names []string, err error) {
	found, err := c.engine.ListQueues(ctx, engine.QueuesRequest{Namespace: at.namespace.ID, Limit: listPageSize})
	for _, q := range found.Queues {
		if len(q.Pollers) > 0 && !slices.Contains(names, q.Name) {
			names = append(names, q.Name)
		}
	}
	return names, err
}

// frame is what every page of a namespace shows around its content.
func (c *Console) frame(ctx context.Context, ec echo.Context, at place, in view.Section) (view.Frame, error) {
	where := placeOf(at)
	frame := view.Frame{Place: where, Bar: c.door.bar(at.who, view.StreamURL(where)), Section: in, Done: view.Done(ec.QueryParam("done")), Now: c.now()}
	all, err := c.namespaces.ListOf(ctx, at.tenant.ID, "", menuSize)
	if err != nil {
		return view.Frame{}, err
	}
	for _, each := range all {
		if each.State != tenants.Deleted && at.who.In(&each)&tenants.Read != 0 {
			frame.Namespaces = append(frame.Namespaces, each.Name)
		}
	}
	return frame, nil
}

// placeOf is the place as addresses name it.
func placeOf(at place) view.Place {
	return view.Place{Tenant: at.tenant.Name, Namespace: at.namespace.Name}
}

func pageToken(ec echo.Context) ([]byte, error) {
	text := ec.QueryParam("page")
	if text == "" {
		return nil, nil
	}
	token, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, echo.NewHTTPError(http.StatusBadRequest, "The address names a page that cannot be read. Start from the first page.")
	}
	return token, nil
}

func encodeToken(token []byte) string { return base64.RawURLEncoding.EncodeToString(token) }
