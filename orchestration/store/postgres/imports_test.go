package postgres_test

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

const module = "github.com/tenuto-io/tenuto/"

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"modernc.org/sqlite/...":                "one driver does not link another's database",
		"github.com/pressly/goose/...":          "a driver brings its migrations as files; who opens the database applies them",
		module + "platform/...":                 "a driver is handed its connections: opening, locking and migrating is the process's work",
		module + "orchestration/visibility/...": "filters arrive compiled",
		module + "orchestration/history/...":    "a store keeps what it is given and understands none of it",
		module + "orchestration/shard/...":      "owners use the store, never the other way round",
		module + "tenants/...":                  "the engine knows no tenants",
	})
}
