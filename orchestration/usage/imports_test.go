package usage

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

const module = "github.com/tenuto-io/tenuto/"

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"google.golang.org/grpc/...":            "who asks for a report is the callers' business",
		"database/sql":                          "the database is behind store.Usages",
		"github.com/jackc/pgx/...":              "the database is behind store.Usages",
		module + "orchestration/store/postgres": "the database is behind store.Usages",
		module + "orchestration/engine/...":     "reports need no engine",
		module + "platform/...":                 "rooms do not know the process they run in",
		module + "tenants/...":                  "the engine knows no tenants",
	})
}
