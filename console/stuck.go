package console

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	workflowpb "go.temporal.io/api/workflow/v1"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/tenants"
)

// What one page of stuck runs costs at most. No index has them: running workflows are looked at, the oldest first, and the next page goes on.
const (
	stuckRead  = 200             // runs that are looked at together
	stuckMost  = 2000            // runs that are looked at for a page
	stuckShown = 50              // with so many found, a page is full
	stuckTime  = 2 * time.Second // after which no more are looked at
)

// stuck lists running workflows that do not go on, each with one sentence why.
func (c *Console) stuck(ec echo.Context, at place) error {
	ctx, cancel := context.WithTimeout(ec.Request().Context(), readTimeout)
	defer cancel()
	frame, err := c.frame(ctx, ec, at, view.InStuck)
	if err != nil {
		return err
	}
	token, err := pageToken(ec)
	if err != nil {
		return err
	}
	model := view.StuckList{Frame: frame, Query: strings.TrimSpace(ec.QueryParam("query")), Attempts: attemptsOf(ec), Page: ec.QueryParam("page"), FirstPage: token == nil, MayWrite: at.may(writing)}
	request := engine.ListRequest{Namespace: at.namespace.ID, Query: runningAnd(model.Query), PageSize: stuckRead, PageToken: token}
	if model.Running, err = c.running(ctx, at, model.Query); err == nil {
		request.Query += " ORDER BY StartTime ASC"
		err = c.findStuck(ctx, at, &model, request)
	}
	if orchestration.CodeOf(err) == orchestration.InvalidArgument {
		model.Refused = err.Error()
		return page(ec, http.StatusBadRequest, view.Stuck(model))
	}
	if err != nil {
		return err
	}
	if model.Looked <= stuckRead {
		model.Frame = pulsing(frame) // a longer search is not repeated by itself
	}
	return page(ec, http.StatusOK, view.Stuck(model))
}

// running is how many workflows run that a query finds. All of them are known without being counted.
func (c *Console) running(ctx context.Context, at place, query string) (int64, error) {
	if query == "" {
		held, err := c.held(ctx, at)
		return held.GetOpenRuns(), err
	}
	return c.engine.Count(ctx, engine.ListRequest{Namespace: at.namespace.ID, Query: runningAnd(query)})
}

// runningAnd is the filter of running workflows that a query finds, too.
func runningAnd(query string) string {
	const running = `ExecutionStatus = "Running"`
	if query == "" {
		return running
	}
	return running + " AND (" + query + ")"
}

// attemptsOf is from how many attempts on an activity counts.
func attemptsOf(ec echo.Context) int {
	n, err := strconv.Atoi(ec.QueryParam("attempts"))
	if err != nil || n < 2 {
		return view.DefaultAttempts
	}
	return n
}

// findStuck looks at running workflows until the page is full or has cost enough.
func (c *Console) findStuck(ctx context.Context, at place, model *view.StuckList, request engine.ListRequest) error {
	why := diagnosis{attempts: int32(model.Attempts), now: c.now(), queues: c.queueFacts(ctx, at.namespace.ID)}
	for began := time.Now(); ; {
		list, err := c.engine.List(ctx, request)
		if err != nil {
			return err
		}
		for i, look := range c.engine.Looks(ctx, keysOf(at.namespace, list.Executions)) {
			switch {
			case orchestration.CodeOf(look.Err) == orchestration.NotFound: // it has closed meanwhile
			case look.Err != nil:
				model.Unseen++
			default:
				if run, ok := why.of(look); ok {
					run.Info = list.Executions[i]
					model.Runs = append(model.Runs, run)
				}
			}
		}
		model.Looked += len(list.Executions)
		model.Next, request.PageToken = encodeToken(list.PageToken), list.PageToken
		if model.Next == "" || len(model.Runs) >= stuckShown || model.Looked >= stuckMost || time.Since(began) > stuckTime {
			return nil
		}
	}
}

func keysOf(ns tenants.Namespace, runs []*workflowpb.WorkflowExecutionInfo) []orchestration.RunKey {
	keys := make([]orchestration.RunKey, len(runs))
	for i, r := range runs {
		id, _ := orchestration.ParseRunID(r.GetExecution().GetRunId()) // the engine wrote it
		keys[i] = orchestration.WorkflowKey{Namespace: ns.ID, WorkflowID: r.GetExecution().GetWorkflowId()}.Run(id)
	}
	return keys
}

// queueFacts tells of queues what they are like now; each is asked for once.
func (c *Console) queueFacts(ctx context.Context, ns orchestration.NamespaceID) func(engine.QueueRequest) view.Queue {
	known := make(map[engine.QueueRequest]view.Queue)
	return func(r engine.QueueRequest) view.Queue {
		r.Namespace = ns
		q, ok := known[r]
		if !ok {
			d, err := c.engine.DescribeQueue(ctx, r)
			if err == nil {
				q = queueOf(r.Queue, r.Kind, d)
			}
			known[r] = q
		}
		return q
	}
}
