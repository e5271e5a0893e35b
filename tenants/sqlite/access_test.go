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

func TestJournal(t *testing.T) {
	tenantstest.RunJournal(t, func(t *testing.T) tenantstest.Audited {
		db := open(t, filepath.Join(t.TempDir(), "tenants.db"))
		return tenantstest.Audited{
			Registry: sqlite.NewRegistry(db.Write, db.Read), Store: sqlite.New(db.Write, db.Read), Journal: sqlite.NewJournal(db.Write, db.Read),
			Tamper: func(t *testing.T, statement string, args ...any) {
				if _, err := db.Write.ExecContext(t.Context(), statement, args...); err != nil {
					t.Fatal(err)
				}
			},
		}
	})
}
