package console

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// queues lists a namespace's task queues in the order of their names.
func (c *Console) queues(ec echo.Context, at place) error {
	ctx, cancel := context.WithTimeout(ec.Request().Context(), readTimeout)
	defer cancel()
	frame, err := c.frame(ctx, ec, at, view.InQueues)
	if err != nil {
		return err
	}
	after := ec.QueryParam("after")
	found, err := c.engine.ListQueues(ctx, engine.QueuesRequest{Namespace: at.namespace.ID, After: after, Limit: listPageSize})
	if err != nil {
		return err
	}
	model := view.QueueList{Frame: pulsing(frame), After: after, FirstPage: after == "", Server: c.server}
	for _, q := range found.Queues {
		model.Queues = append(model.Queues, queueOf(q.Name, q.Kind, q.QueueDescription))
	}
	if found.More {
		model.Next = found.Queues[len(found.Queues)-1].Name
	}
	return page(ec, http.StatusOK, view.Queues(model))
}

// queue shows one queue.
func (c *Console) queue(ec echo.Context, at place) error {
	name, err := queueName(ec)
	if err != nil {
		return err
	}
	return c.queuePage(ec, at, name, http.StatusOK, nil)
}

// queuePage shows a queue, with a form as it was filled in; nil: as the queue is.
func (c *Console) queuePage(ec echo.Context, at place, name string, status int, form *view.LimitForm) error {
	ctx, cancel := context.WithTimeout(ec.Request().Context(), readTimeout)
	defer cancel()
	frame, err := c.frame(ctx, ec, at, view.InQueues)
	if err != nil {
		return err
	}
	model := view.QueuePage{Frame: pulsing(frame), Name: name, MayWrite: at.may(writing)}
	for _, kind := range []enumspb.TaskQueueType{enumspb.TASK_QUEUE_TYPE_WORKFLOW, enumspb.TASK_QUEUE_TYPE_ACTIVITY} {
		d, err := c.engine.DescribeQueue(ctx, engine.QueueRequest{Namespace: at.namespace.ID, Queue: name, Kind: kind})
		if err != nil {
			return err
		}
		q := queueOf(name, kind, d)
		model.Kinds = append(model.Kinds, q)
		if q.LimitSet {
			model.Form.Rate = formatRate(*q.Limit)
		}
	}
	if form != nil {
		model.Form = *form
	}
	return page(ec, status, view.OneQueue(model))
}

// queueName reads the queue that the address names. What no queue can be called is a page that does not exist.
func queueName(ec echo.Context) (string, error) {
	name, err := param(ec, "queue")
	if err != nil || name == "" || len(name) > orchestration.MaxIDLength || strings.ContainsRune(name, 0) {
		return "", errNoPage
	}
	return name, nil
}

// queueOf is a queue as its page shows it.
func queueOf(name string, kind enumspb.TaskQueueType, d engine.QueueDescription) view.Queue {
	stats := d.Stats
	q := view.Queue{
		Name: name, Activities: kind == enumspb.TASK_QUEUE_TYPE_ACTIVITY,
		Backlog: stats.GetApproximateBacklogCount(), Oldest: stats.GetApproximateBacklogAge().AsDuration(),
		AddRate: float64(stats.GetTasksAddRate()), DispatchRate: float64(stats.GetTasksDispatchRate()), AtOnce: d.SyncRatio,
		LastPoll: d.LastPoll, Limit: d.Limit, LimitSet: d.LimitSet, Limited: stats.GetRateLimitingActive(),
	}
	for _, p := range d.Pollers {
		q.Pollers = append(q.Pollers, view.Poller{Identity: p.GetIdentity(), Last: p.GetLastAccessTime().AsTime(), Wish: p.GetRatePerSecond()})
	}
	for priority, s := range d.ByPriority {
		q.Priorities = append(q.Priorities, view.PriorityRow{
			Priority: priority, Backlog: s.GetApproximateBacklogCount(), Oldest: s.GetApproximateBacklogAge().AsDuration(),
			AddRate: float64(s.GetTasksAddRate()), DispatchRate: float64(s.GetTasksDispatchRate()),
		})
	}
	slices.SortFunc(q.Priorities, func(a, b view.PriorityRow) int { return int(a.Priority - b.Priority) })
	if m := d.Config.GetQueueRateLimit().GetMetadata(); m != nil {
		q.Setting = view.QueueSetting{By: m.GetUpdateIdentity(), Reason: m.GetReason(), At: m.GetUpdateTime().AsTime()}
	}
	return q
}

// pulsing is the frame of a page whose numbers always change.
func pulsing(f view.Frame) view.Frame {
	f.Bar.Stream = view.PulseURL(f.Place)
	return f
}
