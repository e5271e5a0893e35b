package acceptance

import (
	"fmt"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
)

// TestCross runs the same workflows with every pair of client and worker: ours and the official ones. What comes out, and the
// history that is left, must not tell which was which.
func TestCross(t *testing.T) {
	workers := map[string]func(*lab){"official worker": officialCross, "our worker": ourCross}
	clients := map[string]func(*lab) crossClient{
		"official client": func(l *lab) crossClient { return officialClient{l.client} },
		"our client":      func(l *lab) crossClient { return ourClient{dialOurs(l, l.address)} },
	}
	for workerName, serve := range workers {
		for clientName, open := range clients {
			t.Run(workerName+", "+clientName, func(t *testing.T) {
				l := newLab(t)
				serve(l)
				cross(l, open(l))
			})
		}
	}
}

func cross(l *lab, c crossClient) {
	order, sleep, refuse, gone := l.newID(), l.newID(), l.newID(), l.newID()
	l.must(c.start(l.ctx, order, l.queue, "order", "world"))
	l.must(c.start(l.ctx, sleep, l.queue, "sleep", ""))
	l.must(c.start(l.ctx, refuse, l.queue, "refuse", "because"))
	l.must(c.start(l.ctx, gone, l.queue, "sleep", ""))

	eventually(l, func() error {
		stage, err := c.query(l.ctx, order, "stage")
		if err == nil && stage != "waiting" {
			err = fmt.Errorf("stage %q", stage)
		}
		return err
	})
	l.must(c.signal(l.ctx, order, "word", "again"))
	equal(l.T, "order", c.result(l.ctx, order), "hello world again 42")
	l.wantShape(l.current(order), `WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted
		MarkerRecorded ActivityTaskScheduled ActivityTaskStarted ActivityTaskCompleted
		WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted TimerStarted TimerFired
		WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionSignaled
		WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionCompleted`)

	for _, id := range []string{sleep, gone} {
		l.awaitEvent(l.current(id), enumspb.EVENT_TYPE_TIMER_STARTED)
	}
	l.must(c.cancel(l.ctx, sleep))
	equal(l.T, "sleep", c.result(l.ctx, sleep), "canceled")
	l.must(c.terminate(l.ctx, gone, "enough"))
	equal(l.T, "gone", c.result(l.ctx, gone), "terminated")
	equal(l.T, "refuse", c.result(l.ctx, refuse), "Refusal because")

	r := newReplayers()
	r.add("order", ourOrder, officialOrder)
	r.add("sleep", ourSleep, officialSleep)
	r.add("refuse", ourRefuse, officialRefuse)
	for _, id := range []string{order, sleep, refuse, gone} {
		if err := r.replay(l.events(l.current(id))); err != nil {
			l.Errorf("%s: %v", id, err)
		}
	}
}

// current is a handle to the latest run of a workflow.
func (l *lab) current(id string) client.WorkflowRun { return l.client.GetWorkflow(l.ctx, id, "") }
