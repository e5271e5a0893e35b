package export

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

const module = "github.com/tenuto-io/tenuto/"

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"database/sql":                      "the database is behind store.Traces",
		"github.com/jackc/pgx/...":          "the database is behind store.Traces",
		module + "orchestration/engine/...": "histories are read from the store: the engine has other things to do",
		module + "orchestration/shard/...":  "histories are read from the store: the engine has other things to do",
		module + "platform/...":             "rooms do not know the process they run in",
		module + "tenants/...":              "a namespace's name is asked for",
		"go.opentelemetry.io/otel/...":      "spans are derived, not recorded",
	})
}
