package fill

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/store"
	enginepostgres "github.com/tenuto-io/tenuto/orchestration/store/postgres"
	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/platform/database/pgtest"
	"github.com/tenuto-io/tenuto/tenants"
	tenantpostgres "github.com/tenuto-io/tenuto/tenants/postgres"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var rooms = []database.Migrations{{Room: "engine", Files: enginepostgres.Migrations()}, {Room: "tenants", Files: tenantpostgres.Migrations()}}

// world is an empty database.
type world struct {
	url       string
	store     *enginepostgres.Store
	directory *tenants.Directory
}

func newWorld(t *testing.T) world {
	t.Helper()
	w := world{url: pgtest.Database(t, rooms...)}
	db, err := database.OpenPostgres(t.Context(), w.url, rooms...)
	must(t, err)
	t.Cleanup(db.Close)
	w.store = enginepostgres.New(db.Pool)
	t.Cleanup(func() { must(t, w.store.Close()) })
	w.directory = tenants.NewDirectory(tenantpostgres.New(db.Pool), time.Now)
	return w
}

func (w world) list(t *testing.T, namespace string) []store.Visibility {
	t.Helper()
	n, err := w.directory.Describe(t.Context(), namespace)
	must(t, err)
	rows, err := w.store.List(t.Context(), store.ListQuery{Namespace: n.ID, Limit: 10_000})
	must(t, err)
	return rows
}

// Every run that was filled in is as sound as one that the engine made.
func TestFill(t *testing.T) {
	w := newWorld(t)
	now := time.Now()
	var told sync.Map
	must(t, Fill(t.Context(), Config{
		Store: w.store, Namespaces: w.directory, Runs: 1200, Open: 300, NamespaceCount: 3, QueueCount: 4, Lanes: 2, Now: now,
		Progress: func(stored int) { told.Store(stored, true) },
	}))
	if _, ok := told.Load(1200); !ok {
		t.Error("nobody was told that all is stored")
	}
	queues, open := map[string]int{}, 0
	for _, namespace := range []string{"default", "fill-2", "fill-3"} {
		rows := w.list(t, namespace)
		if len(rows) != 400 {
			t.Errorf("%d runs in %s", len(rows), namespace)
		}
		for _, row := range rows {
			queues[row.TaskQueue]++
			if row.CloseTime.IsZero() {
				open++
			}
			w.check(t, row, now)
		}
	}
	if open != 300 || len(queues) != 4 || queues["fill-1"] != 300 {
		t.Errorf("%d open, queues %v", open, queues)
	}
	wakes, err := w.store.Wakes(t.Context(), store.WakeScan{Until: now.Add(100 * 24 * time.Hour), Limit: 10_000})
	must(t, err)
	due, err := w.store.Wakes(t.Context(), store.WakeScan{Until: now.Add(28 * 24 * time.Hour), Limit: 10_000})
	must(t, err)
	if len(wakes) != 300 || len(due) != 0 {
		t.Errorf("%d wake rows, %d of them soon", len(wakes), len(due))
	}
}

// check loads a run, folds its history, and compares the two with the rows.
func (w world) check(t *testing.T, row store.Visibility, now time.Time) {
	t.Helper()
	key := orchestration.WorkflowKey{Namespace: row.Namespace, WorkflowID: row.WorkflowID}.Run(row.RunID)
	records, err := w.store.LoadRuns(t.Context(), []orchestration.RunKey{key})
	must(t, err)
	if len(records) != 1 || len(records[0].Items) != 0 {
		t.Fatalf("%s: %+v", row.WorkflowID, records)
	}
	run, err := history.Load(key, records[0].State, nil)
	must(t, err)
	batches, err := w.store.History(t.Context(), store.HistoryRange{Run: key})
	must(t, err)
	var events []*historypb.HistoryEvent
	for _, b := range batches {
		some, err := store.DecodeEvents(b)
		must(t, err)
		events = append(events, some...)
	}
	folded, err := history.Fold(key, events)
	must(t, err)
	h := run.Header
	if h.NextEventID != folded.Header.NextEventID || h.Status != folded.Header.Status || h.HistoryBytes != folded.Header.HistoryBytes || int(records[0].Version) != len(batches) {
		t.Errorf("%s: stored %+v, folded %+v, %d batches", row.WorkflowID, h, folded.Header, len(batches))
	}
	if !records[0].Wake.Equal(run.Wake().Truncate(time.Millisecond)) || !run.Wake().Equal(run.NextTimer()) {
		t.Errorf("%s: wake row %v, wakes %v, next timer %v", row.WorkflowID, records[0].Wake, run.Wake(), run.NextTimer())
	}
	if row.StartTime.After(now) || row.StartTime.Before(now.Add(-span-time.Second)) || row.Status != int32(h.Status) {
		t.Errorf("row %+v", row)
	}
	if closed := h.Status == enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED; closed != !row.CloseTime.IsZero() || closed && (row.HistoryLength != 11 || row.HistoryBytes != h.HistoryBytes) {
		t.Errorf("row %+v of %v", row, h.Status)
	}
	current, ok, err := w.store.CurrentRun(t.Context(), key.WorkflowKey)
	if err != nil || !ok || current.RunID != row.RunID || current.Status != row.Status || current.StartRequestID == "" {
		t.Errorf("current %+v, %v, %v", current, ok, err)
	}
}

