package console

import (
	"cmp"
	"net/http"

	"github.com/labstack/echo/v4"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

const familySize = 500 // runs of a family that are shown

// runFamily shows the tree of runs that this one belongs to, as they are now, and the runs before and after it.
func (c *Console) runFamily(ec echo.Context, at place) error {
	ctx, cancel := asked(ec)
	defer cancel()
	frame, started, err := c.beginning(ctx, ec, at)
	if err != nil {
		return err
	}
	frame.Tab = view.InFamily
	p := view.FamilyPage{RunFrame: frame, First: started.GetFirstExecutionRunId(), Previous: started.GetContinuedExecutionRunId()}
	root := cmp.Or(frame.Info.GetRootExecution().GetRunId(), frame.RunID()) // ids are the engine's own: nothing in them can end the quotes
	found, err := c.engine.List(ctx, engine.ListRequest{Namespace: at.namespace.ID, Query: `RootRunId = "` + root + `" ORDER BY StartTime ASC`, PageSize: familySize})
	if err != nil {
		return err
	}
	p.Members, p.More = found.Executions, len(found.PageToken) > 0
	if length := frame.Info.GetHistoryLength(); frame.Info.GetCloseTime() != nil {
		last, err := c.events(ctx, at, frame, length, length)
		if err != nil {
			return err
		}
		p.Next = nextRun(last)
	}
	return page(ec, http.StatusOK, view.Family(p))
}

// nextRun is the run that goes on where one has ended; "": none does.
func nextRun(last []*historypb.HistoryEvent) string {
	if len(last) == 0 {
		return ""
	}
	e := last[len(last)-1]
	return cmp.Or(e.GetWorkflowExecutionContinuedAsNewEventAttributes().GetNewExecutionRunId(), e.GetWorkflowExecutionCompletedEventAttributes().GetNewExecutionRunId(),
		e.GetWorkflowExecutionFailedEventAttributes().GetNewExecutionRunId(), e.GetWorkflowExecutionTimedOutEventAttributes().GetNewExecutionRunId())
}
