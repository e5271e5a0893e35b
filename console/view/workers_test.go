package view

import (
	"testing"
	"time"

	deploymentpb "go.temporal.io/api/deployment/v1"
	enumspb "go.temporal.io/api/enums/v1"
	workerpb "go.temporal.io/api/worker/v1"
	"google.golang.org/protobuf/types/known/timestamppb"
)

func hostileWorkers() []*workerpb.WorkerHeartbeat {
	slots := &workerpb.WorkerSlotsInfo{CurrentAvailableSlots: 2, CurrentUsedSlots: 998, TotalProcessedTasks: 12345, TotalFailedTasks: 3}
	return []*workerpb.WorkerHeartbeat{
		{
			WorkerInstanceKey: script, WorkerIdentity: rtl, TaskQueue: attr, SdkName: script, SdkVersion: attr, Status: enumspb.WORKER_STATUS_RUNNING,
			HostInfo:              &workerpb.WorkerHostInfo{HostName: script, ProcessId: attr, CurrentHostCpuUsage: .5, CurrentHostMemUsage: 1},
			DeploymentVersion:     &deploymentpb.WorkerDeploymentVersion{DeploymentName: rtl, BuildId: script},
			WorkflowTaskSlotsInfo: slots, WorkflowPollerInfo: &workerpb.WorkerPollerInfo{CurrentPollers: 5, LastSuccessfulPollTime: timestamppb.New(noon)},
			HeartbeatTime: timestamppb.New(noon.Add(-time.Minute)), StartTime: timestamppb.New(noon.Add(-time.Hour)), TotalStickyCacheHit: 3,
		},
		{WorkerInstanceKey: emoji, Status: enumspb.WORKER_STATUS_SHUTTING_DOWN},
		{WorkerInstanceKey: "plain", Status: enumspb.WORKER_STATUS_SHUTDOWN, ActivityTaskSlotsInfo: &workerpb.WorkerSlotsInfo{CurrentAvailableSlots: -1}},
	}
}

func TestGoldenWorkers(t *testing.T) {
	golden(t, "workers", Workers(WorkerList{Frame: hostile, Workers: hostileWorkers(), Query: attr, After: script, Next: attr}))
	golden(t, "workers_empty", Workers(WorkerList{Frame: hostile}))
	golden(t, "workers_refused", Workers(WorkerList{Frame: hostile, Query: script, Refused: "no " + rtl}))
	golden(t, "worker", OneWorker(WorkerPage{Frame: hostile, Worker: hostileWorkers()[0]}))
}
