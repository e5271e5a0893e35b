package sqlite_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/platform/database"
)

// BenchmarkCommit commits the four updates of a one-activity workflow (start, two steps, close), for so many runs side by side:
// four commits per iteration. The sizes are those of real runs: 400 bytes of state, batches of 300 bytes.
func BenchmarkCommit(b *testing.B) {
	for _, place := range []string{"file", "memory"} {
		for _, runs := range []int{1, 50, 500} {
			b.Run(fmt.Sprintf("%s/runs=%d", place, runs), func(b *testing.B) { benchmarkCommit(b, place, runs) })
		}
	}
}

func benchmarkCommit(b *testing.B, place string, runs int) {
	path := database.Memory
	if place == "file" {
		path = filepath.Join(b.TempDir(), "engine.db")
	}
	db, s := open(b, path)
	b.Cleanup(func() { _ = s.Close(); _ = db.Close() })
	fence, err := s.AcquireLane(b.Context(), 1)
	if err != nil {
		b.Fatal(err)
	}
	ns := orchestration.NamespaceID(uuid.New())
	state, events := bytes.Repeat([]byte("s"), 400), bytes.Repeat([]byte("e"), 300)
	b.ReportAllocs()
	start := time.Now()
	for i := 0; b.Loop(); i++ {
		keys := make([]orchestration.RunKey, runs)
		for j := range keys {
			keys[j] = orchestration.WorkflowKey{Namespace: ns, WorkflowID: fmt.Sprintf("transfer-%d-%d", i, j)}.Run(orchestration.NewRunID(time.Now()))
		}
		for v := orchestration.Version(0); v < 4; v++ {
			batch := make([]store.Write, runs)
			for j, key := range keys {
				batch[j] = step(key, v, state, events)
			}
			if err := s.Commit(b.Context(), fence, batch); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.N*runs)/time.Since(start).Seconds(), "runs/s")
}

// step is the write of the v-th update of a short run.
func step(key orchestration.RunKey, v orchestration.Version, state, events []byte) store.Write {
	r := store.RunWrite{
		RunID: key.RunID, Expect: v, Version: v + 1, State: state,
		History: []store.Batch{{First: 1 + 3*int64(v), Last: 3 + 3*int64(v), Events: events}},
	}
	w := store.Write{Workflow: key.WorkflowKey, Shard: key.Shard()}
	vis := &store.Visibility{
		Namespace: key.Namespace, WorkflowID: key.WorkflowID, RunID: key.RunID, Type: "Transfer", TaskQueue: "money", Status: 1,
		StartTime: time.Now(), ExecutionTime: time.Now(), Root: key.RunID, RootID: key.WorkflowID,
	}
	id := key.RunID
	vis.StartTime = time.UnixMilli(int64(id[0])<<40 | int64(id[1])<<32 | int64(id[2])<<24 | int64(id[3])<<16 | int64(id[4])<<8 | int64(id[5]))
	switch v {
	case 0:
		r.Visibility = vis
		r.Wake = store.WakeWrite{Change: store.WakeSet, At: time.Now()}
		w.Current = &store.CurrentWrite{Set: store.Current{RunID: key.RunID, StartRequestID: "c9bf9e57-1685-4c89-bafb-ff5af830be8a", Status: 1}}
	case 3:
		vis.Status, vis.CloseTime, vis.HistoryLength = 2, time.Now(), 12
		r.Visibility = vis
		r.Wake = store.WakeWrite{Change: store.WakeDelete}
		w.Current = &store.CurrentWrite{Expect: key.RunID, Set: store.Current{RunID: key.RunID, StartRequestID: "c9bf9e57-1685-4c89-bafb-ff5af830be8a", Status: 2}}
	}
	w.Runs = []store.RunWrite{r}
	return w
}

// BenchmarkLoad loads runs without items.
func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{1, 500} {
		b.Run(fmt.Sprintf("runs=%d", n), func(b *testing.B) {
			db, s := open(b, filepath.Join(b.TempDir(), "engine.db"))
			b.Cleanup(func() { _ = s.Close(); _ = db.Close() })
			fence, err := s.AcquireLane(b.Context(), 1)
			if err != nil {
				b.Fatal(err)
			}
			var keys []orchestration.RunKey
			var batch []store.Write
			for i := range n {
				key := orchestration.WorkflowKey{Namespace: orchestration.NamespaceID{1}, WorkflowID: fmt.Sprint(i)}.Run(orchestration.NewRunID(time.Now()))
				keys = append(keys, key)
				batch = append(batch, step(key, 0, bytes.Repeat([]byte("s"), 400), []byte("e")))
			}
			if err := s.Commit(b.Context(), fence, batch); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if recs, err := s.LoadRuns(b.Context(), keys); err != nil || len(recs) != n {
					b.Fatal(len(recs), err)
				}
			}
		})
	}
}
