package activity_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/activity"
	"github.com/tenuto-io/tenuto/sdk/converter"
)

func TestAnActivityRunsWithoutAWorker(t *testing.T) {
	ctx := activity.NewContext(t.Context(), activity.Environment{Info: activity.Info{ActivityID: "5", Attempt: 2}})
	if info := activity.GetInfo(ctx); info.ActivityID != "5" || info.Attempt != 2 {
		t.Errorf("info %+v", info)
	}
	activity.RecordHeartbeat(ctx, "dropped")
	if activity.Logger(ctx) == nil || !activity.IsActivity(ctx) || activity.IsActivity(t.Context()) {
		t.Error("the context is not that of an activity")
	}
	if activity.HasHeartbeatDetails(ctx) {
		t.Error("there are details")
	}
	if _, err := activity.HeartbeatDetails[int](ctx); !errors.Is(err, sdk.ErrNoDetails) {
		t.Errorf("no details: %v", err)
	}
}

func TestHeartbeatsGoToTheEnvironment(t *testing.T) {
	var recorded []any
	last, err := converter.Default().ToPayloads(41)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	ctx := activity.NewContext(t.Context(), activity.Environment{
		LastHeartbeat: last,
		Decoder:       converter.Default(),
		Record:        func(details ...any) { recorded = details },
		Logger:        slog.New(slog.NewTextHandler(&log, nil)),
	})
	done, err := activity.HeartbeatDetails[int](ctx)
	if err != nil || done != 41 || !activity.HasHeartbeatDetails(ctx) {
		t.Fatalf("got %d, %v", done, err)
	}
	if _, err := activity.HeartbeatDetails[string](ctx); !errors.Is(err, converter.ErrDecode) {
		t.Errorf("another type: %v", err)
	}
	activity.RecordHeartbeat(ctx, done+1, "x")
	if len(recorded) != 2 || recorded[0] != 42 {
		t.Errorf("recorded %v", recorded)
	}
	activity.Logger(ctx).Info("here")
	if !strings.Contains(log.String(), "here") {
		t.Error("the logger is another one")
	}
}

func TestOutsideOfAnActivityItPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	activity.GetInfo(t.Context())
}

// A long activity goes on where its last attempt stopped.
func ExampleHeartbeatDetails() {
	copyRows := func(ctx context.Context) (int, error) {
		next := 0
		if activity.HasHeartbeatDetails(ctx) {
			var err error
			if next, err = activity.HeartbeatDetails[int](ctx); err != nil {
				return 0, err
			}
		}
		for ; next < 5; next++ {
			if ctx.Err() != nil {
				return 0, context.Cause(ctx)
			}
			activity.RecordHeartbeat(ctx, next+1)
		}
		return next, nil
	}
	last, _ := converter.Default().ToPayloads(3)
	ctx := activity.NewContext(context.Background(), activity.Environment{
		LastHeartbeat: last,
		Decoder:       converter.Default(),
		Record:        func(details ...any) { fmt.Println("row", details[0]) },
	})
	rows, err := copyRows(ctx)
	fmt.Println(rows, err)
	// Output:
	// row 4
	// row 5
	// 5 <nil>
}
