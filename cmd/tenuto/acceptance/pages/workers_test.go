package pages

import (
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	workerpb "go.temporal.io/api/worker/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// What a worker says of itself is listed, found by a filter, and leads to the worker and to its queue.
func TestWorkersJourney(t *testing.T) {
	s := serve(t)
	b := s.browse()
	b.open("/t/default/ns/default/workers")
	b.shows("No worker has described itself")
	b.sound("workers-empty")
	heartbeat := &workerpb.WorkerHeartbeat{
		WorkerInstanceKey: "5b1f", WorkerIdentity: "4711@ledger-1", TaskQueue: "transfers", SdkName: "temporal-go", SdkVersion: "1.40.0", Status: enumspb.WORKER_STATUS_RUNNING,
		HostInfo:              &workerpb.WorkerHostInfo{HostName: "ledger-1", ProcessId: "4711", CurrentHostCpuUsage: .31, CurrentHostMemUsage: .62},
		WorkflowTaskSlotsInfo: &workerpb.WorkerSlotsInfo{CurrentAvailableSlots: 995, CurrentUsedSlots: 5, TotalProcessedTasks: 12_345},
		ActivityTaskSlotsInfo: &workerpb.WorkerSlotsInfo{CurrentAvailableSlots: 0, CurrentUsedSlots: 100, TotalProcessedTasks: 54_321, TotalFailedTasks: 12},
		WorkflowPollerInfo:    &workerpb.WorkerPollerInfo{CurrentPollers: 5, LastSuccessfulPollTime: timestamppb.Now()},
		HeartbeatTime:         timestamppb.Now(), StartTime: timestamppb.New(time.Now().Add(-time.Hour)), TotalStickyCacheHit: 900, TotalStickyCacheMiss: 100, CurrentStickyCacheSize: 312,
	}
	_, err := s.dial("default").WorkflowService().RecordWorkerHeartbeat(t.Context(), &workflowservice.RecordWorkerHeartbeatRequest{
		Namespace: "default", Identity: "4711@ledger-1", WorkerHeartbeat: []*workerpb.WorkerHeartbeat{heartbeat},
	})
	must(t, err)
	b.open("/t/default/ns/default/workers")
	b.shows("100 of 100")
	b.sound("workers")
	b.fill("#query", "Colour = 'red'")
	b.follow("Apply")
	b.shows("is not an attribute of workers")
	b.fill("#query", "HostName = 'ledger-1'")
	b.follow("Apply")
	b.follow("4711@ledger-1")
	b.shows("Workflows in its cache")
	b.sound("worker")
	b.follow("transfers")
	b.shows("Workflow tasks")
}
