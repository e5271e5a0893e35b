package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/sqlite"
	"github.com/tenuto-io/tenuto/tenants/tenantstest"
)

func TestStore(t *testing.T) {
	tenantstest.Run(t, func(t *testing.T) (tenants.Store, func() tenants.Store) {
		path := filepath.Join(t.TempDir(), "tenants.db")
		db := open(t, path)
		return sqlite.New(db.Write, db.Read), func() tenants.Store {
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			db := open(t, path)
			return sqlite.New(db.Write, db.Read)
		}
	})
}

// In memory, both handles are one connection.
func TestStoreInMemory(t *testing.T) {
	db := open(t, database.Memory)
	s := sqlite.New(db.Write, db.Read)
	n := tenants.Namespace{Name: "n", State: tenants.Registered}
	if err := s.InsertNamespace(t.Context(), n, time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := s.NamespaceByName(t.Context(), "n"); !ok || err != nil {
		t.Fatalf("got %v, %v", ok, err)
	}
}

func open(t *testing.T, path string) *database.SQLite {
	t.Helper()
	db, err := database.OpenSQLite(t.Context(), path, database.Migrations{Room: "tenants", Files: sqlite.Migrations()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // closing twice is harmless
	return db
}
