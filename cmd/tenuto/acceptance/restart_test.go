package acceptance

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/types/known/durationpb"
)

// eachEnding runs a test with a server that is stopped politely and with one that is killed.
func eachEnding(t *testing.T, test func(l *lab, s *server, kill bool)) {
	t.Parallel()
	for name, kill := range map[string]bool{"SIGTERM": false, "SIGKILL": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			test(labAt(t, s.grpc), s, kill)
		})
	}
}

func TestRestartKeepsTimersRunning(t *testing.T) {
	eachEnding(t, func(l *lab, s *server, kill bool) {
		l.work(code{"flow": func(ctx workflow.Context, after time.Duration) error { return workflow.Sleep(ctx, after) }}, nil)
		during, later := l.start("flow", 50*time.Millisecond), l.start("flow", 3*time.Second)
		for _, run := range []client.WorkflowRun{during, later} {
			l.awaitEvent(run, enumspb.EVENT_TYPE_TIMER_STARTED)
		}
		s.restart(l, kill)
		for _, run := range []client.WorkflowRun{during, later} {
			l.must(run.Get(l.ctx, nil))
			fired := l.first(l.events(run), enumspb.EVENT_TYPE_TIMER_FIRED)
			started := l.first(l.events(run), enumspb.EVENT_TYPE_TIMER_STARTED)
			due := started.EventTime.AsTime().Add(started.GetTimerStartedEventAttributes().StartToFireTimeout.AsDuration())
			if fired.EventTime.AsTime().Before(due) {
				l.Errorf("fired %v early", due.Sub(fired.EventTime.AsTime()))
			}
		}
	})
}

func TestRestartKeepsTheBacklog(t *testing.T) {
	eachEnding(t, func(l *lab, s *server, kill bool) {
		var runs []client.WorkflowRun
		for range 50 {
			runs = append(runs, l.start("flow", "later"))
		}
		s.restart(l, kill)
		n, err := l.client.CountWorkflow(l.ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: namespace, Query: "ExecutionStatus = 'Running'"})
		l.must(err)
		equal(l.T, "open after the restart", n.Count, 50)
		l.work(code{"flow": oneStep}, code{"step": greet})
		for _, run := range runs {
			equal(l.T, "result", result[string](l, run), "hello later")
		}
	})
}

func TestRestartKeepsRetryBackOff(t *testing.T) {
	eachEnding(t, func(l *lab, s *server, kill bool) {
		flow := withOptions(workflow.ActivityOptions{
			StartToCloseTimeout: 10 * time.Second,
			RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 2 * time.Second, BackoffCoefficient: 1},
		})
		var failedAt atomic.Int64
		l.work(code{"flow": flow}, code{"step": func(ctx context.Context) (int, error) {
			attempt := int(activity.GetInfo(ctx).Attempt)
			if attempt == 1 {
				activity.RecordHeartbeat(ctx, 41)
				failedAt.Store(time.Now().UnixNano())
				return 0, errors.New("not yet")
			}
			if waited := time.Since(time.Unix(0, failedAt.Load())); waited < 2*time.Second {
				return 0, temporal.NewNonRetryableApplicationError("attempt 2 came after "+waited.String(), "Early", nil)
			}
			var details int
			err := activity.GetHeartbeatDetails(ctx, &details)
			return details + attempt, err
		}})
		run := l.start("flow")
		l.awaitPending(run, enumspb.PENDING_ACTIVITY_STATE_SCHEDULED, 2)
		s.restart(l, kill)
		equal(l.T, "details + attempt", result[int](l, run), 43)
	})
}

func TestRestartLetsRunningStepsFinish(t *testing.T) {
	eachEnding(t, func(l *lab, s *server, kill bool) {
		started, release := make(chan struct{}), make(chan struct{})
		var calls atomic.Int32
		l.work(code{"flow": oneStep}, code{"step": func(ctx context.Context, name string) (string, error) {
			if calls.Add(1) == 1 {
				close(started)
			}
			<-release
			return greet(ctx, name)
		}})
		run := l.start("flow", "you")
		<-started
		s.restart(l, kill)
		close(release)
		equal(l.T, "result", result[string](l, run), "hello you")
		equal(l.T, "calls", calls.Load(), 1)
	})
}

func TestRestartKeepsStickyWorkersGoing(t *testing.T) {
	eachEnding(t, func(l *lab, s *server, kill bool) {
		l.work(code{"flow": progress}, nil)
		run := l.start("flow")
		l.say(run, "a", "b")
		l.wantSeen(run, 2)
		s.restart(l, kill)
		l.wantSeen(run, 2)
		l.say(run, "c", "end")
		equal(l.T, "words", result[int](l, run), 3)
		equal(l.T, "failed tasks", count(l.events(run), enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED), 0)
	})
}

func TestRestartKeepsNamespacesAndClosedRuns(t *testing.T) {
	eachEnding(t, func(l *lab, s *server, kill bool) {
		l.work(code{"flow": oneStep}, code{"step": greet})
		run := l.start("flow", "you")
		result[string](l, run)
		_, err := l.service().RegisterNamespace(l.ctx, &workflowservice.RegisterNamespaceRequest{
			Namespace: "kept", WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
		})
		l.must(err)
		before := l.events(run)
		s.restart(l, kill)
		equal(l.T, "events", len(l.events(run)), len(before))
		equal(l.T, "result", result[string](l, run), "hello you")
		l.must(l.wantNamespaceListed("kept"))
		_, err = l.startAgain(run.GetID(), enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE, enumspb.WORKFLOW_ID_CONFLICT_POLICY_UNSPECIFIED)
		l.wantAlreadyStarted(err, run.GetRunID())
	})
}

func TestStoppedServerGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	l := labAt(t, s.grpc)
	l.work(code{"flow": progress}, nil)
	run := l.start("flow")
	l.say(run, "a")
	l.wantSeen(run, 1)
	s.pause(t)
	said := make(chan error, 1)
	go func() { said <- l.client.SignalWorkflow(l.ctx, run.GetID(), "", "word", "b") }()
	select {
	case err := <-said:
		t.Fatalf("a stopped server acknowledged a signal: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	s.resume()
	l.must(<-said)
	l.say(run, "end")
	equal(t, "words", result[int](l, run), 2)
}
