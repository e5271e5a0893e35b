package acceptance

import (
	"fmt"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	ourworker "github.com/tenuto-io/tenuto/sdk/worker"
)

// crossWorker serves the workflows of these tests until it is stopped.
type crossWorker func(l *lab) (stop func())

func officialJourneys(l *lab) (stop func()) {
	w := worker.New(l.client, l.queue, worker.Options{WorkerStopTimeout: time.Second})
	w.RegisterWorkflowWithOptions(officialJourney, workflow.RegisterOptions{Name: "journey"})
	w.RegisterActivityWithOptions(shout, activity.RegisterOptions{Name: "shout"})
	l.must(w.Start())
	return w.Stop
}

func ourJourneys(l *lab) (stop func()) {
	w := ourworker.New(dialOurs(l, l.address), l.queue, ourworker.Options{GracefulStopTimeout: time.Second})
	w.RegisterWorkflowAs("journey", ourJourney)
	w.RegisterActivityAs("shout", shout)
	l.must(w.Start(l.ctx))
	return w.Stop
}

// TestCrossMove moves an open run from a worker of one SDK to one of the other and back. Each goes on with the versions, markers and local
// activities that the other recorded.
func TestCrossMove(t *testing.T) {
	for name, workers := range map[string][3]crossWorker{
		"ours, official, ours":     {ourJourneys, officialJourneys, ourJourneys},
		"official, ours, official": {officialJourneys, ourJourneys, officialJourneys},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			run := l.start("journey", "world")
			for i, serve := range workers {
				stop := serve(l)
				if i == 2 {
					equal(l.T, "journey", result[string](l, run), "WORLD 2 1 7 8 9 WORLD WORLD")
					stop()
					break
				}
				l.awaitRest(run, i+1)
				stop()
				l.must(l.client.SignalWorkflow(l.ctx, run.GetID(), "", "next", i))
			}
			r := newReplayers()
			r.add("journey", ourJourney, officialJourney)
			if err := r.replay(l.events(run)); err != nil {
				l.Error(err)
			}
		})
	}
}

// awaitRest waits until a run's timers have fired n times and nothing of it is on its way to a worker.
func (l *lab) awaitRest(run client.WorkflowRun, n int) {
	l.Helper()
	eventually(l, func() error {
		events, fired := l.events(run), 0
		for _, event := range events {
			if event.GetEventType() == enumspb.EVENT_TYPE_TIMER_FIRED {
				fired++
			}
		}
		if last := events[len(events)-1].GetEventType(); fired < n || last != enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
			return fmt.Errorf("%d timers fired, the last event is %s", fired, last)
		}
		return nil
	})
}
