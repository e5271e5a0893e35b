package batch

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	batchpb "go.temporal.io/api/batch/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/store/sqlite"
	"github.com/tenuto-io/tenuto/platform/database"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var namespace = orchestration.NamespaceID{1}

// runs is an engine that knows runs by number, and notes what is done to each.
type runs struct {
	mu    sync.Mutex
	list  []orchestration.RunKey
	done  map[orchestration.RunKey][]string // requests, as often as they were carried out
	calls []int                             // runs of each order
	by    *commonpb.Principal               // of the last order
	// hook is called for every order before it is carried out; what it returns is the outcome of a run, if it is not nil.
	hook  func(orchestration.RunKey) error
	bad   error // of List and Count
	serve func(orchestration.ShardID) bool
}

func newRuns(n int) *runs {
	r := &runs{done: make(map[orchestration.RunKey][]string)}
	for i := range n {
		r.list = append(r.list, runOf(i))
	}
	return r
}

func runOf(i int) orchestration.RunKey {
	return orchestration.WorkflowKey{Namespace: namespace, WorkflowID: fmt.Sprintf("workflow-%03d", i)}.Run(orchestration.RunID{15: byte(i + 1)})
}

func (r *runs) Each(_ context.Context, o engine.Order, keys []orchestration.RunKey) []error {
	errs := make([]error, len(keys))
	for i, key := range keys {
		if r.hook != nil {
			errs[i] = r.hook(key)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls, r.by = append(r.calls, len(keys)), o.By
	for i, key := range keys {
		if errs[i] == nil {
			r.done[key] = append(r.done[key], o.Request)
		}
	}
	return errs
}

// List pages by number: the token is the number of the next one.
func (r *runs) List(_ context.Context, in engine.ListRequest) (page engine.ListPage, err error) {
	if r.bad != nil {
		return page, r.bad
	}
	first := 0
	if len(in.PageToken) > 0 {
		first = int(in.PageToken[0])
	}
	last := min(first+in.PageSize, len(r.list))
	for _, key := range r.list[first:last] {
		page.Executions = append(page.Executions, &workflowpb.WorkflowExecutionInfo{
			Execution: &commonpb.WorkflowExecution{WorkflowId: key.WorkflowID, RunId: key.RunID.String()},
		})
	}
	if last-first == in.PageSize {
		page.PageToken = []byte{byte(last)}
	}
	return page, nil
}

func (r *runs) Count(context.Context, engine.ListRequest) (int64, error) {
	return int64(len(r.list)), r.bad
}

func (r *runs) Serves(s orchestration.ShardID) bool { return r.serve == nil || r.serve(s) }

// requests are the distinct requests that a run has seen.
func (r *runs) requests(key orchestration.RunKey) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Compact(slices.Sorted(slices.Values(r.done[key])))
}

// wantEachOnce expects that every run has seen one request.
func (r *runs) wantEachOnce(t *testing.T) {
	t.Helper()
	for _, key := range r.list {
		if n := len(r.requests(key)); n != 1 {
			t.Errorf("%s has seen %d requests", key.WorkflowID, n)
		}
	}
}

// openJobs is a store of jobs on a database of the test's own.
func openJobs(t *testing.T) *sqlite.Store {
	t.Helper()
	db, err := database.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "batch.db"), database.Migrations{Room: "engine", Files: sqlite.Migrations()})
	if err != nil {
		t.Fatal(err)
	}
	s := sqlite.New(db.Write, db.Read)
	t.Cleanup(func() { _ = s.Close(); _ = db.Close() })
	return s
}

// openRoom opens a room that looks and waits without rest.
func openRoom(t *testing.T, jobs store.Jobs, e Engine) *Room {
	t.Helper()
	r := Open(Config{
		Jobs: jobs, Engine: e, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), LookEvery: time.Millisecond, Pause: time.Millisecond,
	})
	t.Cleanup(r.Close)
	return r
}

// request is a job on all runs.
func request(id string) Request {
	return Request{Namespace: namespace, ID: id, Operation: &batchpb.BatchOperationSignal{Signal: "s"}, Reason: "a test", Query: "all"}
}

func (r *Room) mustStart(t *testing.T, in Request) {
	t.Helper()
	if err := r.Start(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}

// ended waits until a job has ended.
func (r *Room) ended(t *testing.T, id string) Status {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; {
		s, err := r.Describe(t.Context(), namespace, id)
		switch {
		case err != nil:
			t.Fatal(err)
		case s.State != enumspb.BATCH_OPERATION_STATE_RUNNING:
			return s
		case time.Now().After(deadline):
			t.Fatalf("job %s does not end: %+v", id, s)
		}
	}
}

// wantCounts checks how a job has ended.
func wantCounts(t *testing.T, s Status, state enumspb.BatchOperationState, total, complete, failed int64) {
	t.Helper()
	if s.State != state || s.Total != total || s.Complete != complete || s.Failed != failed || s.Closed.IsZero() {
		t.Errorf("%v: %d of %d complete, %d failed, closed %v; want %v: %d of %d, %d", s.State, s.Complete, s.Total, s.Failed, s.Closed, state, complete, total, failed)
	}
}
