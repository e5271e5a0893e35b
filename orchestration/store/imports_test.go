package store_test

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

const module = "github.com/tenuto-io/tenuto/"

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"database/sql":                          "the contract knows no driver: each builds its own access",
		"modernc.org/sqlite/...":                "the contract knows no driver",
		"github.com/jackc/pgx/...":              "the contract knows no driver",
		module + "orchestration/history/...":    "a store keeps what it is given and understands none of it",
		module + "orchestration/shard/...":      "owners use the store, never the other way round",
		module + "orchestration/matching/...":   "queues use the store, never the other way round",
		module + "orchestration/engine/...":     "the engine is above everything in orchestration",
		module + "orchestration/visibility/...": "visibility compiles filters for the store; the store runs them as they come",
		module + "platform/...":                 "rooms do not know the process they run in",
		module + "tenants/...":                  "the engine knows no tenants",
	})
}
