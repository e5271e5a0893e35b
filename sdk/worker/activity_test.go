package worker

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/activity"
	"github.com/tenuto-io/tenuto/sdk/converter"
)

type (
	completedReport = *workflowservice.RespondActivityTaskCompletedRequest
	failedReport    = *workflowservice.RespondActivityTaskFailedRequest
	canceledReport  = *workflowservice.RespondActivityTaskCanceledRequest
)

var failures = converter.NewFailureConverter(converter.FailureOptions{})

// activityWorker starts a worker with one activity, named "Act".
func activityWorker(t *testing.T, s *fakeServer, fn any) *Worker {
	t.Helper()
	w := New(s.dial(t), "q", Options{DisableWorkflows: true, ActivityPollers: 1})
	w.RegisterActivityAs("Act", fn)
	start(t, w)
	return w
}

func TestAnActivityCompletes(t *testing.T) {
	s := newFakeServer()
	activityWorker(t, s, func(ctx context.Context, name string, n int) (string, error) {
		info := activity.GetInfo(ctx)
		return fmt.Sprint(name, n, info.WorkflowID, info.TaskQueue, info.Attempt), nil
	})
	s.activities <- taskOf(t, "Act", "a", 2)
	got := report[completedReport](t, s)
	if data := string(got.GetResult().GetPayloads()[0].GetData()); data != `"a2wq1"` {
		t.Errorf("result %s", data)
	}
	if string(got.GetTaskToken()) != "token of Act" || got.GetIdentity() != "tester" || got.GetNamespace() != "bank" {
		t.Errorf("report %v", got)
	}
}

func TestEveryShapeOfActivity(t *testing.T) {
	for name, test := range map[string]struct {
		fn   any
		args []any
		want string // the result's data, "" for none
	}{
		"nothing":         {func() error { return nil }, nil, ""},
		"context":         {func(context.Context) error { return nil }, nil, ""},
		"input":           {func(n int) (int, error) { return n + 1, nil }, []any{1}, "2"},
		"missing input":   {func(_ context.Context, n int) (int, error) { return n, nil }, nil, "0"},
		"too much input":  {func(_ context.Context, n int) (int, error) { return n, nil }, []any{3, 4}, "3"},
		"nil result":      {func() (*int, error) { return nil, nil }, nil, ""},
		"context at will": {func(n int, s string) (string, error) { return fmt.Sprint(n, s), nil }, []any{1, "x"}, `"1x"`},
	} {
		t.Run(name, func(t *testing.T) {
			s := newFakeServer()
			activityWorker(t, s, test.fn)
			s.activities <- taskOf(t, "Act", test.args...)
			var data string
			for _, payload := range report[completedReport](t, s).GetResult().GetPayloads() {
				data += string(payload.GetData())
			}
			if data != test.want {
				t.Errorf("result %q", data)
			}
		})
	}
}

func TestFailuresOfActivities(t *testing.T) {
	for name, test := range map[string]struct {
		fn    any
		check func(error) bool
	}{
		"error": {
			func() error { return sdk.NewNonRetryableError("no funds", "Funds", nil, 5) },
			func(err error) bool { return sdk.HasType(err, "Funds") && err.Error() == "no funds" },
		},
		"panic": {
			func() error { panic("boom") },
			func(err error) bool {
				var panicked *sdk.PanicError
				return errors.As(err, &panicked) && strings.Contains(panicked.StackTrace, "activity_test.go") && !panicked.NonRetryable
			},
		},
		"goexit": {
			func() error { runtime.Goexit(); return nil },
			func(err error) bool { return strings.Contains(err.Error(), "Goexit") },
		},
		"wrong input": {
			func(chan int) error { return nil },
			func(err error) bool { return sdk.HasType(err, "InvalidInput") },
		},
		"wrong result": {
			func() (any, error) { return make(chan int), nil },
			func(err error) bool { return sdk.HasType(err, "InvalidResult") },
		},
		"cancellation that nobody asked for": {
			func() error { return sdk.NewCanceledError() },
			sdk.IsCanceled,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newFakeServer()
			activityWorker(t, s, test.fn)
			s.activities <- taskOf(t, "Act", "input")
			err := failures.FailureToError(report[failedReport](t, s).GetFailure())
			if !test.check(err) {
				t.Errorf("got %T %v", err, err)
			}
		})
	}
}

