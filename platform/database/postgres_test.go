//go:build unix

package database_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/platform/database/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// pgRoom makes a room whose n migrations create the tables <name>_1 … <name>_n.
func pgRoom(name string, n int) database.Migrations {
	files := fstest.MapFS{}
	for i := 1; i <= n; i++ {
		number := string(rune('0' + i))
		files["0000"+number+"_table.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE " + name + "_" + number + " (x INTEGER);\n")}
	}
	return database.Migrations{Room: name, Files: files}
}

func openPostgres(t *testing.T, url string, rooms ...database.Migrations) *database.Postgres {
	t.Helper()
	db, err := database.OpenPostgres(t.Context(), url, rooms...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

func TestPostgresSettings(t *testing.T) {
	db := openPostgres(t, pgtest.Database(t, pgRoom("a", 1)), pgRoom("a", 1))
	for setting, want := range map[string]string{
		"synchronous_commit": "on", "fsync": "on", "full_page_writes": "on", "enable_seqscan": "off", "jit": "off", "TimeZone": "UTC", "application_name": "tenuto",
	} {
		var got string
		if err := db.Pool.QueryRow(t.Context(), "SELECT current_setting($1)", setting).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, %v; want %q", setting, got, err, want)
		}
	}
}

// A schema that is older or newer than known is refused, each with its own reason, and migrating never goes down.
func TestPostgresSchema(t *testing.T) {
	url := pgtest.Database(t)
	one, two := pgRoom("a", 1), pgRoom("a", 2)
	var wrong *database.SchemaError
	if _, err := database.OpenPostgres(t.Context(), url, one); !errors.As(err, &wrong) || wrong.Newer() || wrong.Stored != 0 || wrong.Known != 1 {
		t.Fatalf("without tables: %v", err)
	}
	if !strings.Contains(wrong.Error(), "`tenuto migrate`") || strings.Contains(wrong.Error(), "\n") {
		t.Errorf("%q does not name the command", wrong)
	}
	migratePostgres(t, url, one, pgRoom("b", 3))
	openPostgres(t, url, one, pgRoom("b", 3))
	if _, err := database.OpenPostgres(t.Context(), url, two); !errors.As(err, &wrong) || wrong.Newer() || wrong.Stored != 1 || wrong.Known != 2 {
		t.Fatalf("an older schema: %v", err)
	}
	migratePostgres(t, url, two)
	if _, err := database.OpenPostgres(t.Context(), url, one); !errors.As(err, &wrong) || !wrong.Newer() || wrong.Room != "a" {
		t.Fatalf("a newer schema: %v", err)
	}
	err := database.MigratePostgres(t.Context(), url, pgRoom("c", 1), one)
	if !errors.As(err, &wrong) || !wrong.Newer() {
		t.Fatalf("migrating a newer schema: %v", err)
	}
	if _, err := database.OpenPostgres(t.Context(), url, pgRoom("c", 1)); !errors.As(err, &wrong) || wrong.Stored != 0 {
		t.Errorf("a room was migrated beside one that is refused: %v", err)
	}
}

func migratePostgres(t *testing.T, url string, rooms ...database.Migrations) {
	t.Helper()
	if err := database.MigratePostgres(t.Context(), url, rooms...); err != nil {
		t.Fatal(err)
	}
}

// Many programs that migrate one database at once all succeed.
func TestPostgresMigratesOnce(t *testing.T) {
	url := pgtest.Database(t)
	var g errgroup.Group
	for range 6 {
		g.Go(func() error { return database.MigratePostgres(t.Context(), url, pgRoom("a", 5), pgRoom("b", 2)) })
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	db := openPostgres(t, url, pgRoom("a", 5), pgRoom("b", 2))
	var applied, locks int
	if err := db.Pool.QueryRow(t.Context(), "SELECT count(*) FROM schema_a WHERE version_id > 0").Scan(&applied); err != nil || applied != 5 {
		t.Errorf("%d migrations recorded, %v; want each once", applied, err)
	}
	if err := db.Pool.QueryRow(t.Context(), "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").Scan(&locks); err != nil || locks != 0 {
		t.Errorf("%d advisory locks are left, %v", locks, err)
	}
}

func TestPostgresBrokenMigration(t *testing.T) {
	url := pgtest.Database(t)
	broken := database.Migrations{Room: "a", Files: fstest.MapFS{"00001_x.sql": {Data: []byte("-- +goose Up\nCREATE TABLE a (x INTEGER);\nNONSENSE;\n")}}}
	if err := database.MigratePostgres(t.Context(), url, broken); err == nil || !strings.Contains(err.Error(), "a tables") {
		t.Fatalf("got %v", err)
	}
	migratePostgres(t, url, database.Migrations{Room: "a", Files: fstest.MapFS{"00001_x.sql": {Data: []byte("-- +goose Up\nCREATE TABLE a (x INTEGER);\n")}}})
}

func TestPostgresRefusals(t *testing.T) {
	url := pgtest.Database(t)
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ url, says string }{
		"no URL":      {"postgres://%", "cannot be read"},
		"no server":   {"postgres://u:secret@127.0.0.1:1/db", "cannot be reached"},
		"no database": {strings.Replace(url, config.Database, "missing", 1), `database "missing" does not exist`},
	} {
		t.Run(name, func(t *testing.T) {
			for what, open := range map[string]func() error{
				"open":    func() error { _, err := database.OpenPostgres(t.Context(), c.url); return err },
				"migrate": func() error { return database.MigratePostgres(t.Context(), c.url, pgRoom("a", 1)) },
			} {
				err := open()
				if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "secret") {
					t.Errorf("%s: got %v, want one line that says %q and no password", what, err, c.says)
				}
			}
		})
	}
}
