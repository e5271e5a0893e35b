package console

import (
	"context"
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/console/view"
)

// lookedFor is how many events from either end of a history are looked through for a workflow task to reset to.
const lookedFor = 300

// resetPage asks from which event a run is to begin again.
func (c *Console) resetPage(ec echo.Context, at place) error {
	return c.askForReset(ec, at, http.StatusOK, view.Filled{Form: "reset"})
}

func (c *Console) askForReset(ec echo.Context, at place, status int, filled view.Filled) error {
	ctx, cancel := asked(ec)
	defer cancel()
	frame, err := c.runFrame(ctx, ec, at, view.Filled{})
	if err != nil {
		return err
	}
	p := view.ResetPage{RunFrame: frame, Event: ec.QueryParam("event")}
	p.Filled = filled
	if p.First, err = c.taskEnd(ctx, at, frame, 1, lookedFor, true); err != nil {
		return err
	}
	length := frame.Info.GetHistoryLength()
	if p.Last, err = c.taskEnd(ctx, at, frame, max(1, length-lookedFor+1), length, false); err != nil {
		return err
	}
	return page(ec, status, view.Reset(p))
}

// taskEnd is the first or the last event among some with which a workflow task has completed; 0: there is none.
func (c *Console) taskEnd(ctx context.Context, at place, frame view.RunFrame, from, to int64, first bool) (found int64, err error) {
	events, err := c.events(ctx, at, frame, from, to)
	for _, e := range events {
		if e.GetEventType() != enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
			continue
		}
		if found = e.GetEventId(); first {
			break
		}
	}
	return found, err
}

// reapplied are what is recorded again in the new run, of what came after the event.
var reapplied = map[string]enumspb.ResetReapplyType{
	"all": enumspb.RESET_REAPPLY_TYPE_ALL_ELIGIBLE, "signals": enumspb.RESET_REAPPLY_TYPE_SIGNAL, "none": enumspb.RESET_REAPPLY_TYPE_NONE,
}

// resetRun begins the run again from an event of its history, and leads to the new run.
func (c *Console) resetRun(ec echo.Context, at place) error {
	run, err := executionOf(ec)
	if err != nil {
		return err
	}
	f := formOf(ec, "reset")
	r := &workflowservice.ResetWorkflowExecutionRequest{
		Namespace: at.namespace.Name, WorkflowExecution: run, WorkflowTaskFinishEventId: f.whole("event", "Event", 0), ResetReapplyType: reapplied[f.text("reapply")],
		Reason: f.text("reason"), Identity: identity(at), RequestId: uuid.NewString(),
	}
	f.confirmed(run.GetWorkflowId())
	again := func(status int, filled view.Filled) error { return c.askForReset(ec, at, status, filled) }
	if f.why != "" {
		return again(http.StatusBadRequest, f.filled(f.why))
	}
	answer, err := c.runs.ResetWorkflowExecution(ec.Request().Context(), r)
	if err != nil {
		return f.fail(err, again)
	}
	return ec.Redirect(http.StatusSeeOther, view.DoneURL(view.RunURL(placeOf(at), run.GetWorkflowId(), answer.GetRunId()), "reset"))
}
