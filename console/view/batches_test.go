package view

import (
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
)

func hostileBatches() []Batch {
	running, ended := enumspb.BATCH_OPERATION_STATE_RUNNING, noon.Add(-time.Minute)
	return []Batch{
		{ID: script, What: "Signal " + rtl, State: running, Started: noon.Add(-time.Hour), Total: 12345, Succeeded: 1000, Failed: 3, By: attr, Reason: script, Query: attr,
			Failures: []BatchFailure{{BatchRun{script, "0199a0a0-0000-7000-8000-000000000000"}, attr}, {BatchRun{rtl, ""}, script}}},
		{ID: rtl, What: "Terminate", State: enumspb.BATCH_OPERATION_STATE_COMPLETED, Started: noon.Add(-time.Hour), Closed: ended, Total: 2, Succeeded: 3, Runs: []BatchRun{{script, ""}, {rtl, "0199a0a0-0000-7000-8000-000000000000"}}},
		{ID: attr, What: "Reset", State: enumspb.BATCH_OPERATION_STATE_COMPLETED, Started: noon.Add(-time.Hour), Closed: ended, Failed: 1},
		{ID: emoji, What: "Cancel", State: enumspb.BATCH_OPERATION_STATE_FAILED, Started: noon.Add(-time.Hour), Closed: ended},
	}
}

func TestGoldenBatches(t *testing.T) {
	golden(t, "batches", Batches(BatchList{Frame: hostile, Batches: hostileBatches(), Address: BatchesURL(hostile.Place, noon, attr), Next: BatchesURL(hostile.Place, noon, script)}))
	golden(t, "batches_empty", Batches(BatchList{Frame: hostile, FirstPage: true}))
	golden(t, "batch", OneBatch(BatchPage{Frame: hostile, Batch: hostileBatches()[0], MayWrite: true, Reason: script, Refused: "no " + rtl}))
	golden(t, "batch_ended", OneBatch(BatchPage{Frame: hostile, Batch: hostileBatches()[1], MayWrite: true}))
}
