package engine_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/store/postgres"
	"github.com/tenuto-io/tenuto/orchestration/store/sqlite"
	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/platform/database/pgtest"
)

// driver is a store that can be closed.
type driver interface {
	store.Store
	store.Reader
	store.QueueConfigs
	Close() error
}

// storage is a database that outlives the engines that are opened on it.
type storage interface {
	open(t *testing.T) driver
	// damage makes a column of bytes in every row of a table unreadable.
	damage(t *testing.T, table, column string)
	close() error
}

// newStorage makes the storage of a test's rig. Every test runs once on each kind.
var newStorage = newSQLite

// TestMain runs the tests on SQLite, then on PostgreSQL.
func TestMain(m *testing.M) {
	code := m.Run()
	fmt.Println("on PostgreSQL:")
	newStorage = newPostgres
	os.Exit(max(code, pgtest.Main(m)))
}

type onSQLite struct {
	path string
	db   *database.SQLite
}

func newSQLite(t *testing.T) storage { return &onSQLite{path: filepath.Join(t.TempDir(), "engine.db")} }

func (s *onSQLite) open(t *testing.T) driver {
	t.Helper()
	var err error
	if s.db, err = database.OpenSQLite(context.Background(), s.path, database.Migrations{Room: "engine", Files: sqlite.Migrations()}); err != nil {
		t.Fatal(err)
	}
	return sqlite.New(s.db.Write, s.db.Read)
}

func (s *onSQLite) damage(t *testing.T, table, column string) {
	t.Helper()
	if _, err := s.db.Write.ExecContext(t.Context(), "UPDATE "+table+" SET "+column+" = x'00'"); err != nil {
		t.Fatal(err)
	}
}

func (s *onSQLite) close() error { return s.db.Close() }

type onPostgres struct {
	url string
	db  *database.Postgres
}

var postgresRoom = database.Migrations{Room: "engine", Files: postgres.Migrations()}

func newPostgres(t *testing.T) storage { return &onPostgres{url: pgtest.Database(t, postgresRoom)} }

func (s *onPostgres) open(t *testing.T) driver {
	t.Helper()
	var err error
	if s.db, err = database.OpenPostgres(context.Background(), s.url, postgresRoom); err != nil {
		t.Fatal(err)
	}
	return postgres.New(s.db.Pool)
}

func (s *onPostgres) damage(t *testing.T, table, column string) {
	t.Helper()
	if _, err := s.db.Pool.Exec(t.Context(), "UPDATE "+table+" SET "+column+` = '\x00'`); err != nil {
		t.Fatal(err)
	}
}

func (s *onPostgres) close() error {
	s.db.Close()
	return nil
}
