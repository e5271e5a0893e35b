package postgres

import (
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/tenuto-io/tenuto/tenants/audit"
	"github.com/tenuto-io/tenuto/tenants/sqlstore"
)

// NewJournal makes the store of the audit log on the same database as New.
func NewJournal(pool *pgxpool.Pool) audit.Journal {
	db := stdlib.OpenDBFromPool(pool) // keeps no connection of its own, so there is nothing to close
	return sqlstore.NewJournal(db, db)
}
