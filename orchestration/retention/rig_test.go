package retention

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	commonpb "go.temporal.io/api/common/v1"
	workflowpb "go.temporal.io/api/workflow/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	bank = orchestration.NamespaceID{1}
	shop = orchestration.NamespaceID{2}
)

// world is an engine, a directory and jobs, all in memory.
type world struct {
	mu         sync.Mutex
	now        time.Time
	namespaces []Namespace
	runs       map[orchestration.RunKey]time.Time // closed at; zero: open
	refused    map[orchestration.RunKey]error
	jobs       []store.Job
	served     func(orchestration.ShardID) bool
	largest    int // order
	removed    []orchestration.NamespaceID
}

func newWorld() *world {
	return &world{now: noon, runs: map[orchestration.RunKey]time.Time{}, refused: map[orchestration.RunKey]error{}}
}

func (w *world) add(ns orchestration.NamespaceID, i int, closed time.Time) orchestration.RunKey {
	key := orchestration.WorkflowKey{Namespace: ns, WorkflowID: fmt.Sprintf("workflow-%03d", i)}.Run(orchestration.RunID{14: byte(i >> 8), 15: byte(i)})
	w.runs[key] = closed
	return key
}

// count is how many runs of a namespace are left.
func (w *world) count(ns orchestration.NamespaceID) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for key := range w.runs {
		if key.Namespace == ns {
			n++
		}
	}
	return n
}

func (w *world) time() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) Page(_ context.Context, after string, limit int) (out []Namespace, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range w.namespaces {
		if n.Name > after && len(out) < limit {
			out = append(out, n)
		}
	}
	return out, nil
}

func (w *world) Remove(_ context.Context, id orchestration.NamespaceID) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.removed = append(w.removed, id)
	w.namespaces = slices.DeleteFunc(w.namespaces, func(n Namespace) bool { return n.ID == id })
	return nil
}

func (w *world) Closed(_ context.Context, s store.ClosedScan) (out []store.ClosedRun, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for key, closed := range w.runs {
		if key.Namespace == s.Namespace && !closed.IsZero() && !closed.After(s.Until) {
			out = append(out, store.ClosedRun{Key: key, CloseTime: closed})
		}
	}
	order := func(a, b store.ClosedRun) int {
		return cmp.Or(a.CloseTime.Compare(b.CloseTime), bytes.Compare(a.Key.RunID[:], b.Key.RunID[:]))
	}
	slices.SortFunc(out, order)
	last := store.ClosedRun{Key: orchestration.RunKey{RunID: s.AfterRun}, CloseTime: s.AfterClose}
	out = slices.DeleteFunc(out, func(c store.ClosedRun) bool { return !s.AfterClose.IsZero() && order(c, last) <= 0 })
	return out[:min(len(out), s.Limit)], nil
}

// List pages by run id, downwards.
func (w *world) List(_ context.Context, in engine.ListRequest) (page engine.ListPage, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var keys []orchestration.RunKey
	for key := range w.runs {
		if key.Namespace == in.Namespace && (in.PageToken == nil || slices.Compare(key.RunID[:], in.PageToken) < 0) {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b orchestration.RunKey) int { return slices.Compare(b.RunID[:], a.RunID[:]) })
	keys = keys[:min(len(keys), in.PageSize)]
	for _, key := range keys {
		page.Executions = append(page.Executions, &workflowpb.WorkflowExecutionInfo{
			Execution: &commonpb.WorkflowExecution{WorkflowId: key.WorkflowID, RunId: key.RunID.String()},
		})
	}
	if len(keys) == in.PageSize {
		page.PageToken = keys[len(keys)-1].RunID[:]
	}
	return page, nil
}

func (w *world) Each(_ context.Context, _ engine.Order, keys []orchestration.RunKey) []error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.largest = max(w.largest, len(keys))
	errs := make([]error, len(keys))
	for i, key := range keys {
		if errs[i] = w.refused[key]; errs[i] == nil {
			delete(w.runs, key)
		}
	}
	return errs
}

func (w *world) Serves(s orchestration.ShardID) bool { return w.served == nil || w.served(s) }

func (w *world) Jobs(_ context.Context, s store.JobScan) (out []store.Job, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, j := range w.jobs {
		if j.Namespace == s.Namespace {
			out = append(out, j)
		}
	}
	return out, nil
}

func (w *world) DropJobs(_ context.Context, ns orchestration.NamespaceID, before time.Time, _ int) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	was := len(w.jobs)
	w.jobs = slices.DeleteFunc(w.jobs, func(j store.Job) bool { return j.Namespace == ns && !j.Open && j.Created.Before(before) })
	return was - len(w.jobs), nil
}

// room is a room that is not at work: its passes are made by the test.
func (w *world) room() *Room {
	return New(Config{Namespaces: w, Engine: w, Jobs: w, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: w.time, Rate: 1 << 30})
}
