package console

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	batchpb "go.temporal.io/api/batch/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/batch"
)

// Batches are the operations on many runs; *batch.Room is one. Errors are *orchestration.Error or the context's.
type Batches interface {
	Stop(ctx context.Context, ns orchestration.NamespaceID, id, reason string) error
	Describe(ctx context.Context, ns orchestration.NamespaceID, id string) (batch.Status, error)
	List(ctx context.Context, ns orchestration.NamespaceID, p batch.Page) ([]batch.Status, error)
}

// batchList lists a namespace's jobs, newest first.
func (c *Console) batchList(ec echo.Context, at place) error {
	ctx, cancel := context.WithTimeout(ec.Request().Context(), readTimeout)
	defer cancel()
	frame, err := c.frame(ctx, ec, at, view.InBatches)
	if err != nil {
		return err
	}
	from := batch.Page{BeforeID: ec.QueryParam("job"), Limit: listPageSize}
	if text := ec.QueryParam("before"); text != "" {
		micros, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return echo.NewHTTPError(http.StatusBadRequest, "The address names a page that cannot be read. Start from the first page.")
		}
		from.Before = time.UnixMicro(micros).UTC()
	}
	found, err := c.batches.List(ctx, at.namespace.ID, from)
	if err != nil {
		return err
	}
	model := view.BatchList{Frame: pulsing(frame), Address: view.BatchesURL(placeOf(at), from.Before, from.BeforeID), FirstPage: from.Before.IsZero()}
	for _, s := range found {
		model.Batches = append(model.Batches, batchOf(s))
	}
	if n := len(found); n == listPageSize {
		model.Next = view.BatchesURL(placeOf(at), found[n-1].Started, found[n-1].ID)
	}
	return page(ec, http.StatusOK, view.Batches(model))
}

// oneBatch shows a job.
func (c *Console) oneBatch(ec echo.Context, at place) error {
	return c.batchPage(ec, at, http.StatusOK, "", "")
}

// batchPage shows a job, with the form of its stop as it was filled in.
func (c *Console) batchPage(ec echo.Context, at place, status int, reason, refused string) error {
	ctx, cancel := context.WithTimeout(ec.Request().Context(), readTimeout)
	defer cancel()
	frame, err := c.frame(ctx, ec, at, view.InBatches)
	if err != nil {
		return err
	}
	id, err := param(ec, "batch")
	if err != nil {
		return err
	}
	s, err := c.batches.Describe(ctx, at.namespace.ID, id)
	if err != nil {
		return err
	}
	model := view.BatchPage{Frame: frame, Batch: batchOf(s), MayWrite: at.may(writing), Reason: reason, Refused: refused}
	if model.Open() {
		model.Frame = pulsing(frame)
	}
	return page(ec, status, view.OneBatch(model))
}

// stopBatch ends a job early.
func (c *Console) stopBatch(ec echo.Context, at place) error {
	id, err := param(ec, "batch")
	if err != nil {
		return err
	}
	reason := strings.TrimSpace(ec.FormValue("reason"))
	err = c.batches.Stop(ec.Request().Context(), at.namespace.ID, id, reason)
	if orchestration.CodeOf(err) == orchestration.InvalidArgument {
		return c.batchPage(ec, at, http.StatusBadRequest, reason, err.Error())
	}
	if err != nil {
		return err
	}
	return ec.Redirect(http.StatusSeeOther, view.Done("batch-stopped").After(view.BatchURL(placeOf(at), id)))
}

// batchOf is a job as its page shows it.
func batchOf(s batch.Status) view.Batch {
	b := view.Batch{
		ID: s.ID, What: operationName(s.Operation), State: s.State, Started: s.Started.UTC(), Closed: s.Closed, Total: s.Total, Succeeded: s.Complete, Failed: s.Failed,
		By: s.Identity, Reason: s.Reason, Query: s.Query,
	}
	for _, r := range s.Runs {
		b.Runs = append(b.Runs, view.BatchRun{WorkflowID: r.WorkflowID, RunID: runText(r.RunID)})
	}
	for _, f := range s.Failures {
		b.Failures = append(b.Failures, view.BatchFailure{BatchRun: view.BatchRun{WorkflowID: f.Run.WorkflowID, RunID: runText(f.Run.RunID)}, Why: f.Why})
	}
	return b
}

// runText is a run id as addresses name it; "": the workflow's current run.
func runText(id orchestration.RunID) string {
	if id.IsZero() {
		return ""
	}
	return id.String()
}

// operationName is an operation in words.
func operationName(operation proto.Message) string {
	switch op := operation.(type) {
	case *batchpb.BatchOperationTermination:
		return "Terminate"
	case *batchpb.BatchOperationCancellation:
		return "Cancel"
	case *batchpb.BatchOperationSignal:
		return "Signal " + op.GetSignal()
	case *batchpb.BatchOperationDeletion:
		return "Delete"
	case *batchpb.BatchOperationReset:
		return "Reset"
	case *batchpb.BatchOperationUnpauseActivities:
		return "Unpause activities " + cmp.Or(op.GetType(), "(all)")
	case *batchpb.BatchOperationResetActivities:
		return "Reset activities " + cmp.Or(op.GetType(), "(all)")
	case *batchpb.BatchOperationUpdateActivityOptions:
		return "Change activities " + cmp.Or(op.GetType(), "(all)")
	}
	return string(operation.ProtoReflect().Descriptor().Name())
}
