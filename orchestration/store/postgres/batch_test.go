//go:build unix

package postgres_test

import (
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// What one write does to a backlog row twice ends as the last says, although deletions are stored before insertions.
func TestBacklogChangesInOneWrite(t *testing.T) {
	row := store.BacklogRow{BacklogKey: store.BacklogKey{Queue: "q", Kind: orchestration.ActivityTask}, Seq: 1, At: time.Unix(0, 0).UTC()}
	insert, remove := store.BacklogWrite{Row: row}, store.BacklogWrite{Row: row, Delete: true}
	r := newRig(t)
	for name, c := range map[string]struct {
		writes []store.BacklogWrite
		want   int
	}{
		"inserted":                    {[]store.BacklogWrite{insert}, 1},
		"inserted and deleted":        {[]store.BacklogWrite{insert, remove}, 0},
		"deleted and inserted":        {[]store.BacklogWrite{remove, insert}, 1},
		"inserted, deleted, inserted": {[]store.BacklogWrite{insert, remove, insert}, 1},
		"deleted":                     {[]store.BacklogWrite{remove}, 0},
	} {
		r.commit(store.Write{Workflow: orchestration.WorkflowKey{WorkflowID: "w"}, Backlog: c.writes})
		rows, err := r.Backlog(t.Context(), store.BacklogScan{BacklogKey: row.BacklogKey, Limit: 10})
		if err != nil || len(rows) != c.want {
			t.Errorf("%s: %d rows, %v; want %d", name, len(rows), err, c.want)
		}
		r.exec("DELETE FROM backlog")
	}
}

// A large batch does not stay in memory, and a small one after it is stored right.
func TestBuffersAreUsedAgain(t *testing.T) {
	r := newRig(t)
	for _, size := range []int{3 << 20, 10, 0, 2 << 20, 5} {
		key, writes := r.start()
		writes[0].Runs[0].State = make([]byte, size)
		r.commit(writes...)
		recs, err := r.LoadRuns(t.Context(), []orchestration.RunKey{key})
		if err != nil || len(recs) != 1 || len(recs[0].State) != size {
			t.Fatalf("state of %d bytes: %d records, %v", size, len(recs), err)
		}
	}
}

// Times before 1970 and far ahead keep their microsecond, rounded down.
func TestTimes(t *testing.T) {
	r := newRig(t)
	for _, at := range []time.Time{time.Unix(-1, 999_999_999), time.Unix(0, 1), time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC)} {
		key, writes := r.start()
		writes[0].Runs[0].Visibility = &store.Visibility{Namespace: key.Namespace, WorkflowID: key.WorkflowID, RunID: key.RunID, Status: 1, StartTime: at, ExecutionTime: at}
		r.commit(writes...)
		rows, err := r.List(t.Context(), store.ListQuery{Namespace: key.Namespace, Limit: 1, Where: store.Where{SQL: "run_id = $1", Args: []any{key.RunID.String()}}})
		if err != nil || len(rows) != 1 || !rows[0].StartTime.Equal(time.UnixMicro(at.UnixMicro())) {
			t.Errorf("%v came back as %v, %v", at, rows, err)
		}
	}
}
