package console

import (
	"context"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

const (
	runBeat  = 10 * time.Second       // what leaves no event, an attempt that failed, is seen so often
	together = 250 * time.Millisecond // events that come within are told at once
	tryAgain = 2 * time.Second        // after a history that could not be read
)

// liveRun is the stream of a page of one open run. It says at once that the run has new events. Its event id is the last of them, so that a browser that
// connects again is told of what came meanwhile.
func (c *Console) liveRun(n need) handler { return c.stream(n, runBeat, changed, c.newEvents) }

// newEvents watches the history of the run in the address, from where the browser left off or the page was drawn.
func (c *Console) newEvents(ctx context.Context, ec echo.Context, at place) (<-chan string, error) {
	execution, err := executionOf(ec)
	if err != nil {
		return nil, err
	}
	run, err := orchestration.ParseRunID(execution.GetRunId())
	if err != nil {
		return nil, err
	}
	last, err := strconv.ParseInt(ec.Request().Header.Get("Last-Event-ID"), 10, 64)
	if err != nil {
		if last, err = numberIn(ec.QueryParam("after")); err != nil {
			return nil, err
		}
	}
	w := watch{runs: c.runs, namespace: at.namespace.Name, execution: execution, run: run, last: last, told: make(chan string)}
	go w.follow(ctx)
	return w.told, nil
}

// watch follows the history of one run.
type watch struct {
	runs      Runs
	namespace string
	execution *commonpb.WorkflowExecution
	run       orchestration.RunID
	last      orchestration.EventID // that was told of
	told      chan string
}

// follow tells of new events until the run is closed, or the context ends.
func (w *watch) follow(ctx context.Context) {
	for ctx.Err() == nil {
		pause := together
		answer, err := w.runs.GetWorkflowExecutionHistory(ctx, &workflowservice.GetWorkflowExecutionHistoryRequest{
			Namespace: w.namespace, Execution: w.execution, NextPageToken: engine.PageFrom(w.run, w.last+1), WaitNewEvent: true,
		})
		if events := answer.GetHistory().GetEvents(); err == nil && len(events) > 0 {
			w.last = events[len(events)-1].GetEventId()
			select {
			case w.told <- "id: " + strconv.FormatInt(w.last, 10) + "\n" + changed:
			case <-ctx.Done():
			}
		}
		if err == nil && len(answer.GetNextPageToken()) == 0 || orchestration.CodeOf(err) == orchestration.NotFound {
			return
		}
		if err != nil {
			pause = tryAgain
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}
