package main

import (
	"context"
	"errors"

	"github.com/tenuto-io/tenuto/orchestration/store"
	enginesqlite "github.com/tenuto-io/tenuto/orchestration/store/sqlite"
	"github.com/tenuto-io/tenuto/platform/config"
	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
	tenantsqlite "github.com/tenuto-io/tenuto/tenants/sqlite"
)

// storage is an open database and what the rooms keep in it.
type storage struct {
	kind    string // what clients are told: sqlite or postgres
	where   string // for the person who started the server; without secrets
	engine  engineStore
	tenants tenants.Store
	// registry is who may do what.
	registry tenants.Registry
	// journal is who did what.
	journal audit.Journal
	members store.Members // nil for a database that only one process can use
	close   func() error
}

// engineStore is what a driver of the engine's storage is.
type engineStore interface {
	store.Store
	store.Reader
	store.Jobs
	store.QueueConfigs
	store.Usages
	store.Traces
}

// openFile opens the database file at path, brought up to date; config.Memory is none.
func openFile(ctx context.Context, path string) (*storage, error) {
	db, err := database.OpenSQLite(ctx, path,
		database.Migrations{Room: "engine", Files: enginesqlite.Migrations()},
		database.Migrations{Room: "tenants", Files: tenantsqlite.Migrations()})
	if err != nil {
		return nil, err
	}
	where := path
	if path == config.Memory {
		where = "in memory; nothing is kept"
	}
	driver := enginesqlite.New(db.Write, db.Read)
	return &storage{
		kind: "sqlite", where: where, engine: driver, tenants: tenantsqlite.New(db.Write, db.Read), registry: tenantsqlite.NewRegistry(db.Write, db.Read),
		journal: tenantsqlite.NewJournal(db.Write, db.Read),
		close:   func() error { return errors.Join(driver.Close(), db.Close()) },
	}, nil
}
