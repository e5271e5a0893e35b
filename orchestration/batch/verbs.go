package batch

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
	enumspb "go.temporal.io/api/enums/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Start begins a job. The same request again, by its job id, is the same job.
// Errors: InvalidArgument (query, too many runs), Unimplemented (the operation), AlreadyStarted (another job has that id), ResourceExhausted (as many jobs of the
// namespace go on as may), Unavailable.
func (r *Room) Start(ctx context.Context, in Request) error {
	if err := engine.Orderable(in.Operation); err != nil {
		return err
	}
	if len(in.Runs) > orchestration.MaxBatchRuns {
		return orchestration.Errorf(orchestration.InvalidArgument, "A batch operation names %d workflows, at most %d are allowed.", len(in.Runs), orchestration.MaxBatchRuns)
	}
	total := int64(len(in.Runs))
	if total == 0 {
		if strings.TrimSpace(in.Query) == "" {
			return orchestration.Errorf(orchestration.InvalidArgument, "A batch operation has neither a query nor workflows: nothing would be left out.")
		}
		var err error
		if total, err = r.engine.Count(ctx, engine.ListRequest{Namespace: in.Namespace, Query: in.Query}); err != nil {
			return err
		}
	}
	s, err := specOf(in)
	if err != nil {
		return err
	}
	record := store.Job{
		Namespace: in.Namespace, ID: in.ID, Shard: orchestration.ShardOf(in.Namespace, in.ID), Created: r.now(), Open: true,
		Spec: encode(s), Progress: encode(progress{State: enumspb.BATCH_OPERATION_STATE_RUNNING, Total: total}),
	}
	switch err := r.jobs.AddJob(ctx, record, orchestration.MaxBatches); {
	case errors.Is(err, store.ErrJobExists):
		return r.repeated(ctx, in, s)
	case errors.Is(err, store.ErrTooManyJobs):
		return tooMany()
	case err != nil:
		return unavailable(ctx, err)
	}
	r.nudge()
	return nil
}

func specOf(in Request) (s spec, err error) {
	operation, err := encodeOperation(in.Operation)
	if err != nil {
		return s, orchestration.Errorf(orchestration.InvalidArgument, "The operation cannot be encoded: %v.", err)
	}
	s = spec{Request: uuid.NewString(), Operation: operation, Reason: in.Reason, Query: in.Query, Rate: in.Rate, Identity: in.Identity}
	if in.By != nil {
		if s.By, err = proto.Marshal(in.By); err != nil {
			return s, orchestration.Errorf(orchestration.InvalidArgument, "The principal cannot be encoded: %v.", err)
		}
	}
	if s.Rate <= 0 || s.Rate > orchestration.MaxBatchRate {
		s.Rate = orchestration.MaxBatchRate
	}
	for _, key := range in.Runs {
		s.Runs = append(s.Runs, run{WorkflowID: key.WorkflowID, RunID: key.RunID})
	}
	return s, nil
}

// repeated tells a request that came twice from one whose job id is taken.
func (r *Room) repeated(ctx context.Context, in Request, s spec) error {
	j, err := r.read(ctx, in.Namespace, in.ID)
	if err != nil {
		return err
	}
	s.By = j.spec.By // whoever repeats it
	if s.Request = j.spec.Request; bytes.Equal(encode(s), encode(j.spec)) {
		return nil
	}
	e := orchestration.Errorf(orchestration.AlreadyStarted, "Batch operation %s exists already, and is another one.", in.ID)
	e.StartRequestID = j.spec.Request
	return e
}

func tooMany() error {
	e := orchestration.Errorf(orchestration.ResourceExhausted,
		"Max concurrent batch operations is reached: a namespace can have %d at a time. Wait for its end, or stop it.", orchestration.MaxBatches)
	e.Cause, e.Scope = enumspb.RESOURCE_EXHAUSTED_CAUSE_CONCURRENT_LIMIT, enumspb.RESOURCE_EXHAUSTED_SCOPE_NAMESPACE
	return e
}

// Stop ends a job for a reason: runs that are not done stay as they are. A job that has ended is left alone. Errors: InvalidArgument (the
// reason is not set, or too long), NotFound, Unavailable.
func (r *Room) Stop(ctx context.Context, ns orchestration.NamespaceID, id, reason string) error {
	switch {
	case reason == "":
		return orchestration.Errorf(orchestration.InvalidArgument, "Reason is not set on request.")
	case len(reason) > orchestration.MaxReasonSize:
		return orchestration.Errorf(orchestration.InvalidArgument, "Reason length exceeds limit: it has %d bytes, at most %d are allowed.", len(reason), orchestration.MaxReasonSize)
	}
	for {
		j, err := r.read(ctx, ns, id)
		if err != nil || !j.record.Open {
			return err
		}
		j.progress.Reason = reason
		j.close(enumspb.BATCH_OPERATION_STATE_FAILED, r.now())
		if err := r.write(ctx, j); !errors.Is(err, store.ErrConflict) {
			return unavailable(ctx, err)
		}
	}
}

// Describe shows a job. Errors: NotFound, Unavailable.
func (r *Room) Describe(ctx context.Context, ns orchestration.NamespaceID, id string) (Status, error) {
	j, err := r.read(ctx, ns, id)
	if err != nil {
		return Status{}, err
	}
	return j.status(), nil
}

// Page says which page of a list to read: up to Limit jobs that began before another one.
type Page struct {
	Before   time.Time // with BeforeID: the last job of the page before; zero for the first
	BeforeID string
	Limit    int
}

// List shows jobs of a namespace, newest first; fewer than the limit: those are the last. Errors: Unavailable.
func (r *Room) List(ctx context.Context, ns orchestration.NamespaceID, p Page) ([]Status, error) {
	records, err := r.jobs.Jobs(ctx, store.JobScan{Namespace: ns, AfterCreated: p.Before, AfterID: p.BeforeID, Limit: p.Limit})
	if err != nil {
		return nil, unavailable(ctx, err)
	}
	out := make([]Status, len(records))
	for i, record := range records {
		j, err := decode(record)
		if err != nil {
			return nil, err
		}
		out[i] = j.status()
	}
	return out, nil
}

// read is a job as stored. Errors: NotFound, Unavailable, DataLoss.
func (r *Room) read(ctx context.Context, ns orchestration.NamespaceID, id string) (*job, error) {
	record, ok, err := r.jobs.Job(ctx, ns, id)
	switch {
	case err != nil:
		return nil, unavailable(ctx, err)
	case !ok:
		return nil, orchestration.Errorf(orchestration.NotFound, "Batch operation %s is not found.", id)
	}
	return decode(record)
}

// write saves how far a job is. Errors: the store's.
func (r *Room) write(ctx context.Context, j *job) error {
	j.record.Progress = encode(j.progress)
	err := r.jobs.SaveJob(ctx, j.record)
	if err == nil {
		j.record.Version++
	}
	return err
}

// unavailable is what a caller gets of the store's error.
func unavailable(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return err
	}
	return orchestration.Errorf(orchestration.Unavailable, "storage is unavailable; try again")
}
