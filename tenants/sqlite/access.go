package sqlite

import (
	"database/sql"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/sqlstore"
)

// NewRegistry makes the store of who may do what on the same database as New.
func NewRegistry(write, read *sql.DB) tenants.Registry {
	return sqlstore.New(write, read, func(id orchestration.NamespaceID) any { return id[:] })
}
