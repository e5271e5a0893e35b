//go:build unix

package postgres_test

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/database/pgtest"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/postgres"
	"github.com/tenuto-io/tenuto/tenants/tenantstest"
)

func TestRegistry(t *testing.T) {
	tenantstest.RunRegistry(t, func(t *testing.T) (tenants.Registry, tenants.Store) {
		db := open(t, pgtest.Database(t, room))
		return postgres.NewRegistry(db.Pool), postgres.New(db.Pool)
	})
}

func TestJournal(t *testing.T) {
	tenantstest.RunJournal(t, func(t *testing.T) tenantstest.Audited {
		db := open(t, pgtest.Database(t, room))
		return tenantstest.Audited{
			Registry: postgres.NewRegistry(db.Pool), Store: postgres.New(db.Pool), Journal: postgres.NewJournal(db.Pool),
			Tamper: func(t *testing.T, statement string, args ...any) {
				if _, err := db.Pool.Exec(t.Context(), statement, args...); err != nil {
					t.Fatal(err)
				}
			},
		}
	})
}
