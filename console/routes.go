package console

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/assets"
	"github.com/tenuto-io/tenuto/console/view"
)

// route is a row of the one table of routes. Tests walk it.
type route struct {
	method string
	path   string
	open   bool // served without a session
	serve  echo.HandlerFunc
}

// table is every route of the console.
func (c *Console) table() []route {
	return []route{
		{http.MethodGet, "/", false, c.home},
		{http.MethodGet, "/signin", true, c.signInPage},
		{http.MethodPost, "/signin", true, c.signIn},
		{http.MethodPost, "/signin/link", true, c.printLink},
		{http.MethodPost, "/signout", false, c.signOut},
		{http.MethodGet, view.AssetPrefix + ":name", true, c.asset},
		{http.MethodGet, "/t/default/ns/:namespace/workflows", false, c.workflows},
		{http.MethodGet, "/t/default/ns/:namespace/workflows/:workflow", false, c.currentRun},
		{http.MethodGet, "/t/default/ns/:namespace/workflows/:workflow/:run", false, c.run},
	}
}

func (c *Console) routes() *echo.Echo {
	e := echo.New()
	e.HTTPErrorHandler = c.problem
	e.Pre(c.recover, c.guard)
	for _, r := range c.table() {
		serve := r.serve
		if !r.open {
			serve = c.signedIn(serve)
		}
		e.Add(r.method, r.path, serve)
	}
	return e
}

// asset serves an embedded file. Its address carries the hash of all of them, so it can be cached for ever.
func (c *Console) asset(ec echo.Context) error {
	content, mediaType, ok := assets.Open(ec.Param("name"))
	if !ok {
		return errNoPage
	}
	ec.Response().Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	return ec.Blob(http.StatusOK, mediaType, content)
}

// homeNamespace is the one that every installation has.
const homeNamespace = "default"

// home leads to the workflows of the namespace that is always there.
func (c *Console) home(ec echo.Context) error {
	return ec.Redirect(http.StatusFound, view.WorkflowsURL(homeNamespace, "", ""))
}
