package sqlite

import (
	"database/sql"

	"github.com/tenuto-io/tenuto/tenants/audit"
	"github.com/tenuto-io/tenuto/tenants/sqlstore"
)

// NewJournal makes the store of the audit log on the same database as New.
func NewJournal(write, read *sql.DB) audit.Journal { return sqlstore.NewJournal(write, read) }
