package acceptance

import (
	"path/filepath"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/worker"
)

func TestCachedRunIsSentOnlyWhatIsNew(t *testing.T) {
	l := newLab(t)
	run := l.start("flow")
	task := l.pollTask()
	equal(t, "events in the first task", len(task.History.Events), 3)
	sticky := l.queue + "-sticky"
	_, err := l.service().RespondWorkflowTaskCompleted(l.ctx, stickyAnswer(task.TaskToken, sticky, 10*time.Second))
	l.must(err)
	var next *workflowservice.PollWorkflowTaskQueueResponse
	polled := make(chan error)
	go func() {
		var err error
		next, err = l.pollOnce(&taskqueuepb.TaskQueue{Name: sticky, Kind: enumspb.TASK_QUEUE_KIND_STICKY, NormalName: l.queue})
		polled <- err
	}()
	eventually(t, func() error { return l.polledBy(sticky) })
	l.say(run, "hello")
	l.must(<-polled)
	equal(t, "first event of the sticky task", next.History.Events[0].EventId, task.StartedEventId+1)
	equal(t, "previous started", next.PreviousStartedEventId, task.StartedEventId)
	l.mustAnswer(next, completeRun("ok"))
}

func TestLostCacheIsRebuiltByReplay(t *testing.T) {
	l := newLab(t)
	l.work(code{"flow": progress}, nil)
	run := l.start("flow")
	l.say(run, "a", "b")
	l.wantSeen(run, 2)
	worker.PurgeStickyWorkflowCache()
	l.say(run, "c")
	l.wantSeen(run, 3)
	_, err := l.service().ResetStickyTaskQueue(l.ctx, &workflowservice.ResetStickyTaskQueueRequest{Namespace: namespace, Execution: execution(run)})
	l.must(err)
	l.say(run, "d", "end")
	equal(t, "words", result[int](l, run), 4)
}

func TestWorkerShutdownHandsItsRunsOverAtOnce(t *testing.T) {
	l := newLab(t)
	worker1 := l.workWith(worker.Options{StickyScheduleToStartTimeout: time.Hour}, code{"flow": progress}, nil)
	run := l.start("flow")
	l.say(run, "a")
	l.wantSeen(run, 1)
	worker1.Stop()
	worker.PurgeStickyWorkflowCache() // the cache belongs to the process, not to the worker
	l.work(code{"flow": progress}, nil)
	begun := time.Now()
	l.say(run, "b", "end")
	equal(t, "words", result[int](l, run), 2)
	if took := time.Since(begun); took > 15*time.Second {
		t.Errorf("the new worker got the task after %v", took)
	}
}

func TestKilledWorkerLosesNothing(t *testing.T) {
	l := newLab(t)
	log := filepath.Join(t.TempDir(), "worker.log")
	env := []string{"ADDRESS=" + l.address, "QUEUE=" + l.queue}
	victim := spawnRole(t, "official-worker", log, env...)
	run := l.start("flow")
	l.say(run, "a", "b")
	l.wantSeen(run, 2)
	victim.kill()
	l.say(run, "c", "end")
	spawnRole(t, "official-worker", log, env...)
	equal(t, "words", result[int](l, run), 3)
	equal(t, "failed tasks", count(l.events(run), enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED), 0)
}
