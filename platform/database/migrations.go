package database

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// Migrations are the schema of one room: files NNNNN_what.sql in the root of Files, applied in order of their numbers and never edited
// once released.
type Migrations struct {
	// Room names the owner. Its version is kept in the table schema_<Room>, so rooms number their files independently.
	Room  string
	Files fs.FS
}

// migrate brings every room up to date. All rooms are checked before the first is touched, so a refused file stays as it was.
func migrate(ctx context.Context, db *sql.DB, path string, rooms []Migrations) error {
	providers := make([]*goose.Provider, len(rooms))
	for i, room := range rooms {
		var err error
		if providers[i], err = provider(db, room); err != nil {
			return err
		}
		if err := refuseNewer(ctx, db, path, room.Room, providers[i]); err != nil {
			return err
		}
	}
	for i, p := range providers {
		if _, err := p.Up(ctx); err != nil {
			return fmt.Errorf("cannot bring the %s tables of %s up to date: %w", rooms[i].Room, path, err)
		}
	}
	return nil
}

func provider(db *sql.DB, room Migrations) (*goose.Provider, error) {
	p, err := goose.NewProvider(goose.DialectSQLite3, db, room.Files,
		goose.WithTableName("schema_"+room.Room), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, fmt.Errorf("migrations of %s: %w", room.Room, err)
	}
	return p, nil
}

// refuseNewer returns an error if the file has a version of the room that this program does not know. It writes nothing.
func refuseNewer(ctx context.Context, db *sql.DB, path, room string, p *goose.Provider) error {
	var tables int
	err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?", "schema_"+room).Scan(&tables)
	if err != nil {
		return fmt.Errorf("cannot read the database %s: %w", path, err)
	}
	if tables == 0 {
		return nil
	}
	var stored sql.NullInt64
	if err := db.QueryRowContext(ctx, `SELECT max(version_id) FROM "schema_`+room+`"`).Scan(&stored); err != nil {
		return fmt.Errorf("cannot read the version of the database %s: %w", path, err)
	}
	known := newest(p)
	if stored.Int64 > known {
		return fmt.Errorf("the database %s was written by a newer version of this program: its %s tables have version %d, this program knows up to %d",
			path, room, stored.Int64, known)
	}
	return nil
}

func newest(p *goose.Provider) int64 {
	var v int64
	for _, s := range p.ListSources() {
		v = max(v, s.Version)
	}
	return v
}
