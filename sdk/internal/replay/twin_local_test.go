package replay_test

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	"go.temporal.io/sdk/temporal"
	official "go.temporal.io/sdk/workflow"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/internal/rehearsal"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

// Fail fails, for good if n is negative.
func Fail(_ context.Context, n int) (int, error) {
	if n < 0 {
		return 0, sdk.NewNonRetryableError("never", "Never", nil)
	}
	return 0, errors.New("not now")
}

func OfficialFail(_ context.Context, n int) (int, error) {
	if n < 0 {
		return 0, temporal.NewNonRetryableApplicationError("never", "Never", nil)
	}
	return 0, errors.New("not now")
}

// Wait does not heed the end of its context, until let go.
func Wait(ctx context.Context) error {
	<-ctx.Done()
	waiting <- ctx.Err()
	return nil
}

var waiting = make(chan error)

func letGo(*rehearsal.Server) { <-waiting }

// localOurs has a retry policy of two attempts, the second after the interval.
func localOurs(ctx workflow.Context, interval time.Duration) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		ScheduleToCloseTimeout: time.Hour, Summary: "a line", RetryPolicy: &sdk.RetryPolicy{InitialInterval: interval, MaximumAttempts: 2},
	})
}

func localTheirs(ctx official.Context, interval time.Duration) official.Context {
	return official.WithLocalActivityOptions(ctx, official.LocalActivityOptions{
		ScheduleToCloseTimeout: time.Hour, Summary: "a line", RetryPolicy: &temporal.RetryPolicy{InitialInterval: interval, MaximumAttempts: 2},
	})
}

func localThatFails(name string, n int, interval time.Duration, events ...func(*rehearsal.Server)) scene {
	return scene{
		name: name,
		ours: func(ctx workflow.Context) error {
			workflow.GetVersion(ctx, "v", 1, 1)
			_, err := workflow.ExecuteLocalActivityByName[int](localOurs(ctx, interval), "Fail", n).Get(ctx)
			workflow.NewTimer(ctx, time.Hour)
			return err
		},
		theirs: func(ctx official.Context) error {
			official.GetVersion(ctx, "v", 1, 1)
			err := official.ExecuteLocalActivity(localTheirs(ctx, interval), "Fail", n).Get(ctx, nil)
			official.NewTimer(ctx, time.Hour)
			return err
		},
		before: today,
		events: events,
	}
}

// today is for the official SDK, which holds the server's clock against its own.
func today(s *rehearsal.Server) { s.Now = time.Now() }

// localScenes have local activities.
var localScenes = []scene{
	{
		name: "local activities among other things",
		ours: func(ctx workflow.Context) (int, error) {
			a := workflow.ExecuteLocalActivity(localOurs(ctx, time.Second), Work, 3)
			workflow.NewTimer(ctx, time.Hour)
			n, err := a.Get(ctx)
			if err != nil {
				return 0, err
			}
			workflow.NewTimer(ctx, time.Duration(n)*time.Hour)
			workflow.Sleep(ctx, time.Minute)
			m, err := workflow.ExecuteLocalActivity(localOurs(ctx, time.Second), Work, n+1).Get(ctx)
			if err != nil {
				return 0, err
			}
			return workflow.ExecuteActivity(ours(ctx), Work, m).Get(ctx)
		},
		theirs: func(ctx official.Context) (n int, err error) {
			a := official.ExecuteLocalActivity(localTheirs(ctx, time.Second), Work, 3)
			official.NewTimer(ctx, time.Hour)
			if err := a.Get(ctx, &n); err != nil {
				return 0, err
			}
			official.NewTimer(ctx, time.Duration(n)*time.Hour)
			official.Sleep(ctx, time.Minute)
			if err := official.ExecuteLocalActivity(localTheirs(ctx, time.Second), Work, n+1).Get(ctx, &n); err != nil {
				return 0, err
			}
			err = official.ExecuteActivity(theirs(ctx), Work, n).Get(ctx, &n)
			return n, err
		},
		events: []func(*rehearsal.Server){advance(time.Minute), completeFirst},
	},
	localThatFails("local activity that fails at once", -1, time.Second),
	localThatFails("local activity that is tried again in the worker", 1, time.Millisecond),
	localThatFails("local activity that is tried again after a timer", 1, time.Minute, advance(time.Minute)),
	{
		name: "local activity that runs out of time",
		ours: func(ctx workflow.Context) error {
			ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: 20 * time.Millisecond})
			workflow.ExecuteLocalActivityNoInputNoResult(ctx, Wait).Get(ctx)
			return workflow.Sleep(ctx, time.Minute)
		},
		theirs: func(ctx official.Context) error {
			ctx = official.WithLocalActivityOptions(ctx, official.LocalActivityOptions{StartToCloseTimeout: 20 * time.Millisecond})
			official.ExecuteLocalActivity(ctx, Wait).Get(ctx, nil)
			return official.Sleep(ctx, time.Minute)
		},
		before: today,
		events: []func(*rehearsal.Server){both(letGo, advance(time.Minute))},
	},
}

// plainLocal leaves out the time of a local activity's end.
func plainLocal(marker *commandpb.RecordMarkerCommandAttributes) {
	if marker.GetMarkerName() != "LocalActivity" {
		return
	}
	plainFailure(marker.GetFailure())
	data := marker.Details["data"].Payloads[0]
	var fields map[string]any
	if err := json.Unmarshal(data.Data, &fields); err != nil {
		panic(err)
	}
	delete(fields, "ReplayTime")
	data.Data, _ = json.Marshal(fields)
}
