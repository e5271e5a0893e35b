package console

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"
	workflowpb "go.temporal.io/api/workflow/v1"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// find leads to the run of that id, or to the current run of the workflow; if neither is there, to the workflows whose ids begin so.
func (c *Console) find(ctx context.Context, ec echo.Context, at place, id string) error {
	query := "WorkflowId = " + view.Quoted(id)
	if _, err := orchestration.ParseRunID(id); err == nil {
		query += " OR RunId = " + view.Quoted(id)
	}
	list, err := c.engine.List(ctx, engine.ListRequest{Namespace: at.namespace.ID, Query: query, PageSize: 1})
	if err != nil {
		return err
	}
	to := view.WorkflowsURL(placeOf(at), view.FilterBar{ID: id}.Query(), "")
	if len(list.Executions) > 0 {
		to = foundURL(placeOf(at), list.Executions[0], id)
	}
	return ec.Redirect(http.StatusSeeOther, to)
}

// foundURL is the page of what was found by the id: a run that has it, or the workflow's current run.
func foundURL(p view.Place, found *workflowpb.WorkflowExecutionInfo, id string) string {
	e := found.GetExecution()
	if e.GetRunId() == id {
		return view.RunURL(p, e.GetWorkflowId(), id)
	}
	return view.RunURL(p, e.GetWorkflowId(), "")
}
