package workflow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/sdk/internal/rehearsal"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

func TestSignalOfAnotherTypeElsewherePanics(t *testing.T) {
	check(t, `task failed: workflow: signal "s" is received as a *workflow.Channel[int] elsewhere`, func(ctx workflow.Context, _ *journal) error {
		workflow.SignalChannel[int](ctx, "s")
		workflow.SignalChannel[string](ctx, "s")
		return nil
	})
}

func TestConditionMustOnlyLook(t *testing.T) {
	check(t, "task failed: NewTimer: not allowed in a condition of Await, which must not change the workflow", func(ctx workflow.Context, _ *journal) error {
		return workflow.Await(ctx, func() bool { return workflow.NewTimer(ctx, time.Second).IsReady() })
	})
}

func TestSideEffectMustNotUseTheWorkflow(t *testing.T) {
	check(t, "task failed: NewTimer: not allowed in a side effect, which must not change the workflow", func(ctx workflow.Context, _ *journal) error {
		workflow.SideEffect(ctx, func() int { workflow.NewTimer(ctx, time.Second); return 1 })
		return nil
	})
}

func TestSideEffectThatCannotBeEncodedFailsTheTask(t *testing.T) {
	var did string
	stage := rehearsal.NewStage(rehearsal.Sticky(), func(ctx workflow.Context) error {
		workflow.SideEffect(ctx, func() chan int { return nil })
		return nil
	})
	defer stage.Processor.Close()
	did = stage.Step().Failed.GetFailure().GetMessage()
	if !strings.Contains(did, "value of a side effect") {
		t.Error(did)
	}
}

func TestMisusePanics(t *testing.T) {
	for want, fn := range map[string]func(workflow.Context){
		"workflow: unlock of a free mutex":     func(ctx workflow.Context) { workflow.NewMutex(ctx).Unlock() },
		"workflow: negative WaitGroup counter": func(ctx workflow.Context) { workflow.NewWaitGroup(ctx).Done() },
		"workflow: the promise is settled": func(ctx workflow.Context) {
			promise := workflow.NewPromise[int](ctx)
			promise.Set(1, nil)
			promise.Set(2, nil)
		},
		`query "__mine": names that begin with two underscores are reserved`: func(ctx workflow.Context) {
			workflow.SetQueryHandler(ctx, "__mine", func() (int, error) { return 0, nil })
		},
	} {
		check(t, "task failed: "+want, func(ctx workflow.Context, _ *journal) error { fn(ctx); return nil })
	}
}

func TestContextOfSomethingElsePanics(t *testing.T) {
	defer func() {
		if text := fmt.Sprint(recover()); !strings.Contains(text, "not that of a workflow") {
			t.Error(text)
		}
	}()
	workflow.Now(stranger{})
}

type stranger struct{}

func (stranger) Done() workflow.ReceiveChannel[struct{}] { return nil }

func (stranger) Err() error { return nil }

func (stranger) Value(any) any { return nil }
