package console

import (
	"net/http"

	"github.com/labstack/echo/v4"
	querypb "go.temporal.io/api/query/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/console/view"
)

// queryRun asks the run's code what the address says, if it says anything. A worker answers; nothing changes by it.
func (c *Console) queryRun(ec echo.Context, at place) error {
	ctx, cancel := asked(ec)
	defer cancel()
	frame, err := c.runFrame(ctx, ec, at, view.Filled{})
	if err != nil {
		return err
	}
	frame.Tab = view.InQueries
	p := view.QueryPage{RunFrame: frame, Name: ec.QueryParam("name"), Input: ec.QueryParam("input")}
	if p.Name == "" {
		return page(ec, http.StatusOK, view.Query(p))
	}
	input, err := payloadsOf(p.Input)
	if err != nil {
		p.Refused = "Input is no JSON: " + err.Error() + ". A text is written in quotes."
		return page(ec, http.StatusBadRequest, view.Query(p))
	}
	answer, err := c.runs.QueryWorkflow(ctx, &workflowservice.QueryWorkflowRequest{
		Namespace: at.namespace.Name, Execution: frame.Info.GetExecution(), Query: &querypb.WorkflowQuery{QueryType: p.Name, QueryArgs: input},
	})
	if err != nil {
		status, why := explain(err)
		if status == http.StatusInternalServerError {
			return err
		}
		p.Refused = why
		return page(ec, status, view.Query(p))
	}
	answer, _ = shown(at, answer)
	p.Answered, p.Answer = true, answer.GetQueryResult()
	return page(ec, http.StatusOK, view.Query(p))
}
