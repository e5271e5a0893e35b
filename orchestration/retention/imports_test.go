package retention

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

const module = "github.com/tenuto-io/tenuto/"

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"google.golang.org/grpc/...":            "nobody asks for retention",
		"database/sql":                          "the database is behind the engine and store.Jobs",
		"github.com/jackc/pgx/...":              "the database is behind the engine and store.Jobs",
		module + "orchestration/store/postgres": "the database is behind the engine and store.Jobs",
		module + "orchestration/store/sqlite":   "the database is behind the engine and store.Jobs",
		module + "platform/...":                 "rooms do not know the process they run in",
		module + "tenants/...":                  "the engine knows no tenants, and its clients in orchestration neither",
	})
}
