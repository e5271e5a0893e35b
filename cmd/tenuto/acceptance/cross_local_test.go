package acceptance

import (
	"context"
	"fmt"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"

	ourworker "github.com/tenuto-io/tenuto/sdk/worker"
	ourworkflow "github.com/tenuto-io/tenuto/sdk/workflow"
)

func ourPatient(ctx ourworkflow.Context) (string, error) {
	ctx = ourworkflow.WithLocalActivityOptions(ctx, ourworkflow.LocalActivityOptions{StartToCloseTimeout: time.Minute})
	return ourworkflow.ExecuteLocalActivityByName[string](ctx, "hold").Get(ctx)
}

func officialPatient(ctx workflow.Context) (out string, err error) {
	ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: time.Minute})
	err = workflow.ExecuteLocalActivity(ctx, "hold").Get(ctx, &out)
	return out, err
}

// TestCrossLocalActivity has a local activity that outlasts its workflow task: the task is extended, three times at least, and the activity is
// executed once.
func TestCrossLocalActivity(t *testing.T) {
	for name, serve := range map[string]func(l *lab, hold any){
		"official": func(l *lab, hold any) { l.work(code{"patient": officialPatient}, code{"hold": hold}) },
		"ours": func(l *lab, hold any) {
			w := ourworker.New(dialOurs(l, l.address), l.queue, ourworker.Options{GracefulStopTimeout: time.Second})
			w.RegisterWorkflowAs("patient", ourPatient)
			w.RegisterActivityAs("hold", hold)
			l.must(w.Start(l.ctx))
			l.Cleanup(w.Stop)
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			release, begun := make(chan struct{}), make(chan struct{}, 10)
			serve(l, func(ctx context.Context) (string, error) {
				begun <- struct{}{}
				select {
				case <-release:
					return "held", nil
				case <-ctx.Done():
					return "", ctx.Err()
				}
			})
			run := l.startWith(client.StartWorkflowOptions{WorkflowTaskTimeout: time.Second}, "patient")
			eventually(l, func() error {
				completed := 0
				for _, event := range l.events(run) {
					if event.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
						completed++
					}
				}
				if completed < 3 {
					return fmt.Errorf("%d tasks", completed)
				}
				return nil
			})
			close(release)
			equal(l.T, "patient", result[string](l, run), "held")
			equal(l.T, "executions", len(begun), 1)
			r := newReplayers()
			r.add("patient", ourPatient, officialPatient)
			if err := r.replay(l.events(run)); err != nil {
				l.Error(err)
			}
		})
	}
}
