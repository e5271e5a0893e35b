package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// epoch is when the suite's clock starts. Its nanoseconds do not fit any stored precision.
var epoch = time.Date(2024, 2, 29, 23, 59, 58, 123_456_789, time.UTC)

// fixture is one test's store with a fence and the means to say what should hold.
type fixture struct {
	*testing.T
	Opened
	ctx   context.Context
	fence store.Fence
	ns    orchestration.NamespaceID
	tick  int
}

func newFixture(t *testing.T, o Opened) *fixture {
	f := &fixture{T: t, Opened: o, ctx: t.Context(), ns: namespace()}
	var err error
	f.fence, err = o.Store.AcquireLane(f.ctx, 1)
	f.ok(err)
	return f
}

func namespace() orchestration.NamespaceID {
	var id orchestration.NamespaceID
	_, _ = rand.Read(id[:])
	return id
}

// key makes the key of a new run of a workflow; later runs get later ids.
func (f *fixture) key(workflowID string) orchestration.RunKey {
	f.tick++
	return orchestration.WorkflowKey{Namespace: f.ns, WorkflowID: workflowID}.Run(orchestration.NewRunID(epoch.Add(time.Duration(f.tick) * time.Second)))
}

// start is the write of a run's first commit: nothing but a state.
// version is that of a run after n commits.
func (f *fixture) version(n int) orchestration.Version { return orchestration.Version(n) }

func start(key orchestration.RunKey) store.Write {
	return one(key, store.RunWrite{RunID: key.RunID, Version: 1, State: []byte("state 1")})
}

// one is a write of one run.
func one(key orchestration.RunKey, r store.RunWrite) store.Write {
	r.RunID = key.RunID
	return store.Write{Workflow: key.WorkflowKey, Shard: key.Shard(), Runs: []store.RunWrite{r}}
}

// open is the visibility row of a run that has just started.
func open(key orchestration.RunKey, startTime time.Time) *store.Visibility {
	return &store.Visibility{
		Namespace: key.Namespace, WorkflowID: key.WorkflowID, RunID: key.RunID, Type: "Transfer", TaskQueue: "money",
		Status: 1, StartTime: startTime, ExecutionTime: startTime, RootID: key.WorkflowID, Root: key.RunID,
	}
}

func (f *fixture) commit(batch ...store.Write) {
	f.Helper()
	f.ok(f.Store.Commit(f.ctx, f.fence, batch))
}

// refused commits a batch that must fail with the error.
func (f *fixture) refused(want error, batch ...store.Write) {
	f.Helper()
	if err := f.Store.Commit(f.ctx, f.fence, batch); !errors.Is(err, want) {
		f.Fatalf("Commit: got %v, want %v", err, want)
	}
}

// load reads a run that must exist.
func (f *fixture) load(key orchestration.RunKey) store.Record {
	f.Helper()
	recs, err := f.Store.LoadRuns(f.ctx, []orchestration.RunKey{key})
	f.ok(err)
	if len(recs) != 1 {
		f.Fatalf("LoadRuns(%v): %d records, want 1", key, len(recs))
	}
	return recs[0]
}

// absent checks that a run cannot be read under the key by any method.
func (f *fixture) absent(key orchestration.RunKey) {
	f.Helper()
	recs, err := f.Store.LoadRuns(f.ctx, []orchestration.RunKey{key})
	f.ok(err)
	versions, err := f.Reader.Versions(f.ctx, []orchestration.RunKey{key})
	f.ok(err)
	batches, err := f.Reader.History(f.ctx, store.HistoryRange{Run: key})
	f.ok(err)
	if len(recs)+len(versions)+len(batches) != 0 {
		f.Fatalf("run %v can be read: %v, %v, %d batches of history", key, recs, versions, len(batches))
	}
}

func (f *fixture) list(q store.ListQuery) []store.Visibility {
	f.Helper()
	if q.Namespace.IsZero() {
		q.Namespace = f.ns
	}
	if q.Limit == 0 {
		q.Limit = 1000
	}
	rows, err := f.Reader.List(f.ctx, q)
	f.ok(err)
	return rows
}

func (f *fixture) reopen() {
	f.Helper()
	f.Opened = f.Reopen(f.T)
}

func (f *fixture) ok(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) same(what string, got, want any) {
	f.Helper()
	if !reflect.DeepEqual(got, want) {
		f.Fatalf("%s:\n got %s\nwant %s", what, short(got), short(want))
	}
}

// short prints a value without filling the screen.
func short(v any) string {
	s := fmt.Sprintf("%+v", v)
	if len(s) > 2000 {
		s = s[:2000] + "…"
	}
	return s
}
