package console

import (
	"context"
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	batchpb "go.temporal.io/api/batch/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// unticked is what who ticked nothing is told.
const unticked = "No row is ticked. Go back and tick some, or choose all that match."

// askForBulk asks what is to be done to the runs that are ticked in the list, or to all that its filter finds, and tells how many these are now.
func (c *Console) askForBulk(ec echo.Context, at place) error {
	return c.bulkPage(ec, at, http.StatusOK, view.Filled{})
}

// bulkPage is that page. What is meant comes in the address, or in the form that was refused.
func (c *Console) bulkPage(ec echo.Context, at place, status int, filled view.Filled) error {
	ctx, cancel := asked(ec)
	defer cancel()
	frame, err := c.frame(ctx, ec, at, view.InWorkflows)
	if err != nil {
		return err
	}
	p := view.BulkPage{Frame: coded(ec, at, frame), Filled: filled, Until: c.now()}
	values := ec.QueryParams()
	if filled.Values != nil {
		values = filled.Values
	}
	if p.Runs, err = tickedRuns(values["run"]); err != nil {
		return err
	}
	p.Query = values.Get("query")
	switch {
	case len(p.Runs) > 0:
	case values.Has("ticked"), filled.Values != nil && !values.Has("query"): // not to be taken for all that match
		p.Refused = unticked
	default:
		if p.Refused, err = c.countBulk(ctx, at, &p); err != nil {
			return err
		}
	}
	if p.Refused != "" {
		status = http.StatusBadRequest
	}
	return page(ec, status, view.Bulk(p))
}

// countBulk counts what the filter finds, as the job would now. refused is why the filter cannot be used.
func (c *Console) countBulk(ctx context.Context, at place, p *view.BulkPage) (refused string, err error) {
	counted, err := c.engine.CountGroups(ctx, engine.ListRequest{Namespace: at.namespace.ID, Query: view.StartedBy(p.Query, p.Until) + " GROUP BY ExecutionStatus"})
	if orchestration.CodeOf(err) == orchestration.InvalidArgument {
		return err.Error(), nil
	}
	if err != nil {
		return "", err
	}
	for _, g := range counted.Groups {
		if p.Matching += g.Count; g.Value == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING.String() {
			p.Running = g.Count
		}
	}
	return "", nil
}

// tickedRuns reads what is ticked.
func tickedRuns(ticks []string) (all []view.BulkRun, err error) {
	for _, t := range ticks {
		r, ok := view.Ticked(t)
		if _, err := orchestration.ParseRunID(r.RunID); !ok || err != nil {
			return nil, echo.NewHTTPError(http.StatusBadRequest, "The form names a run that cannot be read. Use the form of the page.")
		}
		all = append(all, r)
	}
	return all, nil
}

// startBulk begins the job, and leads to its page.
func (c *Console) startBulk(ec echo.Context, at place) error {
	f := formOf(ec, "bulk")
	again := func(status int, filled view.Filled) error { return c.bulkPage(ec, at, status, filled) }
	r := &workflowservice.StartBatchOperationRequest{Namespace: at.namespace.Name, JobId: uuid.NewString(), Reason: f.text("reason")}
	runs, err := tickedRuns(f.all("run"))
	if err != nil {
		return err
	}
	for _, run := range runs {
		r.Executions = append(r.Executions, &commonpb.WorkflowExecution{WorkflowId: run.WorkflowID, RunId: run.RunID})
	}
	if len(r.Executions) == 0 {
		if !f.sent("query") {
			f.refuse(unticked)
		}
		r.VisibilityQuery = view.StartedBy(f.text("query"), f.moment("until"))
	}
	setOperation(r, f, identity(at))
	if f.why != "" {
		return again(http.StatusBadRequest, f.filled(f.why))
	}
	if _, err := c.runs.StartBatchOperation(ec.Request().Context(), r); err != nil {
		return f.fail(err, again)
	}
	return ec.Redirect(http.StatusSeeOther, view.DoneURL(view.BatchURL(placeOf(at), r.GetJobId()), "batch-started"))
}

// setOperation reads what is to be done. What cannot be undone wants the namespace's name.
func setOperation(r *workflowservice.StartBatchOperationRequest, f *form, identity string) {
	switch f.text("do") {
	case "terminate":
		f.confirmed(r.GetNamespace())
		r.Operation = &workflowservice.StartBatchOperationRequest_TerminationOperation{TerminationOperation: &batchpb.BatchOperationTermination{Identity: identity}}
	case "cancel":
		r.Operation = &workflowservice.StartBatchOperationRequest_CancellationOperation{CancellationOperation: &batchpb.BatchOperationCancellation{Identity: identity}}
	case "signal":
		r.Operation = &workflowservice.StartBatchOperationRequest_SignalOperation{SignalOperation: &batchpb.BatchOperationSignal{
			Signal: f.text("signal"), Input: f.payloads("input", "Input"), Identity: identity,
		}}
	case "reset-first", "reset-last":
		f.confirmed(r.GetNamespace())
		target := enumspb.RESET_TYPE_FIRST_WORKFLOW_TASK
		if f.text("do") == "reset-last" {
			target = enumspb.RESET_TYPE_LAST_WORKFLOW_TASK
		}
		r.Operation = &workflowservice.StartBatchOperationRequest_ResetOperation{ResetOperation: &batchpb.BatchOperationReset{ResetType: target, ResetReapplyType: reapplied[f.text("reapply")], Identity: identity}}
	default:
		f.refuse("Choose what to do.")
	}
}
