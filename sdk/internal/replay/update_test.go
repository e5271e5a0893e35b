package replay_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/sdk/internal/rehearsal"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

// host sets an update handler and sleeps for an hour.
func host(handler func(workflow.Context, int) (any, error), options workflow.UpdateHandlerOptions[int]) func(workflow.Context) error {
	return func(ctx workflow.Context) error {
		workflow.SetUpdateHandlerWithOptions(ctx, "u", handler, options)
		return workflow.Sleep(ctx, time.Hour)
	}
}

func nothing(workflow.Context, int) (any, error) { return nil, nil }

func TestUpdatesThatAreRefusedLeaveNoTrace(t *testing.T) {
	changing := func(ctx workflow.Context, _ int) error { return workflow.Sleep(ctx, time.Hour) }
	exploding := func(workflow.Context, int) error { panic("boom") }
	for want, c := range map[string]struct {
		validator func(workflow.Context, int) error
		name      string
		input     any
	}{
		`unable to decode the input for update "u"`: {nil, "u", "text"},
		"unknown update v. KnownUpdates=[u]":        {nil, "v", 1},
		"validator of update u: panic: boom":        {exploding, "u", 1},
		"not allowed in an update validator":        {changing, "u", 1},
	} {
		stage := newStage(t, rehearsal.Sticky(), host(nothing, workflow.UpdateHandlerOptions[int]{Validator: c.validator}))
		stage.Server.Update("a", c.name, rehearsal.Payloads(c.input))
		if failed := stage.Step().Failed; failed != nil {
			t.Fatal(failed)
		}
		if got := stage.Server.UpdateOutcome("a").GetFailure().GetMessage(); !strings.Contains(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
		if script := strings.Join(stage.Script(), ", "); strings.Contains(script, "Update") {
			t.Error(script)
		}
	}
}

func TestTaskThatOnlyRefusedUpdatesIsTakenBack(t *testing.T) {
	refuse := func(workflow.Context, int) error { return context.Canceled }
	begun := 0
	stage := newStage(t, rehearsal.Sticky(), func(ctx workflow.Context) error {
		begun++
		return host(nothing, workflow.UpdateHandlerOptions[int]{Validator: refuse})(ctx)
	})
	stage.Step()
	for range 2 {
		stage.Server.Update("", "u", rehearsal.Payloads(1))
		reply, err := stage.Processor.Handle(t.Context(), stage.Server.Task())
		if err != nil {
			t.Fatal(err)
		}
		stage.Processor.Discarded(stage.Server.RunID(), stage.Server.Discard(reply.Completed))
	}
	stage.Server.Advance(time.Hour)
	stage.Step()
	if begun != 1 {
		t.Errorf("the code began %d times", begun)
	}
	if last := stage.Last().GetEventType(); last != enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED {
		t.Error(last)
	}
}

func TestUpdatesOfAResetRunAreReplayed(t *testing.T) {
	stage := newStage(t, rehearsal.Forgetful(), func(ctx workflow.Context) (int, error) {
		sum := 0
		workflow.SetUpdateHandler(ctx, "u", func(ctx workflow.Context, n int) (int, error) {
			err := workflow.Sleep(ctx, time.Minute)
			sum += n
			return sum, err
		})
		return sum, workflow.Await(ctx, func() bool { return sum == 3 })
	})
	stage.Server.Admit("a", "u", rehearsal.Payloads(1))
	stage.Server.Admit("b", "u", rehearsal.Payloads(2))
	stage.Play()
	for id, want := range map[string]string{"a": "1", "b": "3"} {
		if got := string(stage.Server.UpdateOutcome(id).GetSuccess().GetPayloads()[0].GetData()); got != want {
			t.Errorf("update %s: %s", id, got)
		}
	}
}

func TestWorkflowThatLeavesAnUpdateIsWarned(t *testing.T) {
	for _, mayBeLeft := range []bool{false, true} {
		var log bytes.Buffer
		options := rehearsal.Sticky()
		options.Logger = slog.New(slog.NewTextHandler(&log, nil))
		stage := newStage(t, options, host(func(ctx workflow.Context, _ int) (any, error) {
			return nil, workflow.Sleep(ctx, 2*time.Hour)
		}, workflow.UpdateHandlerOptions[int]{MayBeLeft: mayBeLeft}))
		stage.Server.Update("a", "u", rehearsal.Payloads(1))
		stage.Play()
		if warned := strings.Contains(log.String(), "AllHandlersFinished"); warned == mayBeLeft {
			t.Errorf("may be left %v: %s", mayBeLeft, log.String())
		}
	}
}

func TestUpdateResultThatCannotBeEncodedFailsTheTask(t *testing.T) {
	stage := newStage(t, rehearsal.Sticky(), host(func(workflow.Context, int) (any, error) { return make(chan int), nil }, workflow.UpdateHandlerOptions[int]{}))
	stage.Server.Update("a", "u", rehearsal.Payloads(1))
	if message := stage.Step().Failed.GetFailure().GetMessage(); !strings.Contains(message, "result of update u") {
		t.Error(message)
	}
}
