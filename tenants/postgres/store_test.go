//go:build unix

package postgres_test

import (
	"os"
	"testing"

	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/platform/database/pgtest"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/postgres"
	"github.com/tenuto-io/tenuto/tenants/tenantstest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

var room = database.Migrations{Room: "tenants", Files: postgres.Migrations()}

func TestStore(t *testing.T) {
	tenantstest.Run(t, func(t *testing.T) (tenants.Store, func() tenants.Store) {
		url := pgtest.Database(t, room)
		db := open(t, url)
		return postgres.New(db.Pool), func() tenants.Store {
			db.Close()
			return postgres.New(open(t, url).Pool)
		}
	})
}

// Names compare byte for byte only if every text column says so.
func TestCollation(t *testing.T) {
	db := open(t, pgtest.Database(t, room))
	var others int
	err := db.Pool.QueryRow(t.Context(), `SELECT count(*) FROM information_schema.columns
		WHERE table_name = 'namespace' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'`).Scan(&others)
	if err != nil || others != 0 {
		t.Fatalf("%d text columns have another collation than C, %v", others, err)
	}
}

func open(t *testing.T, url string) *database.Postgres {
	t.Helper()
	db, err := database.OpenPostgres(t.Context(), url, room)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close) // closing twice is harmless
	return db
}
