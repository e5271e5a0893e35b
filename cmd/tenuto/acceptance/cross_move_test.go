package acceptance

import (
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
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
				l.awaitCount(run, enumspb.EVENT_TYPE_TIMER_FIRED, i+1)
				if i == 2 {
					equal(l.T, "journey", result[string](l, run), "WORLD 2 1 7 8 9 WORLD WORLD")
					stop()
					break
				}
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

// awaitCount waits until a run's history has n events of a type.
func (l *lab) awaitCount(run interface{ GetID() string }, kind enumspb.EventType, n int) {
	l.Helper()
	eventually(l, func() error {
		count := 0
		for _, event := range l.events(l.current(run.GetID())) {
			if event.GetEventType() == kind {
				count++
			}
		}
		if count < n {
			return errTooFew
		}
		return nil
	})
}
