package console

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/assets"
	"github.com/tenuto-io/tenuto/console/view"
)

// route is a row of the one table of routes. Tests walk it.
type route struct {
	method string
	path   string
	need   need
	serve  handler
}

// table is every route of the console, and who may use it.
func (c *Console) table() []route {
	return slices.Concat(c.door.routes(), c.administrationTable(), c.runTable(), []route{
		{http.MethodGet, view.AssetPrefix + ":name", open, c.asset},
		{http.MethodGet, "/", signedIn, c.home},
		{http.MethodGet, "/live", signedIn, c.live(signedIn)},
		{http.MethodGet, "/tenants", signedIn, c.tenantList},
		{http.MethodGet, "/t/:tenant", inTenant, c.tenant},
		{http.MethodGet, "/t/:tenant/ns/:namespace/live", reading, c.live(reading)},
		{http.MethodGet, "/t/:tenant/ns/:namespace/pulse/live", reading, c.pulse(reading)},
		{http.MethodGet, "/t/:tenant/ns/:namespace/workflows", reading, c.workflows},
		{http.MethodGet, "/t/:tenant/ns/:namespace/counts", reading, c.counts},
		{http.MethodGet, "/t/:tenant/ns/:namespace" + view.RunsCSVPath, reading, c.exportRuns("text/csv; charset=utf-8", ".csv", runsAsCSV)},
		{http.MethodGet, "/t/:tenant/ns/:namespace" + view.RunsLinesPath, reading, c.exportRuns("application/jsonl", ".jsonl", runsAsLines)},
		{http.MethodGet, "/t/:tenant/ns/:namespace" + view.BulkPath, writing, c.askForBulk},
		{http.MethodPost, "/t/:tenant/ns/:namespace" + view.BulkPath, writing, c.startBulk},
		{http.MethodPost, "/t/:tenant/ns/:namespace" + view.ViewsPath, writing, c.saveView},
		{http.MethodPost, "/t/:tenant/ns/:namespace" + view.ViewsPath + "/remove", writing, c.removeView},
		{http.MethodGet, "/t/:tenant/ns/:namespace" + view.StartPath, writing, c.askForStart},
		{http.MethodPost, "/t/:tenant/ns/:namespace" + view.StartPath, writing, c.startRun},
		{http.MethodGet, "/t/:tenant/ns/:namespace/overview", reading, c.overview},
		{http.MethodGet, "/t/:tenant/ns/:namespace/stuck", reading, c.stuck},
		{http.MethodGet, "/t/:tenant/ns/:namespace/queues", reading, c.queues},
		{http.MethodGet, "/t/:tenant/ns/:namespace/queues/:queue", reading, c.queue},
		{http.MethodPost, "/t/:tenant/ns/:namespace/queues/:queue/limit", writing, c.limitQueue},
		{http.MethodGet, "/t/:tenant/ns/:namespace/workers", reading, c.workerList},
		{http.MethodGet, "/t/:tenant/ns/:namespace/workers/:worker", reading, c.worker},
		{http.MethodGet, "/t/:tenant/ns/:namespace/batches", reading, c.batchList},
		{http.MethodGet, "/t/:tenant/ns/:namespace/batches/:batch", reading, c.oneBatch},
		{http.MethodPost, "/t/:tenant/ns/:namespace/batches/:batch/stop", writing, c.stopBatch},
	})
}

func (c *Console) routes() *echo.Echo {
	e := echo.New()
	e.HTTPErrorHandler = c.problem
	e.Pre(c.recover, c.guard)
	for _, r := range c.table() {
		e.Add(r.method, r.path, c.guarded(r))
	}
	return e
}

// asset serves an embedded file. Its address carries the hash of all of them, so it can be cached for ever.
func (c *Console) asset(ec echo.Context, _ place) error {
	content, mediaType, ok := assets.Open(ec.Param("name"))
	if !ok {
		return errNoPage
	}
	ec.Response().Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	return ec.Blob(http.StatusOK, mediaType, content)
}
