package worker

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/activity"
	"github.com/tenuto-io/tenuto/sdk/converter"
)

type beatReply = workflowservice.RecordActivityTaskHeartbeatResponse

func beating(t *testing.T, timeout time.Duration) *activityTask {
	task := taskOf(t, "Act")
	task.HeartbeatTimeout = durationpb.New(timeout)
	return task
}

func TestAHeartbeatHearsWhyToStop(t *testing.T) {
	for name, test := range map[string]struct {
		reply *beatReply
		err   error
		cause error
	}{
		"canceled": {reply: &beatReply{CancelRequested: true}, cause: context.Canceled},
		"reset":    {reply: &beatReply{ActivityReset: true}, cause: activity.ErrReset},
		"paused":   {reply: &beatReply{ActivityPaused: true}, cause: activity.ErrPaused},
		"gone":     {err: serviceerror.NewNotFound("gone"), cause: activity.ErrGone},
	} {
		t.Run(name, func(t *testing.T) {
			s := newFakeServer()
			s.heartbeat = func(int) (*beatReply, error) { return test.reply, test.err }
			causes := make(chan error, 1)
			activityWorker(t, s, func(ctx context.Context) error {
				activity.RecordHeartbeat(ctx, 1)
				<-ctx.Done()
				causes <- context.Cause(ctx)
				return ctx.Err()
			})
			s.activities <- beating(t, time.Minute)
			if cause := await(t, causes); !errors.Is(cause, test.cause) {
				t.Errorf("cause %v", cause)
			}
		})
	}
}

func TestACanceledActivityIsReportedAsCanceled(t *testing.T) {
	for name, returned := range map[string]func(ctx context.Context) error{
		"the context's error":   func(ctx context.Context) error { return ctx.Err() },
		"the context's cause":   func(ctx context.Context) error { return context.Cause(ctx) },
		"one with details":      func(context.Context) error { return sdk.NewCanceledError("half") },
		"one that is decorated": func(ctx context.Context) error { return fmt.Errorf("copy: %w", ctx.Err()) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newFakeServer()
			s.heartbeat = func(int) (*beatReply, error) { return &beatReply{CancelRequested: true}, nil }
			activityWorker(t, s, func(ctx context.Context) error {
				activity.RecordHeartbeat(ctx)
				<-ctx.Done()
				return returned(ctx)
			})
			s.activities <- beating(t, time.Minute)
			got := report[canceledReport](t, s)
			if want := name == "one with details"; (got.GetDetails() != nil) != want {
				t.Errorf("details %v", got.GetDetails())
			}
		})
	}
}

func TestAnActivityMayFinishInSpiteOfACancellation(t *testing.T) {
	s := newFakeServer()
	s.heartbeat = func(int) (*beatReply, error) { return &beatReply{CancelRequested: true}, nil }
	activityWorker(t, s, func(ctx context.Context) (string, error) {
		activity.RecordHeartbeat(ctx)
		<-ctx.Done()
		return "done anyway", nil
	})
	s.activities <- beating(t, time.Minute)
	report[completedReport](t, s)
}

func TestAnAttemptThatIsGoneIsNotReported(t *testing.T) {
	s := newFakeServer()
	s.heartbeat = func(int) (*beatReply, error) { return nil, serviceerror.NewNotFound("gone") }
	activityWorker(t, s, func(ctx context.Context) error {
		if activity.GetInfo(ctx).HeartbeatTimeout == 0 {
			return nil
		}
		activity.RecordHeartbeat(ctx)
		<-ctx.Done()
		return context.Cause(ctx)
	})
	s.activities <- beating(t, time.Minute)
	s.activities <- taskOf(t, "Act")
	report[completedReport](t, s)
}

// TestHeartbeatsAreMerged sends many and finds the first and the last on the server, and few between.
func TestHeartbeatsAreMerged(t *testing.T) {
	const count = 1000
	s := newFakeServer()
	arrived := make(chan struct{}, count)
	s.heartbeat = func(int) (*beatReply, error) {
		arrived <- struct{}{}
		return &beatReply{}, nil
	}
	activityWorker(t, s, func(ctx context.Context) error {
		activity.RecordHeartbeat(ctx, 0)
		<-arrived
		for i := range count {
			activity.RecordHeartbeat(ctx, i)
		}
		<-arrived
		return nil
	})
	s.activities <- beating(t, 100*time.Millisecond)
	report[completedReport](t, s)
	beats := s.heartbeats()
	if len(beats) != 2 {
		t.Fatalf("%d heartbeats", len(beats))
	}
	if last := string(beats[1].GetDetails().GetPayloads()[0].GetData()); last != fmt.Sprint(count-1) {
		t.Errorf("the last one says %s", last)
	}
}

func TestAFailingAttemptHandsItsLastDetailsOn(t *testing.T) {
	s := newFakeServer()
	activityWorker(t, s, func(ctx context.Context) error {
		start, err := activity.HeartbeatDetails[int](ctx)
		if err != nil {
			return err
		}
		activity.RecordHeartbeat(ctx, start+1)
		activity.RecordHeartbeat(ctx, start+2) // within the interval, so never sent as a heartbeat
		return errors.New("broken")
	})
	task := beating(t, time.Minute)
	var err error
	if task.HeartbeatDetails, err = converter.Default().ToPayloads(40); err != nil {
		t.Fatal(err)
	}
	s.activities <- task
	if got := string(report[failedReport](t, s).GetLastHeartbeatDetails().GetPayloads()[0].GetData()); got != "42" {
		t.Errorf("details %s", got)
	}
}

func TestDetailsThatCannotBeEncodedDoNoHarm(t *testing.T) {
	s := newFakeServer()
	activityWorker(t, s, func(ctx context.Context) error {
		activity.RecordHeartbeat(ctx, make(chan int))
		return errors.New("broken")
	})
	s.activities <- beating(t, time.Minute)
	if got := report[failedReport](t, s); got.GetLastHeartbeatDetails() != nil {
		t.Errorf("details %v", got)
	}
}

func TestHeartbeatInterval(t *testing.T) {
	for timeout, want := range map[time.Duration]time.Duration{
		0:                30 * time.Second,
		10 * time.Second: 8 * time.Second,
		time.Hour:        time.Minute,
	} {
		if got := heartbeatInterval(timeout); got != want {
			t.Errorf("%s: got %s", timeout, got)
		}
	}
}
