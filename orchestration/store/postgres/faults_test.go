//go:build unix

package postgres_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// fails commits a new run and expects ErrUnavailable with nothing written; then, after cured, the same write goes through.
func (r *rig) fails(cure func()) {
	r.Helper()
	key, writes := r.start()
	if err := r.Commit(r.Context(), r.fence, writes); !errors.Is(err, store.ErrUnavailable) {
		r.Fatalf("got %v, want ErrUnavailable", err)
	}
	cure()
	if v := r.version(key); v != 0 {
		r.Fatalf("version %d after a failed commit, want nothing", v)
	}
	r.commit(writes...)
}

func TestReadOnly(t *testing.T) {
	r := newRig(t)
	r.SetOnLane(1, "SET default_transaction_read_only = on")
	r.fails(func() { r.SetOnLane(1, "SET default_transaction_read_only = off") })
}

// Another session holds a row of the batch, a table lock perhaps, for longer than the lane waits.
func TestLocked(t *testing.T) {
	r := newRig(t)
	r.exec("BEGIN; LOCK TABLE run IN EXCLUSIVE MODE")
	r.fails(func() { r.exec("COMMIT") })
}

// The database takes no connections for a while, then does.
func TestNoConnections(t *testing.T) {
	r := newRig(t)
	other := r.elsewhere()
	if _, err := other.Exec(t.Context(), "ALTER DATABASE "+r.admin.Config().Database+" ALLOW_CONNECTIONS false"); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Exec(t.Context(), "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1", r.admin.Config().Database); err != nil {
		t.Fatal(err)
	}
	_, writes := r.start()
	for range 2 { // the first finds its connection ended, the second gets no new one
		if err := r.Commit(t.Context(), r.fence, writes); !errors.Is(err, store.ErrUnavailable) {
			t.Fatalf("Commit: got %v, want ErrUnavailable", err)
		}
	}
	if _, err := r.AcquireLane(t.Context(), 1); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("AcquireLane: got %v, want ErrUnavailable", err)
	}
	if _, err := r.LoadRuns(t.Context(), []orchestration.RunKey{{}}); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("LoadRuns: got %v, want ErrUnavailable", err)
	}
	if _, err := other.Exec(t.Context(), "ALTER DATABASE "+r.admin.Config().Database+" ALLOW_CONNECTIONS true"); err != nil {
		t.Fatal(err)
	}
	r.commit(writes...)
}

// A write that the database cannot store is refused with the database's own words, which blame nothing but the write; the lane goes on.
func TestPoison(t *testing.T) {
	r := newRig(t)
	for name, spoil := range map[string]func(*store.Write){
		"zero byte":     func(w *store.Write) { w.Workflow.WorkflowID = "a\x00b" },
		"invalid UTF-8": func(w *store.Write) { w.Workflow.WorkflowID = "\xff" },
		"history twice": func(w *store.Write) { w.Runs[0].History = []store.Batch{{First: 1, Last: 1}, {First: 1, Last: 1}} },
	} {
		good, writes := r.start()
		_, bad := r.start()
		spoil(&bad[0])
		err := r.Commit(t.Context(), r.fence, append(writes, bad...))
		for _, of := range []error{store.ErrFenced, store.ErrConflict, store.ErrUnavailable, store.ErrUnknownOutcome} {
			if err == nil || errors.Is(err, of) {
				t.Errorf("%s: got %v, want an error that blames the write", name, err)
			}
		}
		if v := r.version(good); v != 0 {
			t.Errorf("%s: the good write of the batch was stored", name)
		}
		r.commit(writes...)
	}
}

// A caller that stops waiting for its turn gets its own reason back, and nothing is written.
func TestCanceledWhileWaiting(t *testing.T) {
	r := newRig(t)
	release := r.HoldLane(1)
	ctx, cancel := context.WithCancel(t.Context())
	key, writes := r.start()
	done := make(chan error)
	go func() { done <- r.Commit(ctx, r.fence, writes) }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) || errors.Is(err, store.ErrUnavailable) {
		t.Errorf("got %v, want context.Canceled alone", err)
	}
	release()
	if v := r.version(key); v != 0 {
		t.Errorf("version %d, want nothing", v)
	}
}

// The end of the caller's context after the commit was sent changes nothing: its outcome is known.
func TestStartedCommitIsFinished(t *testing.T) {
	r := newRig(t)
	r.exec(`CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.3); RETURN NEW; END $$`)
	r.exec(`CREATE TRIGGER pause BEFORE INSERT ON run FOR EACH ROW EXECUTE FUNCTION pause()`)
	ctx, cancel := context.WithCancel(t.Context())
	key, writes := r.start()
	done := make(chan error)
	go func() { done <- r.Commit(ctx, r.fence, writes) }()
	r.stalled(r.backend())
	cancel()
	if err := <-done; err != nil || r.version(key) != 1 {
		t.Errorf("got %v and version %d, want the commit finished", err, r.version(key))
	}
}

// A store whose pool has been closed still knows nothing it should not: reads fail, and Close closes the lanes.
func TestClosed(t *testing.T) {
	r := newRig(t)
	if err := r.Store.Close(); err != nil {
		t.Fatal(err)
	}
	r.until("SELECT NOT EXISTS (SELECT FROM pg_stat_activity a JOIN lane l ON l.pid = a.pid AND l.started = a.backend_start)")
	r.db.Close()
	if _, err := r.LoadRuns(t.Context(), nil); err == nil {
		t.Error("LoadRuns on a closed pool: no error")
	}
}

// Settings of the lane's session, read back through it; what the server offers decides about the timeout.
func TestLaneSettings(t *testing.T) {
	r := newRig(t)
	for setting, want := range map[string]string{
		"synchronous_commit": "on", "lock_timeout": "2s", "statement_timeout": "0", "plan_cache_mode": "force_generic_plan", "enable_seqscan": "off", "jit": "off",
	} {
		if got, err := r.LaneSetting(t.Context(), 1, setting); err != nil || got != want {
			t.Errorf("%s is %q, %v; want %q", setting, got, err, want)
		}
	}
	if ask[int](r, "SELECT current_setting('server_version_num')::int") >= 170000 {
		if got, err := r.LaneSetting(t.Context(), 1, "transaction_timeout"); err != nil || got != "20s" {
			t.Errorf("transaction_timeout is %q, %v", got, err)
		}
	}
}

// Names compare byte for byte only if every text column says so.
func TestCollation(t *testing.T) {
	r := newRig(t)
	others := ask[string](r, `SELECT coalesce(string_agg(table_name || '.' || column_name, ' '), '') FROM information_schema.columns
		WHERE table_schema = 'public' AND data_type = 'text' AND table_name NOT LIKE 'schema_%' AND collation_name IS DISTINCT FROM 'C'`)
	if others != "" {
		t.Errorf("columns with another collation than C: %s", others)
	}
}

// TestReasonsAreKept: the error says what the database said, for the operator.
func TestReasonsAreKept(t *testing.T) {
	r := newRig(t)
	r.SetOnLane(1, "SET default_transaction_read_only = on")
	_, writes := r.start()
	err := r.Commit(t.Context(), r.fence, writes)
	var said *pgconn.PgError
	if !errors.As(err, &said) || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("%v does not say why", err)
	}
}