func TestTheWorkerLivesOnAfterAPanic(t *testing.T) {
	s := newFakeServer()
	w := New(s.dial(t), "q", Options{DisableWorkflows: true, MaxConcurrentActivities: 1})
	w.RegisterActivityAs("Act", func(n int) (int, error) { return 10 / n, nil })
	start(t, w)
	s.activities <- taskOf(t, "Act", 0)
	report[failedReport](t, s)
	s.activities <- taskOf(t, "Act", 5)
	report[completedReport](t, s)
}

func TestAnUnknownActivityIsLeftToOtherWorkers(t *testing.T) {
	s := newFakeServer()
	activityWorker(t, s, func() error { return nil })
	s.activities <- taskOf(t, "Other")
	info := report[failedReport](t, s).GetFailure().GetApplicationFailureInfo()
	if info.GetType() != "NotRegistered" || info.GetNonRetryable() {
		t.Errorf("failure %v", info)
	}
}

func TestAPendingResultIsNotReported(t *testing.T) {
	s := newFakeServer()
	activityWorker(t, s, func(pending bool) error {
		if pending {
			return fmt.Errorf("later: %w", activity.ErrResultPending)
		}
		return nil
	})
	s.activities <- taskOf(t, "Act", true)
	s.activities <- taskOf(t, "Act", false)
	report[completedReport](t, s)
	if len(s.reports) != 0 {
		t.Errorf("also reported: %v", <-s.reports)
	}
}

func TestTheContextEndsAtTheDeadline(t *testing.T) {
	s := newFakeServer()
	activityWorker(t, s, func(ctx context.Context) error {
		<-ctx.Done()
		return context.Cause(ctx)
	})
	task := taskOf(t, "Act")
	task.StartToCloseTimeout = durationpb.New(20 * time.Millisecond)
	s.activities <- task
	if got := report[failedReport](t, s).GetFailure(); got.GetApplicationFailureInfo().GetType() != "deadlineExceededError" {
		t.Errorf("got %v", got)
	}
}

func TestDeadlineIsTheEarlierTimeout(t *testing.T) {
	now := time.Unix(1000, 0)
	server := time.Unix(99999, 0) // a clock far from ours
	task := func(startToClose, scheduleToClose, waited time.Duration) *activityTask {
		return &activityTask{
			StartToCloseTimeout:    durationpb.New(startToClose),
			ScheduleToCloseTimeout: durationpb.New(scheduleToClose),
			ScheduledTime:          timestamppb.New(server),
			StartedTime:            timestamppb.New(server.Add(waited)),
		}
	}
	for name, test := range map[string]struct {
		task *activityTask
		want time.Time
	}{
		"none":                  {task(0, 0, 0), time.Time{}},
		"start to close":        {task(time.Minute, 0, time.Hour), now.Add(time.Minute)},
		"schedule to close":     {task(0, time.Hour, time.Minute), now.Add(59 * time.Minute)},
		"the one that is first": {task(time.Minute, time.Hour, 59*time.Minute+30*time.Second), now.Add(30 * time.Second)},
	} {
		if got := deadlineOf(test.task, now); !got.Equal(test.want) {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

func TestAReportIsRepeatedThroughAnOutage(t *testing.T) {
	s := newFakeServer()
	outage := 2
	s.reportError = func(proto.Message) error {
		if outage--; outage >= 0 {
			return serviceerror.NewUnavailable("restarting")
		}
		return nil
	}
	activityWorker(t, s, func() error { return nil })
	s.activities <- taskOf(t, "Act")
	for range 3 {
		report[completedReport](t, s)
	}
}

func TestARefusedResultBecomesAFailure(t *testing.T) {
	s := newFakeServer()
	s.reportError = func(report proto.Message) error {
		if _, ok := report.(completedReport); ok {
			return serviceerror.NewInvalidArgument("result too large")
		}
		return nil
	}
	activityWorker(t, s, func() (string, error) { return "large", nil })
	s.activities <- taskOf(t, "Act")
	report[completedReport](t, s)
	failure := report[failedReport](t, s).GetFailure()
	if info := failure.GetApplicationFailureInfo(); info.GetType() != "ResultRefused" || !info.GetNonRetryable() {
		t.Errorf("failure %v", failure)
	}
}
