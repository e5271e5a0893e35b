package console

import (
	"net/http"
	"testing"

	workerpb "go.temporal.io/api/worker/v1"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

func TestWorkersAreListed(t *testing.T) {
	b := newBench(t).signIn()
	address := view.WorkersURL(in("default"), "", "")
	answered(t, b.get(address), http.StatusOK, "No worker has described itself", "Show the queues")
	b.engine.workers = engine.WorkersPage{More: true, Workers: []*workerpb.WorkerHeartbeat{{
		WorkerInstanceKey: "key/1", WorkerIdentity: "7@<b>", TaskQueue: "transfers", SdkName: "temporal-go", SdkVersion: "1.40",
		ActivityTaskSlotsInfo: &workerpb.WorkerSlotsInfo{CurrentAvailableSlots: 97, CurrentUsedSlots: 3}, TotalStickyCacheHit: 3, TotalStickyCacheMiss: 1,
	}}}
	answered(t, b.get(view.WorkersURL(in("default"), "TaskQueue = 'transfers'", "key/0")), http.StatusOK,
		"7@&lt;b&gt;", "3 of 100", "75 %", "temporal-go 1.40", "/workers/key%2F1", "/queues/transfers", "after=key%2F1", "First page")
	if want := (engine.WorkersRequest{Namespace: defaultNamespace.ID, Query: "TaskQueue = 'transfers'", After: "key/0", Limit: listPageSize}); b.engine.which != want {
		t.Errorf("asked %+v", b.engine.which)
	}
	b.engine.workers = engine.WorkersPage{}
	answered(t, b.get(view.WorkersURL(in("default"), "x", "")), http.StatusOK, "No worker matches")
	b.engine.fleetErr = orchestration.Errorf(orchestration.InvalidArgument, "Invalid query: <x>.")
	answered(t, b.get(view.WorkersURL(in("default"), "x", "")), http.StatusBadRequest, "Invalid query: &lt;x&gt;.", `aria-invalid="true"`)
}

func TestOneWorker(t *testing.T) {
	b := newBench(t).signIn()
	b.engine.worker = &workerpb.WorkerHeartbeat{
		WorkerInstanceKey: "key/1", TaskQueue: "transfers", LocalActivitySlotsInfo: &workerpb.WorkerSlotsInfo{CurrentAvailableSlots: -1, CurrentUsedSlots: 1_500},
	}
	answered(t, b.get(view.WorkerURL(in("default"), "key/1")), http.StatusOK, "key/1", "Local activities", "1,500", "Not said")
	b.engine.fleetErr = orchestration.Errorf(orchestration.NotFound, "worker not found")
	answered(t, b.get(view.WorkerURL(in("default"), "key/1")), http.StatusNotFound, "worker not found")
}
