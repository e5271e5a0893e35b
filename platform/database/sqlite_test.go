package database_test

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tenuto-io/tenuto/platform/database"
)

// room makes a room whose n migrations create the tables <name>_1 … <name>_n.
func room(name string, n int) database.Migrations {
	files := fstest.MapFS{}
	for i := 1; i <= n; i++ {
		number := string(rune('0' + i))
		files["0000"+number+"_table.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE " + name + "_" + number + " (x INTEGER) STRICT;\n")}
	}
	return database.Migrations{Room: name, Files: files}
}

func mustOpen(t testing.TB, path string, rooms ...database.Migrations) *database.SQLite {
	t.Helper()
	db, err := database.OpenSQLite(context.Background(), path, rooms...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // closing twice is harmless
	return db
}

func read[T any](t *testing.T, db *sql.DB, query string) T {
	t.Helper()
	var v T
	if err := db.QueryRowContext(t.Context(), query).Scan(&v); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

func newPath(t testing.TB) string { return filepath.Join(t.TempDir(), "dev.db") }

// The settings are read back through the handles themselves: they are per connection, and a mistyped pragma is no error.
func TestSettings(t *testing.T) {
	db := mustOpen(t, newPath(t), room("a", 1))
	for _, h := range []struct {
		name   string
		handle *sql.DB
		want   map[string]string
	}{
		{"write", db.Write, map[string]string{
			"journal_mode": "wal", "synchronous": "2", "busy_timeout": "5000", "foreign_keys": "1", "page_size": "4096", "cache_size": "-16384",
			"wal_autocheckpoint": "4000", "mmap_size": "0", "temp_store": "2", "query_only": "0", "auto_vacuum": "0", "encoding": "UTF-8",
		}},
		{"read", db.Read, map[string]string{
			"journal_mode": "wal", "busy_timeout": "5000", "foreign_keys": "1", "cache_size": "-2048", "mmap_size": "0", "query_only": "1",
		}},
	} {
		for pragma, want := range h.want {
			if got := read[string](t, h.handle, "PRAGMA "+pragma); got != want {
				t.Errorf("%s handle: %s is %s, want %s", h.name, pragma, got, want)
			}
		}
	}
	if n := db.Write.Stats().MaxOpenConnections; n != 1 {
		t.Errorf("%d write connections, want 1", n)
	}
}

func TestReadersCannotWrite(t *testing.T) {
	db := mustOpen(t, newPath(t), room("a", 1))
	if _, err := db.Read.ExecContext(t.Context(), "INSERT INTO a_1 VALUES (1)"); err == nil {
		t.Fatal("the read handle has written")
	}
	if _, err := db.Write.ExecContext(t.Context(), "INSERT INTO a_1 VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	if n := read[int](t, db.Read, "SELECT count(*) FROM a_1"); n != 1 {
		t.Fatalf("the read handle sees %d rows after the commit, want 1", n)
	}
}

// Transactions of the write handle take the write lock when they begin.
func TestWritersBeginImmediate(t *testing.T) {
	path := newPath(t)
	db := mustOpen(t, path, room("a", 1))
	tx, err := db.Write.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	if _, err := other.ExecContext(t.Context(), "INSERT INTO a_1 VALUES (1)"); err == nil || !strings.Contains(err.Error(), "SQLITE_BUSY") {
		t.Fatalf("another writer beside an open transaction: got %v, want SQLITE_BUSY", err)
	}
}

func TestSecondProcessIsRefused(t *testing.T) {
	path := newPath(t)
	db := mustOpen(t, path, room("a", 1))
	_, err := database.OpenSQLite(t.Context(), path, room("a", 1))
	sentence(t, err, path, "in use by another process")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, path, room("a", 1))
}

func TestReopening(t *testing.T) {
	path := newPath(t)
	db := mustOpen(t, path, room("a", 1), room("b", 2))
	if _, err := db.Write.ExecContext(t.Context(), "INSERT INTO b_2 VALUES (42)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"-wal", "-shm"} {
		if _, err := os.Stat(path + suffix); !os.IsNotExist(err) {
			t.Errorf("Close left %s behind (%v): the log is not folded in", suffix, err)
		}
	}
	db = mustOpen(t, path, room("b", 3), room("a", 1), room("c", 1)) // rooms number their files independently
	if v := read[int](t, db.Read, "SELECT x FROM b_2"); v != 42 {
		t.Errorf("got %d, want what was written before", v)
	}
	for _, table := range []string{"a_1", "b_3", "c_1"} {
		read[int](t, db.Read, "SELECT count(*) FROM "+table)
	}
	if db.Path() != path {
		t.Errorf("path is %s, want %s", db.Path(), path)
	}
}

func TestNewerFileIsRefusedUntouched(t *testing.T) {
	path := newPath(t)
	if err := mustOpen(t, path, room("a", 1), room("b", 3)).Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = database.OpenSQLite(t.Context(), path, room("a", 2), room("b", 2))
	sentence(t, err, path, "newer version", "b tables have version 3", "up to 2")
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, after) {
		t.Error("the refused file has changed")
	}
	mustOpen(t, path, room("a", 1), room("b", 3))
}

