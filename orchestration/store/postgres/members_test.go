//go:build unix

package postgres_test

import (
	"context"
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/store/postgres"
	"github.com/tenuto-io/tenuto/orchestration/store/storetest"
	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/platform/database/pgtest"
)

func TestMembers(t *testing.T) {
	storetest.RunMembers(t, func(t *testing.T) func() storetest.Process {
		url := pgtest.Database(t, room)
		t.Cleanup(func() { noDeadlocks(t, url) }) // after all stores have been closed
		return func() storetest.Process {
			_, s := open(t, url)
			return storetest.Process{Members: s, Store: s, Reader: s}
		}
	})
}

// noDeadlocks: what locks in one order never waits in a circle. The store would only call it unavailable.
func noDeadlocks(t *testing.T, url string) {
	ctx := context.Background() // the test's own has ended
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	var n int
	if err := conn.QueryRow(ctx, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").Scan(&n); err != nil || n > 0 {
		t.Errorf("%d deadlocks, %v", n, err)
	}
}

// What a node does every few seconds is one round trip and one transaction, whatever the number of nodes.
func TestRenewalsAreCheap(t *testing.T) {
	const renewals = 200
	r := newRig(t)
	r.joins()
	w := r.wired()
	id, err := w.Join(t.Context(), store.NewNode{Address: "b:1", Lease: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	renew := func() {
		if _, err := w.Renew(t.Context(), id, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	renew() // statements are prepared
	packets, before := w.packets.Load(), ask[int64](r, "SELECT txid_current()::text::bigint")
	for range renewals {
		renew()
	}
	if n := w.packets.Load() - packets; n != renewals {
		t.Errorf("%d packets for %d renewals", n, renewals)
	}
	if n := ask[int64](r, "SELECT txid_current()::text::bigint") - before - 1; n != renewals {
		t.Errorf("%d transactions for %d renewals", n, renewals)
	}
}

// Renewals and changes of owners stay in their pages: no index entry is written.
func TestMembershipIsHeapOnly(t *testing.T) {
	const rounds = 50
	r := newRig(t)
	db, s := open(t, r.url)
	id, err := s.Join(t.Context(), store.NewNode{Address: "b:1", Lease: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	shards := make([]orchestration.ShardID, 100)
	for i := range shards {
		shards[i] = orchestration.ShardID(i * 7)
	}
	for range rounds {
		if _, err := s.Renew(t.Context(), id, time.Hour); err != nil {
			t.Fatal(err)
		}
		if _, err := s.AcquireShards(t.Context(), id, shards); err != nil {
			t.Fatal(err)
		}
		if err := s.ReleaseShards(t.Context(), id, shards); err != nil {
			t.Fatal(err)
		}
	}
	db.Close() // a session hands in its counters when it ends
	for table, updates := range map[string]int{"node": rounds, "shard": 2 * rounds * len(shards)} {
		r.until("SELECT n_tup_upd >= $1 FROM pg_stat_user_tables WHERE relname = $2", updates, table)
		if got := ask[float64](r, "SELECT n_tup_hot_upd::float8 / n_tup_upd FROM pg_stat_user_tables WHERE relname = $1", table); got < 0.95 {
			t.Errorf("%s: %.0f%% of updates are heap-only, want 95%%", table, 100*got)
		}
	}
}

// The server has restarted, or somebody has ended all sessions: a renewal does not fail for a connection that was lost while it idled.
func TestMembersAfterRestart(t *testing.T) {
	r := newRig(t)
	id, other := r.joins()
	if _, err := other.Renew(t.Context(), id, time.Hour); err != nil {
		t.Fatal(err)
	}
	for name, call := range map[string]func() error{
		"Renew":         func() error { _, err := other.Renew(t.Context(), id, time.Hour); return err },
		"Leave":         func() error { return other.Leave(t.Context(), id) },
		"Owners":        func() error { _, err := other.Owners(t.Context()); return err },
		"AcquireShards": func() error { _, err := other.AcquireShards(t.Context(), id, nil); return err },
		"ReleaseShards": func() error { return other.ReleaseShards(t.Context(), id, nil) },
	} {
		r.exec("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
		if err := call(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Without a database every call says that it is unavailable, and the caller's own end of patience stays what it is.
func TestMembersWithoutDatabase(t *testing.T) {
	r := newRig(t)
	id, _ := r.joins()
	calls := map[string]func(context.Context) error{
		"Join":          func(ctx context.Context) error { _, err := r.Join(ctx, store.NewNode{Address: "b:1"}); return err },
		"Renew":         func(ctx context.Context) error { _, err := r.Renew(ctx, id, time.Hour); return err },
		"Leave":         func(ctx context.Context) error { return r.Leave(ctx, id) },
		"Quit":          func(ctx context.Context) error { return r.Quit(ctx, id) },
		"Fence":         func(ctx context.Context) error { return r.Fence(ctx, id) },
		"Owners":        func(ctx context.Context) error { _, err := r.Owners(ctx); return err },
		"AcquireShards": func(ctx context.Context) error { _, err := r.AcquireShards(ctx, id, nil); return err },
		"ReleaseShards": func(ctx context.Context) error { return r.ReleaseShards(ctx, id, nil) },
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range calls {
		if err := call(canceled); !errors.Is(err, context.Canceled) || errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s by a caller who has left: %v, want context.Canceled alone", name, err)
		}
	}
	other := r.elsewhere()
	exec := func(text string) {
		if _, err := other.Exec(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	name := r.admin.Config().Database
	exec("ALTER DATABASE " + name + " ALLOW_CONNECTIONS false")
	exec("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '" + name + "'")
	for name, call := range calls {
		if err := call(t.Context()); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s: %v, want ErrUnavailable", name, err)
		}
	}
}

// A server of the time before nodes owns everything through a lane. It is fenced when the tables of nodes are made.
func TestMigrationFencesWhoServedAlone(t *testing.T) {
	first, err := fs.ReadFile(postgres.Migrations(), "00001_engine.sql")
	if err != nil {
		t.Fatal(err)
	}
	alone := database.Migrations{Room: "engine", Files: fstest.MapFS{"00001_engine.sql": {Data: first}}}
	r := &rig{TB: t, url: pgtest.Database(t)}
	if err := database.MigratePostgres(t.Context(), r.url, alone); err != nil {
		t.Fatal(err)
	}
	r.admin = r.session()
	r.exec("INSERT INTO lane VALUES (0, 5, 0, now())")
	if err := database.MigratePostgres(t.Context(), r.url, room); err != nil {
		t.Fatal(err)
	}
	db, err := database.OpenPostgres(t.Context(), r.url, room)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	r.Store, r.fence = postgres.New(db.Pool), store.Fence{Lane: 0, Epoch: 5}
	t.Cleanup(func() { _ = r.Store.Close() })
	_, more := r.start()
	if err := r.Commit(t.Context(), r.fence, more); !errors.Is(err, store.ErrFenced) {
		t.Errorf("its next commit: %v, want ErrFenced", err)
	}
}
