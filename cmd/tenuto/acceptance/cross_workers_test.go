package acceptance

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/tenuto-io/tenuto/sdk"
	ouractivity "github.com/tenuto-io/tenuto/sdk/activity"
	ours "github.com/tenuto-io/tenuto/sdk/client"
	ourworker "github.com/tenuto-io/tenuto/sdk/worker"
	ourworkflow "github.com/tenuto-io/tenuto/sdk/workflow"
)

// The same three workflows and one activity, written with either SDK:
//
//	order   side effect, activity that fails once after a heartbeat, timer, signal, query
//	sleep   sleeps for an hour
//	refuse  fails with an application error that has a type and a detail

// officialCross serves them with the official SDK.
func officialCross(l *lab) {
	l.work(code{"order": officialOrder, "sleep": officialSleep, "refuse": officialRefuse}, code{"step": officialStep})
}

func officialOrder(ctx workflow.Context, name string) (string, error) {
	stage := "new"
	if err := workflow.SetQueryHandler(ctx, "stage", func() (string, error) { return stage, nil }); err != nil {
		return "", err
	}
	var number int
	if err := workflow.SideEffect(ctx, func(workflow.Context) any { return 42 }).Get(&number); err != nil {
		return "", err
	}
	var greeting string
	steps := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Second, RetryPolicy: &temporal.RetryPolicy{InitialInterval: 10 * time.Millisecond},
	})
	if err := workflow.ExecuteActivity(steps, "step", name).Get(ctx, &greeting); err != nil {
		return "", err
	}
	if err := workflow.Sleep(ctx, 20*time.Millisecond); err != nil {
		return "", err
	}
	stage = "waiting"
	var word string
	workflow.GetSignalChannel(ctx, "word").Receive(ctx, &word)
	return fmt.Sprint(greeting, " ", word, " ", number), nil
}

func officialStep(ctx context.Context, name string) (string, error) {
	if !activity.HasHeartbeatDetails(ctx) {
		activity.RecordHeartbeat(ctx, "hello")
		return "", errors.New("not at the first attempt")
	}
	var kept string
	err := activity.GetHeartbeatDetails(ctx, &kept)
	return kept + " " + name, err
}

func officialSleep(ctx workflow.Context, _ string) (string, error) {
	return "", workflow.Sleep(ctx, time.Hour)
}

func officialRefuse(_ workflow.Context, why string) (string, error) {
	return "", temporal.NewApplicationError("refused", "Refusal", why)
}

// ourCross serves them with our SDK.
func ourCross(l *lab) {
	w := ourworker.New(dialOurs(l, l.address), l.queue, ourworker.Options{GracefulStopTimeout: time.Second})
	w.RegisterWorkflowAs("order", ourOrder)
	w.RegisterWorkflowAs("sleep", ourSleep)
	w.RegisterWorkflowAs("refuse", ourRefuse)
	w.RegisterActivityAs("step", ourStep)
	l.must(w.Start(l.ctx))
	l.Cleanup(w.Stop)
}

func ourOrder(ctx ourworkflow.Context, name string) (string, error) {
	stage := "new"
	ourworkflow.SetQueryHandler(ctx, "stage", func() (string, error) { return stage, nil })
	number := ourworkflow.SideEffect(ctx, func() int { return 42 })
	steps := ourworkflow.WithActivityOptions(ctx, ourworkflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Second, RetryPolicy: &sdk.RetryPolicy{InitialInterval: 10 * time.Millisecond},
	})
	greeting, err := ourworkflow.ExecuteActivityByName[string](steps, "step", name).Get(ctx)
	if err != nil {
		return "", err
	}
	if err := ourworkflow.Sleep(ctx, 20*time.Millisecond); err != nil {
		return "", err
	}
	stage = "waiting"
	word, _ := ourworkflow.SignalChannel[string](ctx, "word").Receive(ctx)
	return fmt.Sprint(greeting, " ", word, " ", number), nil
}

func ourStep(ctx context.Context, name string) (string, error) {
	if !ouractivity.HasHeartbeatDetails(ctx) {
		ouractivity.RecordHeartbeat(ctx, "hello")
		return "", errors.New("not at the first attempt")
	}
	kept, err := ouractivity.HeartbeatDetails[string](ctx)
	return kept + " " + name, err
}

func ourSleep(ctx ourworkflow.Context, _ string) (string, error) {
	return "", ourworkflow.Sleep(ctx, time.Hour)
}

func ourRefuse(_ ourworkflow.Context, why string) (string, error) {
	return "", sdk.NewApplicationError("refused", "Refusal", why)
}

// dialOurs connects our client.
func dialOurs(t testing.TB, address string) *ours.Client {
	t.Helper()
	c, err := ours.Dial(t.Context(), ours.Options{Address: address, Namespace: namespace, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}
