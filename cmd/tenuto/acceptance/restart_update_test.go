package acceptance

import (
	"path/filepath"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
)

// TestRestartLosesNoAcceptedUpdate: what was accepted goes on, what was asked and not accepted is asked again by the SDK, and each is done once.
func TestRestartLosesNoAcceptedUpdate(t *testing.T) {
	eachEnding(t, func(l *lab, s *server, kill bool) {
		w := l.work(code{"account": account}, nil)
		run := l.start("account")
		accepted, err := l.update(run, "addLater", 3)
		l.must(err)
		w.Stop()
		asked := make(chan error, 1)
		go func() {
			handle, err := l.update(run, "add", 4, func(o *client.UpdateWorkflowOptions) { o.UpdateID = "asked" })
			if err == nil {
				err = handle.Get(l.ctx, nil)
			}
			asked <- err
		}()
		eventually(l, func() error {
			return l.updateIs(run, "asked", enumspb.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED)
		})
		s.restart(l, kill)
		eventually(l, func() error { // the client has to connect again
			return l.updateIs(run, accepted.UpdateID(), enumspb.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED)
		})
		l.work(code{"account": account}, nil)
		l.must(<-asked)
		l.say(run, "go")
		equal(l.T, "sum", l.outcome(accepted), 7)
		l.say(run, "end")
		equal(l.T, "result", result[int](l, run), 7)
		equal(l.T, "accepted", count(l.events(run), enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED), 2)
		l.replayed(run)
	})
}

// TestKilledWorkerLosesNoUpdate: a worker that dies with an update in its hands, and one that dies between its acceptance and its answer.
func TestKilledWorkerLosesNoUpdate(t *testing.T) {
	l := newLab(t)
	log := filepath.Join(t.TempDir(), "worker.log")
	env := []string{"ADDRESS=" + l.address, "QUEUE=" + l.queue}
	victim := spawnRole(t, "official-worker", log, env...)
	run := l.start("account")
	accepted, err := l.update(run, "addLater", 1)
	l.must(err)
	victim.kill()
	asked := make(chan error, 1)
	go func() {
		handle, err := l.update(run, "add", 2)
		if err == nil {
			err = handle.Get(l.ctx, nil)
		}
		asked <- err
	}()
	spawnRole(t, "official-worker", log, env...)
	l.must(<-asked)
	l.say(run, "go")
	equal(t, "sum", l.outcome(accepted), 3)
	l.say(run, "end")
	equal(t, "result", result[int](l, run), 3)
	l.replayed(run)
}
