package worker

import (
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	namespacepb "go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/sdk/client"
)

// A worker tells a server that wants to know it how it is, at once and when it ends.
func TestWorkerDescribesItself(t *testing.T) {
	s := newFakeServer()
	s.capabilities = &namespacepb.NamespaceInfo_Capabilities{WorkerHeartbeats: true}
	w := New(s.dial(t), "q", Options{ActivityPollers: 2, MaxConcurrentActivities: 7})
	w.RegisterActivityAs("a", func() error { return nil })
	start(t, w)
	r := report[*workflowservice.RecordWorkerHeartbeatRequest](t, s)
	if len(r.GetWorkerHeartbeat()) != 1 || r.GetNamespace() != "bank" || r.GetIdentity() != "tester" {
		t.Fatalf("%v", r)
	}
	d := r.GetWorkerHeartbeat()[0]
	if d.GetWorkerInstanceKey() != w.instance || d.GetWorkerIdentity() != "tester" || d.GetTaskQueue() != "q" || d.GetStatus() != enumspb.WORKER_STATUS_RUNNING ||
		d.GetSdkName() != "tenuto-go" || d.GetSdkVersion() != client.Version || d.GetHostInfo().GetProcessId() == "" || time.Since(d.GetStartTime().AsTime()) > patience ||
		d.GetElapsedSinceLastHeartbeat() != nil {
		t.Errorf("it says %v", d)
	}
	if p, n := d.GetActivityPollerInfo(), d.GetActivityTaskSlotsInfo(); p.GetCurrentPollers() != 2 || p.GetIsAutoscaling() || n.GetCurrentUsedSlots() != 0 || n.GetCurrentAvailableSlots() != 7 {
		t.Errorf("it says %v and %v of activities", p, n)
	}
	if d.GetWorkflowPollerInfo() != nil {
		t.Error("it says that it polls for workflow tasks, and has no workflow")
	}
	w.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	if last := s.signOff.GetWorkerHeartbeat(); last.GetStatus() != enumspb.WORKER_STATUS_SHUTTING_DOWN || last.GetElapsedSinceLastHeartbeat() == nil {
		t.Errorf("at last it says %v", last)
	}
}

// Slots that polls hold are free.
func TestSlotsOfPollsAreFree(t *testing.T) {
	s, p := newSlots(5), &scale{now: 2}
	for range 3 {
		s.tryTake()
	}
	if d := s.describe(p); d.GetCurrentUsedSlots() != 1 || d.GetCurrentAvailableSlots() != 4 {
		t.Errorf("%v", d)
	}
	if d := s.describe(&scale{now: 4}); d.GetCurrentUsedSlots() != 0 {
		t.Errorf("%v", d)
	}
}
