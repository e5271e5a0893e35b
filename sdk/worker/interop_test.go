package worker_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	officialactivity "go.temporal.io/sdk/activity"
	officialclient "go.temporal.io/sdk/client"
	officiallog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	officialworker "go.temporal.io/sdk/worker"
	officialworkflow "go.temporal.io/sdk/workflow"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/activity"
	"github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/internal/wiretest"
	"github.com/tenuto-io/tenuto/sdk/worker"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

// The same little program twice: Greet calls Compose, which fails once, waits for the signal "go", and fails for the name
// "nobody".

type greeting struct{ Text string }

var errNobody = sdk.NewNonRetryableError("nobody is there", "Nobody", nil, "detail")

func Compose(ctx context.Context, name string) (greeting, error) {
	if name == "nobody" {
		return greeting{}, errNobody
	}
	if activity.GetInfo(ctx).Attempt == 1 {
		activity.RecordHeartbeat(ctx, 41)
		return greeting{}, errors.New("the first attempt fails")
	}
	last, err := activity.HeartbeatDetails[int](ctx)
	return greeting{Text: fmt.Sprint("hello ", name, " ", last+1)}, err
}

func Greet(ctx workflow.Context, name string) (greeting, error) {
	step := "composing"
	workflow.SetQueryHandler(ctx, "step", func() (string, error) { return step, nil })
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
	composed, err := workflow.ExecuteActivity(ctx, Compose, name).Get(ctx)
	if err != nil {
		return greeting{}, err
	}
	step = "waiting"
	mark, _ := workflow.SignalChannel[string](ctx, "go").Receive(ctx)
	if err := workflow.Sleep(ctx, time.Millisecond); err != nil {
		return greeting{}, err
	}
	composed.Text += mark
	return composed, nil
}

func officialCompose(ctx context.Context, name string) (greeting, error) {
	if name == "nobody" {
		return greeting{}, temporal.NewNonRetryableApplicationError("nobody is there", "Nobody", nil, "detail")
	}
	if officialactivity.GetInfo(ctx).Attempt == 1 {
		officialactivity.RecordHeartbeat(ctx, 41)
		return greeting{}, errors.New("the first attempt fails")
	}
	var last int
	err := officialactivity.GetHeartbeatDetails(ctx, &last)
	return greeting{Text: fmt.Sprint("hello ", name, " ", last+1)}, err
}

func officialGreet(ctx officialworkflow.Context, name string) (greeting, error) {
	step := "composing"
	if err := officialworkflow.SetQueryHandler(ctx, "step", func() (string, error) { return step, nil }); err != nil {
		return greeting{}, err
	}
	ctx = officialworkflow.WithActivityOptions(ctx, officialworkflow.ActivityOptions{StartToCloseTimeout: time.Minute})
	var composed greeting
	if err := officialworkflow.ExecuteActivity(ctx, "Compose", name).Get(ctx, &composed); err != nil {
		return greeting{}, err
	}
	step = "waiting"
	var mark string
	officialworkflow.GetSignalChannel(ctx, "go").Receive(ctx, &mark)
	if err := officialworkflow.Sleep(ctx, time.Millisecond); err != nil {
		return greeting{}, err
	}
	composed.Text += mark
	return composed, nil
}

type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}

var _ officiallog.Logger = quiet{}

func dialOfficial(t *testing.T, address string) officialclient.Client {
	t.Helper()
	c, err := officialclient.Dial(officialclient.Options{HostPort: address, Logger: quiet{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func dialOurs(t *testing.T, address string) *client.Client {
	t.Helper()
	c, err := client.Dial(t.Context(), client.Options{Address: address, Logger: wiretest.Logger})
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

func startOurs(t *testing.T, address string) {
	w := worker.New(dialOurs(t, address), "q", worker.Options{})
	w.RegisterWorkflow(Greet)
	w.RegisterActivity(Compose)
	if err := w.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
}

func startOfficial(t *testing.T, address string) {
	w := officialworker.New(dialOfficial(t, address), "q", officialworker.Options{})
	w.RegisterWorkflowWithOptions(officialGreet, officialworkflow.RegisterOptions{Name: "Greet"})
	w.RegisterActivityWithOptions(officialCompose, officialactivity.RegisterOptions{Name: "Compose"})
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
}

func TestOurClientWithEitherWorker(t *testing.T) {
	for name, start := range map[string]func(*testing.T, string){"ours": startOurs, "official": startOfficial} {
		t.Run(name, func(t *testing.T) {
			address := wiretest.Listen(t, wiretest.NewEngine())
			start(t, address)
			c := dialOurs(t, address)
			run, err := client.ExecuteWorkflow(t.Context(), c, client.StartOptions{ID: "w", TaskQueue: "q"}, Greet, "ada")
			if err != nil {
				t.Fatal(err)
			}
			if step, err := client.Query[string](t.Context(), c, "w", "", "step"); err != nil || step == "" {
				t.Errorf("query: %q, %v", step, err)
			}
			if err := run.Signal(t.Context(), "go", "!"); err != nil {
				t.Fatal(err)
			}
			if got, err := run.Get(t.Context()); err != nil || got.Text != "hello ada 42!" {
				t.Errorf("got %+v, %v", got, err)
			}
			failing, err := client.ExecuteWorkflow(t.Context(), c, client.StartOptions{ID: "f", TaskQueue: "q"}, Greet, "nobody")
			if err != nil {
				t.Fatal(err)
			}
			_, err = failing.Get(t.Context())
			var application *sdk.ApplicationError
			if !errors.As(err, &application) || application.Type != "Nobody" || application.Message != "nobody is there" {
				t.Fatalf("got %v", err)
			}
			if detail, err := sdk.DetailAs[string](application.Details); err != nil || detail != "detail" {
				t.Errorf("detail %q, %v", detail, err)
			}
		})
	}
}

func TestTheOfficialClientWithOurWorker(t *testing.T) {
	address := wiretest.Listen(t, wiretest.NewEngine())
	startOurs(t, address)
	c := dialOfficial(t, address)
	options := officialclient.StartWorkflowOptions{ID: "w", TaskQueue: "q"}
	run, err := c.ExecuteWorkflow(t.Context(), options, "Greet", "ada")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SignalWorkflow(t.Context(), "w", "", "go", "!"); err != nil {
		t.Fatal(err)
	}
	var got greeting
	if err := run.Get(t.Context(), &got); err != nil || got.Text != "hello ada 42!" {
		t.Errorf("got %+v, %v", got, err)
	}
	answer, err := c.QueryWorkflow(t.Context(), "w", "", "step")
	if err != nil {
		t.Fatal(err)
	}
	var step string
	if err := answer.Get(&step); err != nil || step != "waiting" {
		t.Errorf("query: %q, %v", step, err)
	}
	options.ID = "f"
	failing, err := c.ExecuteWorkflow(t.Context(), options, "Greet", "nobody")
	if err != nil {
		t.Fatal(err)
	}
	var application *temporal.ApplicationError
	if err := failing.Get(t.Context(), nil); !errors.As(err, &application) || application.Type() != "Nobody" || !application.NonRetryable() {
		t.Errorf("got %v", err)
	}
}
