package console

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// runWorkers shows who polls the queues that the run's tasks are in, and who has worked at it lately.
func (c *Console) runWorkers(ec echo.Context, at place) error {
	ctx, cancel := asked(ec)
	defer cancel()
	frame, err := c.runFrame(ctx, ec, at, view.Filled{})
	if err != nil {
		return err
	}
	frame.Tab = view.InRunWorkers
	p := view.RunWorkersPage{RunFrame: frame, Looked: lookedFor}
	length := frame.Info.GetHistoryLength()
	events, err := c.events(ctx, at, frame, max(1, length-lookedFor+1), length)
	if err != nil {
		return err
	}
	p.Workers = view.WorkersOf(frame, events)
	facts := c.queueFacts(ctx, at.namespace.ID)
	p.Queues = append(p.Queues, facts(engine.QueueRequest{Queue: frame.Info.GetTaskQueue(), Kind: enumspb.TASK_QUEUE_TYPE_WORKFLOW}))
	for _, queue := range activityQueues(events) {
		p.Queues = append(p.Queues, facts(engine.QueueRequest{Queue: queue, Kind: enumspb.TASK_QUEUE_TYPE_ACTIVITY}))
	}
	return page(ec, http.StatusOK, view.RunWorkers(p))
}

// activityQueues are the queues that activities among some events were put into.
func activityQueues(events []*historypb.HistoryEvent) (names []string) {
	const most = 10
	for _, e := range events {
		if q := e.GetActivityTaskScheduledEventAttributes().GetTaskQueue().GetName(); q != "" && !slices.Contains(names, q) && len(names) < most {
			names = append(names, q)
		}
	}
	return names
}
