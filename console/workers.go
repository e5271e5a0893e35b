package console

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// workerList lists the workers that say of themselves how they are, filtered by the query in the address.
func (c *Console) workerList(ec echo.Context, at place) error {
	ctx, cancel := context.WithTimeout(ec.Request().Context(), readTimeout)
	defer cancel()
	frame, err := c.frame(ctx, ec, at, view.InWorkers)
	if err != nil {
		return err
	}
	model := view.WorkerList{Frame: pulsing(frame), Query: ec.QueryParam("query"), After: ec.QueryParam("after")}
	found, err := c.engine.Workers(ctx, engine.WorkersRequest{Namespace: at.namespace.ID, Query: model.Query, After: model.After, Limit: listPageSize})
	if orchestration.CodeOf(err) == orchestration.InvalidArgument {
		model.Refused = err.Error()
		return page(ec, http.StatusBadRequest, view.Workers(model))
	}
	if err != nil {
		return err
	}
	model.Workers = found.Workers
	if found.More {
		model.Next = found.Workers[len(found.Workers)-1].GetWorkerInstanceKey()
	}
	return page(ec, http.StatusOK, view.Workers(model))
}

// worker shows one worker as it last described itself.
func (c *Console) worker(ec echo.Context, at place) error {
	ctx, cancel := context.WithTimeout(ec.Request().Context(), readTimeout)
	defer cancel()
	frame, err := c.frame(ctx, ec, at, view.InWorkers)
	if err != nil {
		return err
	}
	key, err := param(ec, "worker")
	if err != nil {
		return err
	}
	heartbeat, err := c.engine.Worker(ctx, at.namespace.ID, key)
	if err != nil {
		return err
	}
	return page(ec, http.StatusOK, view.OneWorker(view.WorkerPage{Frame: pulsing(frame), Worker: heartbeat}))
}
