package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/platform/database"
)

// TestStartedCommitIsFinished: the end of the caller's context after the transaction began changes nothing.
func TestStartedCommitIsFinished(t *testing.T) {
	_, s := memory(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := s.transact(ctx, func(ss *session) error {
		cancel()
		_, _, err := ss.queryInt(acquireLane, int64(7))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(t.Context(), store.Fence{Lane: 7, Epoch: 1 << 20}, nil); err != nil {
		t.Fatalf("the commit was lost: %v", err)
	}
}

// TestPanic: a panic inside a transaction takes the connection with it, and the transaction; the next commit has a new one.
func TestPanic(t *testing.T) {
	db, err := database.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "engine.db"), database.Migrations{Room: "engine", Files: Migrations()})
	if err != nil {
		t.Fatal(err)
	}
	s := New(db.Write, db.Read)
	t.Cleanup(func() { _ = s.Close(); _ = db.Close() })
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = s.transact(t.Context(), func(ss *session) error {
			if _, _, err := ss.queryInt(acquireLane, int64(7)); err != nil {
				t.Error(err)
			}
			panic("in the middle")
		})
	}()
	fence, err := s.AcquireLane(t.Context(), 7)
	if err != nil || fence.Epoch != 1<<20 {
		t.Fatalf("got %+v, %v: want the first epoch, since the transaction of the panic is gone", fence, err)
	}
}

// TestRolledBackAlready: some errors end the transaction by themselves; the rollback that follows finds none, and the connection is good.
func TestRolledBackAlready(t *testing.T) {
	_, s := memory(t)
	broken := errors.New("broken")
	err := s.transact(t.Context(), func(ss *session) error {
		if _, err := ss.exec(rollback); err != nil {
			t.Error(err)
		}
		return broken
	})
	if !errors.Is(err, broken) {
		t.Fatalf("got %v, want the first error", err)
	}
	if _, err := s.AcquireLane(t.Context(), 7); err != nil { // in memory: a new connection would have no tables
		t.Fatal(err)
	}
	if err := s.Commit(t.Context(), store.Fence{Lane: 7, Epoch: 1 << 20}, nil); err != nil {
		t.Fatal(err)
	}
}
