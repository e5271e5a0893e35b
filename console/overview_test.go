package console

import (
	"net/http"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/recent"
)

// backlogged is a queue in which tasks wait, for so long.
func backlogged(name string, n int64, oldest time.Duration) engine.Queue {
	return engine.Queue{Name: name, QueueDescription: engine.QueueDescription{Stats: &taskqueuepb.TaskQueueStats{ApproximateBacklogCount: n, ApproximateBacklogAge: durationpb.New(oldest)}}}
}

func TestOverview(t *testing.T) {
	b := newBench(t).signIn()
	b.engine.hour = recent.Report{Since: noon.Add(-time.Minute), Types: map[string]recent.Outcome{"a<b>": {Closed: 8, Failed: 2}, "Fine": {Closed: 1}}, Minutes: []recent.Minute{
		{Start: noon.Add(-2 * time.Minute)},
		{Start: noon.Add(-time.Minute), Started: 9, Closed: map[enumspb.WorkflowExecutionStatus]int64{
			enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED: 3, enumspb.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW: 1, enumspb.WORKFLOW_EXECUTION_STATUS_FAILED: 1,
			enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT: 1, enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED: 2,
		}},
	}}
	b.engine.queues = engine.QueuesPage{More: true, Queues: []engine.Queue{{Name: "idle"}, backlogged("young", 7, time.Minute), backlogged("old", 5, time.Hour)}}
	w := b.get(view.OverviewURL(in("default")))
	answered(t, w, http.StatusOK,
		"a&lt;b&gt;", "25 %", "Counted since", `class="bar-failed"`, `class="bar-stopped"`, "1 h 0 m", "/queues/old", "/queues/young", "Show all queues", ">12<")
	p := minuteOf(b.engine.hour.Minutes[1])
	if p.Started != 9 || p.Completed != 4 || p.Failed != 2 || p.Stopped != 2 {
		t.Errorf("%+v", p)
	}
	b.engine.hour, b.engine.queues = recent.Report{}, engine.QueuesPage{}
	answered(t, b.get(view.OverviewURL(in("default"))), http.StatusOK, "No workflow has ended in this hour", "No task waits", "none ended")
	b.engine.fleetErr = orchestration.Errorf(orchestration.Unavailable, "not now")
	answered(t, b.get(view.OverviewURL(in("default"))), http.StatusServiceUnavailable)
}
