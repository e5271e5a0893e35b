package postgres

import (
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/sqlstore"
)

// NewRegistry makes the store of who may do what on the same database as New. It takes the pool's connections one statement or transaction at a time.
func NewRegistry(pool *pgxpool.Pool) tenants.Registry {
	db := stdlib.OpenDBFromPool(pool) // keeps no connection of its own, so there is nothing to close
	return sqlstore.New(db, db, func(id orchestration.NamespaceID) any { return id.String() })
}
