package acceptance

import (
	"context"
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/tenuto-io/tenuto/sdk"
	ourworkflow "github.com/tenuto-io/tenuto/sdk/workflow"
)

func shout(_ context.Context, text string) (string, error) { return strings.ToUpper(text), nil }

// The same workflow in either SDK: versions that are asked about in different parts, a side effect, one that changes, a local activity in
// each part, and search attributes, with two stops at which it waits for a signal.

func ourJourney(ctx ourworkflow.Context, name string) (string, error) {
	next := ourworkflow.SignalChannel[int](ctx, "next")
	ctx = ourworkflow.WithLocalActivityOptions(ctx, ourworkflow.LocalActivityOptions{
		ScheduleToCloseTimeout: time.Minute, RetryPolicy: &sdk.RetryPolicy{InitialInterval: 10 * time.Millisecond},
	})
	greeting := ourworkflow.GetVersion(ctx, "greeting", ourworkflow.DefaultVersion, 2)
	number := ourworkflow.SideEffect(ctx, func() int { return 7 })
	words := make([]string, 3)
	numbers := make([]int, 3)
	for i := range words {
		numbers[i] = ourworkflow.MutableSideEffect(ctx, "number", func() int { return number + i })
		word, err := ourworkflow.ExecuteLocalActivityByName[string](ctx, "shout", name).Get(ctx)
		if err != nil {
			return "", err
		}
		words[i] = word
		if err := ourworkflow.UpsertMemo(ctx, map[string]any{"part": i}); err != nil {
			return "", err
		}
		if err := ourworkflow.Sleep(ctx, time.Millisecond); err != nil {
			return "", err
		}
		if i < 2 {
			next.Receive(ctx)
		}
		ourworkflow.GetVersion(ctx, "greeting", ourworkflow.DefaultVersion, 3)
	}
	later := ourworkflow.GetVersion(ctx, "later", ourworkflow.DefaultVersion, 1)
	return fmt.Sprint(words[0], " ", greeting, " ", later, " ", numbers[0], " ", numbers[1], " ", numbers[2], " ", words[1], " ", words[2]), nil
}

func officialJourney(ctx workflow.Context, name string) (string, error) {
	next := workflow.GetSignalChannel(ctx, "next")
	ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		ScheduleToCloseTimeout: time.Minute, RetryPolicy: &temporal.RetryPolicy{InitialInterval: 10 * time.Millisecond},
	})
	greeting := workflow.GetVersion(ctx, "greeting", workflow.DefaultVersion, 2)
	var number int
	if err := workflow.SideEffect(ctx, func(workflow.Context) any { return 7 }).Get(&number); err != nil {
		return "", err
	}
	words := make([]string, 3)
	numbers := make([]int, 3)
	for i := range words {
		err := workflow.MutableSideEffect(ctx, "number", func(workflow.Context) any { return number + i }, func(a, b any) bool { return a == b }).Get(&numbers[i])
		if err != nil {
			return "", err
		}
		if err := workflow.ExecuteLocalActivity(ctx, "shout", name).Get(ctx, &words[i]); err != nil {
			return "", err
		}
		if err := workflow.UpsertMemo(ctx, map[string]any{"part": i}); err != nil {
			return "", err
		}
		if err := workflow.Sleep(ctx, time.Millisecond); err != nil {
			return "", err
		}
		if i < 2 {
			next.Receive(ctx, nil)
		}
		workflow.GetVersion(ctx, "greeting", workflow.DefaultVersion, 3)
	}
	later := workflow.GetVersion(ctx, "later", workflow.DefaultVersion, 1)
	return fmt.Sprint(words[0], " ", greeting, " ", later, " ", numbers[0], " ", numbers[1], " ", numbers[2], " ", words[1], " ", words[2]), nil
}
