//go:build unix

package postgres_test

import (
	"testing"
	"time"

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

// What somebody holds is found by an index, however much others hold.
func TestRightsAreFound(t *testing.T) {
	db := open(t, pgtest.Database(t, room))
	const others = `INSERT INTO grant_held (id, tenant, holder_kind, holder, role, namespace, permissions, created, given_by)
		SELECT id, id, 3, id, 1, id, 0, 0, '' FROM (SELECT decode(lpad(to_hex(n), 32, '0'), 'hex') AS id FROM generate_series(1, 20000) n) numbers`
	for _, statement := range []string{others, "ANALYZE grant_held"} {
		if _, err := db.Pool.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	searches := func() (whole, byIndex int64) {
		err := db.Pool.QueryRow(t.Context(), `SELECT seq_scan, idx_scan FROM pg_stat_user_tables WHERE relname = 'grant_held'`).Scan(&whole, &byIndex)
		if err != nil {
			t.Fatal(err)
		}
		return whole, byIndex
	}
	registry := postgres.NewRegistry(db.Pool)
	wholeBefore, byIndexBefore := searches()
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) { // PostgreSQL counts a second late, or several
		for _, kind := range []tenants.HolderKind{tenants.HolderPerson, tenants.HolderAccount} {
			if _, _, err := registry.RightsOf(t.Context(), tenants.Holder{Kind: kind, ID: tenants.HolderID{15: 7}}, nil); err != nil {
				t.Fatal(err)
			}
		}
		whole, byIndex := searches()
		if whole > wholeBefore {
			t.Fatal("the whole table was read")
		}
		if byIndex > byIndexBefore {
			return
		}
		if time.Now().After(end) {
			t.Fatal("no search was counted within a minute")
		}
	}
}
