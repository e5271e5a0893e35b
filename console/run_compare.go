package console

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"
	commonpb "go.temporal.io/api/common/v1"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
)

// compareRuns shows the run beside another one of the namespace, which the address names: what they were given, and what happened in each.
func (c *Console) compareRuns(ec echo.Context, at place) error {
	ctx, cancel := asked(ec)
	defer cancel()
	frame, err := c.runFrame(ctx, ec, at, view.Filled{})
	if err != nil {
		return err
	}
	frame.Tab = view.InCompare
	p := view.ComparePage{RunFrame: frame, OtherID: ec.QueryParam("with"), OtherRun: ec.QueryParam("run")}
	if p.OtherID == "" {
		return page(ec, http.StatusOK, view.Compare(p))
	}
	if _, err := orchestration.ParseRunID(p.OtherRun); err != nil {
		p.Refused = "That is no run id. Leave it empty for the current run of the workflow."
		return page(ec, http.StatusBadRequest, view.Compare(p))
	}
	other, err := c.describe(ctx, at, frame.Frame, &commonpb.WorkflowExecution{WorkflowId: p.OtherID, RunId: p.OtherRun})
	if orchestration.CodeOf(err) == orchestration.NotFound {
		p.Refused = "There is no such run in this namespace."
		return page(ec, http.StatusNotFound, view.Compare(p))
	}
	if err != nil {
		return err
	}
	if p.Left, err = c.side(ctx, at, frame); err != nil {
		return err
	}
	if p.Right, err = c.side(ctx, at, other); err != nil {
		return err
	}
	return page(ec, http.StatusOK, view.Compare(p))
}

// side is one of two runs that are compared, as far as one page of its timeline goes.
func (c *Console) side(ctx context.Context, at place, frame view.RunFrame) (*view.Side, error) {
	history := view.HistoryPage{Size: view.TimelineSize, Number: 1, Length: frame.Info.GetHistoryLength()}
	from, to := history.Span()
	var err error
	if history.Events, err = c.events(ctx, at, frame, from, to); err != nil {
		return nil, err
	}
	return view.NewSide(frame, history), nil
}
