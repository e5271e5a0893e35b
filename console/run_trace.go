package console

import (
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
	workflowpb "go.temporal.io/api/workflow/v1"

	"github.com/tenuto-io/tenuto/console/view"
)

// tracedEvents are the events of a history that a trace is shown of: the first ones.
const tracedEvents = 5000

// runTrace shows a run as the spans that a collector gets of it. Of an open run, these are the spans that have ended.
func (c *Console) runTrace(ec echo.Context, at place) error {
	ctx, cancel := asked(ec)
	defer cancel()
	number, err := numberIn(ec.QueryParam("page"))
	if err != nil {
		return err
	}
	frame, err := c.runFrame(ctx, ec, at, view.Filled{})
	if err != nil {
		return err
	}
	frame.Tab = view.InTrace
	p := view.TracePage{RunFrame: frame, Number: number}
	keys := keysOf(at.namespace, []*workflowpb.WorkflowExecutionInfo{frame.Info})
	look := c.engine.Looks(ctx, keys)[0]
	if look.Trace.IsZero() {
		p.Unknown = true
		return page(ec, http.StatusOK, view.Trace(p))
	}
	p.ID = hex.EncodeToString(look.Trace.Trace[:])
	if c.traceLink != "" {
		p.Link = strings.ReplaceAll(c.traceLink, "{trace}", p.ID)
	}
	events, err := c.events(ctx, at, frame, 1, min(tracedEvents, max(1, frame.Info.GetHistoryLength())))
	if err != nil {
		return err
	}
	if len(events) > tracedEvents {
		events = events[:tracedEvents]
	}
	p.Read, p.Children = int64(len(events)), map[int64]view.TracedChild{}
	for _, e := range events {
		if a := e.GetChildWorkflowExecutionStartedEventAttributes(); a != nil {
			p.Children[a.GetInitiatedEventId()] = view.TracedChild{WorkflowID: a.GetWorkflowExecution().GetWorkflowId(), RunID: a.GetWorkflowExecution().GetRunId()}
		}
	}
	spans, err := c.spans(keys[0], at.namespace.Name, look.Trace, events)
	if err != nil {
		return err
	}
	return page(ec, http.StatusOK, view.Trace(p.Of(spans)))
}
