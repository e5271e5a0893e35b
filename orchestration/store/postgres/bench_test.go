//go:build unix

package postgres_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// BenchmarkCommit commits the four updates of a one-activity workflow (start, two steps, close), for so many runs side by side:
// four commits per iteration.
func BenchmarkCommit(b *testing.B) {
	for _, runs := range []int{1, 50, 500} {
		b.Run(fmt.Sprintf("runs=%d", runs), func(b *testing.B) {
			r := newRig(b)
			r.workflows(runs) // plans are made
			before := ask[string](r, "SELECT pg_current_wal_insert_lsn()::text")
			b.ReportAllocs()
			start := time.Now()
			for b.Loop() {
				r.workflows(runs)
			}
			n := float64(b.N * runs)
			b.ReportMetric(n/time.Since(start).Seconds(), "runs/s")
			b.ReportMetric(ask[float64](r, "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1::text::pg_lsn)::float8", before)/n, "WAL-B/run")
		})
	}
}

// BenchmarkLoad loads runs without items.
func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{1, 500} {
		b.Run(fmt.Sprintf("runs=%d", n), func(b *testing.B) {
			r := newRig(b)
			var keys []orchestration.RunKey
			var batch []store.Write
			for range n {
				key, writes := r.start()
				writes[0].Runs[0].State = someState
				keys, batch = append(keys, key), append(batch, writes...)
			}
			r.commit(batch...)
			b.ReportAllocs()
			for b.Loop() {
				if recs, err := r.LoadRuns(b.Context(), keys); err != nil || len(recs) != n {
					b.Fatal(len(recs), err)
				}
			}
		})
	}
}
