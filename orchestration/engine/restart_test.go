package engine_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// A new process takes every step over from where the old one was killed.
func TestRestartAfterEveryStep(t *testing.T) {
	r := newRig(t)
	k := r.start("id")
	r.reopen()
	task := r.pollWorkflow()
	r.reopen() // the task is with a worker, whose answer the new process accepts
	r.complete(task, scheduleActivity("1"), startTimer("t", time.Hour))
	r.reopen()
	act := r.pollActivity()
	r.reopen()
	if err := r.CompleteActivity(r.ctx(), target(t, act), text("result")); err != nil {
		t.Fatal(err)
	}
	r.reopen()
	task = r.pollWorkflow()
	r.reopen()
	r.complete(task, completeWorkflow())
	r.reopen()
	want := slices.Insert(slices.Clone(oneActivity), 5, "TimerStarted")
	if got := kinds(r.events(k)); !slices.Equal(got, want) {
		t.Errorf("history %v", got)
	}
}

func TestTimerFiresAfterARestart(t *testing.T) {
	r := newRig(t)
	r.start("id")
	r.complete(r.pollWorkflow(), startTimer("t", 200*time.Millisecond))
	r.reopen()
	task := r.pollWorkflow()
	if got := kinds(task.History); !slices.Contains(got, "TimerFired") {
		t.Errorf("history %v", got)
	}
}

func TestStickyQueueIsLeftWithItsWorker(t *testing.T) {
	r := newRig(t)
	r.start("id")
	task := r.pollWorkflow()
	if _, err := r.CompleteWorkflowTask(r.ctx(), sticky(answerOf(t, task, startTimer("t", 10*time.Millisecond)), "own")); err != nil {
		t.Fatal(err)
	}
	r.reopen() // nobody polls the sticky queue in the new process: the task goes to the normal queue, with the whole history, without an event
	task = r.pollWorkflow()
	if task.Sticky || task.History[0].EventId != 1 {
		t.Errorf("sticky %v, history from %d", task.Sticky, task.History[0].EventId)
	}
	if got := kinds(task.History); slices.Contains(got, "WorkflowTaskTimedOut") {
		t.Errorf("history %v", got)
	}
}

func TestStickyTaskShowsTheTailOnly(t *testing.T) {
	r := newRig(t)
	r.start("id")
	task := r.pollWorkflow()
	polled := make(chan *engine.WorkflowTask, 1)
	go func() {
		task, _ := r.PollWorkflowTask(r.ctx(), engine.Poll{Namespace: namespace, Queue: "own", Sticky: true, NormalQueue: "steps"})
		polled <- task
	}()
	eventually(t, func() bool { return r.Waiting(engine.QueueRequest{Namespace: namespace, Queue: "own", Kind: 1}) == 1 })
	if _, err := r.CompleteWorkflowTask(r.ctx(), sticky(answerOf(t, task, startTimer("t", 10*time.Millisecond)), "own")); err != nil {
		t.Fatal(err)
	}
	task = <-polled
	want := []string{"WorkflowTaskCompleted", "TimerStarted", "TimerFired", "WorkflowTaskScheduled", "WorkflowTaskStarted"}
	if got := kinds(task.History); !slices.Equal(got, want) {
		t.Errorf("history %v, want %v", got, want)
	}
	if task.PreviousStarted != 3 || task.History[0].EventId != 4 {
		t.Errorf("previous started %d, first event %d", task.PreviousStarted, task.History[0].EventId)
	}
}

// What outgrows memory goes to the backlog, survives a restart, and is drained in order.
func TestBacklogIsDrainedInOrderAfterARestart(t *testing.T) {
	const n = 2500
	r := newRig(t)
	done := make(chan struct{}, n)
	slots := make(chan struct{}, 100)
	for i := range n {
		slots <- struct{}{}
		go func() {
			r.start(fmt.Sprint("id-", i))
			<-slots
			done <- struct{}{}
		}()
	}
	for range n {
		<-done
	}
	backlog := func() int64 {
		d, err := r.DescribeQueue(r.ctx(), engine.QueueRequest{Namespace: namespace, Queue: "steps", Kind: enumspb.TASK_QUEUE_TYPE_WORKFLOW})
		if err != nil {
			t.Fatal(err)
		}
		return d.Stats.ApproximateBacklogCount
	}
	if got := backlog(); got != n {
		t.Errorf("backlog %d before the restart, want %d", got, n)
	}
	r.reopen()
	eventually(t, func() bool { return backlog() == n })
	seen := make(map[string]bool)
	for range n {
		task := r.pollWorkflow()
		if seen[task.Run.WorkflowID] {
			t.Fatalf("%s was delivered twice", task.Run.WorkflowID)
		}
		seen[task.Run.WorkflowID] = true
	}
	if got := backlog(); got != 0 {
		t.Errorf("backlog %d at the end", got)
	}
}
