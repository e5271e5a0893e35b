package acceptance

import (
	"context"
	"errors"
	"strings"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/tenuto-io/tenuto/sdk"
	ours "github.com/tenuto-io/tenuto/sdk/client"
)

// crossClient is what both clients can do, so that one test runs with either.
type crossClient interface {
	start(ctx context.Context, id, queue, name, arg string) error
	signal(ctx context.Context, id, name, arg string) error
	query(ctx context.Context, id, name string) (string, error)
	cancel(ctx context.Context, id string) error
	terminate(ctx context.Context, id, reason string) error
	// result waits for the end of a workflow and returns its result, or how it ended: "canceled", "terminated", or the type of
	// an application error followed by its detail.
	result(ctx context.Context, id string) string
}

// officialClient drives workflows through the official SDK.
type officialClient struct{ client.Client }

func (c officialClient) start(ctx context.Context, id, queue, name, arg string) error {
	_, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: id, TaskQueue: queue}, name, arg)
	return err
}

func (c officialClient) signal(ctx context.Context, id, name, arg string) error {
	return c.SignalWorkflow(ctx, id, "", name, arg)
}

func (c officialClient) query(ctx context.Context, id, name string) (out string, err error) {
	value, err := c.QueryWorkflow(ctx, id, "", name)
	if err != nil {
		return "", err
	}
	return out, value.Get(&out)
}

func (c officialClient) cancel(ctx context.Context, id string) error {
	return c.CancelWorkflow(ctx, id, "")
}

func (c officialClient) terminate(ctx context.Context, id, reason string) error {
	return c.TerminateWorkflow(ctx, id, "", reason)
}

func (c officialClient) result(ctx context.Context, id string) (out string) {
	err := c.GetWorkflow(ctx, id, "").Get(ctx, &out)
	var (
		app        *temporal.ApplicationError
		terminated *temporal.TerminatedError
	)
	switch {
	case err == nil:
		return out
	case errors.As(err, &terminated):
		return "terminated"
	case temporal.IsCanceledError(err):
		return "canceled"
	case errors.As(err, &app):
		var detail string
		return strings.TrimSpace(app.Type() + " " + orElse(app.Details(&detail), detail))
	}
	return "unexpected: " + err.Error()
}

// ourClient drives workflows through our SDK.
type ourClient struct{ *ours.Client }

func (c ourClient) start(ctx context.Context, id, queue, name, arg string) error {
	_, err := ours.ExecuteWorkflowByName[string](ctx, c.Client, ours.StartOptions{ID: id, TaskQueue: queue}, name, arg)
	return err
}

func (c ourClient) signal(ctx context.Context, id, name, arg string) error {
	return c.Signal(ctx, id, "", name, arg)
}

func (c ourClient) query(ctx context.Context, id, name string) (string, error) {
	return ours.Query[string](ctx, c.Client, id, "", name)
}

func (c ourClient) cancel(ctx context.Context, id string) error { return c.Cancel(ctx, id, "") }

func (c ourClient) terminate(ctx context.Context, id, reason string) error {
	return c.Terminate(ctx, id, "", reason)
}

func (c ourClient) result(ctx context.Context, id string) string {
	out, err := ours.GetWorkflow[string](c.Client, id, "").Get(ctx)
	var (
		app        *sdk.ApplicationError
		terminated *sdk.TerminatedError
	)
	switch {
	case err == nil:
		return out
	case errors.As(err, &terminated):
		return "terminated"
	case sdk.IsCanceled(err):
		return "canceled"
	case errors.As(err, &app):
		detail, err := sdk.DetailAs[string](app.Details)
		return strings.TrimSpace(app.Type + " " + orElse(err, detail))
	}
	return "unexpected: " + err.Error()
}

// orElse is value, or the error that kept it from being read.
func orElse(err error, value string) string {
	if err != nil {
		return err.Error()
	}
	return value
}
