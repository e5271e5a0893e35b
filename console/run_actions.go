package console

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	updatepb "go.temporal.io/api/update/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/console/view"
)

// signalRun delivers a signal.
func (c *Console) signalRun(ec echo.Context, at place) error {
	f := formOf(ec, "signal")
	r := &workflowservice.SignalWorkflowExecutionRequest{
		Namespace: at.namespace.Name, SignalName: f.text("name"), Input: f.payloads("input", "Input"), Identity: identity(at), RequestId: uuid.NewString(),
	}
	return c.actOnRun(ec, at, f, "signalled", func(run *commonpb.WorkflowExecution) error {
		r.WorkflowExecution = run
		_, err := c.runs.SignalWorkflowExecution(ec.Request().Context(), r)
		return err
	})
}

// updateRun sends an update. It waits until the run's code has accepted or refused it, not for its result, which the history tells.
func (c *Console) updateRun(ec echo.Context, at place) error {
	f := formOf(ec, "update")
	r := &workflowservice.UpdateWorkflowExecutionRequest{
		Namespace: at.namespace.Name, WaitPolicy: &updatepb.WaitPolicy{LifecycleStage: enumspb.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED},
		Request: &updatepb.Request{
			Meta: &updatepb.Meta{UpdateId: uuid.NewString(), Identity: identity(at)}, Input: &updatepb.Input{Name: f.text("name"), Args: f.payloads("input", "Input")},
		},
	}
	return c.actOnRun(ec, at, f, "updated", func(run *commonpb.WorkflowExecution) error {
		ctx, cancel := asked(ec)
		defer cancel()
		r.WorkflowExecution = run
		answer, err := c.runs.UpdateWorkflowExecution(ctx, r)
		switch {
		case err != nil:
			return err
		case answer.GetOutcome().GetFailure() != nil:
			return echo.NewHTTPError(http.StatusConflict, "The workflow refused: "+answer.GetOutcome().GetFailure().GetMessage())
		case answer.GetStage() < enumspb.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED:
			return echo.NewHTTPError(http.StatusConflict, "No worker has taken the update in time, so it may be lost: is one polling the workflow's task queue?")
		}
		return nil
	})
}

// cancelRun asks the run to cancel itself.
func (c *Console) cancelRun(ec echo.Context, at place) error {
	f := formOf(ec, "cancel")
	return c.actOnRun(ec, at, f, "cancel-requested", func(run *commonpb.WorkflowExecution) error {
		_, err := c.runs.RequestCancelWorkflowExecution(ec.Request().Context(), &workflowservice.RequestCancelWorkflowExecutionRequest{
			Namespace: at.namespace.Name, WorkflowExecution: run, Reason: f.text("reason"), Identity: identity(at), RequestId: uuid.NewString(),
		})
		return err
	})
}

// terminateRun ends the run at once, for who types its name.
func (c *Console) terminateRun(ec echo.Context, at place) error {
	f := formOf(ec, "terminate")
	if run, err := executionOf(ec); err == nil {
		f.confirmed(run.GetWorkflowId())
	}
	return c.actOnRun(ec, at, f, "terminated", func(run *commonpb.WorkflowExecution) error {
		_, err := c.runs.TerminateWorkflowExecution(ec.Request().Context(), &workflowservice.TerminateWorkflowExecutionRequest{
			Namespace: at.namespace.Name, WorkflowExecution: run, Reason: f.text("reason"), Identity: identity(at),
		})
		return err
	})
}

// actOnRun does what a form of the run's header says, and leads to the run.
func (c *Console) actOnRun(ec echo.Context, at place, f *form, done view.Done, do func(*commonpb.WorkflowExecution) error) error {
	run, err := executionOf(ec)
	if err != nil {
		return err
	}
	return f.end(func() error { return do(run) }, view.RunURL(placeOf(at), run.GetWorkflowId(), run.GetRunId()), done, func(status int, filled view.Filled) error {
		return c.runPage(ec, at, status, filled)
	})
}

// identity is what the console says of itself in an event that somebody causes with it. Who that was, the server has verified and writes beside it.
func identity(at place) string { return "console@" + at.who.Name }
