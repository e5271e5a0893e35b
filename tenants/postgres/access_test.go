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