// A second fill goes beside the first.
func TestFillTwice(t *testing.T) {
	w := newWorld(t)
	for range 2 {
		must(t, Fill(t.Context(), Config{Store: w.store, Namespaces: w.directory, Runs: 5, NamespaceCount: 1, QueueCount: 1, Lanes: 1, Now: time.Now()}))
	}
	if n := len(w.list(t, "default")); n != 10 {
		t.Errorf("%d runs", n)
	}
}

// failing is a store that takes so many batches.
type failing struct {
	store.Store
	mu   sync.Mutex
	left int
	lane bool // it gives no lane
}

func (f *failing) AcquireLane(context.Context, orchestration.LaneID) (store.Fence, error) {
	if f.lane {
		return store.Fence{}, errors.New("no lane")
	}
	return store.Fence{}, nil
}

func (f *failing) Commit(context.Context, store.Fence, []store.Write) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.left--; f.left < 0 {
		return errors.New("disk full")
	}
	return nil
}

func TestFillOfAStoreThatFails(t *testing.T) {
	w := newWorld(t)
	c := Config{Namespaces: w.directory, Runs: 100 * batchRuns, NamespaceCount: 1, QueueCount: 1, Lanes: 1, Now: time.Now()} // with two, the other one's batch may be stored later than this one fails
	c.Store = &failing{left: 3}
	if err := Fill(t.Context(), c); err == nil || !strings.Contains(err.Error(), "after 1536 runs: disk full") {
		t.Errorf("got %v", err)
	}
	c.Store = &failing{lane: true}
	if err := Fill(t.Context(), c); err == nil || err.Error() != "no lane" {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	c.Store, c.Progress = &failing{left: 1 << 30}, func(int) { cancel() }
	if err := Fill(ctx, c); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := Fill(ctx, c); err == nil {
		t.Error("namespaces were founded without anybody waiting")
	}
}

func execute(t *testing.T, args ...string) (out, progress string, err error) {
	t.Helper()
	var o, p bytes.Buffer
	cmd := Command()
	cmd.SetArgs(args)
	cmd.SetOut(&o)
	cmd.SetErr(&p)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	err = cmd.ExecuteContext(t.Context())
	return o.String(), p.String(), err
}

func TestCommand(t *testing.T) {
	w := newWorld(t)
	out, progress, err := execute(t, "--postgres", w.url, "--runs", "1000", "--namespaces", "2", "--open", "0.5")
	must(t, err)
	if !strings.HasPrefix(out, "1000 runs (500 open) in 2 namespaces with 1 task queues each, in ") || !strings.Contains(progress, "1000 of 1000 runs, ") {
		t.Errorf("%s\n%s", out, progress)
	}
	if n := len(w.list(t, "fill-2")); n != 500 {
		t.Errorf("%d runs", n)
	}
}

func TestUsageErrors(t *testing.T) {
	for want, args := range map[string][]string{
		"either --postgres or --sqlite": {},
		"name the database: either":     {"--postgres", "x", "--sqlite", "y"},
		"must be at least 1":            {"--postgres", "x", "--runs", "0"},
		"--lanes must be from":          {"--postgres", "x", "--lanes", "65"},
		"--open must be from":           {"--postgres", "x", "--open", "2"},
		"--age must not be":             {"--postgres", "x", "--age", "-1s"},
		"cannot be reached":             {"--postgres", "postgres://127.0.0.1:1/x"},
		"is not up to date":             {"--postgres", pgtest.Database(t)},
	} {
		if _, _, err := execute(t, args...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", args, err, want)
		}
	}
}
