package replay_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/internal/rehearsal"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

// lasting starts a workflow with one local activity that may take a day.
func lasting(t *testing.T, activity func(context.Context) error) *rehearsal.Stage {
	stage := newStage(t, rehearsal.Sticky(), func(ctx workflow.Context) (string, error) {
		ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: 24 * time.Hour})
		_, err := workflow.ExecuteLocalActivityByName[any](ctx, "Last").Get(ctx)
		return workflow.Now(ctx).Format(time.TimeOnly), err
	})
	stage.ActivityAs("Last", activity)
	return stage
}

// TestLongLocalActivityExtendsItsTask looks at a local activity that takes three workflow tasks of ten seconds.
func TestLongLocalActivityExtendsItsTask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		stage := lasting(t, func(ctx context.Context) error {
			calls++
			time.Sleep(20 * time.Second)
			return nil
		})
		began := time.Now()
		for i, want := range []bool{true, true, false} {
			reply := stage.Step()
			if reply.Completed.GetForceCreateNewWorkflowTask() != want {
				t.Errorf("task %d: %v", i, reply)
			}
		}
		if took := time.Since(began); calls != 1 || took != 20*time.Second {
			t.Errorf("%d calls, %v", calls, took)
		}
		if got, err := rehearsal.Outcome[string](stage); got < "12:00:04" || err != nil {
			t.Errorf("the workflow's time is %s, %v", got, err) // four seconds after the third task's start
		}
	})
}

func TestLocalActivityIsExecutedAgainAfterTheRunIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls, ended := 0, 0
		stage := lasting(t, func(ctx context.Context) error {
			calls++
			select {
			case <-ctx.Done():
				ended++
			case <-time.After(9 * time.Second):
			}
			return ctx.Err()
		})
		stage.Step()
		stage.Processor.Forget(stage.Server.RunID())
		synctest.Wait()
		if calls != 1 || ended != 1 {
			t.Errorf("%d calls, %d ended", calls, ended)
		}
		stage.Step()
		stage.Step()
		if _, err := rehearsal.Outcome[string](stage); err != nil || calls != 2 {
			t.Errorf("%d calls, %v", calls, err)
		}
	})
}

func TestCancelledLocalActivityEndsAtOnce(t *testing.T) {
	for name, heeds := range map[string]bool{"one that heeds its context": true, "one that does not": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				let := make(chan struct{})
				stage := lasting(t, func(ctx context.Context) error {
					if !heeds {
						<-let
					}
					<-ctx.Done()
					return ctx.Err()
				})
				stage.Step()
				stage.Server.Cancel()
				stage.Step()
				if last := stage.Last().GetEventType(); last != enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED {
					t.Errorf("last %v of %v", last, stage.Script())
				}
				close(let)
			})
		})
	}
}

func TestLocalRetriesEndWithTheirTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		stage := newStage(t, rehearsal.Sticky(), func(ctx workflow.Context) error {
			ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
				ScheduleToCloseTimeout: time.Minute, RetryPolicy: &sdk.RetryPolicy{InitialInterval: 3 * time.Second},
			})
			_, err := workflow.ExecuteLocalActivityByName[any](ctx, "Refuse").Get(ctx)
			return err
		})
		stage.ActivityAs("Refuse", func(context.Context) error {
			calls++
			return errors.New("no")
		})
		stage.Play()
		if calls != 5 { // at 0, 3, 9, after a timer at 21, and at 45 seconds; the next would be at 93
			t.Errorf("%d calls: %v", calls, stage.Script())
		}
	})
}

func TestLocalActivityOfAnotherTypeIsNondeterminism(t *testing.T) {
	code := Work
	stage := newStage(t, rehearsal.Forgetful(), func(ctx workflow.Context) error {
		ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: time.Minute})
		workflow.ExecuteLocalActivity(ctx, code, 1).Get(ctx)
		return workflow.Sleep(ctx, time.Hour)
	})
	stage.Step()
	stage.Server.Advance(time.Hour)
	code = Other
	failed := stage.Step().Failed
	for _, want := range []string{`local activity (type "Work", id "1")`, `local activity (type "Other", id "1")`, "local_test.go:"} {
		if !strings.Contains(failed.GetFailure().GetMessage(), want) {
			t.Errorf("no %s in %v", want, failed)
		}
	}
}
