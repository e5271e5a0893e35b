package console

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/redact"
)

const historyPageSize = 200 // events

// run shows one run: what it is now, and a page of its history.
func (c *Console) run(ec echo.Context, at place) error {
	ctx, cancel := context.WithTimeout(ec.Request().Context(), readTimeout)
	defer cancel()
	frame, err := c.frame(ctx, ec, at, view.InWorkflows)
	if err != nil {
		return err
	}
	key, err := runKey(ec, at.namespace)
	if err != nil {
		return err
	}
	description, err := c.engine.Describe(ctx, key)
	if err != nil {
		return err
	}
	token, err := pageToken(ec)
	if err != nil {
		return err
	}
	newest := ec.QueryParam("order") == view.NewestFirst
	read := c.engine.History
	if newest {
		read = c.engine.HistoryReverse
	}
	history, err := read(ctx, engine.HistoryRequest{Run: key, PageToken: token, PageSize: historyPageSize})
	if err != nil {
		return err
	}
	p := view.RunPage{
		Frame: frame, Info: description.Info, Activities: description.Activities, WorkflowTask: description.WorkflowTask,
		Events: history.Events, Newest: newest, FirstPage: token == nil, Next: encodeToken(history.PageToken),
	}
	if at.who.In(&at.namespace)&tenants.PayloadRead == 0 {
		hidePayloads(&p)
	}
	return page(ec, http.StatusOK, view.Run(p))
}

// hidePayloads takes the payloads out of everything that a page is made of. The engine may share it with others, so it is copied first.
func hidePayloads(p *view.RunPage) {
	p.Hidden = true
	p.Info = hidden(p.Info)
	p.WorkflowTask = hidden(p.WorkflowTask)
	p.Activities = allHidden(p.Activities)
	p.Events = allHidden(p.Events)
}

func allHidden[M proto.Message](all []M) []M {
	out := make([]M, len(all))
	for i, m := range all {
		out[i] = hidden(m)
	}
	return out
}

func hidden[M proto.Message](m M) M {
	m = proto.CloneOf(m)
	redact.Message(m)
	return m
}

// currentRun leads to the current run of a workflow.
func (c *Console) currentRun(ec echo.Context, at place) error {
	ctx, cancel := context.WithTimeout(ec.Request().Context(), readTimeout)
	defer cancel()
	key, err := runKey(ec, at.namespace)
	if err != nil {
		return err
	}
	description, err := c.engine.Describe(ctx, key)
	if err != nil {
		return err
	}
	execution := description.Info.GetExecution()
	return ec.Redirect(http.StatusFound, view.RunURL(placeOf(at), execution.GetWorkflowId(), execution.GetRunId()))
}

// runKey reads the run that the address names; without a run id, the current one.
func runKey(ec echo.Context, ns tenants.Namespace) (orchestration.RunKey, error) {
	workflowID, err := param(ec, "workflow")
	if err != nil {
		return orchestration.RunKey{}, err
	}
	text, err := param(ec, "run")
	if err != nil {
		return orchestration.RunKey{}, err
	}
	runID, err := orchestration.ParseRunID(text)
	if err != nil || workflowID == "" {
		return orchestration.RunKey{}, errNoPage
	}
	return orchestration.WorkflowKey{Namespace: ns.ID, WorkflowID: workflowID}.Run(runID), nil
}
