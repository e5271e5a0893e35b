package pages

import (
	"testing"

	batchpb "go.temporal.io/api/batch/v1"
	"go.temporal.io/api/workflowservice/v1"
	sdkclient "go.temporal.io/sdk/client"
)

// A slow job goes on under the reader's eyes, and is stopped, with a reason.
func TestBatchesJourney(t *testing.T) {
	s := serve(t)
	c := s.dial("default")
	for range 3 {
		_, err := c.ExecuteWorkflow(t.Context(), sdkclient.StartWorkflowOptions{TaskQueue: "orders"}, "Order")
		must(t, err)
	}
	b := s.browse()
	b.open("/t/default/ns/default/batches")
	b.shows("No batch job has been started")
	b.sound("batches-empty")
	_, err := c.WorkflowService().StartBatchOperation(t.Context(), &workflowservice.StartBatchOperationRequest{
		Namespace: "default", JobId: "clean-up", Reason: "the ledger was restored", VisibilityQuery: `WorkflowType != ''`, MaxOperationsPerSecond: 0.01,
		Operation: &workflowservice.StartBatchOperationRequest_TerminationOperation{TerminationOperation: &batchpb.BatchOperationTermination{Identity: "ada"}},
	})
	must(t, err)
	b.open("/t/default/ns/default/batches")
	b.shows("the ledger was restored")
	b.sound("batches")
	b.follow("clean-up")
	b.shows("Still to do")
	b.sound("batch")
	b.follow("Stop the job")
	b.shows("Reason is not set on request.")
	b.fill("#reason", "it is the wrong filter")
	b.follow("Stop the job")
	b.shows("The job is stopped.")
	b.shows("it is the wrong filter")
	b.sound("batch-stopped")
}