func TestRefusals(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, bytes.Repeat([]byte("no database "), 100), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ path, says string }{
		"directory under a file": {filepath.Join(file, "x", "dev.db"), "not a directory"},
		"file under a file":      {filepath.Join(file, "dev.db"), "not a directory"},
		"a directory":            {dir, "is a directory"},
		"no database":            {file, "not a database"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := database.OpenSQLite(t.Context(), c.path, room("a", 1))
			sentence(t, err, c.path, c.says)
		})
	}
}

func TestBrokenMigration(t *testing.T) {
	path := newPath(t)
	broken := database.Migrations{Room: "a", Files: fstest.MapFS{"00001_x.sql": {Data: []byte("-- +goose Up\nCREATE TABLE a (x);\nNONSENSE;\n")}}}
	_, err := database.OpenSQLite(t.Context(), path, broken)
	if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "a tables") {
		t.Fatalf("got %v", err)
	}
	db := mustOpen(t, path, room("a", 1)) // the lock is free again and half a migration is none
	if n := read[int](t, db.Read, "SELECT count(*) FROM sqlite_schema WHERE name = 'a'"); n != 0 {
		t.Error("the broken migration has left its table")
	}
	if _, err := database.OpenSQLite(t.Context(), database.Memory, database.Migrations{Room: "none", Files: fstest.MapFS{}}); err == nil {
		t.Error("a room without migrations was opened")
	}
}

func TestFilesArePrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "tenuto", "dev.db")
	mustOpen(t, path, room("a", 1))
	for p, want := range map[string]os.FileMode{
		filepath.Dir(filepath.Dir(path)): 0o700, filepath.Dir(path): 0o700, path: 0o600, path + "-wal": 0o600, path + ".lock": 0o600,
	} {
		info, err := os.Stat(p)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", p, got, want)
		}
	}
}

// A path is a path, whatever it would mean in a URI.
func TestHostilePaths(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a?mode=ro", "a#b", "a%41", "a b", "a&_pragma=x", "é\U0001f3b5", "'\"", "file:x", ":x:"} {
		path := filepath.Join(dir, name)
		if err := mustOpen(t, path, room("a", 1)).Close(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v: the database is not in the file that was named", name, err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 2*9 {
		t.Errorf("%d files, want nine and their locks: %q", len(files), files)
	}
}

func TestRelativePath(t *testing.T) {
	t.Chdir(t.TempDir())
	mustOpen(t, "dev.db", room("a", 1))
	if _, err := os.Stat("dev.db"); err != nil {
		t.Fatal(err)
	}
}

func TestMemory(t *testing.T) {
	t.Chdir(t.TempDir())
	one, two := mustOpen(t, database.Memory, room("a", 1)), mustOpen(t, database.Memory, room("a", 1))
	if _, err := one.Write.ExecContext(t.Context(), "INSERT INTO a_1 VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	if n := read[int](t, one.Read, "SELECT count(*) FROM a_1"); n != 1 {
		t.Errorf("the read handle sees %d rows, want 1", n)
	}
	if n := read[int](t, two.Read, "SELECT count(*) FROM a_1"); n != 0 {
		t.Errorf("another database in memory sees %d rows, want none", n)
	}
	if err := one.Close(); err != nil {
		t.Error(err)
	}
	if files, err := os.ReadDir("."); err != nil || len(files) != 0 {
		t.Errorf("left behind: %v, %v", files, err)
	}
}

// A read in memory that was canceled half-way does not take the database with it.
func TestMemorySurvivesCanceledReads(t *testing.T) {
	db := mustOpen(t, database.Memory, room("a", 1))
	ctx, cancel := context.WithCancel(t.Context())
	rows, err := db.Read.QueryContext(ctx, "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n")
	if err != nil {
		t.Fatal(err)
	}
	rows.Next()
	cancel()
	for rows.Next() { // ends soon, because the rows would not
	}
	if rows.Err() == nil {
		t.Fatal("the endless query has ended without an error")
	}
	_ = rows.Close()
	read[int](t, db.Read, "SELECT count(*) FROM a_1")
}

// sentence checks that an error is one line that names the file and says what is wrong.
func sentence(t *testing.T, err error, path string, says ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, s := range append(says, path) {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("%q does not say %q", err, s)
		}
	}
	if strings.Contains(err.Error(), "\n") || len(err.Error()) > 200+len(path) {
		t.Errorf("%q is not one sentence", err)
	}
}

// BenchmarkReopen opens a file that is up to date: what a restart waits for.
func BenchmarkReopen(b *testing.B) {
	path := newPath(b)
	rooms := []database.Migrations{room("a", 5), room("b", 5)}
	for b.Loop() {
		if err := mustOpen(b, path, rooms...).Close(); err != nil {
			b.Fatal(err)
		}
	}
}
