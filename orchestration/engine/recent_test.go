package engine_test

import (
	"fmt"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/recent"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// TestRecentOfSeveralNodes: what was committed at each is told by every one of them; what was refused is not counted.
func TestRecentOfSeveralNodes(t *testing.T) {
	f := newFleetRig(t, 2)
	for i := range 4 {
		n := f.nodes[i%2]
		k := n.start(f.ownedBy(n, fmt.Sprint("run-", i)))
		if _, err := n.Start(n.ctx(), startOf(k.WorkflowID)); orchestration.CodeOf(err) != orchestration.AlreadyStarted {
			t.Fatalf("%v", err)
		}
		if i == 0 {
			continue
		}
		if err := n.Terminate(n.ctx(), k, orchestration.RunID{}, history.Terminate{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range f.nodes {
		r := n.Recent(n.ctx(), namespace)
		var started, terminated, others int64
		for _, m := range r.Minutes {
			started += m.Started
			for status, n := range m.Closed {
				if status == enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED {
					terminated += n
				} else {
					others += n
				}
			}
		}
		if started != 4 || terminated != 3 || others != 0 || r.Types["Steps"] != (recent.Outcome{Closed: 3}) || r.Since.IsZero() {
			t.Errorf("%d started, %d terminated, %d others: %+v", started, terminated, others, r.Types)
		}
		if r := n.Recent(n.ctx(), orchestration.NamespaceID{9}); len(r.Minutes) != recent.Minutes || len(r.Types) != 0 {
			t.Errorf("another namespace: %+v", r)
		}
	}
}

// TestRecentCountsOnlyWhatIsCommitted: a start whose commit fails is not counted.
func TestRecentCountsOnlyWhatIsCommitted(t *testing.T) {
	r := newRig(t)
	r.faulty.FailBefore(1, store.ErrUnavailable)
	if _, err := r.Start(r.ctx(), startOf("lost")); orchestration.CodeOf(err) != orchestration.Unavailable {
		t.Fatalf("%v", err)
	}
	for _, m := range r.Recent(r.ctx(), namespace).Minutes {
		if m.Started != 0 {
			t.Errorf("%+v", m)
		}
	}
}

// TestRecentWaits: a task that met a waiting worker has not waited, and one that did not has.
func TestRecentWaits(t *testing.T) {
	r := newRig(t)
	polled := make(chan struct{})
	go func() {
		r.complete(r.pollWorkflow(), scheduleActivity("one"))
		close(polled)
	}()
	eventually(t, func() bool { return r.Waiting(engine.QueueRequest{Namespace: namespace, Queue: "steps"}) == 1 })
	r.start("met")
	<-polled
	eventually(t, func() bool { // until the activity has waited for a while
		d, err := r.DescribeQueue(r.ctx(), engine.QueueRequest{Namespace: namespace, Queue: "steps", Kind: enumspb.TASK_QUEUE_TYPE_ACTIVITY})
		return err == nil && d.Stats.GetApproximateBacklogAge().AsDuration() > 50*time.Millisecond
	})
	r.pollActivity()
	var waits recent.Waits
	for _, m := range r.Recent(r.ctx(), namespace).Minutes {
		for b, n := range m.Waits {
			waits[b] += n
		}
	}
	if waits.Total() != 2 || waits.Percentile(50) != time.Millisecond || waits.Percentile(100) < 64*time.Millisecond {
		t.Errorf("%v", waits)
	}
}
