package sqlstore_test

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

const module = "github.com/tenuto-io/tenuto/"

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"modernc.org/sqlite/...":           "it serves both databases, and links neither",
		"github.com/jackc/pgx/...":         "it serves both databases, and links neither",
		module + "orchestration/store/...": "tenants keep their own tables; they do not read the engine's",
		module + "platform/...":            "a driver is handed its connections",
	})
}
