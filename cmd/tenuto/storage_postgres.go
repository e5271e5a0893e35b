package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	enginepostgres "github.com/tenuto-io/tenuto/orchestration/store/postgres"
	"github.com/tenuto-io/tenuto/platform/config"
	"github.com/tenuto-io/tenuto/platform/database"
	tenantpostgres "github.com/tenuto-io/tenuto/tenants/postgres"
)

// postgresRooms are the rooms that keep something in PostgreSQL.
func postgresRooms() []database.Migrations {
	return []database.Migrations{
		{Room: "engine", Files: enginepostgres.Migrations()},
		{Room: "tenants", Files: tenantpostgres.Migrations()},
	}
}

// openPostgres opens the database at url, whose tables must be up to date.
func openPostgres(ctx context.Context, url string, log *slog.Logger) (_ *storage, err error) {
	db, err := database.OpenPostgres(ctx, url, postgresRooms()...)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			db.Close()
		}
	}()
	if err := distrust(ctx, db, log); err != nil {
		return nil, err
	}
	driver := enginepostgres.New(db.Pool)
	return &storage{
		kind: "postgres", where: config.RedactURL(url), engine: driver, members: driver, tenants: tenantpostgres.New(db.Pool),
		registry: tenantpostgres.NewRegistry(db.Pool), journal: tenantpostgres.NewJournal(db.Pool),
		close: func() error {
			err := driver.Close()
			db.Close()
			return err
		},
	}, nil
}

// distrust looks at the settings that decide whether a commit that returned survives.
func distrust(ctx context.Context, db *database.Postgres, log *slog.Logger) error {
	var commit, fsync string
	const settings = "SELECT current_setting('synchronous_commit'), current_setting('fsync')"
	if err := db.Pool.QueryRow(ctx, settings).Scan(&commit, &fsync); err != nil {
		return fmt.Errorf("cannot read the settings of the database: %w", err)
	}
	return unsafeSettings(commit, fsync, log)
}

// unsafeSettings refuses a session in which synchronous_commit is off although it has turned it on: something forces it, a pooler say. fsync is
// the administrator's own risk, and worth a warning at each start.
func unsafeSettings(commit, fsync string, log *slog.Logger) error {
	if commit == "off" {
		return errors.New("the database forces synchronous_commit=off, with which a step that was acknowledged could be lost: let sessions set it themselves")
	}
	if fsync == "off" {
		log.Warn("the database runs with fsync=off: a crash of its machine can lose what was acknowledged")
	}
	return nil
}
