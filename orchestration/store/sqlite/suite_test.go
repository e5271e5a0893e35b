package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration/store/sqlite"
	"github.com/tenuto-io/tenuto/orchestration/store/storetest"
	"github.com/tenuto-io/tenuto/platform/database"
)

func TestFile(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Opened {
		return openFile(t, filepath.Join(t.TempDir(), "engine.db"))
	})
}

func openFile(t *testing.T, path string) storetest.Opened {
	db, s := open(t, path)
	closeBoth := func() error { return errors.Join(s.Close(), db.Close()) }
	t.Cleanup(func() { _ = closeBoth() }) // a reopened test has closed this one already
	return storetest.Opened{
		Store: s, Reader: s, Queues: s, Jobs: s, Usages: s, Traces: s,
		Durable: func(ctx context.Context) error { return durable(ctx, db.Write) },
		Reopen: func(t *testing.T) storetest.Opened {
			if err := closeBoth(); err != nil {
				t.Fatal(err)
			}
			return openFile(t, path)
		},
	}
}

func open(t testing.TB, path string) (*database.SQLite, *sqlite.Store) {
	t.Helper()
	db, err := database.OpenSQLite(context.Background(), path, database.Migrations{Room: "engine", Files: sqlite.Migrations()})
	if err != nil {
		t.Fatal(err)
	}
	return db, sqlite.New(db.Write, db.Read)
}

// durable checks the write connection itself: the settings are per connection.
func durable(ctx context.Context, write *sql.DB) error {
	var mode string
	var synchronous int
	if err := write.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return err
	}
	if err := write.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&synchronous); err != nil {
		return err
	}
	if mode != "wal" || synchronous < 2 {
		return fmt.Errorf("journal_mode=%s synchronous=%d, want wal and 2 (FULL)", mode, synchronous)
	}
	return nil
}
