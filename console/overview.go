package console

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/recent"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

const (
	typesShown  = 10  // rows of failure ratios
	queuesAdded = 500 // queues of which the backlog is added up; a namespace with more is told so
)

// overview shows what a namespace did in the last hour, and what waits in it.
func (c *Console) overview(ec echo.Context, at place) error {
	ctx, cancel := context.WithTimeout(ec.Request().Context(), readTimeout)
	defer cancel()
	frame, err := c.frame(ctx, ec, at, view.InOverview)
	if err != nil {
		return err
	}
	model := view.OverviewPage{Frame: pulsing(frame)}
	if model.Held, err = c.held(ctx, at); err != nil {
		return err
	}
	if model.Quota, err = c.admin.GetQuota(ctx, &adminv1.GetQuotaRequest{Namespace: at.namespace.Name}); err != nil {
		return err
	}
	hour := c.engine.Recent(ctx, at.namespace.ID)
	model.Since = hour.Since
	for _, m := range hour.Minutes {
		model.Minutes = append(model.Minutes, minuteOf(m))
	}
	model.Types = typesOf(hour)
	model.Queues, model.MoreQueues, err = c.waitingQueues(ctx, at.namespace.ID)
	if err != nil {
		return err
	}
	return page(ec, http.StatusOK, view.Overview(model))
}

// minuteOf is a minute as a chart draws it.
func minuteOf(m recent.Minute) view.Minute {
	out := view.Minute{Start: m.Start, Started: m.Started, P50: m.Waits.Percentile(50), P95: m.Waits.Percentile(95)}
	for status, n := range m.Closed {
		switch {
		case recent.Failed(status):
			out.Failed += n
		case status == enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED, status == enumspb.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW:
			out.Completed += n
		default:
			out.Stopped += n
		}
	}
	return out
}

// typesOf are the types of which most runs failed.
func typesOf(r recent.Report) []view.TypeOutcome {
	var all []view.TypeOutcome
	for name, t := range r.Types {
		all = append(all, view.TypeOutcome{Type: name, Closed: t.Closed, Failed: t.Failed})
	}
	slices.SortFunc(all, func(a, b view.TypeOutcome) int {
		return cmp.Or(cmp.Compare(b.Failed, a.Failed), cmp.Compare(b.Closed, a.Closed), cmp.Compare(a.Type, b.Type))
	})
	return all[:min(len(all), typesShown)]
}

// waitingQueues are the queues in which something waits, the longest waiting first.
func (c *Console) waitingQueues(ctx context.Context, ns orchestration.NamespaceID) (waiting []view.Queue, more bool, err error) {
	found, err := c.engine.ListQueues(ctx, engine.QueuesRequest{Namespace: ns, Limit: queuesAdded})
	if err != nil {
		return nil, false, err
	}
	for _, q := range found.Queues {
		if q.Stats.GetApproximateBacklogCount() > 0 {
			waiting = append(waiting, queueOf(q.Name, q.Kind, q.QueueDescription))
		}
	}
	slices.SortStableFunc(waiting, func(a, b view.Queue) int { return cmp.Compare(b.Oldest, a.Oldest) })
	return waiting, found.More, nil
}
