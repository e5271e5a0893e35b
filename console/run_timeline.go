package console

import (
	"context"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	workflowpb "go.temporal.io/api/workflow/v1"

	"github.com/tenuto-io/tenuto/console/view"
)

// timeline is the page of the run's timeline that the address names: by number, and as far as it is zoomed.
func (c *Console) timeline(ctx context.Context, ec echo.Context, at place, frame view.RunFrame) (view.Timeline, error) {
	zoom, err := zoomOf(ec)
	if err != nil {
		return view.Timeline{}, err
	}
	p, err := c.historyPage(ctx, ec, at, frame, view.HistoryPage{Size: view.TimelineSize})
	return view.NewTimeline(frame, p, zoom), err
}

// zoomOf is the part of the time that the address names.
func zoomOf(ec echo.Context) (z view.Zoom, err error) {
	for name, to := range map[string]*int64{"from": &z.From, "to": &z.To} {
		text := ec.QueryParam(name)
		if text == "" {
			continue
		}
		if *to, err = strconv.ParseInt(text, 10, 48); err != nil || *to < 0 {
			return z, echo.NewHTTPError(http.StatusBadRequest, "The address names a time that cannot be read. It is in milliseconds since the run began.")
		}
	}
	return z, nil
}

// trouble is why an open run does not go on; nil: it does, or it cannot be told now.
func (c *Console) trouble(ctx context.Context, at place, frame view.RunFrame) (*view.StuckRun, error) {
	if frame.Info.GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		return nil, nil
	}
	why := diagnosis{attempts: view.DefaultAttempts, now: c.now(), queues: c.queueFacts(ctx, at.namespace.ID)}
	for _, look := range c.engine.Looks(ctx, keysOf(at.namespace, []*workflowpb.WorkflowExecutionInfo{frame.Info})) {
		if run, ok := why.of(look); ok && look.Err == nil {
			return &run, nil
		}
	}
	return nil, nil
}

// badEnd is how a run ended that did not complete; nil: it runs, or has completed, or goes on as another run.
func (c *Console) badEnd(ctx context.Context, at place, frame view.RunFrame) (*historypb.HistoryEvent, error) {
	switch frame.Info.GetStatus() {
	case enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED, enumspb.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW:
		return nil, nil
	}
	last, err := c.events(ctx, at, frame, frame.Info.GetHistoryLength(), frame.Info.GetHistoryLength())
	if err != nil || len(last) == 0 {
		return nil, err
	}
	return last[len(last)-1], nil
}
