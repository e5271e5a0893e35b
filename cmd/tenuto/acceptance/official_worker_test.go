package acceptance

import (
	"context"
	"os"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// officialWorker is the part of a worker process built with the official SDK. It serves the workflows "flow" (progress), "account" and
// "steps" with the activity "step", on QUEUE at ADDRESS.
func officialWorker(ctx context.Context) error {
	c, err := client.DialContext(ctx, client.Options{HostPort: os.Getenv("ADDRESS"), Namespace: namespace, Logger: quiet()})
	if err != nil {
		return err
	}
	defer c.Close()
	w := worker.New(c, os.Getenv("QUEUE"), worker.Options{
		StickyScheduleToStartTimeout: time.Second, WorkerStopTimeout: time.Second, Identity: os.Getenv("IDENTITY"),
	})
	w.RegisterWorkflowWithOptions(progress, workflow.RegisterOptions{Name: "flow"})
	w.RegisterWorkflowWithOptions(oneStep, workflow.RegisterOptions{Name: "steps"})
	w.RegisterWorkflowWithOptions(account, workflow.RegisterOptions{Name: "account"})
	w.RegisterActivityWithOptions(greet, activity.RegisterOptions{Name: "step"})
	if err := w.Start(); err != nil {
		return err
	}
	<-ctx.Done()
	w.Stop()
	return nil
}
