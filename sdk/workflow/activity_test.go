package workflow_test

import (
	"context"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/sdk/internal/rehearsal"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

func TestActivityWithoutATimeoutIsAnError(t *testing.T) {
	check(t, "workflow: one of StartToCloseTimeout and ScheduleToCloseTimeout is required (WithActivityOptions)", func(ctx workflow.Context, did *journal) error {
		_, err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, workflow.ActivityOptions{}), Shout, "x").Get(ctx)
		did.add("%v", err)
		return nil
	})
}

func TestActivityThatCannotBeAskedForIsAnError(t *testing.T) {
	check(t, "true true true", func(ctx workflow.Context, did *journal) error {
		_, err := workflow.ExecuteActivityByName[string](ctx, "Shout", make(chan int)).Get(ctx)
		did.add("%v", err != nil && strings.Contains(err.Error(), "input of activity Shout"))
		_, err = workflow.ExecuteActivityByName[int](ctx, "Shout", "x").Get(ctx)
		did.add("%v", err != nil && strings.Contains(err.Error(), "result of activity Shout"))
		_, err = workflow.ExecuteActivityNoInputNoResult(ctx, nil).Get(ctx)
		did.add("%v", err != nil)
		return nil
	})
}

func TestInfoComesFromTheHistory(t *testing.T) {
	var info workflow.Info
	stage := rehearsal.NewStage(rehearsal.Sticky(), func(ctx workflow.Context) error {
		info = workflow.GetInfo(ctx)
		return nil
	})
	start := stage.Server.StartedEvent()
	start.ParentWorkflowExecution = &commonpb.WorkflowExecution{WorkflowId: "parent", RunId: "parent-run"}
	start.ParentWorkflowNamespace = "family"
	start.WorkflowRunTimeout = durationpb.New(time.Hour)
	start.RetryPolicy = &commonpb.RetryPolicy{MaximumAttempts: 4}
	start.Attempt = 2
	stage.Play()
	if *info.Parent != (workflow.Execution{Namespace: "family", WorkflowID: "parent", RunID: "parent-run"}) {
		t.Errorf("parent %+v", info.Parent)
	}
	if info.RunTimeout != time.Hour || info.RetryPolicy.MaximumAttempts != 4 || info.Attempt != 2 || info.RunID != stage.Server.RunID() ||
		info.HistoryLength != 3 || info.TaskQueue != rehearsal.TaskQueue || !info.StartTime.Equal(stage.Server.History().Events[0].EventTime.AsTime()) {
		t.Errorf("info %+v", info)
	}
}

func TestRandomIsTheSameInReplay(t *testing.T) {
	var seen []int64
	stage := rehearsal.NewStage(rehearsal.Forgetful(), func(ctx workflow.Context) error {
		seen = append(seen, workflow.Random(ctx).Int64())
		return workflow.Sleep(ctx, time.Hour)
	})
	stage.Play()
	if len(seen) != 2 || seen[0] != seen[1] {
		t.Errorf("saw %v", seen)
	}
}

func Tick(context.Context) (string, error) { return "tick", nil }

func Tock(context.Context) error { return nil }

func TestActivityForms(t *testing.T) {
	stage := rehearsal.NewStage(rehearsal.Sticky(), func(ctx workflow.Context) (string, error) {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
		if _, err := workflow.ExecuteActivityNoInputNoResult(ctx, Tock).Get(ctx); err != nil {
			return "", err
		}
		return workflow.ExecuteActivityNoInput(ctx, Tick).Get(ctx)
	})
	stage.Activity(Tick)
	stage.Activity(Tock)
	stage.Play()
	if text, err := rehearsal.Outcome[string](stage); text != "tick" || err != nil {
		t.Error(text, err)
	}
}
