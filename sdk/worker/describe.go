package worker

import (
	"context"
	"os"
	"strconv"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	workerpb "go.temporal.io/api/worker/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/internal/rpc"
)

// describeEvery is how often a worker tells the server how it is, for people who look at its workers. Servers forget those that have said nothing for longer.
const describeEvery = 30 * time.Second

// keepDescribing describes the worker to the server, now and from time to time, until ctx ends. What the server does not take is not repeated: the next
// description is newer.
func (w *Worker) keepDescribing(ctx context.Context) {
	every := time.NewTicker(describeEvery)
	defer every.Stop()
	for {
		once, cancel := context.WithTimeout(rpc.Once(ctx), describeEvery/2)
		_, err := w.service.RecordWorkerHeartbeat(once, &workflowservice.RecordWorkerHeartbeatRequest{
			Namespace: w.client.Namespace(), Identity: w.options.Identity,
			WorkerHeartbeat: []*workerpb.WorkerHeartbeat{w.describe(time.Now(), enumspb.WORKER_STATUS_RUNNING)},
		})
		cancel()
		if err != nil && ctx.Err() == nil {
			w.logger.Debug("the server did not take the worker's description", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

// describe is what people see of the worker.
func (w *Worker) describe(now time.Time, status enumspb.WorkerStatus) *workerpb.WorkerHeartbeat {
	host, _ := os.Hostname() // without one it has none
	d := &workerpb.WorkerHeartbeat{
		WorkerInstanceKey: w.instance, WorkerIdentity: w.options.Identity, TaskQueue: w.taskQueue, Status: status,
		HostInfo: &workerpb.WorkerHostInfo{HostName: host, ProcessId: strconv.Itoa(os.Getpid())},
		SdkName:  "tenuto-go", SdkVersion: client.Version, StartTime: timestamppb.New(w.begun), HeartbeatTime: timestamppb.New(now),
	}
	if last := w.described.Swap(now.UnixNano()); last != 0 {
		d.ElapsedSinceLastHeartbeat = durationpb.New(now.Sub(time.Unix(0, last)))
	}
	if h := w.activities; h != nil {
		d.ActivityPollerInfo, d.ActivityTaskSlotsInfo = h.polls.describe(), h.slots.describe(h.polls)
	}
	if h := w.workflows; h != nil {
		d.WorkflowPollerInfo, d.WorkflowStickyPollerInfo = h.polls.describe(), h.stickyPolls.describe()
		d.WorkflowTaskSlotsInfo, d.LocalActivitySlotsInfo = h.slots.describe(h.polls, h.stickyPolls), h.locals.describe()
		runs, _ := h.processor.CacheSize()
		d.CurrentStickyCacheSize = int32(runs)
	}
	return d
}

// describe tells how many polls there are; nil where there are none.
func (s *scale) describe() *workerpb.WorkerPollerInfo {
	if s == nil {
		return nil
	}
	return &workerpb.WorkerPollerInfo{CurrentPollers: int32(s.polls()), IsAutoscaling: !s.fixed}
}

// polls is how many polls there are.
func (s *scale) polls() int {
	if s == nil {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// describe tells how many slots tasks have. Each poll holds one, for the task that it waits for: those are free in the eyes of people.
func (s slots) describe(polls ...*scale) *workerpb.WorkerSlotsInfo {
	used := len(s)
	for _, p := range polls {
		used -= p.polls()
	}
	used = max(used, 0) // a poll that has just come back holds a slot for its task, and the loop's next poll none yet
	return &workerpb.WorkerSlotsInfo{CurrentUsedSlots: int32(used), CurrentAvailableSlots: int32(cap(s) - used), SlotSupplierKind: "Fixed"}
}
