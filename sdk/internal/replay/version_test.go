package replay_test

import (
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/sdk/internal/rehearsal"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

// newer is a change of code that asks for nothing before an hour and then, depending on the version, for one activity or another.
func newer(oldest, newest int, ask bool) func(workflow.Context) (int, error) {
	return func(ctx workflow.Context) (int, error) {
		version := newest
		if ask {
			version = workflow.GetVersion(ctx, "change", oldest, newest)
		}
		workflow.Sleep(ctx, time.Hour)
		if ask {
			version = workflow.GetVersion(ctx, "change", oldest, newest)
		}
		if _, err := workflow.ExecuteActivity(ours(ctx), Work, version).Get(ctx); err != nil {
			return 0, err
		}
		return version, workflow.Sleep(ctx, time.Hour)
	}
}

func older(ctx workflow.Context) (int, error) { return newer(0, -1, false)(ctx) }

func TestRunKeepsTheVersionThatItBeganWith(t *testing.T) {
	for name, c := range map[string]struct {
		first, then any
		want        int
	}{
		"before the change":            {older, newer(workflow.DefaultVersion, 1, true), workflow.DefaultVersion},
		"with the change":              {newer(workflow.DefaultVersion, 1, true), newer(workflow.DefaultVersion, 1, true), 1},
		"before another change":        {newer(workflow.DefaultVersion, 1, true), newer(workflow.DefaultVersion, 2, true), 1},
		"the code asks no more":        {newer(workflow.DefaultVersion, 1, true), newer(0, 1, false), 1},
		"the first branch was removed": {newer(1, 1, true), newer(1, 2, true), 1},
	} {
		t.Run(name, func(t *testing.T) {
			stage := newStage(t, rehearsal.Sticky(), c.first)
			stage.Activity(Work)
			stage.Step()
			stage.Server.Advance(time.Hour)
			stage.Recast(rehearsal.Forgetful(), c.then)
			stage.Play()
			if got, err := rehearsal.Outcome[int](stage); got != c.want || err != nil {
				t.Errorf("version %d, %v; %s", got, err, stage.Script())
			}
		})
	}
}

func TestVersionThatTheCodeDoesNotHaveFailsTheTask(t *testing.T) {
	for want, c := range map[string]struct{ first, then any }{
		"the run has version 1, the code 2 to 3, so the run is older than the code knows":  {newer(1, 1, true), newer(2, 3, true)},
		"the run has version 2, the code -1 to 1, so the run is newer than the code knows": {newer(1, 2, true), newer(workflow.DefaultVersion, 1, true)},
		"the run has version -1, the code 1 to 1":                                          {older, newer(1, 1, true)},
	} {
		stage := newStage(t, rehearsal.Sticky(), c.first)
		stage.Step()
		stage.Server.Advance(time.Hour)
		stage.Recast(rehearsal.Sticky(), c.then)
		failed := stage.Handle(stage.Server.FullTask()).Failed
		if !strings.Contains(failed.GetFailure().GetMessage(), want) || failed.GetCause() != enumspb.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR {
			t.Errorf("want %s, got %v", want, failed)
		}
	}
}

func TestVersionsThatAreTooManyToIndexAreRecordedAlone(t *testing.T) {
	stage := newStage(t, rehearsal.Sticky(), func(ctx workflow.Context) error {
		workflow.GetVersion(ctx, strings.Repeat("long", 600), 1, 1)
		return workflow.Sleep(ctx, time.Hour)
	})
	stage.Step()
	stage.Processor.Forget(stage.Server.RunID())
	stage.Play()
	want := "WorkflowExecutionStarted, MarkerRecorded Version, TimerStarted 6 1h0m0s, TimerFired 6, WorkflowExecutionCompleted"
	if got := strings.Join(stage.Script(), ", "); got != want {
		t.Error(got)
	}
}
