package batch

import (
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// spec is what a job is to do. It never changes. The keys are storage format.
type spec struct {
	Request   string  `cbor:"1,keyasint"` // names the job for ever; ids of jobs can be given again
	Operation []byte  `cbor:"2,keyasint"` // anypb.Any of a message of batch/v1
	Reason    string  `cbor:"3,keyasint"`
	Query     string  `cbor:"4,keyasint,omitempty"`
	Runs      []run   `cbor:"5,keyasint,omitempty"` // instead of Query
	Rate      float64 `cbor:"6,keyasint"`           // runs per second
	Identity  string  `cbor:"7,keyasint,omitempty"`
	By        []byte  `cbor:"8,keyasint,omitempty"` // commonpb.Principal
}

// run names one run of the job's namespace; the zero run id is the workflow's current one.
type run struct {
	_          struct{} `cbor:",toarray"`
	WorkflowID string
	RunID      orchestration.RunID
}

// progress is how far a job is. The keys are storage format.
type progress struct {
	State    enumspb.BatchOperationState `cbor:"1,keyasint"`
	Total    int64                       `cbor:"2,keyasint"` // of a query: as counted at the start
	Complete int64                       `cbor:"3,keyasint"`
	Failed   int64                       `cbor:"4,keyasint"`
	Token    []byte                      `cbor:"5,keyasint,omitempty"` // of a query: where the next page begins; nil: at the beginning
	Next     int                         `cbor:"6,keyasint,omitempty"` // of a list: the first run that is not done
	Closed   int64                       `cbor:"7,keyasint,omitempty"` // Unix microseconds
	Reason   string                      `cbor:"8,keyasint,omitempty"` // why it was stopped
	Failures []failure                   `cbor:"9,keyasint,omitempty"` // the first of them, at most orchestration.MaxBatchFailures
}

// failure is a run that the operation was refused for.
type failure struct {
	_          struct{} `cbor:",toarray"`
	WorkflowID string
	RunID      orchestration.RunID
	Why        string
}

// longestWhy is how much of an error is kept with a run, in bytes.
const longestWhy = 300

// failed takes note of a run that the operation was refused for.
func (p *progress) failed(run orchestration.RunKey, err error) {
	p.Failed++
	if len(p.Failures) < orchestration.MaxBatchFailures {
		why := err.Error()
		why = strings.ToValidUTF8(why[:min(len(why), longestWhy)], "") // a letter may have been cut
		p.Failures = append(p.Failures, failure{WorkflowID: run.WorkflowID, RunID: run.RunID, Why: why})
	}
}

// job is a record in memory.
type job struct {
	record   store.Job
	spec     spec
	progress progress
	order    engine.Order
}

// decode reads a record. Errors: DataLoss.
func decode(record store.Job) (*job, error) {
	j := &job{record: record}
	var operation anypb.Any
	err := cbor.Unmarshal(record.Spec, &j.spec)
	if err == nil {
		err = cbor.Unmarshal(record.Progress, &j.progress)
	}
	if err == nil {
		err = proto.Unmarshal(j.spec.Operation, &operation)
	}
	j.order = engine.Order{Request: j.spec.Request, Reason: j.spec.Reason}
	if err == nil && len(j.spec.By) > 0 {
		j.order.By = &commonpb.Principal{}
		err = proto.Unmarshal(j.spec.By, j.order.By)
	}
	if err == nil {
		j.order.Operation, err = operation.UnmarshalNew()
	}
	if err != nil {
		return nil, orchestration.Errorf(orchestration.DataLoss, "batch operation %s cannot be read: %v", record.ID, err)
	}
	return j, nil
}

// encode is the stored form of a spec or a progress.
func encode(v any) []byte {
	b, err := cbor.Marshal(v)
	if err != nil {
		panic(err) // structs of plain fields always encode
	}
	return b
}

// encodeOperation is the stored form of an operation.
func encodeOperation(m proto.Message) ([]byte, error) {
	wrapped, err := anypb.New(m)
	if err != nil {
		return nil, err
	}
	return proto.MarshalOptions{Deterministic: true}.Marshal(wrapped)
}

// status is what a client sees of a job.
func (j *job) status() Status {
	s := Status{
		ID: j.record.ID, Operation: j.order.Operation, State: j.progress.State, Started: j.record.Created, Total: j.progress.Total,
		Complete: j.progress.Complete, Failed: j.progress.Failed, Identity: j.spec.Identity, Reason: j.spec.Reason, Query: j.spec.Query,
	}
	if j.progress.Reason != "" {
		s.Reason = j.progress.Reason
	}
	if j.progress.Closed != 0 {
		s.Closed = time.UnixMicro(j.progress.Closed).UTC()
	}
	for _, r := range j.spec.Runs {
		s.Runs = append(s.Runs, orchestration.WorkflowKey{Namespace: j.record.Namespace, WorkflowID: r.WorkflowID}.Run(r.RunID))
	}
	for _, f := range j.progress.Failures {
		s.Failures = append(s.Failures, Failure{Run: orchestration.WorkflowKey{Namespace: j.record.Namespace, WorkflowID: f.WorkflowID}.Run(f.RunID), Why: f.Why})
	}
	return s
}

// close ends a job with a state.
func (j *job) close(state enumspb.BatchOperationState, now time.Time) {
	j.record.Open = false
	j.progress.State, j.progress.Closed = state, now.UnixMicro()
	j.progress.Token, j.progress.Next = nil, 0
}
