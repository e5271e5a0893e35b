package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// migrationLock is the key of the advisory lock that migrating programs queue for: "tenuto" in ASCII.
const migrationLock int64 = 0x74656e75746f

// SchemaError is a database whose tables are not those that this program knows.
type SchemaError struct {
	Database string
	Room     string
	Stored   int64 // version of the room's tables; 0: there are none
	Known    int64 // the version that this program works with
}

// Newer tells whether the database was migrated by a newer program; otherwise it waits to be migrated.
func (e *SchemaError) Newer() bool { return e.Stored > e.Known }

// Error is one sentence with what to do.
func (e *SchemaError) Error() string {
	if e.Newer() {
		return fmt.Sprintf("the database %s belongs to a newer version of this program: its %s tables have version %d, this program knows up to %d",
			e.Database, e.Room, e.Stored, e.Known)
	}
	return fmt.Sprintf("the database %s is not up to date: its %s tables have version %d, this program needs %d; run `tenuto migrate`",
		e.Database, e.Room, e.Stored, e.Known)
}

// checkSchema returns a *SchemaError unless the database has exactly the room's newest version.
func checkSchema(ctx context.Context, pool *pgxpool.Pool, place string, room Migrations) error {
	db := stdlib.OpenDBFromPool(pool)
	defer func() { _ = db.Close() }() // not the pool
	p, err := postgresProvider(db, room)
	if err != nil {
		return err
	}
	known := newest(p)
	stored, err := storedVersion(ctx, db, room.Room)
	if err != nil {
		return unreachable(place, err)
	}
	if stored != known {
		return &SchemaError{Database: place, Room: room.Room, Stored: stored, Known: known}
	}
	return nil
}

// storedVersion reads the version of a room's tables; 0 means that there are none.
func storedVersion(ctx context.Context, db *sql.DB, room string) (int64, error) {
	var exists bool
	if err := db.QueryRowContext(ctx, "SELECT to_regclass($1) IS NOT NULL", `"schema_`+room+`"`).Scan(&exists); err != nil || !exists {
		return 0, err
	}
	var v int64
	err := db.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM "schema_`+room+`"`).Scan(&v)
	return v, err
}

func postgresProvider(db *sql.DB, room Migrations) (*goose.Provider, error) {
	p, err := goose.NewProvider(goose.DialectPostgres, db, room.Files, goose.WithTableName("schema_"+room.Room), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, fmt.Errorf("migrations of %s: %w", room.Room, err)
	}
	return p, nil
}

// MigratePostgres brings every room's tables up to date, upwards only. Programs that migrate one database at the same time queue for an
// advisory lock, and all but the first find nothing to do. A room that is newer than its files is refused (*SchemaError) before any
// room is touched.
func MigratePostgres(ctx context.Context, url string, rooms ...Migrations) (err error) {
	config, err := poolConfig(url)
	if err != nil {
		return err
	}
	place := address(config.ConnConfig)
	db := stdlib.OpenDB(*config.ConnConfig)
	defer func() { err = errors.Join(err, db.Close()) }()
	lock, err := db.Conn(ctx)
	if err != nil {
		return unreachable(place, err)
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if _, err := lock.ExecContext(ctx, "SELECT pg_advisory_lock($1)", migrationLock); err != nil {
		return unreachable(place, err)
	}
	defer func() { err = errors.Join(err, unlock(lock)) }()
	return migratePostgres(ctx, db, place, rooms)
}

// unlock gives the advisory lock free, whatever became of the caller's context.
func unlock(lock *sql.Conn) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, err := lock.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", migrationLock)
	return err
}

func migratePostgres(ctx context.Context, db *sql.DB, place string, rooms []Migrations) error {
	providers := make([]*goose.Provider, len(rooms))
	for i, room := range rooms {
		p, err := postgresProvider(db, room)
		if err != nil {
			return err
		}
		stored, err := storedVersion(ctx, db, room.Room)
		if err != nil {
			return unreachable(place, err)
		}
		if known := newest(p); stored > known {
			return &SchemaError{Database: place, Room: room.Room, Stored: stored, Known: known}
		}
		providers[i] = p
	}
	for i, p := range providers {
		if _, err := p.Up(ctx); err != nil {
			return fmt.Errorf("cannot bring the %s tables of %s up to date: %w", rooms[i].Room, place, err)
		}
	}
	return nil
}
