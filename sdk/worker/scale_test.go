package worker

import (
	"fmt"
	"testing"
	"time"

	namespacepb "go.temporal.io/api/namespace/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"

	"github.com/tenuto-io/tenuto/sdk/workflow"
)

// awaitPolls waits until so many polls for activities wait: each holds a slot.
func (w *Worker) awaitPolls(t *testing.T, want int) {
	t.Helper()
	for deadline := time.Now().Add(patience); len(w.activities.slots) != want; {
		if time.Now().After(deadline) {
			t.Fatalf("%d polls wait, want %d", len(w.activities.slots), want)
		}
	}
}

func advised(task *activityTask, delta int32) *activityTask {
	task.PollerScalingDecision = &taskqueuepb.PollerScalingDecision{PollRequestDeltaSuggestion: delta}
	return task
}

// A worker whose options name no number has the polls that the server says are of use: one more for each task that says so, one fewer for each
// answer with neither a task nor advice, and one always.
func TestPollsFollowTheServersAdvice(t *testing.T) {
	s := newFakeServer()
	s.capabilities = &namespacepb.NamespaceInfo_Capabilities{PollerAutoscaling: true}
	w := New(s.dial(t), "q", Options{DisableWorkflows: true})
	w.RegisterActivityAs("Act", func() error { return nil })
	start(t, w)
	w.awaitPolls(t, firstPolls)
	for i, step := range []struct {
		answer *activityTask
		want   int
	}{
		{advised(taskOf(t, "Act"), 1), firstPolls + 1},
		{advised(taskOf(t, "Act"), 3), firstPolls + 4},
		{taskOf(t, "Act"), firstPolls + 4},
		{&activityTask{}, firstPolls + 3},
		{advised(&activityTask{}, 0), firstPolls + 3},
		{advised(taskOf(t, "Act"), -1), firstPolls + 2},
	} {
		s.activities <- step.answer
		if len(step.answer.GetTaskToken()) > 0 {
			report[completedReport](t, s)
		}
		t.Run(fmt.Sprint("answer ", i), func(t *testing.T) { w.awaitPolls(t, step.want) })
	}
	for n := firstPolls + 2; n > 1; n-- {
		s.activities <- &activityTask{}
		w.awaitPolls(t, n-1)
	}
	s.activities <- &activityTask{}
	s.activities <- taskOf(t, "Act")
	report[completedReport](t, s)
	w.awaitPolls(t, 1)
}

// A number in the options stays.
func TestFixedPollsTakeNoAdvice(t *testing.T) {
	s := newFakeServer()
	s.capabilities = &namespacepb.NamespaceInfo_Capabilities{PollerAutoscaling: true}
	w := New(s.dial(t), "q", Options{DisableWorkflows: true, ActivityPollers: 2})
	w.RegisterActivityAs("Act", func() error { return nil })
	start(t, w)
	for _, delta := range []int32{5, -1} {
		s.activities <- advised(taskOf(t, "Act"), delta)
		report[completedReport](t, s)
		w.awaitPolls(t, 2)
	}
}

// A server that gives no advice has as many polls as a worker begins with: an empty answer takes none away that would never come back.
func TestPollsStayWithoutAdvice(t *testing.T) {
	s := newFakeServer()
	w := New(s.dial(t), "q", Options{DisableWorkflows: true})
	w.RegisterActivityAs("Act", func() error { return nil })
	start(t, w)
	for range firstPolls {
		s.activities <- &activityTask{}
	}
	s.activities <- taskOf(t, "Act")
	report[completedReport](t, s)
	w.awaitPolls(t, firstPolls)
}

// However many polls the sticky queue is advised to have, those of the task queue find slots: what arrives there is the work of workers that have died.
func TestStickyPollsLeaveSlots(t *testing.T) {
	s := newFakeServer()
	s.capabilities = &namespacepb.NamespaceInfo_Capabilities{PollerAutoscaling: true}
	w := New(s.dial(t), "q", Options{DisableActivities: true, MaxConcurrentWorkflowTasks: 10})
	w.RegisterWorkflowAs("Flow", func(workflow.Context) error { return nil })
	start(t, w)
	more := func(n int32) *workflowTask {
		return &workflowTask{PollerScalingDecision: &taskqueuepb.PollerScalingDecision{PollRequestDeltaSuggestion: n}}
	}
	s.sticky <- more(50)
	for i := range 30 {
		select {
		case s.workflows <- more(0):
		case <-time.After(patience):
			t.Fatalf("nobody polls the task queue after %d answers", i)
		}
	}
	for deadline := time.Now().Add(patience); len(s.workflows) > 0; {
		if time.Now().After(deadline) {
			t.Fatal("nobody polls the task queue")
		}
	}
	if n := len(w.workflows.slots); n > 10 {
		t.Errorf("%d slots are taken", n)
	}
}

// A worker for one workflow task at a time has no sticky queue: its poll would hold the only slot.
func TestOneSlotHasNoStickyQueue(t *testing.T) {
	s := newFakeServer()
	w := New(s.dial(t), "q", Options{DisableActivities: true, MaxConcurrentWorkflowTasks: 1})
	if w.RegisterWorkflowAs("Flow", func(workflow.Context) error { return nil }); w.workflows.stickyQueue != "" {
		t.Error("it has one")
	}
}
