package console

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	batchpb "go.temporal.io/api/batch/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/batch"
	"github.com/tenuto-io/tenuto/tenants"
)

// fakeBatches has one job, and remembers what it was asked.
type fakeBatches struct {
	job  batch.Status
	list []batch.Status
	err  error

	asked           bool
	from            batch.Page
	stopped, reason string
}

func (f *fakeBatches) Stop(_ context.Context, _ orchestration.NamespaceID, id, reason string) error {
	f.asked, f.stopped, f.reason = true, id, reason
	return f.err
}

func (f *fakeBatches) Describe(_ context.Context, ns orchestration.NamespaceID, id string) (batch.Status, error) {
	f.asked = true
	if f.job.Operation == nil {
		return batch.Status{ID: id, Operation: &batchpb.BatchOperationTermination{}, Started: noon}, nil
	}
	if id != f.job.ID {
		return batch.Status{}, orchestration.Errorf(orchestration.NotFound, "Batch operation %s is not found.", id)
	}
	return f.job, nil
}

func (f *fakeBatches) List(_ context.Context, _ orchestration.NamespaceID, p batch.Page) ([]batch.Status, error) {
	f.asked, f.from = true, p
	return f.list, f.err
}

func TestBatchesAreListedPageByPage(t *testing.T) {
	b := newBench(t).signIn()
	first := b.get(view.BatchesURL(in("default"), time.Time{}, ""))
	answered(t, first, http.StatusOK, "No batch job has been started", "temporal batch")
	for range listPageSize {
		b.batches.list = append(b.batches.list, batch.Status{
			ID: "job/<b>", Operation: &batchpb.BatchOperationSignal{Signal: "go<b>"}, State: enumspb.BATCH_OPERATION_STATE_RUNNING, Started: noon.Add(-time.Minute),
			Total: 12_345, Complete: 1_000, Failed: 7, Reason: "the <ledger>",
		})
	}
	w := b.get(view.BatchesURL(in("default"), noon, "job"))
	next := view.BatchesURL(in("default"), noon.Add(-time.Minute), "job/<b>")
	answered(t, w, http.StatusOK, "job/&lt;b&gt;", "Signal go&lt;b&gt;", "12,345", "1,000", "Running", "First page", strings.ReplaceAll(next, "&", "&amp;"), `<progress max="12345" value="1007"`)
	if b.batches.from != (batch.Page{Before: noon, BeforeID: "job", Limit: listPageSize}) {
		t.Errorf("asked %+v", b.batches.from)
	}
	answered(t, b.get("/t/default/ns/default/batches?before=never"), http.StatusBadRequest, "Start from the first page")
	b.batches.err = orchestration.Errorf(orchestration.Unavailable, "not now")
	answered(t, b.get("/t/default/ns/default/batches"), http.StatusServiceUnavailable, "not now")
}

func TestOneBatchIsStopped(t *testing.T) {
	b := newBench(t).signIn()
	b.batches.job = batch.Status{
		ID: "a/b", Operation: &batchpb.BatchOperationTermination{}, State: enumspb.BATCH_OPERATION_STATE_RUNNING, Started: noon.Add(-time.Minute), Total: 3, Complete: 1,
		Runs: []orchestration.RunKey{orchestration.WorkflowKey{WorkflowID: "transfer-1"}.Run(orchestration.RunID{})},
	}
	address := view.BatchURL(in("default"), "a/b")
	answered(t, b.get(address), http.StatusOK, "Terminate", "Running", view.RunURL(in("default"), "transfer-1", ""), "Still to do")
	answered(t, b.get(view.BatchURL(in("default"), "other")), http.StatusNotFound, "is not found")
	w := b.post(address+"/stop", url.Values{"reason": {" enough "}})
	leads(t, w, address+"?done=batch-stopped")
	if b.batches.stopped != "a/b" || b.batches.reason != "enough" {
		t.Errorf("stopped %q for %q", b.batches.stopped, b.batches.reason)
	}
	b.batches.err = orchestration.Errorf(orchestration.InvalidArgument, "Reason is not set on request.")
	answered(t, b.post(address+"/stop", nil), http.StatusBadRequest, "Reason is not set", `aria-invalid="true"`)
	b.batches.job.Closed, b.batches.job.State = noon, enumspb.BATCH_OPERATION_STATE_FAILED
	answered(t, b.get(address), http.StatusOK, "Ended early", "The job has ended.", "<fieldset disabled>")
	b.batches.job.State, b.batches.job.Query = enumspb.BATCH_OPERATION_STATE_COMPLETED, `WorkflowType = "a<b>"`
	answered(t, b.get(address), http.StatusOK, "Done", "a&lt;b&gt;")
}

func TestBatchOfAReader(t *testing.T) {
	l := newLobby(t)
	must(t, role(tenants.Auditor)(l, l.person("ada")))
	answered(t, l.guest().enter("ada").get("/t/acme/ns/bank.acme/batches/job"), http.StatusOK, "<fieldset disabled>", "takes the permission write")
}

func TestOperationNames(t *testing.T) {
	for want, op := range map[string]proto.Message{
		"Cancel": &batchpb.BatchOperationCancellation{}, "Delete": &batchpb.BatchOperationDeletion{}, "Reset": &batchpb.BatchOperationReset{},
		"Unpause activities (all)": &batchpb.BatchOperationUnpauseActivities{}, "Reset activities (all)": &batchpb.BatchOperationResetActivities{},
		"Change activities (all)": &batchpb.BatchOperationUpdateActivityOptions{}, "BatchOperationInfo": &batchpb.BatchOperationInfo{},
	} {
		if got := operationName(op); got != want {
			t.Errorf("%T: %q, want %q", op, got, want)
		}
	}
}
