package replay_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	sdkpb "go.temporal.io/api/sdk/v1"

	"github.com/tenuto-io/tenuto/sdk/internal/rehearsal"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

// told returns the flags of the completions so far.
func told(stage *rehearsal.Stage) (flags []uint32) {
	for _, event := range stage.Server.History().GetEvents() {
		flags = append(flags, event.GetWorkflowTaskCompletedEventAttributes().GetSdkMetadata().GetLangUsedFlags()...)
	}
	return flags
}

func TestFlagsAreToldOnceAndOnlyWhereTheyMatter(t *testing.T) {
	stage := newStage(t, rehearsal.Forgetful(), func(ctx workflow.Context) error {
		for range 2 {
			scope, cancel := workflow.WithCancel(ctx)
			for range 2 {
				workflow.WithCancel(scope)
			}
			workflow.Sleep(ctx, time.Minute)
			cancel()
		}
		return workflow.Sleep(ctx, time.Minute)
	})
	stage.Step()
	if flags := told(stage); len(flags) > 0 {
		t.Errorf("at first %v", flags)
	}
	stage.Play()
	if flags := told(stage); !slices.Equal(flags, []uint32{9}) {
		t.Errorf("at last %v", flags)
	}
}

// An official worker that was told so by its operator cancels the timer of AwaitWithTimeout. A run that it began goes on like that.
func TestAwaitCancelsItsTimerIfTheHistorySaysSo(t *testing.T) {
	stage := newStage(t, rehearsal.Forgetful(), func(ctx workflow.Context) error {
		woken := false
		workflow.Go(ctx, func(ctx workflow.Context) {
			workflow.Sleep(ctx, time.Minute)
			woken = true
		})
		workflow.Sleep(ctx, time.Second)
		workflow.AwaitWithTimeout(ctx, time.Hour, func() bool { return woken })
		held, err := workflow.AwaitWithTimeout(ctx, time.Hour, func() bool { return woken })
		if held {
			held, err = workflow.AwaitWithTimeout(ctx, 30*time.Second, func() bool { return false })
		}
		if held || err != nil {
			t.Error(held, err)
		}
		return nil
	})
	stage.Step()
	for _, event := range stage.Server.History().GetEvents() {
		if completed := event.GetWorkflowTaskCompletedEventAttributes(); completed != nil {
			completed.SdkMetadata = &sdkpb.WorkflowTaskCompletedMetadata{LangUsedFlags: []uint32{6}}
		}
	}
	stage.Play()
	want := "WorkflowExecutionStarted, TimerStarted 5 1s, TimerStarted 6 1m0s, TimerFired 5, TimerStarted 11 1h0m0s, TimerFired 6, " +
		"TimerCanceled 11, TimerStarted 17 30s, TimerFired 17, WorkflowExecutionCompleted"
	if got := strings.Join(stage.Script(), ", "); got != want {
		t.Error(got)
	}
}
