package console

import (
	"context"

	"github.com/labstack/echo/v4"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/console/view"
)

// pauseActivity stops the attempts of a pending activity.
func (c *Console) pauseActivity(ec echo.Context, at place) error {
	return c.actOnActivity(ec, at, "paused", func(ctx context.Context, run *commonpb.WorkflowExecution, id string) error {
		_, err := c.runs.PauseActivity(ctx, &workflowservice.PauseActivityRequest{
			Namespace: at.namespace.Name, Execution: run, Identity: identity(at), Activity: &workflowservice.PauseActivityRequest_Id{Id: id},
		})
		return err
	})
}

// unpauseActivity lets a paused activity go on.
func (c *Console) unpauseActivity(ec echo.Context, at place) error {
	return c.actOnActivity(ec, at, "unpaused", func(ctx context.Context, run *commonpb.WorkflowExecution, id string) error {
		_, err := c.runs.UnpauseActivity(ctx, &workflowservice.UnpauseActivityRequest{
			Namespace: at.namespace.Name, Execution: run, Identity: identity(at), Activity: &workflowservice.UnpauseActivityRequest_Id{Id: id},
		})
		return err
	})
}

// resetActivity lets a pending activity begin anew, with its first attempt.
func (c *Console) resetActivity(ec echo.Context, at place) error {
	return c.actOnActivity(ec, at, "activity-reset", func(ctx context.Context, run *commonpb.WorkflowExecution, id string) error {
		_, err := c.runs.ResetActivity(ctx, &workflowservice.ResetActivityRequest{
			Namespace: at.namespace.Name, Execution: run, Identity: identity(at), Activity: &workflowservice.ResetActivityRequest_Id{Id: id},
		})
		return err
	})
}

// actOnActivity does something to the pending activity in the address.
func (c *Console) actOnActivity(ec echo.Context, at place, done view.Done, do func(context.Context, *commonpb.WorkflowExecution, string) error) error {
	id, err := param(ec, "activity")
	if err != nil {
		return err
	}
	return c.actOnRun(ec, at, formOf(ec, ""), done, func(run *commonpb.WorkflowExecution) error {
		return do(ec.Request().Context(), run, id)
	})
}
