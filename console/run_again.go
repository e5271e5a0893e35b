package console

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/console/view"
)

// againPage asks for what is to be different in a run like this one.
func (c *Console) againPage(ec echo.Context, at place) error {
	return c.askForAnother(ec, at, http.StatusOK, view.Filled{Form: "again"})
}

func (c *Console) askForAnother(ec echo.Context, at place, status int, filled view.Filled) error {
	ctx, cancel := asked(ec)
	defer cancel()
	frame, started, err := c.beginning(ctx, ec, at)
	if err != nil {
		return err
	}
	frame.Filled = filled
	return page(ec, status, view.Again(view.AgainPage{RunFrame: frame, Started: started}))
}

// beginning is the run in the address, and how it was started.
func (c *Console) beginning(ctx context.Context, ec echo.Context, at place) (view.RunFrame, *historypb.WorkflowExecutionStartedEventAttributes, error) {
	frame, err := c.runFrame(ctx, ec, at, view.Filled{})
	if err != nil {
		return frame, nil, err
	}
	first, err := c.events(ctx, at, frame, 1, 1)
	if err != nil || len(first) == 0 {
		return frame, nil, err
	}
	return frame, first[0].GetWorkflowExecutionStartedEventAttributes(), nil
}

// startAgain starts a run like the one in the address, but for what was typed, and leads to it.
func (c *Console) startAgain(ec echo.Context, at place) error {
	ctx, cancel := asked(ec)
	defer cancel()
	frame, like, err := c.beginning(ctx, ec, at)
	if err != nil {
		return err
	}
	f := formOf(ec, "again")
	r := startLike(like)
	switch {
	case f.text("like") != "same":
		r.Input = f.payloads("input", "Input")
	case frame.Hidden:
		f.refuse("The input is hidden from you, so that it cannot be taken over. Type another one.")
	}
	if frame.Hidden {
		r.Header, r.Memo = nil, nil // what is hidden must not become what is stored
	}
	return c.start(ec, at, f, r, func(status int, filled view.Filled) error { return c.askForAnother(ec, at, status, filled) })
}

// startLike is a request for a run with the input, settings, memo and attributes of one that began so.
func startLike(a *historypb.WorkflowExecutionStartedEventAttributes) *workflowservice.StartWorkflowExecutionRequest {
	return &workflowservice.StartWorkflowExecutionRequest{
		Input: a.GetInput(), Header: a.GetHeader(), Memo: a.GetMemo(), SearchAttributes: a.GetSearchAttributes(), RetryPolicy: a.GetRetryPolicy(), CronSchedule: a.GetCronSchedule(),
		WorkflowExecutionTimeout: a.GetWorkflowExecutionTimeout(), WorkflowRunTimeout: a.GetWorkflowRunTimeout(), WorkflowTaskTimeout: a.GetWorkflowTaskTimeout(), Priority: a.GetPriority(),
	}
}
