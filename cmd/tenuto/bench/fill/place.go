package fill

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/tenuto-io/tenuto/orchestration/store"
	enginepostgres "github.com/tenuto-io/tenuto/orchestration/store/postgres"
	enginesqlite "github.com/tenuto-io/tenuto/orchestration/store/sqlite"
	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/tenants"
	tenantpostgres "github.com/tenuto-io/tenuto/tenants/postgres"
	tenantsqlite "github.com/tenuto-io/tenuto/tenants/sqlite"
)

// place names a database: exactly one of the two.
type place struct{ postgres, sqlite string }

// engineStore is a driver with all that it reads and writes.
type engineStore interface {
	store.Store
	store.Reader
}

// opened is an open database.
type opened struct {
	store      engineStore
	namespaces *tenants.Directory
	close      func() error
}

func (p *place) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.postgres, "postgres", "", "`URL` of the database")
	cmd.Flags().StringVar(&p.sqlite, "sqlite", "", "`FILE` of the database; no server may have it open")
}

func (p place) check() error {
	if (p.postgres == "") == (p.sqlite == "") {
		return errors.New("name the database: either --postgres or --sqlite")
	}
	return nil
}

func (p place) open(ctx context.Context) (opened, error) {
	if p.sqlite != "" {
		return openSQLite(ctx, p.sqlite)
	}
	db, err := database.OpenPostgres(ctx, p.postgres, database.Migrations{Room: "engine", Files: enginepostgres.Migrations()},
		database.Migrations{Room: "tenants", Files: tenantpostgres.Migrations()})
	if err != nil {
		return opened{}, err
	}
	driver := enginepostgres.New(db.Pool)
	return opened{
		store: driver, namespaces: tenants.NewDirectory(tenantpostgres.New(db.Pool), time.Now),
		close: func() error { defer db.Close(); return driver.Close() },
	}, nil
}

func openSQLite(ctx context.Context, file string) (opened, error) {
	db, err := database.OpenSQLite(ctx, file, database.Migrations{Room: "engine", Files: enginesqlite.Migrations()},
		database.Migrations{Room: "tenants", Files: tenantsqlite.Migrations()})
	if err != nil {
		return opened{}, err
	}
	driver := enginesqlite.New(db.Write, db.Read)
	return opened{
		store: driver, namespaces: tenants.NewDirectory(tenantsqlite.New(db.Write, db.Read), time.Now),
		close: func() error { return errors.Join(driver.Close(), db.Close()) },
	}, nil
}
