package console

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// runHistory shows a page of the run's history, or one event of it.
func (c *Console) runHistory(ec echo.Context, at place) error {
	ctx, cancel := asked(ec)
	defer cancel()
	frame, err := c.runFrame(ctx, ec, at, view.Filled{})
	if err != nil {
		return err
	}
	frame.Tab = view.InHistory
	p := view.RunPage{RunFrame: frame}
	p.History, err = c.historyPage(ctx, ec, at, frame, view.HistoryPage{Form: view.HistoryForm(ec.QueryParam("form")), Newest: ec.QueryParam("order") == view.NewestFirst})
	if err != nil {
		return err
	}
	return page(ec, http.StatusOK, view.History(p))
}

// historyPage reads the page of the run's history that the address names by its number, or the one event that it names.
func (c *Console) historyPage(ctx context.Context, ec echo.Context, at place, frame view.RunFrame, p view.HistoryPage) (_ view.HistoryPage, err error) {
	p.Length = frame.Info.GetHistoryLength()
	if p.Number, err = numberIn(ec.QueryParam("page")); err != nil {
		return p, err
	}
	from, to := p.Span()
	if ec.QueryParam("event") != "" {
		if from, err = numberIn(ec.QueryParam("event")); err != nil {
			return p, err
		}
		to, p.Length = from, 1
	}
	if from > to {
		return p, nil
	}
	if p.Events, err = c.events(ctx, at, frame, from, to); err != nil {
		return p, err
	}
	if p.Newest {
		slices.Reverse(p.Events)
	}
	return p, nil
}

// events are those of the run from an event to another one, both of them included. A history that ends before is read to its end.
func (c *Console) events(ctx context.Context, at place, frame view.RunFrame, from, to int64) (all []*historypb.HistoryEvent, err error) {
	run, err := orchestration.ParseRunID(frame.RunID())
	if err != nil {
		return nil, err
	}
	for token := engine.PageFrom(run, from); len(token) > 0 && from <= to; {
		answer, err := c.runs.GetWorkflowExecutionHistory(ctx, &workflowservice.GetWorkflowExecutionHistoryRequest{
			Namespace: frame.Namespace, Execution: frame.Info.GetExecution(), MaximumPageSize: int32(to - from + 1), NextPageToken: token,
		})
		if err != nil {
			return nil, err
		}
		part, _ := shown(at, answer)
		all = append(all, part.GetHistory().GetEvents()...)
		token, from = answer.GetNextPageToken(), from+int64(len(answer.GetHistory().GetEvents()))
	}
	return all, nil
}

// numberIn is a number that an address or a form has, from 1; 1 where there is none.
func numberIn(text string) (int64, error) {
	if text == "" {
		return 1, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 1 {
		return 0, echo.NewHTTPError(http.StatusBadRequest, "The address names a page that cannot be read. Start from the first page.")
	}
	return n, nil
}
