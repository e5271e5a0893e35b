//go:build unix

package postgres_test

import (
	"testing"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Updates of runs stay in their page: no index entry is written, and the next update cleans up.
func TestUpdatesAreHeapOnly(t *testing.T) {
	r := newRig(t)
	const n, rounds = 50, 20
	for range rounds {
		r.workflows(n)
	}
	if err := r.Store.Close(); err != nil { // a session hands in its counters when it ends
		t.Fatal(err)
	}
	r.until("SELECT n_tup_upd >= $1 FROM pg_stat_user_tables WHERE relname = 'run'", 3*n*rounds)
	for table, want := range map[string]float64{"run": 0.95, "current_run": 0.9} {
		if got := ask[float64](r, "SELECT n_tup_hot_upd::float8 / n_tup_upd FROM pg_stat_user_tables WHERE relname = $1", table); got < want {
			t.Errorf("%s: %.0f%% of updates are heap-only, want %.0f%%", table, 100*got, 100*want)
		}
	}
}

// However many runs: one transaction, and one statement per table and kind of change.
func TestStatementsPerBatch(t *testing.T) {
	r := newRig(t)
	if ask[string](r, "SELECT current_setting('shared_preload_libraries')") == "" {
		t.Fatal("pg_stat_statements is missing: install PostgreSQL's contributed modules")
	}
	r.exec("CREATE EXTENSION pg_stat_statements")
	for _, n := range []int{1, 200} {
		r.exec("SELECT pg_stat_statements_reset()")
		r.workflows(n)
		// Six for the start, three for each step, six for the close: fence, run, history, and when they change current_run, wake and visibility.
		calls := ask[int](r, `SELECT sum(calls)::int FROM pg_stat_statements JOIN pg_database ON oid = dbid
			WHERE datname = current_database() AND query NOT LIKE '%pg_stat_statements%'`)
		if calls != 6+3+3+6 {
			t.Errorf("%d workflows: %d statements in four commits, want 18", n, calls)
		}
	}
	before := ask[int64](r, "SELECT txid_current()::text::bigint")
	r.workflows(100)
	if n := ask[int64](r, "SELECT txid_current()::text::bigint") - before - 1; n != 4 {
		t.Errorf("%d writing transactions for four commits", n)
	}
}

// WAL per one-activity workflow of four updates. After a checkpoint whole pages are logged once; the bound is for the time in between.
func TestWALPerWorkflow(t *testing.T) {
	r := newRig(t)
	const n = 1000
	measure := func(batch int) int64 {
		before := ask[string](r, "SELECT pg_current_wal_insert_lsn()::text")
		for range n / batch {
			r.workflows(batch)
		}
		return ask[int64](r, "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1::text::pg_lsn)::bigint", before) / n
	}
	measure(500) // first pages
	for _, batch := range []int{1, 50} {
		got := measure(batch)
		t.Logf("%d side by side: %d bytes of WAL a workflow", batch, got)
		if got > 8<<10 {
			t.Errorf("%d side by side: %d bytes of WAL a workflow, want at most 8 KiB", batch, got)
		}
	}
}

// What changes in a run of 2,000 items costs what has changed.
func TestItemsCostTheirChange(t *testing.T) {
	r := newRig(t)
	key, writes := r.start()
	for i := range 2000 {
		writes[0].Runs[0].Items = append(writes[0].Runs[0].Items, store.ItemWrite{Kind: 1, ID: string(rune('a'+i%26)) + string(rune(0x4e00+i)), Data: someState})
	}
	r.commit(writes...)
	before := ask[string](r, "SELECT pg_current_wal_insert_lsn()::text")
	update := store.Write{Workflow: key.WorkflowKey, Runs: []store.RunWrite{{RunID: key.RunID, Expect: 1, Version: 2, State: someState, Items: writes[0].Runs[0].Items[:1]}}}
	r.commit(update)
	if got := ask[int64](r, "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1::text::pg_lsn)::bigint", before); got > 64<<10 { // whole pages among them
		t.Errorf("%d bytes of WAL for one item of 2,000", got)
	}
}
