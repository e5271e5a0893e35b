package console

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/redact"
)

// run shows one run: what it waits for, and what happened when.
func (c *Console) run(ec echo.Context, at place) error {
	return c.runPage(ec, at, http.StatusOK, view.Filled{})
}

// runPage is run, with a form of its header as it was filled in.
func (c *Console) runPage(ec echo.Context, at place, status int, filled view.Filled) error {
	ctx, cancel := asked(ec)
	defer cancel()
	frame, err := c.runFrame(ctx, ec, at, filled)
	if err != nil {
		return err
	}
	if frame.Trouble, err = c.trouble(ctx, at, frame); err != nil {
		return err
	}
	if frame.End, err = c.badEnd(ctx, at, frame); err != nil {
		return err
	}
	frame.Tab = view.InTimeline
	p := view.RunPage{RunFrame: frame}
	if p.Timeline, err = c.timeline(ctx, ec, at, frame); err != nil {
		return err
	}
	return page(ec, status, view.Run(p))
}

// runFrame is what every page of the run in the address shows around its content.
func (c *Console) runFrame(ctx context.Context, ec echo.Context, at place, filled view.Filled) (view.RunFrame, error) {
	execution, err := executionOf(ec)
	if err != nil {
		return view.RunFrame{}, err
	}
	frame, err := c.frame(ctx, ec, at, view.InWorkflows)
	if err != nil {
		return view.RunFrame{}, err
	}
	f, err := c.describe(ctx, at, coded(ec, at, frame), execution)
	f.Filled = filled
	return f, err
}

// describe is one run as it is now.
func (c *Console) describe(ctx context.Context, at place, frame view.Frame, execution *commonpb.WorkflowExecution) (view.RunFrame, error) {
	d, err := c.runs.DescribeWorkflowExecution(ctx, &workflowservice.DescribeWorkflowExecutionRequest{Namespace: at.namespace.Name, Execution: execution})
	if err != nil {
		return view.RunFrame{}, err
	}
	d, hidden := shown(at, d)
	if info := d.GetWorkflowExecutionInfo(); info.GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		frame.Bar.Stream = view.RunStreamURL(frame.Place, info.GetExecution().GetWorkflowId(), info.GetExecution().GetRunId(), info.GetHistoryLength())
	}
	return view.RunFrame{
		Frame: frame, Hidden: hidden, MayWrite: at.may(writing), Suspended: at.namespace.Suspended || at.namespace.TenantSuspended,
		Config: d.GetExecutionConfig(), Info: d.GetWorkflowExecutionInfo(), Extended: d.GetWorkflowExtendedInfo(),
		Activities: d.GetPendingActivities(), Children: d.GetPendingChildren(), WorkflowTask: d.GetPendingWorkflowTask(),
	}, nil
}

// shown is a message without the payloads that its reader may not see; then hidden is true. What it came from may be others' too, so it is copied first.
func shown[M proto.Message](at place, m M) (_ M, hidden bool) {
	if at.who.In(&at.namespace)&tenants.PayloadRead != 0 {
		return m, false
	}
	m = proto.CloneOf(m)
	redact.Message(m)
	return m, true
}

// currentRun leads to the current run of a workflow.
func (c *Console) currentRun(ec echo.Context, at place) error {
	ctx, cancel := asked(ec)
	defer cancel()
	execution, err := executionOf(ec)
	if err != nil {
		return err
	}
	d, err := c.runs.DescribeWorkflowExecution(ctx, &workflowservice.DescribeWorkflowExecutionRequest{Namespace: at.namespace.Name, Execution: execution})
	if err != nil {
		return err
	}
	current := d.GetWorkflowExecutionInfo().GetExecution()
	return ec.Redirect(http.StatusFound, view.RunURL(placeOf(at), current.GetWorkflowId(), current.GetRunId()))
}

// executionOf is the run that the address names; without a run id, the current one.
func executionOf(ec echo.Context) (*commonpb.WorkflowExecution, error) {
	workflowID, err := param(ec, "workflow")
	if err != nil {
		return nil, err
	}
	run, err := param(ec, "run")
	if err != nil {
		return nil, err
	}
	if _, err := orchestration.ParseRunID(run); err != nil || workflowID == "" {
		return nil, errNoPage
	}
	return &commonpb.WorkflowExecution{WorkflowId: workflowID, RunId: run}, nil
}
