package sqlite_test

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/store/sqlite"
	"github.com/tenuto-io/tenuto/orchestration/store/storetest"
	"github.com/tenuto-io/tenuto/platform/database"
)

// In memory both handles are one connection; the contract is the same, except that nothing outlives it.
func TestMemory(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Opened {
		db, s := open(t, database.Memory)
		t.Cleanup(func() {
			if err := errors.Join(s.Close(), db.Close()); err != nil {
				t.Error(err)
			}
		})
		var o storetest.Opened
		o = storetest.Opened{
			Store: s, Reader: s, Queues: s, Jobs: s, Usages: s, Traces: s,
			Durable: func(context.Context) error { return nil },
			Reopen:  func(*testing.T) storetest.Opened { return o },
		}
		return o
	})
}

// bench is a store on a file with what the fault tests need.
type bench struct {
	*testing.T
	*sqlite.Store
	db    *database.SQLite
	path  string
	fence store.Fence
	made  int
}

func newBench(t *testing.T) *bench {
	b := &bench{T: t, path: filepath.Join(t.TempDir(), "engine.db")}
	b.db, b.Store = open(t, b.path)
	t.Cleanup(func() { _ = b.Store.Close(); _ = b.db.Close() })
	var err error
	if b.fence, err = b.AcquireLane(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) pragma(text string) {
	b.Helper()
	if _, err := b.db.Write.ExecContext(b.Context(), "PRAGMA "+text); err != nil {
		b.Fatal(err)
	}
}

// start is the first commit of a new run with so many bytes of state.
func (b *bench) start(size int) (orchestration.RunKey, []store.Write) {
	b.made++
	key := orchestration.WorkflowKey{Namespace: orchestration.NamespaceID{1}, WorkflowID: fmt.Sprint(b.made)}.Run(orchestration.RunID{1, byte(b.made)})
	return key, []store.Write{{Workflow: key.WorkflowKey, Runs: []store.RunWrite{{RunID: key.RunID, Version: 1, State: bytes.Repeat([]byte("s"), size)}}}}
}

// fails commits a new run and expects ErrUnavailable with nothing written; then, after cured, the same write goes through.
func (b *bench) fails(size int, cure func()) {
	b.Helper()
	key, batch := b.start(size)
	if err := b.Commit(b.Context(), b.fence, batch); !errors.Is(err, store.ErrUnavailable) {
		b.Fatalf("got %v, want ErrUnavailable", err)
	}
	if recs, err := b.LoadRuns(b.Context(), []orchestration.RunKey{key}); err != nil || len(recs) != 0 {
		b.Fatalf("got %v, %v after a failed commit, want nothing", recs, err)
	}
	cure()
	if err := b.Commit(b.Context(), b.fence, batch); err != nil {
		b.Fatalf("after the fault had gone: %v", err)
	}
}

func TestDiskFull(t *testing.T) {
	b := newBench(t)
	var pages int
	if err := b.db.Write.QueryRowContext(t.Context(), "PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	b.pragma(fmt.Sprintf("max_page_count = %d", pages+2))
	b.fails(64<<10, func() { b.pragma("max_page_count = 1000000") })
}

func TestReadOnly(t *testing.T) {
	b := newBench(t)
	b.pragma("query_only = 1")
	b.fails(10, func() { b.pragma("query_only = 0") })
}

// A foreign process, a backup perhaps, holds the write lock for longer than we wait.
func TestBusy(t *testing.T) {
	b := newBench(t)
	b.pragma("busy_timeout = 0")
	other, err := sql.Open("sqlite", b.path+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	tx, err := other.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	b.fails(10, func() {
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
	})
}

// A connection that the pool has thrown away takes its prepared statements along; the next commit prepares them again.
func TestLostConnection(t *testing.T) {
	b := newBench(t)
	_, first := b.start(10)
	if err := b.Commit(t.Context(), b.fence, first); err != nil {
		t.Fatal(err)
	}
	conn, err := b.db.Write.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Raw(func(any) error { return driver.ErrBadConn }); !errors.Is(err, driver.ErrBadConn) {
		t.Fatal(err)
	}
	_, second := b.start(10)
	if err := b.Commit(t.Context(), b.fence, second); err != nil {
		t.Fatalf("on a new connection: %v", err)
	}
}

// A caller that stops waiting for its turn gets its own reason back, and nothing is written.
func TestCanceledWhileWaiting(t *testing.T) {
	b := newBench(t)
	conn, err := b.db.Write.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	key, batch := b.start(10)
	done := make(chan error)
	go func() { done <- b.Commit(ctx, b.fence, batch) }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) || errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("got %v, want context.Canceled alone", err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	if recs, err := b.LoadRuns(t.Context(), []orchestration.RunKey{key}); err != nil || len(recs) != 0 {
		t.Fatalf("got %v, %v, want nothing", recs, err)
	}
}

// TestCrash opens a copy of the files as they are between commits, as a process does that comes after a kill: everything that was
// committed is there, from the log alone.
func TestCrash(t *testing.T) {
	b := newBench(t)
	var keys []orchestration.RunKey
	for range 20 {
		key, batch := b.start(1000)
		if err := b.Commit(t.Context(), b.fence, batch); err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(b.path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(copied+suffix, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db, s := open(t, copied)
	defer func() { _ = s.Close(); _ = db.Close() }()
	recs, err := s.LoadRuns(t.Context(), keys)
	if err != nil || len(recs) != len(keys) {
		t.Fatalf("%d of %d runs are there after a crash, %v", len(recs), len(keys), err)
	}
	if err := s.Commit(t.Context(), b.fence, nil); err != nil {
		t.Fatalf("the lane's epoch is not: %v", err)
	}
}

// A store whose database has been closed is unavailable, and says so.
func TestClosed(t *testing.T) {
	b := newBench(t)
	if err := errors.Join(b.Store.Close(), b.db.Close()); err != nil {
		t.Fatal(err)
	}
	_, batch := b.start(10)
	if err := b.Commit(t.Context(), b.fence, batch); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("Commit: got %v, want ErrUnavailable", err)
	}
	if _, err := b.LoadRuns(t.Context(), nil); err == nil {
		t.Error("LoadRuns: no error")
	}
}

// A stored id that is no id is reported, not read as something else.
func TestCorruptRow(t *testing.T) {
	b := newBench(t)
	key, batch := b.start(10)
	if err := b.Commit(t.Context(), b.fence, batch); err != nil {
		t.Fatal(err)
	}
	if _, err := b.db.Write.ExecContext(t.Context(), "UPDATE run SET namespace = x'01'"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.LoadRuns(t.Context(), []orchestration.RunKey{key}); orchestration.CodeOf(err) != orchestration.DataLoss {
		t.Fatalf("got %v, want DataLoss", err)
	}
}
