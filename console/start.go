package console

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/console/view"
)

// askForStart asks what is to be started.
func (c *Console) askForStart(ec echo.Context, at place) error {
	return c.startPage(ec, at, http.StatusOK, view.Filled{Form: "start"})
}

func (c *Console) startPage(ec echo.Context, at place, status int, filled view.Filled) error {
	ctx, cancel := asked(ec)
	defer cancel()
	frame, err := c.frame(ctx, ec, at, view.InWorkflows)
	if err != nil {
		return err
	}
	return page(ec, status, view.Start(view.StartPage{Frame: coded(ec, at, frame), Filled: filled}))
}

// conflicts are what happens when a workflow of that id is running.
var conflicts = map[string]enumspb.WorkflowIdConflictPolicy{
	"fail": enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL, "terminate": enumspb.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING,
}

// reuses are what happens when one of that id has closed.
var reuses = map[string]enumspb.WorkflowIdReusePolicy{
	"allow": enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE, "failed": enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
	"reject": enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
}

// startRun starts a run as it was typed, and leads to it.
func (c *Console) startRun(ec echo.Context, at place) error {
	f := formOf(ec, "start")
	return c.start(ec, at, f, &workflowservice.StartWorkflowExecutionRequest{
		WorkflowIdReusePolicy:    reuses[f.text("reuse")],
		Input:                    f.payloads("input", "Input"),
		WorkflowExecutionTimeout: f.duration("execution-timeout", "Execution timeout"),
		WorkflowRunTimeout:       f.duration("run-timeout", "Run timeout"),
		WorkflowStartDelay:       f.duration("delay", "Start after"),
		CronSchedule:             f.text("cron"),
		Memo:                     &commonpb.Memo{Fields: f.object("memo", "Memo")},
		SearchAttributes:         &commonpb.SearchAttributes{IndexedFields: f.object("attributes", "Search attributes")},
	}, func(status int, filled view.Filled) error { return c.startPage(ec, at, status, filled) })
}

// start completes a request with what every form of a start asks for, carries it out, and leads to the run; or has the form shown again.
func (c *Console) start(ec echo.Context, at place, f *form, r *workflowservice.StartWorkflowExecutionRequest, again func(int, view.Filled) error) error {
	r.Namespace, r.Identity, r.RequestId = at.namespace.Name, identity(at), uuid.NewString()
	r.WorkflowId, r.WorkflowIdConflictPolicy = f.text("id"), conflicts[f.text("conflict")]
	if r.WorkflowId == "" {
		r.WorkflowId = uuid.NewString()
	}
	r.WorkflowType, r.TaskQueue = &commonpb.WorkflowType{Name: f.text("type")}, &taskqueuepb.TaskQueue{Name: f.text("queue")}
	if f.why != "" {
		return again(http.StatusBadRequest, f.filled(f.why))
	}
	answer, err := c.runs.StartWorkflowExecution(ec.Request().Context(), r)
	if err != nil {
		return f.fail(err, again)
	}
	return ec.Redirect(http.StatusSeeOther, view.DoneURL(view.RunURL(placeOf(at), r.GetWorkflowId(), answer.GetRunId()), "started"))
}
