package console

import (
	"context"
	"encoding/base64"
	"net/http"
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

// workflows lists a namespace's runs, newest first, filtered by the query in the address.
func (c *Console) workflows(ec echo.Context) error {
	ctx, cancel := context.WithTimeout(ec.Request().Context(), readTimeout)
	defer cancel()
	frame, ns, err := c.frame(ctx, ec)
	if err != nil {
		return err
	}
	token, err := pageToken(ec)
	if err != nil {
		return err
	}
	model := view.WorkflowList{Frame: frame, Query: ec.QueryParam("query"), Server: c.server, FirstPage: token == nil}
	request := engine.ListRequest{Namespace: ns.ID, Query: model.Query, PageSize: listPageSize, PageToken: token}
	list, err := c.engine.List(ctx, request)
	if orchestration.CodeOf(err) == orchestration.InvalidArgument {
		model.Refused = err.Error() // most likely the filter; shown beside it, with what was typed
		return page(ec, http.StatusBadRequest, view.Workflows(model))
	}
	if err != nil {
		return err
	}
	if model.Total, err = c.engine.Count(ctx, engine.ListRequest{Namespace: ns.ID, Query: model.Query}); err != nil {
		return err
	}
	model.Runs, model.Next = list.Executions, encodeToken(list.PageToken)
	return page(ec, http.StatusOK, view.Workflows(model))
}

// frame finds the namespace in the address, and what every page shows around its content.
func (c *Console) frame(ctx context.Context, ec echo.Context) (view.Frame, tenants.Namespace, error) {
	name, err := param(ec, "namespace")
	if err != nil {
		return view.Frame{}, tenants.Namespace{}, err
	}
	found, err := c.namespaces.ByName(ctx, name)
	if err != nil {
		return view.Frame{}, tenants.Namespace{}, err
	}
	all, err := c.namespaces.List(ctx, "", menuSize)
	if err != nil {
		return view.Frame{}, tenants.Namespace{}, err
	}
	frame := view.Frame{Namespace: name, Now: c.now()}
	for _, each := range all {
		if each.State != tenants.Deleted {
			frame.Namespaces = append(frame.Namespaces, each.Name)
		}
	}
	return frame, found, nil
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
