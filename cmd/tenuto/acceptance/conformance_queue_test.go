package acceptance

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

func TestTaskQueueRateLimit(t *testing.T) {
	l := newLab(t)
	const steps, perSecond = 12, 5
	l.workWith(worker.Options{TaskQueueActivitiesPerSecond: perSecond, DisableEagerActivities: true},
		code{"flow": manySteps}, code{"step": greet})
	begun := time.Now()
	run := l.start("flow", steps, steps)
	equal(t, "steps", result[int](l, run), steps)
	// One may go at once, and a burst of a tenth of a second is allowed.
	if took, least := time.Since(begun), (steps-2)*time.Second/perSecond; took < least {
		t.Errorf("%d steps at %d per second took %v, want %v at least", steps, perSecond, took, least)
	}
}

func TestPriorityDecidesTheOrder(t *testing.T) {
	l := newLab(t)
	l.start("flow")
	var commands []*commandpb.Command
	for _, key := range []int32{4, 2, 5, 1, 3, 2} {
		commands = append(commands, l.scheduleStep(fmt.Sprint(key, "-", len(commands)), func(a *commandpb.ScheduleActivityTaskCommandAttributes) {
			a.Priority = &commonpb.Priority{PriorityKey: key}
		}))
	}
	l.mustAnswer(l.pollTask(), commands...)
	var order []string
	for range commands {
		order = append(order, l.pollActivity().ActivityId)
	}
	if want := []string{"1-3", "2-1", "2-5", "3-4", "4-0", "5-2"}; !slices.Equal(order, want) {
		t.Errorf("order: got %v, want %v", order, want)
	}
}

// TestPollersThatVanishLoseNoTask starts workflows while pollers give up at random moments, also while a task is on its way to
// them.
func TestPollersThatVanishLoseNoTask(t *testing.T) {
	l := newLab(t)
	var pollers sync.WaitGroup
	vanishing, stop := context.WithCancel(l.ctx)
	for range 8 {
		pollers.Go(func() {
			for vanishing.Err() == nil {
				l.vanishingPoll(vanishing)
			}
		})
	}
	var runs []client.WorkflowRun
	for range 60 {
		runs = append(runs, l.startWith(client.StartWorkflowOptions{WorkflowTaskTimeout: 2 * time.Second}, "flow", "all"))
	}
	stop()
	pollers.Wait()
	l.work(code{"flow": oneStep}, code{"step": greet})
	for _, run := range runs {
		equal(t, "result", result[string](l, run), "hello all")
	}
}

// vanishingPoll is a poll that is cancelled after at most 10 ms. What it got, it forgets, as a dying worker would.
func (l *lab) vanishingPoll(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer time.AfterFunc(rand.N(10*time.Millisecond), cancel).Stop()
	_, _ = l.service().PollWorkflowTaskQueue(ctx, &workflowservice.PollWorkflowTaskQueueRequest{
		Namespace: namespace, TaskQueue: l.taskQueue(), Identity: "vanishing",
	})
}

func TestTwoWorkersShareAQueue(t *testing.T) {
	l := newLab(t)
	var mu sync.Mutex
	served := map[string]int{}
	for _, identity := range []string{"one", "two"} {
		l.workWith(worker.Options{Identity: identity, DisableEagerActivities: true, MaxConcurrentActivityExecutionSize: 2},
			code{"flow": manySteps}, code{"step": func(ctx context.Context, _ string) error {
				mu.Lock()
				defer mu.Unlock()
				served[identity]++
				return nil
			}})
	}
	equal(t, "steps", result[int](l, l.start("flow", 100, 20)), 100)
	mu.Lock()
	defer mu.Unlock()
	if served["one"] == 0 || served["two"] == 0 {
		t.Errorf("served: %v", served)
	}
}

func TestActivityOfATerminatedWorkflowIsToldToStop(t *testing.T) {
	l := newLab(t)
	stopped := make(chan struct{})
	started := make(chan struct{})
	flow := withOptions(workflow.ActivityOptions{StartToCloseTimeout: time.Minute, HeartbeatTimeout: time.Second})
	l.work(code{"flow": flow}, code{"step": func(ctx context.Context) (int, error) {
		close(started)
		for ctx.Err() == nil {
			activity.RecordHeartbeat(ctx)
			select {
			case <-ctx.Done():
			case <-time.After(20 * time.Millisecond):
			}
		}
		close(stopped)
		return 0, ctx.Err()
	}})
	run := l.start("flow")
	<-started
	l.must(l.client.TerminateWorkflow(l.ctx, run.GetID(), "", "enough"))
	eventually(t, func() error {
		select {
		case <-stopped:
			return nil
		default:
			return errors.New("the activity goes on")
		}
	})
}
