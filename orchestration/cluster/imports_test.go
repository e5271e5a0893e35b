package cluster

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

const module = "github.com/tenuto-io/tenuto/"

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"google.golang.org/grpc/...":            "the nodes' transport is somebody else's: Announce and Nudge are all that is told",
		"database/sql":                          "the database is behind store.Members",
		"github.com/jackc/pgx/...":              "the database is behind store.Members",
		module + "orchestration/store/postgres": "the database is behind store.Members",
		module + "orchestration/history/...":    "shards are numbers here, whatever is in them",
		module + "orchestration/shard/...":      "who serves shards is told through Shards",
		module + "orchestration/matching/...":   "shards are numbers here, whatever is in them",
		module + "orchestration/exchange/...":   "membership is beneath what the nodes exchange",
		module + "orchestration/engine/...":     "the engine is above everything in orchestration",
		module + "platform/...":                 "rooms do not know the process they run in",
		module + "tenants/...":                  "the engine knows no tenants",
	})
}
