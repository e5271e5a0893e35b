package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/sqlite"
	"github.com/tenuto-io/tenuto/tenants/tenantstest"
)

func TestRegistry(t *testing.T) {
	tenantstest.RunRegistry(t, func(t *testing.T) (tenants.Registry, tenants.Store) {
		db := open(t, filepath.Join(t.TempDir(), "tenants.db"))
		return sqlite.NewRegistry(db.Write, db.Read), sqlite.New(db.Write, db.Read)
	})
}
